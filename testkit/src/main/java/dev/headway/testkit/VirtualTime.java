package dev.headway.testkit;

import dev.headway.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands while anybody has something to do, and jumps to the next event when all wait. A
 * test of a day takes as long as its work, and everything happens at exactly its instant.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * Throttle throttle = Throttle.builder().rate("1/h").timeSource(time).build();
 * throttle.acquire();
 * throttle.acquire();
 * assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
 * }</pre>
 *
 * <p>It knows the threads that {@link #start} and {@link #run} have started, and those of Headway's
 * runs: time stands while one of them is not waiting in {@link #park} (where all of Headway's
 * waiting ends up) or {@link #sleep}. A thread of another making takes part while it waits here,
 * and holds time when it goes on, until it waits again, here or anywhere.
 */
public final class VirtualTime implements TimeSource {

  private static final long GLANCE_NANOS = 500_000;
  private static final int GLANCES = 4;

  /** Something that happens at an instant: the end of a wait, or an action. */
  private record Event(long at, long order, @Nullable Wait waiting, @Nullable Runnable action) {}

  /** A thread that waits here. */
  private static final class Wait {
    final Thread thread;
    final Object blocker;
    volatile boolean over;
    volatile boolean interrupted;
    @Nullable Event deadline;

    Wait(Thread thread, Object blocker) {
      this.thread = thread;
      this.blocker = blocker;
    }

    /** In this order: a thread that has noticed waits for the lock, which hides that it is. */
    boolean isInterrupted() {
      return thread.isInterrupted() || interrupted;
    }
  }

  private final Instant origin;
  private final ReentrantLock lock = new ReentrantLock();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private final Map<Thread, Wait> waits = new LinkedHashMap<>();
  private final Set<Thread> members = new HashSet<>();
  private final Set<Thread> unparked = new HashSet<>();

  /** Strangers that have gone on from a wait here, with how often they were then seen waiting. */
  private final Map<Thread, Integer> strangers = new HashMap<>();

  private final List<CompletableFuture<?>> runs = new ArrayList<>();
  private volatile long now;
  private long orders;
  private int busy;
  private boolean watching;

  /** Time that begins at midnight UTC of 1 January 2000. */
  public VirtualTime() {
    this(Instant.parse("2000-01-01T00:00:00Z"));
  }

  /** Time that begins at an instant. */
  public VirtualTime(Instant origin) {
    this.origin = origin;
  }

  /** The time that has passed. */
  public Duration elapsed() {
    return Duration.ofNanos(now);
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Instant instant() {
    return origin.plusNanos(now);
  }

  @Override
  public void park(Object blocker, long deadline) {
    Thread current = Thread.currentThread();
    Wait wait = new Wait(current, blocker);
    lock.lock();
    try {
      strangers.remove(current);
      if (unparked.remove(current) || current.isInterrupted() || deadline <= now) {
        return;
      }
      waits.put(current, wait);
      if (deadline != NEVER) {
        wait.deadline = add(deadline, wait, null);
      }
      if (members.contains(current)) {
        busy--;
      }
      passTime();
    } finally {
      lock.unlock();
    }
    while (!wait.over && !current.isInterrupted()) {
      LockSupport.park(blocker);
    }
    wait.interrupted = current.isInterrupted();
    lock.lock();
    try {
      end(wait);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void unpark(Thread thread) {
    lock.lock();
    try {
      Wait wait = waits.get(thread);
      if (wait == null) {
        unparked.add(thread);
      } else {
        end(wait);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Interrupts a thread, and lets time stand until it has seen to it. */
  public void interrupt(Thread thread) {
    thread.interrupt();
    lock.lock();
    try {
      Wait wait = waits.get(thread);
      if (wait != null) {
        end(wait);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Timer schedule(long at, Runnable action) {
    lock.lock();
    try {
      Event event = add(at, null, action);
      if (busy == 0) {
        watchStrangers();
      }
      return () -> cancel(event);
    } finally {
      lock.unlock();
    }
  }

  private void cancel(Event event) {
    lock.lock();
    try {
      events.remove(event);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Thread start(String name, Runnable body) {
    Thread thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(() -> {
              try {
                body.run();
              } finally {
                leave(Thread.currentThread());
              }
            });
    lock.lock();
    try {
      members.add(thread);
      busy++;
    } finally {
      lock.unlock();
    }
    thread.start();
    return thread;
  }

  private void leave(Thread thread) {
    lock.lock();
    try {
      members.remove(thread);
      unparked.remove(thread);
      busy--;
      passTime();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs a body on a thread of this time, and waits, in real time, for it to end.
   *
   * @throws Exception what the body throws
   * @throws IllegalStateException if everybody waits for something that will never happen; it says
   *     who waits for what
   */
  @SuppressWarnings("CollectionUndefinedEquality") // a future is itself alone
  public <T extends @Nullable Object> T run(Callable<T> body) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    lock.lock();
    try {
      runs.add(result);
    } finally {
      lock.unlock();
    }
    start(
        "run",
        () -> {
          try {
            result.complete(body.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception exception) {
        throw exception;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    } finally {
      lock.lock();
      try {
        runs.remove(result);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits, in this time, until a stage is complete, and returns or throws as it did. */
  @SuppressWarnings("FutureReturnValueIgnored") // the future itself says how it ends
  public <T extends @Nullable Object> T await(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    Thread current = Thread.currentThread();
    future.whenComplete((value, failure) -> unpark(current));
    while (!future.isDone()) {
      if (current.isInterrupted()) {
        throw new CompletionException(new InterruptedException());
      }
      park(future, NEVER);
    }
    return future.join();
  }

  private Event add(long at, @Nullable Wait wait, @Nullable Runnable action) {
    Event event = new Event(Math.max(at, now), orders++, wait, action);
    events.add(event);
    return event;
  }

  /** Lets a waiting thread go on, if it has not. */
  private void end(Wait wait) {
    if (waits.remove(wait.thread, wait)) {
      wait.over = true;
      if (wait.deadline != null) {
        events.remove(wait.deadline);
      }
      if (members.contains(wait.thread)) {
        busy++;
      } else {
        strangers.put(wait.thread, 0);
      }
      LockSupport.unpark(wait.thread);
    }
  }

  /** Goes from event to event until somebody has something to do. */
  private void passTime() {
    while (true) {
      noticeInterrupts();
      if (busy > 0) {
        return;
      }
      if (!strangers.isEmpty()) {
        watchStrangers();
        return;
      }
      Event event = events.poll();
      if (event == null) {
        reportStandstill();
        return;
      }
      now = event.at;
      if (event.waiting != null) {
        end(event.waiting);
      } else if (event.action != null) {
        act(event.action);
      }
    }
  }

  /** Who has been interrupted has something to do, even before it gets to it. */
  private void noticeInterrupts() {
    if (busy == 0) {
      waits.values().stream().filter(Wait::isInterrupted).toList().forEach(this::end);
    }
  }

  /** Runs an action outside the lock. What it throws must not harm who happens to run it. */
  private void act(Runnable action) {
    busy++;
    lock.unlock();
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, e);
    } finally {
      lock.lock();
      busy--;
    }
  }

  private void reportStandstill() {
    if (runs.isEmpty() || waits.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder("everybody waits for what will never happen:");
    for (Wait wait : waits.values()) {
      text.append("\n  ").append(wait.thread.getName()).append(" for ").append(wait.blocker);
    }
    for (CompletableFuture<?> run : runs) {
      run.completeExceptionally(new IllegalStateException(text.toString()));
    }
    List.copyOf(waits.keySet()).forEach(Thread::interrupt);
  }

  /** Watches strangers that hold time until each waits again, here or elsewhere, or has ended. */
  private void watchStrangers() {
    if (!watching) {
      watching = true;
      Thread.ofPlatform().daemon().name("virtual-time-watch").start(this::watch);
    }
  }

  private void watch() {
    while (true) {
      LockSupport.parkNanos(GLANCE_NANOS);
      lock.lock();
      try {
        strangers.replaceAll((thread, seen) -> isRunning(thread) ? 0 : seen + 1);
        strangers.values().removeIf(seen -> seen >= GLANCES);
        if (busy > 0 || strangers.isEmpty()) {
          watching = false;
          passTime();
          return;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private static boolean isRunning(Thread thread) {
    return thread.getState() == Thread.State.RUNNABLE || thread.getState() == Thread.State.NEW;
  }

  /** The time that has passed, and how many wait. */
  @Override
  public String toString() {
    return "virtual time " + elapsed();
  }
}
