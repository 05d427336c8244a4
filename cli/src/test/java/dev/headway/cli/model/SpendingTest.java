package dev.headway.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpendingTest {

  private final Spending spending = new Spending(10, OptionalDouble.of(12));

  @Test
  void what_earlier_runs_spent_counts_and_no_call_begins_that_would_exceed_the_limit()
      throws Exception {
    spending.end(spending.begin(1).orElseThrow(), 1.5);
    assertThat(spending.isOver()).isFalse();

    assertThat(spending.begin(0.75)).isEmpty();
    assertThat(spending.begin(0.1)).as("none begins from then on").isEmpty();

    assertThat(spending.isOver()).isTrue();
    assertThat(spending.money(OptionalLong.empty()))
        .isEqualTo(new Money(11.5, OptionalDouble.empty()));
  }

  @Test
  void a_call_waits_for_what_others_cost_that_are_expected_to_cost_too_much() throws Exception {
    long first = spending.begin(1).orElseThrow();
    CompletableFuture<OptionalLong> waiting = new CompletableFuture<>();
    Thread second =
        Thread.ofVirtual()
            .start(() -> {
              try {
                waiting.complete(spending.begin(1.5));
              } catch (InterruptedException e) {
                waiting.completeExceptionally(e);
              }
            });
    while (second.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(waiting).isNotDone();

    spending.end(first, 0.25);

    assertThat(waiting.get()).isPresent();
  }

  @Test
  void the_rest_is_projected_by_the_calls_that_started_first_and_have_ended() throws Exception {
    Spending free = new Spending(0, OptionalDouble.empty());
    assertThat(free.money(OptionalLong.of(4)).projected()).isEmpty();
    long first = free.begin(1).orElseThrow();
    long long2 = free.begin(1).orElseThrow();
    long third = free.begin(1).orElseThrow();
    free.end(third, 1);
    free.end(first, 3);

    assertThat(free.money(OptionalLong.of(2)).projected()).hasValue(4 + 2 * 3);
    free.end(long2, 8);
    assertThat(free.money(OptionalLong.of(1)).projected()).hasValue(12 + 4);
  }

  @Test
  void a_call_ends_once() {
    assertThatThrownBy(() -> spending.end(1, 1)).hasMessage("call 1 is not in flight");
  }

  @Test
  void prices_are_for_a_million_a_thousand_or_one_token() {
    assertThat(Price.parse("in=0.15/M,out=0.60/M").of(new Usage(1_000_000, 500_000)))
        .isCloseTo(0.45, within(1e-12));
    assertThat(Price.parse("out=2/K").of(new Usage(7, 1_500))).isEqualTo(3);
    assertThat(Price.parse("in=0.5, out=1").of(new Usage(2, 3))).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0.15", "in=0.15/M,in=1", "input=1/M", "in=-1", "in=1/X", "in=1,"})
  void what_is_no_price_is_refused(String text) {
    assertThatThrownBy(() -> Price.parse(text))
        .hasMessage("\"" + text + "\" is not a price, such as in=0.15/M,out=0.60/M");
  }
}
