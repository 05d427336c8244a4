package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.InputException;
import dev.headway.Inputs;
import dev.headway.InvalidTaskException;
import dev.headway.Outcome;
import dev.headway.Progress;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.TaskFailedException;
import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.testkit.VirtualTime;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Thousands of random runs, each with its seed: whatever the input, the limits, the failures and
 * the reader, every item is exactly one outcome or known not to have started, all bounds are kept,
 * all is closed and nothing is left alive.
 */
class StressTest {

  private static final int RUNS = Integer.getInteger("headway.stress.runs", 4_000);

  @Test
  void whateverHappensEveryItemIsOneOutcomeOrKnownNotToHaveStarted() throws Exception {
    long first = Long.getLong("headway.stress.seed", System.nanoTime());
    for (int i = 0; i < RUNS; i++) {
      long seed = first + i;
      Scene scene = new Scene(seed);
      try {
        scene.time.run(() -> {
          scene.play();
          return null;
        });
      } catch (Throwable e) {
        throw new AssertionError("-Dheadway.stress.seed=" + seed + " " + scene, e);
      }
    }
  }

  /** One run, all of which its seed decides but the order of what happens at one instant. */
  private static final class Scene {

    final VirtualTime time = new VirtualTime();
    final Random random;
    final int items;
    final int atOnce;
    final boolean ordered;
    final int input;
    final int inputFailsAt;
    final int leavesAfter;
    final int leaves;
    final double readerTakes;
    final double failing;
    final double throttling;
    final double dawdling;
    final boolean retrying;
    final boolean costly;
    final @Nullable Integer rate;
    final Throttle throttle;
    final Gauge gauge = new Gauge();
    final AtomicInteger pulled = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger users = new AtomicInteger();
    final AtomicInteger telling = new AtomicInteger();
    final Set<String> faults = Collections.synchronizedSet(new TreeSet<>());
    final List<Long> starts = Collections.synchronizedList(new ArrayList<>());
    final AtomicReference<Progress> told = new AtomicReference<>();

    Scene(long seed) {
      random = new Random(seed);
      items = random.nextInt(4) == 0 ? random.nextInt(4) : random.nextInt(120);
      atOnce = random.nextInt(8) == 0 ? Headway.UNLIMITED : 1 + random.nextInt(10);
      ordered = random.nextBoolean();
      input = random.nextInt(4);
      inputFailsAt = random.nextInt(5) == 0 ? random.nextInt(items + 1) : Integer.MAX_VALUE;
      leavesAfter = random.nextInt(3) == 0 ? random.nextInt(items + 1) : Integer.MAX_VALUE;
      leaves = random.nextInt(4);
      readerTakes = random.nextInt(3) == 0 ? random.nextDouble() : 0;
      failing = random.nextBoolean() ? random.nextDouble() * 0.5 : 0;
      throttling = random.nextInt(3) == 0 ? random.nextDouble() * 0.3 : 0;
      dawdling = random.nextInt(3) == 0 ? 0.3 : 0;
      retrying = random.nextBoolean();
      costly = random.nextInt(4) == 0;
      rate = random.nextBoolean() ? null : 1 + random.nextInt(30);
      ThrottleBuilder builder = Throttle.builder().timeSource(time);
      if (rate != null) {
        builder.rate(rate + "/s", random.nextBoolean() ? Counted.FROM_START : Counted.FROM_END);
      }
      if (random.nextInt(4) == 0) {
        builder.concurrency(1 + random.nextInt(4));
      }
      throttle = builder.build();
    }

    void sleep(double seconds) throws InterruptedException {
      time.sleep(Duration.ofNanos((long) (seconds * 1e9)));
    }

    private void dawdle(double seconds) {
      long until = time.nanoTime() + (long) (seconds * 1e9);
      while (time.nanoTime() < until) {
        time.park(this, until);
        Thread.interrupted();
      }
    }

    synchronized double luck() {
      return random.nextDouble();
    }

    Integer work(Integer item) throws Exception {
      starts.add(time.nanoTime());
      double luck = luck();
      double takes = luck() < 0.3 ? 0 : luck();
      try {
        sleep(takes);
      } catch (InterruptedException e) {
        if (luck() >= dawdling) {
          throw e;
        }
        dawdle(2);
      }
      if (luck < failing) {
        if (luck() < 0.2) {
          Thread.currentThread().interrupt();
        }
        if (luck() < 0.1) {
          throw new AssertionError("no");
        }
        throw new IOException("no");
      }
      if (luck > 1 - throttling) {
        throw new ThrottledException(Duration.ofMillis((long) (luck() * 2_000)));
      }
      return -item;
    }

    Cost cost(Integer item) {
      if (costly && item % 17 == 3) {
        throw new IllegalStateException("cannot tell");
      }
      return Cost.permits(costly && rate != null ? 1 + item % Math.min(3, rate) : 1);
    }

    Iterator<Integer> iterator() {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return check(pulled.get() < items || pulled.get() >= inputFailsAt);
        }

        @Override
        public Integer next() {
          if (pulled.get() >= inputFailsAt) {
            throw new IllegalStateException("the input is broken");
          }
          return check(pulled.getAndIncrement());
        }
      };
    }

    private <V> V check(V value) {
      if (users.incrementAndGet() > 1) {
        faults.add("two threads iterate");
      }
      if (closed.get() > 0) {
        faults.add("iterated after it was closed");
      }
      users.decrementAndGet();
      return value;
    }

    /** All of it, as one of the four kinds of input. */
    private Results<Integer, Integer> begin() {
      Headway run =
          Headway.with(throttle)
              .concurrency(atOnce)
              .onProgress(Duration.ofMillis(100L * random.nextInt(3)), this::hear);
      run = ordered ? run.ordered() : run;
      run = retrying ? run.retry(Retry.upTo(2).backoff(Duration.ofMillis(300))) : run;
      return switch (input) {
        case 0 -> run.map(new Closeable(), this::cost, gauge.around(this::work));
        case 1 ->
            run.map(Inputs.of(new Closeable().iterator()), this::cost, gauge.around(this::work));
        case 2 -> run.map(stream(), this::cost, gauge.around(this::work));
        default -> run.map(Inputs.of(publisher()), this::cost, gauge.around(this::work));
      };
    }

    private Stream<Integer> stream() {
      Iterable<Integer> all = this::iterator;
      return StreamSupport.stream(all.spliterator(), false).onClose(closed::incrementAndGet);
    }

    private final class Closeable implements Iterable<Integer>, AutoCloseable {
      @Override
      public Iterator<Integer> iterator() {
        Iterator<Integer> all = Scene.this.iterator();
        return input == 0 ? all : new ClosingIterator(all);
      }

      @Override
      public void close() {
        closed.incrementAndGet();
      }
    }

    private final class ClosingIterator implements Iterator<Integer>, AutoCloseable {
      private final Iterator<Integer> all;

      ClosingIterator(Iterator<Integer> all) {
        this.all = all;
      }

      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public Integer next() {
        return all.next();
      }

      @Override
      public void close() {
        closed.incrementAndGet();
      }
    }

    /** Gives each item after a while, on another thread. */
    private Flow.Publisher<Integer> publisher() {
      Iterator<Integer> all = iterator();
      return subscriber ->
          subscriber.onSubscribe(
              new Flow.Subscription() {
                private boolean over;

                @Override
                public void request(long n) {
                  if (luck() < 0.5) {
                    give();
                  } else {
                    time.schedule(time.nanoTime() + (long) (luck() * 1e8), this::give);
                  }
                }

                private void give() {
                  if (over || closed.get() > 0) {
                    return;
                  }
                  try {
                    if (all.hasNext()) {
                      subscriber.onNext(all.next());
                      return;
                    }
                    over = true;
                  } catch (IllegalStateException e) {
                    over = true;
                    closed.incrementAndGet();
                    subscriber.onError(e);
                    return;
                  }
                  closed.incrementAndGet();
                  subscriber.onComplete();
                }

                @Override
                public void cancel() {
                  closed.incrementAndGet();
                }
              });
    }

    private void hear(Progress progress) {
      if (telling.incrementAndGet() > 1) {
        faults.add("told twice at a time");
      }
      Progress before = told.getAndSet(progress);
      if (before != null
          && (before.started() > progress.started() || before.finished() > progress.finished())) {
        faults.add("progress went back");
      }
      telling.decrementAndGet();
    }

    void play() throws Exception {
      List<Outcome<Integer, Integer>> outcomes = new ArrayList<>();
      boolean inputFailed = false;
      boolean left = false;
      Results<Integer, Integer> results = begin();
      CompletableFuture<@Nullable Void> closer = new CompletableFuture<>();
      if (leaves == 2 && leavesAfter < items) {
        left = true;
        time.start(
            "closer",
            () -> {
              dawdle(leavesAfter * 0.1);
              results.close();
              closer.complete(null);
            });
      } else {
        closer.complete(null);
      }
      try (results) {
        for (Outcome<Integer, Integer> outcome : results.outcomes()) {
          outcomes.add(outcome);
          int unread = gauge.all() - outcomes.size();
          if (atOnce > 0
              && !retrying
              && throttling == 0
              && unread > atOnce + Math.max(atOnce, 16)) {
            faults.add("the reader does not hold the run back");
          }
          if (outcomes.size() >= leavesAfter && leaves < 2) {
            left = true;
            if (leaves == 1) {
              Thread.currentThread().interrupt();
            }
            break;
          }
          sleep(readerTakes);
        }
      } catch (InputException e) {
        inputFailed = true;
      }
      Thread.interrupted();
      time.await(closer);
      assertThat(gauge.now()).as("tasks alive after close").isZero();
      assertThat(closed).as("closed").hasValue(1);
      Progress progress = results.progress();
      assertThat(told.get()).as("the last that was told").isEqualTo(progress);
      try {
        results.outcomes().forEach(outcomes::add);
      } catch (InputException e) {
        assertThat(left && !inputFailed).as("failed before it was left, and not told").isTrue();
        results.outcomes().forEach(outcomes::add);
      }
      assertThat(results.progress().started()).isEqualTo(progress.started());
      check(outcomes, progress);
      assertThat(inputFailed || inputFailsAt > items || left).as("the input's failure").isTrue();
      assertThat(left || inputFailed || outcomes.size() == items).as("all is done").isTrue();
      assertThat(faults).isEmpty();
      if (atOnce > 0) {
        assertThat(gauge.most()).isLessThanOrEqualTo(atOnce);
      }
      if (rate != null) {
        long[] instants = starts.stream().mapToLong(Long::longValue).toArray();
        assertThat(Windows.fullest(instants, Duration.ofSeconds(1))).isLessThanOrEqualTo(rate);
      }
      assertThat(throttle.snapshot().running()).as("open permits").isZero();
      assertThat(throttle.snapshot().waiting()).as("callers in line").isZero();
    }

    private void check(List<Outcome<Integer, Integer>> outcomes, Progress progress) {
      Set<Integer> seen = new HashSet<>();
      for (Outcome<Integer, Integer> outcome : outcomes) {
        assertThat(seen.add(outcome.item())).as("once: %s", outcome).isTrue();
        assertThat(outcome.index()).isEqualTo(outcome.item().longValue());
        if (outcome instanceof Outcome.Success<Integer, Integer> success) {
          assertThat(success.value()).isEqualTo(-success.item());
        } else if (outcome instanceof Outcome.Failure<Integer, Integer> failure) {
          TaskFailedException exception = failure.exception();
          assertThat(exception.attempts()).isEqualTo(failure.attempts());
          if (exception instanceof InvalidTaskException) {
            assertThat(failure.attempts()).isZero();
          }
        }
      }
      assertThat(seen).hasSize((int) progress.started());
      assertThat(seen).allMatch(item -> item < progress.started());
      assertThat(pulled.get() - progress.started()).as("pulled, not started").isBetween(0L, 1L);
      assertThat(progress.finished()).isEqualTo(progress.started());
      if (ordered) {
        assertThat(outcomes).extracting(Outcome::index).isSorted();
      }
    }

    @Override
    public String toString() {
      return items
          + (" items as " + input)
          + (inputFailsAt <= items ? " that fail at " + inputFailsAt : "")
          + (", " + atOnce + " at once")
          + (ordered ? ", ordered" : "")
          + (leavesAfter < items ? ", left in way " + leaves + " after " + leavesAfter : "")
          + (", reader takes " + readerTakes)
          + (", failing " + failing)
          + (", throttling " + throttling)
          + (retrying ? ", retrying" : "")
          + (", throttle " + throttle);
    }
  }
}
