package dev.headway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NumbersTest {

  @Test
  void theMedianIsInTheMiddle() {
    assertThat(Numbers.median(9, 1, 5)).isEqualTo(5);
    assertThat(Numbers.median(1, 2, 4, 9)).isEqualTo(3);
  }

  @Test
  void theSpreadIsAPartOfTheMedian() {
    assertThat(Numbers.spreadPercent(8, 10, 13)).isEqualTo(50);
  }

  @Test
  void theExponentSaysHowACostGrows() {
    double[] sizes = {1, 10, 100, 1_000};

    assertThat(Numbers.exponent(sizes, new double[] {7, 7, 7, 7})).isZero();
    assertThat(Numbers.exponent(sizes, new double[] {3, 30, 300, 3_000}))
        .isEqualTo(1, within(1e-9));
    assertThat(Numbers.exponent(sizes, new double[] {1, 100, 10_000, 1_000_000}))
        .isEqualTo(2, within(1e-9));
  }
}
