package dev.headway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {

  @ParameterizedTest
  @CsvSource({
    "3/s, 3, PT1S, 3/s",
    "4/min, 4, PT1M, 4/m",
    "12/37m, 12, PT37M, 12/37m",
    "1/5h, 1, PT5H, 1/5h",
    "8/3d, 8, PT72H, 8/3d",
    "5/second, 5, PT1S, 5/s",
    "6/minutes, 6, PT1M, 6/m",
    "100/500ms, 100, PT0.5S, 100/500ms",
    "2.5/s, 1, PT0.4S, 1/400ms",
    "0.2/s, 1, PT5S, 1/5s",
    "7/week, 7, PT168H, 7/7d",
    "7/2w, 7, PT336H, 7/14d",
    "5/1.5s, 5, PT1.5S, 5/1500ms",
    "9/250us, 9, PT0.00025S, 9/250us",
    "9/250µs, 9, PT0.00025S, 9/250us",
    "9/7ns, 9, PT0.000000007S, 9/7ns",
    "5 per 2 hours, 5, PT2H, 5/2h",
    "' 10 / 2 min ', 10, PT2M, 10/2m",
    "3.0/s, 3, PT1S, 3/s",
    "007/s, 7, PT1S, 7/s",
    "90/90s, 90, PT90S, 90/90s",
    "1000000000000000/s, 1000000000000000, PT1S, 1000000000000000/s",
    "1/36500d, 1, PT876000H, 1/36500d"
  })
  void readsWhatPeopleWrite(String text, long permits, Duration period, String canonical) {
    Rate rate = Rate.parse(text);
    assertThat(rate).isEqualTo(Rate.of(permits, period)).hasToString(canonical);
    assertThat(Rate.parse(rate.toString())).isEqualTo(rate);
  }

  @Test
  void equalMeansTheSamePromise() {
    assertThat(Rate.parse("60/60s")).isEqualTo(Rate.parse("60/m")).hasToString("60/m");
    assertThat(Rate.parse("4/2s")).isNotEqualTo(Rate.parse("2/s")).hasToString("4/2s");
  }

  @Test
  void canonicalTextParsesBack() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      long permits = 1 + random.nextLong(1L << random.nextInt(1, 50)) % 1_000_000_000_000_000L;
      long nanos = 1 + random.nextLong(1L << random.nextInt(1, 61));
      if (random.nextBoolean()) {
        nanos = Math.min(36_500, 1 + nanos % 40_000) * 86_400_000_000_000L;
      }
      Rate rate = Rate.of(permits, Duration.ofNanos(nanos));
      assertThat(Rate.parse(rate.toString())).as("seed %d: %s", seed, rate).isEqualTo(rate);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\t\n",
        "0/s",
        "0.0/s",
        "-1/s",
        "1/0s",
        "1/-5s",
        "1e400/s",
        "1e3/s",
        "NaN/s",
        "Infinity/s",
        "3",
        "/s",
        "3/",
        "3/x",
        "3/5",
        "3//s",
        "3/s/s",
        "3/s 4/s",
        "3,5/s",
        ".5/s",
        "5./s",
        "+3/s",
        "0x10/s",
        "null",
        "٣/s",
        "３/s",
        "3∕s",
        "3/ｓ",
        "3/\u0000s",
        "💥/s",
        "3/💥",
        "1000000000000001/s",
        "9223372036854775808/s",
        "99999999999999999999999999/s",
        "1/36501d",
        "1/99999999999999999999d",
        "1/0.1ns",
        "0.0000000000000000000000001/s",
        "3/mss",
        "3/ss",
        "3/ms s"
      })
  void nonsenseIsAnErrorThatQuotesIt(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.parse(text))
        .withMessageContaining("\"" + text + "\"")
        .withMessageContaining("3/s");
  }

  @Test
  void veryLongTextIsAnErrorAtOnceThatQuotesItsBeginning() {
    String digits = "1".repeat(2_000_000);
    for (String text : new String[] {digits + "/s", "1/" + digits + "s", "1." + digits + "/s"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Rate.parse(text))
          .withMessageContaining("\"" + text.substring(0, 40))
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1_000));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Rate.parse(" ".repeat(2_000_000)));
  }

  @Test
  void fractionsOfAPermitASecondAreKeptAsTheTimeOfOne() {
    assertThat(Rate.perSecond(0.2)).isEqualTo(Rate.parse("1/5s"));
    assertThat(Rate.perSecond(2.5)).isEqualTo(Rate.parse("1/400ms"));
    assertThat(Rate.perSecond(3)).isEqualTo(Rate.parse("3/s"));
    assertThat(Rate.perSecond(1.0 / 3)).isEqualTo(Rate.of(1, Duration.ofNanos(3_000_000_001L)));
    assertThat(Rate.perSecond(1e15)).isEqualTo(Rate.parse("1000000000000000/s"));
  }

  @Test
  void aNumberAndItsTextAreTheSameRate() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      int decimals = random.nextInt(1, 7);
      double number = (1 + random.nextInt(1_000_000)) / Math.pow(10, decimals);
      String text = java.math.BigDecimal.valueOf(number).toPlainString() + "/s";
      assertThat(Rate.perSecond(number)).as("seed %d: %s", seed, text).isEqualTo(Rate.parse(text));
    }
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0,
        -0.0,
        -1,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        1.1e15,
        Double.MAX_VALUE,
        Double.MIN_VALUE,
        1e-12
      })
  void anImpossibleNumberASecondIsAnErrorThatQuotesIt(double permits) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.perSecond(permits))
        .withMessageContaining(String.valueOf(permits));
  }

  @Test
  void partsOutOfRangeAreErrorsThatQuoteThem() {
    Duration second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.of(0, second))
        .withMessageContaining("not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.of(Long.MAX_VALUE, second))
        .withMessageContaining("" + Long.MAX_VALUE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.of(1, Duration.ZERO))
        .withMessageContaining("not 0 s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.of(1, second.negated()))
        .withMessageContaining("not -1 s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.of(1, Duration.ofSeconds(Long.MAX_VALUE)));
  }

  @Test
  void theIntervalIsNeverShorterThanTheRateAllows() {
    assertThat(Rate.parse("4/s").interval()).isEqualTo(Duration.ofMillis(250));
    assertThat(Rate.parse("3/s").interval()).isEqualTo(Duration.ofNanos(333_333_334));
    assertThat(Rate.parse("1000000000000000/ns").interval()).isEqualTo(Duration.ofNanos(1));
  }
}
