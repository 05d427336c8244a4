package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Each decorator acquires a permit for each call; one told to slow down pauses the throttle. */
class DecoratorsTest {

  private static final Duration TEN = Duration.ofSeconds(10);

  /** The durations of the pauses that a listener hears of. */
  private final List<Duration> pauses = new ArrayList<>();

  private Throttle throttle(Scene scene) {
    return scene
        .throttle()
        .rate("1/s")
        .listener(event -> {
          if (event instanceof ThrottleEvent.Paused paused) {
            pauses.add(paused.pause());
          }
        })
        .build();
  }

  @Test
  void eachFormTakesALambdaAndAcquiresAPermitForEachCall() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = throttle(scene);
      List<Object> seen = new ArrayList<>();
      Function<Integer, String> function = throttle.function(n -> "foo " + n);
      BiFunction<Integer, Integer, Integer> biFunction = throttle.biFunction((a, b) -> a + b);
      Supplier<String> supplier = throttle.supplier(() -> "supplied");
      Runnable runnable = throttle.runnable(() -> seen.add("ran"));
      Consumer<String> consumer = throttle.consumer(seen::add);
      Callable<Integer> callable =
          throttle.callable(() -> {
            throw new IOException("mine");
          });
      assertThat(function.apply(3)).isEqualTo("foo 3");
      assertThat(biFunction.apply(3, 4)).isEqualTo(7);
      assertThat(supplier.get()).isEqualTo("supplied");
      runnable.run();
      consumer.accept("consumed");
      assertThatExceptionOfType(IOException.class).isThrownBy(callable::call);
      assertThat(seen).containsExactly("ran", "consumed");
      assertThat(scene.time.elapsed()).isEqualTo(Duration.ofSeconds(5));
      assertThat(throttle.snapshot().running()).isZero();
    });
  }

  /** Work that is told to slow down. */
  interface Work {
    void run();
  }

  @Test
  @SuppressWarnings("ReturnValueIgnored") // the exception is looked at
  void anyFormThatIsToldToSlowDownPausesTheThrottleOnceAndThrowsTheExceptionUnchanged()
      throws Exception {
    Scene.play(scene -> {
      Throttle throttle = throttle(scene);
      RuntimeException[] told = new RuntimeException[1];
      Runnable work =
          () -> {
            throw told[0];
          };
      List<Scene.Act> forms =
          List.of(
              () -> throttle.function(n -> fail(work)).apply(1),
              () -> throttle.biFunction((a, b) -> fail(work)).apply(1, 2),
              () -> throttle.supplier(() -> fail(work)).get(),
              () -> throttle.runnable(work).run(),
              () -> throttle.consumer(n -> work.run()).accept(1),
              () -> throttle.callable(() -> fail(work)).call(),
              () -> throttle.proxy(Work.class, work::run).run(),
              () -> throttle.call(() -> fail(work)),
              () -> throttle.call(() -> fail(work), TEN.multipliedBy(9)),
              () -> throttle.withPriority(TEN).call(() -> throttle.call(() -> fail(work))));
      for (Scene.Act form : forms) {
        told[0] = new CompletionException(new ThrottledException(TEN));
        pauses.clear();
        assertThatExceptionOfType(CompletionException.class)
            .isThrownBy(form::run)
            .satisfies(e -> assertThat(e).isSameAs(told[0]));
        assertThat(pauses).containsExactly(TEN);
        assertThat(throttle.snapshot().untilNextStart()).hasValue(TEN);
        assertThat(throttle.snapshot().running()).isZero();
      }
      told[0] = new ThrottledException();
      pauses.clear();
      assertThatExceptionOfType(ThrottledException.class)
          .isThrownBy(() -> throttle.call(() -> fail(work)));
      assertThat(pauses).as("the longest rate's period").containsExactly(Duration.ofSeconds(1));
    });
  }

  @Test
  void anExceptionThatPassesThroughTwoThrottlesPausesBothOnce() throws Exception {
    Scene.play(scene -> {
      Throttle all = throttle(scene);
      KeyedThrottle<String> hosts = Throttle.keyed(host -> throttle(scene));
      ThrottledException told = new ThrottledException(TEN);
      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(ThrottledException.class)
            .isThrownBy(() ->
                all.call(() ->
                    hosts
                        .get("a")
                        .call(() ->
                            hosts
                                .get("a")
                                .withPriority(TEN)
                                .call(() -> {
                                  throw told;
                                }))));
      }
      assertThat(pauses).containsExactly(TEN, TEN);
    });
  }

  private static int fail(Runnable work) {
    work.run();
    return 0;
  }
}
