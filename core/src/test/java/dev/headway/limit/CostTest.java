package dev.headway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CostTest {

  @Test
  void countsPermitsAndBudgets() {
    Cost cost = Cost.of("tokens", 1_200).and("images", 0);
    assertThat(cost.amount(Cost.PERMITS)).isEqualTo(1);
    assertThat(cost.amount("tokens")).isEqualTo(1_200);
    assertThat(cost.amount("images")).isZero();
    assertThat(cost.amount("unheard of")).isZero();
    assertThat(cost.and("tokens", 7).amount("tokens")).isEqualTo(7);
    assertThat(Cost.of("tokens", 1_200)).hasToString("1 permit, 1200 tokens");
    assertThat(Cost.permits(3)).hasToString("3 permits");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1_000_000_000_000_001L})
  void permitsThatMakeNoSenseAreQuoted(long permits) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cost.permits(permits))
        .withMessageContaining("not " + permits);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1_000_000_000_000_001L})
  void amountsThatMakeNoSenseAreQuoted(long amount) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cost.of("tokens", amount))
        .withMessageContaining("tokens")
        .withMessageContaining("not " + amount);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "permits"})
  void aBudgetNeedsANameOfItsOwn(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cost.of(name, 1))
        .withMessageContaining("\"" + name + "\"");
    assertThatIllegalArgumentException().isThrownBy(() -> new Cost(1, Map.of(name, 1L)));
  }
}
