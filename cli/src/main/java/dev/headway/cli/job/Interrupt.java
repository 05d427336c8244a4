package dev.headway.cli.job;

import dev.headway.Outcome;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees to it that Ctrl-C, or a request to end, stops a run in good order: nothing new is started,
 * what has finished is written, and only then does the JVM end.
 */
public final class Interrupt implements AutoCloseable {

  /** The exit status of what was interrupted. */
  public static final int STATUS = 130;

  private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(5);

  /** How long after its items the signal of a Ctrl-C reaches headway. */
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final AutoCloseable run;
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = Thread.ofPlatform().unstarted(this::stop);
  private volatile boolean come;

  private Interrupt(AutoCloseable run) {
    this.run = run;
  }

  /** Begins to look after a run. */
  public static Interrupt stops(AutoCloseable run) {
    Interrupt interrupt = new Interrupt(run);
    Runtime.getRuntime().addShutdownHook(interrupt.hook);
    return interrupt;
  }

  private void stop() {
    come = true;
    Thread.ofVirtual().start(this::closeRun);
    try {
      var unused = done.await(LONGEST_GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeRun() {
    try {
      run.close();
    } catch (Exception e) {
      System.err.println("headway: while stopping: " + e.getMessage());
    }
  }

  /** Whether it has come. */
  public boolean hasCome() {
    return come;
  }

  private boolean comesInAMoment() {
    long end = System.nanoTime() + MOMENT.toNanos();
    while (!come && System.nanoTime() < end) {
      LockSupport.parkNanos(MOMENT.toNanos() / 10);
    }
    return come;
  }

  /** Whether an outcome is that of a piece of work that this, or a stop, has cut short. */
  <T, R> boolean hasCutShort(Outcome<T, R> outcome, Sink<T, R> sink) {
    Throwable cause =
        outcome instanceof Outcome.Failure<T, R> failure ? failure.exception().getCause() : null;
    return cause instanceof StopException
        || cause instanceof InterruptedException
        || (sink.isSuspect(outcome) && comesInAMoment());
  }

  @Override
  public void close() {
    done.countDown();
    if (!come) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException shuttingDown) {
        come = true;
      }
    }
  }
}
