package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.limit.Concurrency;
import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.QueueFullException;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import dev.headway.throttle.ThrottleConfig;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** A throttle's configuration is a value: read, compared, printed, and built. */
class ThrottleConfigTest {

  private static final String TEXT =
      """
      name=github
      rate=100/m, 1000/h from-end
      rate.burst=5/s on-arrival 50ms
      rate.day=10000/d
      spacing=10/s aligned, 1/20ms
      token-bucket=5/s burst 20
      concurrency=10
      budget.requests=7/s, 9/m from-end
      budget.tokens=200000/m
      max-waiting=1000
      max-wait=30s\
      """;

  private static ThrottleBuilder builder() {
    return Throttle.builder()
        .maxWait(Duration.ofSeconds(30))
        .maxWaiting(1_000)
        .budget("tokens", "200000/m")
        .budget("requests", "7/s")
        .budget("requests", Rate.parse("9/m"), Counted.FROM_END)
        .concurrency(12)
        .concurrency(10)
        .tokenBucket("5/s", 20)
        .spacing("10/s")
        .align()
        .spacing(Duration.ofMillis(20))
        .rate("day", "10000/d")
        .rate("burst", "5/s", Counted.onArrival(Duration.ofMillis(50)))
        .rate("100/m")
        .rate("1000/h", Counted.FROM_END)
        .name("github");
  }

  private static ThrottleConfig read(String text) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(text));
    return ThrottleConfig.from(properties);
  }

  @Test
  void readsAsItPrints() throws Exception {
    ThrottleConfig config = read(TEXT);
    assertThat(config).hasToString(TEXT);
    assertThat(ThrottleConfig.from(config.toProperties())).isEqualTo(config);
    assertThat(read("name = x\nrate = 5 per second from-start , 2/m\nspacing = 20ms"))
        .hasToString("name=x\nrate=5/s, 2/m\nspacing=1/20ms");
    assertThat(ThrottleConfig.from(Map.of())).hasToString("name=throttle");
  }

  @Test
  void aBuilderIsAFaceOverIt() throws Exception {
    ThrottleConfig config = builder().config();
    assertThat(config).isEqualTo(read(TEXT)).hasSameHashCodeAs(read(TEXT));
    assertThat(config.toBuilder().config()).isEqualTo(config);
    assertThat(config.toBuilder().rate("1/h").config()).isNotEqualTo(config);
  }

  @Test
  void aThrottleOfItHasItsLimits() throws Exception {
    Throttle throttle = read(TEXT).build();
    assertThat(throttle.name()).isEqualTo("github");
    assertThat(throttle.snapshot().rules().stream().map(Object::toString))
        .containsExactlyInAnyOrderElementsOf(
            List.of(
                "100/m",
                "1000/h from end",
                "burst: 5/s on arrival within 50ms",
                "day: 10000/d",
                "spaced 10/s, aligned",
                "spaced 1/20ms",
                "bucket 5/s with 20",
                "10 at once",
                "requests 7/s",
                "requests 9/m from end",
                "tokens 200000/m"));
    VirtualTime time = new VirtualTime();
    Throttle full = read("rate=1/s\nmax-waiting=0").toBuilder().timeSource(time).build();
    full.acquire();
    assertThatExceptionOfType(QueueFullException.class).isThrownBy(full::acquire);
  }

  @Test
  void anUnknownKeyIsRefusedWithTheNearestKnownOne() {
    for (String[] pair :
        List.of(
            new String[] {"rates", "\"rate\""},
            new String[] {"maxWait", "\"max-wait\""},
            new String[] {"max-waitng", "\"max-waiting\""},
            new String[] {"concurency", "\"concurrency\""},
            new String[] {"budgets.tokens", "\"budget.tokens\""},
            new String[] {"rat.burst", "\"rate.burst\""},
            new String[] {"budget.", "\"budget.NAME\""})) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ThrottleConfig.from(Map.of(pair[0], "1/s")))
          .withMessageContaining("unknown key \"" + pair[0] + "\"")
          .withMessageContaining("did you mean " + pair[1]);
    }
  }

  @Test
  void aValueThatCannotBeReadIsRefusedWithItsKey() {
    for (String line :
        List.of(
            "rate=fast",
            "rate=1/s,",
            "rate=1/s from-middle",
            "rate=1/s on-arrival 0s",
            "rate.a b=1/s",
            "rate.burst=1/s, 2/s",
            "spacing=quick",
            "token-bucket=5/s",
            "token-bucket=5/s burst 0",
            "concurrency=0",
            "concurrency=ten",
            "budget.permits=1/s",
            "max-waiting=-1",
            "max-wait=soon")) {
      String[] pair = line.split("=", 2);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ThrottleConfig.from(Map.of(pair[0], pair[1])))
          .withMessageStartingWith(line + ": ");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ThrottleConfig.from(Map.of("max-waiting", "0", "max-wait", "30s")))
        .withMessageContaining("contradict");
  }

  @Test
  void aLimitOfOnesOwnIsNoValue() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Throttle.builder().limit(new Concurrency(3)).config())
        .withMessageContaining("3 at once");
  }
}
