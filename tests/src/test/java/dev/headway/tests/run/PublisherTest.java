package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.InputException;
import dev.headway.Inputs;
import dev.headway.Outcome;
import dev.headway.Results;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A publisher is asked for an item when one is wanted, and cancelled when none is any more. */
class PublisherTest extends InVirtualTime {

  @Test
  void aSubmissionPublisherIsReadToItsEnd() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>(executor, 8);
        Results<Integer, Integer> results =
            Headway.unthrottled().map(Inputs.of(publisher), item -> item)) {
      executor.execute(() -> {
        numbers(10_000).forEach(publisher::submit);
        publisher.close();
      });
      List<Integer> all = all(results);
      assertThat(all).containsExactlyInAnyOrderElementsOf(numbers(10_000));
    }
  }

  @Test
  void aSubmissionPublisherThatCompletesAtOnceGivesNothing() {
    SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>();
    publisher.close();
    try (Results<Integer, Integer> results =
        Headway.unthrottled().map(Inputs.of(publisher), item -> item)) {
      assertThat(all(results)).isEmpty();
    }
  }

  @Test
  void leavingARunCancelsItsSubscription() {
    try (SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>()) {
      try (Results<Integer, Integer> results =
          Headway.unthrottled().map(Inputs.of(publisher), item -> item)) {
        publisher.submit(1);
        assertThat(results.iterator().next()).isEqualTo(1);
      }
      while (publisher.hasSubscribers()) {
        Thread.onSpinWait(); // it forgets whoever has cancelled in a thread of its own
      }
    }
  }

  @Test
  void aPublisherThatCallsBackAtOnceIsReadToItsEnd() throws Exception {
    run(() -> {
      Publishers<Integer> publisher = Publishers.of(numbers(1_000));
      assertThat(outcomes(free(4).map(Inputs.of(publisher), item -> item))).hasSize(1_000);
      assertThat(publisher.cancelled).as("it has completed by itself").isZero();
      Publishers<Integer> empty = Publishers.of(List.of());
      assertThat(outcomes(free(4).map(Inputs.of(empty), item -> item))).isEmpty();
    });
  }

  @Test
  void nothingIsTakenFromAPublisherThatIsNotStarted() throws Exception {
    run(() -> {
      Publishers<Integer> publisher = Publishers.endless(1);
      try (Results<Integer, Integer> results = free(4).map(Inputs.of(publisher), taking(1))) {
        sleep(0.5);
        assertThat(publisher.requested).isEqualTo(4);
        results.iterator().next();
      }
      assertThat(publisher.cancelled).isEqualTo(1);
    });
  }

  @Test
  void theFailureOfAPublisherIsThrownEvenFromOutcomes() throws Exception {
    run(() -> {
      IOException cause = new IOException("gone");
      Publishers<Integer> publisher = Publishers.failing(numbers(3), cause);
      try (Results<Integer, Integer> results = free(8).map(Inputs.of(publisher), taking(1_000))) {
        List<Outcome<Integer, Integer>> read = new ArrayList<>();
        assertThatThrownBy(() -> results.outcomes().forEach(read::add))
            .isInstanceOf(InputException.class)
            .hasCause(cause);
        assertThat(read).isEmpty();
        assertThat(seconds()).isZero();
      }
    });
  }

  @Test
  void aPublisherThatCannotBeSubscribedToIsToldAtOnce() {
    Flow.Publisher<Integer> broken =
        subscriber -> {
          throw new IllegalStateException("broken");
        };
    assertThatThrownBy(() -> free(8).map(Inputs.of(broken), taking(1)))
        .isInstanceOf(InputException.class)
        .hasRootCauseMessage("broken");
  }

  @Test
  void aPublisherThatFailsBeforeItHasASubscriptionIsHeard() throws Exception {
    run(() -> {
      Flow.Publisher<Integer> failing = subscriber -> subscriber.onError(new IOException("no"));
      try (Results<Integer, Integer> results = free(8).map(Inputs.of(failing), taking(1))) {
        assertThatThrownBy(results.iterator()::next).isInstanceOf(InputException.class);
      }
    });
  }

  @Test
  void aRunThatWaitsForAPublisherCanBeClosed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    Flow.Publisher<Integer> silent =
        subscriber ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  @Override
                  public void request(long n) {
                    asked.countDown();
                  }

                  @Override
                  public void cancel() {}
                });
    Results<Integer, Integer> results = Headway.unthrottled().map(Inputs.of(silent), item -> item);
    asked.await();
    results.close();
    assertThat(all(results.outcomes())).isEmpty();
  }

  @Test
  void aSecondSubscriptionIsCancelled() throws Exception {
    run(() -> {
      Publishers<Integer> second = Publishers.of(numbers(3));
      Publishers<Integer> first = Publishers.of(numbers(3));
      Flow.Publisher<Integer> twice =
          subscriber -> {
            first.subscribe(subscriber);
            second.subscribe(subscriber);
          };
      assertThat(outcomes(free(2).map(Inputs.of(twice), item -> item))).hasSize(3);
      assertThat(second.cancelled).isEqualTo(1);
      assertThat(second.requested).isZero();
    });
  }

  /** A publisher that sends what it likes as soon as it is asked for something. */
  private static final class Unruly implements Flow.Publisher<Integer> {
    private final Consumer<Flow.Subscriber<? super Integer>> sends;
    private final AtomicInteger cancelled = new AtomicInteger();

    Unruly(Consumer<Flow.Subscriber<? super Integer>> sends) {
      this.sends = sends;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Integer> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {
              sends.accept(subscriber);
            }

            @Override
            public void cancel() {
              cancelled.incrementAndGet();
            }
          });
    }
  }

  /** What comes of a run over it: the items that were run, and the exception. */
  private static List<Object> results(Unruly publisher) {
    List<Object> all = new ArrayList<>();
    try (Results<Integer, Integer> results =
        Headway.unthrottled().map(Inputs.of(publisher), item -> item)) {
      for (Integer each : results) {
        all.add(each);
      }
    } catch (InputException e) {
      all.add(e);
    }
    return all;
  }

  @Test
  void aPublisherThatSendsMoreThanItWasAskedForFailsAndLosesNothingInSilence() {
    Unruly publisher =
        new Unruly(subscriber -> {
          for (int i = 0; i < 5; i++) {
            subscriber.onNext(i);
          }
          subscriber.onComplete();
        });
    List<Object> all = results(publisher);
    assertThat((InputException) all.getLast())
        .hasMessageContaining("more items than were requested");
    assertThat(publisher.cancelled).hasValue(1);
  }

  @Test
  void aPublisherThatSendsAfterItHasCompletedFails() {
    Unruly publisher =
        new Unruly(subscriber -> {
          subscriber.onNext(0);
          subscriber.onComplete();
          subscriber.onNext(1);
        });
    List<Object> all = results(publisher);
    assertThat(all.getLast()).isInstanceOf(InputException.class);
  }

  @Test
  void aPublisherThatSendsNullFails() {
    Unruly publisher =
        new Unruly(subscriber -> {
          try {
            subscriber.onNext(null);
          } catch (NullPointerException e) {
            // It is told so, and takes no notice.
          }
        });
    List<Object> all = results(publisher);
    assertThat((InputException) all.getLast()).hasMessageContaining("null");
    assertThat(publisher.cancelled).hasValue(1);
  }
}
