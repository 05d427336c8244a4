package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Work that never saw its permit can settle what it took all the same. */
class CurrentPermitTest {

  private final Throttle throttle = Throttle.builder().budget("tokens", "1000/h").build();

  private static long settle(long tokens) {
    Permit.current().settle("tokens", tokens);
    return Permit.current().cost().amount("tokens");
  }

  private void assertLeft(long tokens) {
    assertThat(throttle.tryAcquire(Cost.of("tokens", tokens + 1))).isEmpty();
    Permit left = throttle.tryAcquire(Cost.of("tokens", tokens)).orElseThrow();
    left.settle("tokens", 0);
    left.close();
  }

  @AfterEach
  void noPermitOutlastsItsWork() {
    assertThatIllegalStateException()
        .isThrownBy(Permit::current)
        .withMessageContaining("what acquire returns");
  }

  @Test
  void theWorkOfACallHasItsPermit() throws Exception {
    assertThat(throttle.<Long, Exception>call(Cost.of("tokens", 500), () -> settle(100)))
        .isEqualTo(100);
    assertLeft(900);
    assertThat(
            throttle.<Long, Exception>call(
                Cost.of("tokens", 500), () -> settle(200), Duration.ofHours(1)))
        .isEqualTo(200);
    assertLeft(700);
  }

  @Test
  void wrappedWorkHasItsPermit() throws Exception {
    Supplier<Long> supplier = throttle.supplier(() -> settle(1));
    Callable<Long> callable = throttle.callable(() -> settle(2));
    Runnable runnable = throttle.runnable(() -> settle(3));
    assertThat(supplier.get()).isEqualTo(1);
    assertThat(callable.call()).isEqualTo(2);
    runnable.run();
    assertLeft(1_000 - 6);
  }

  /** A model that is priced by the token. */
  interface Model {
    long ask(long tokens) throws IOException;
  }

  @Test
  void theTargetOfAProxyHasItsPermit() throws Exception {
    Model model =
        throttle.proxy(
            Model.class,
            tokens -> {
              if (tokens > 500) {
                throw new IOException("too long");
              }
              return settle(tokens);
            });
    assertThat(model.ask(400)).isEqualTo(400);
    assertLeft(600);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> model.ask(501));
  }

  @Test
  void theInnermostPermitIsTheCurrentOne() throws Exception {
    Throttle other = Throttle.of("10/s");
    throttle.<Object, Exception>call(() -> {
      Permit outer = Permit.current();
      other.<Object, Exception>call(() -> assertThat(Permit.current()).isNotSameAs(outer));
      return assertThat(Permit.current()).isSameAs(outer);
    });
  }

  @Test
  void aThreadOfItsOwnHasNone() throws Exception {
    throttle.<Object, Exception>call(() -> {
      CompletableFuture<Void> there = CompletableFuture.runAsync(Permit::current);
      return assertThat(there)
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableOfType(Exception.class)
          .withCauseInstanceOf(IllegalStateException.class);
    });
  }
}
