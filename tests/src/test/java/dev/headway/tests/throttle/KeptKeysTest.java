package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.headway.limit.Cost;
import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.ForwardingThrottle;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Snapshot;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.TooManyKeysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a key keeps, when it is forgotten, and that one key's faults harm no other. */
class KeptKeysTest {

  private final VirtualTime time = new VirtualTime();

  private Throttle throttle(String rate) {
    return Throttle.builder().rate(rate).timeSource(time).build();
  }

  private static void useOthers(KeyedThrottle<String> keys, int number) {
    for (int i = 0; i < number; i++) {
      keys.get("other " + i).tryAcquire().ifPresent(Permit::close);
    }
  }

  private static int grantedAtOnce(Throttle throttle) {
    int granted = 0;
    while (granted < 100 && throttle.tryAcquire().isPresent()) {
      granted++;
    }
    return granted;
  }

  @Test
  void anUpdateOfAKeyOutlastsAnyNumberOfOtherKeys() {
    KeyedThrottle<String> keys = Throttle.keyed(key -> throttle("10/s"));
    keys.get("slow").update(limits -> limits.rate("1/h"));
    useOthers(keys, 1_000);
    assertThat(keys.get("slow").snapshot().rules()).hasToString("[1/h]");
    assertThat(grantedAtOnce(keys.get("slow"))).isEqualTo(1);
  }

  @Test
  void anUpdateOfAKeyThatSharesRulesOutlastsAnyNumberOfOtherKeys() {
    Throttle all = throttle("100000/s");
    KeyedThrottle<String> keys = all.keyed((key, limits) -> limits.rate("10/s"));
    keys.get("slow").update(limits -> limits.rate("1/h"));
    keys.get("slow").withPriority(Duration.ofSeconds(1)).update(limits -> limits.concurrency(7));
    useOthers(keys, 1_000);
    assertThat(keys.get("slow").snapshot().rules()).hasToString("[1/h, 7 at once]");
  }

  @Test
  void aKeyWhoseRulesAreAgainThoseItWasMadeWithIsForgotten() throws Exception {
    Map<String, Integer> made = new HashMap<>();
    KeyedThrottle<String> keys =
        Throttle.keyed(key -> {
          made.merge(key, 1, Integer::sum);
          return throttle("10/s");
        });
    keys.get("a").update(limits -> limits.rate("1/h"));
    useOthers(keys, 500);
    assertThat(made.get("a")).isEqualTo(1);
    keys.get("a").update(limits -> limits.rate("10/s"));
    time.run(() -> {
      time.sleep(Duration.ofHours(2));
      return null;
    });
    useOthers(keys, 1_000);
    keys.get("a").tryAcquire();
    assertThat(made.get("a")).isEqualTo(2);
  }

  @Test
  void aPauseOfAKeyIsKept() {
    KeyedThrottle<String> keys = Throttle.keyed(key -> throttle("10/s"));
    keys.get("paused").pauseFor(Duration.ofHours(1));
    useOthers(keys, 1_000);
    assertThat(keys.get("paused").tryAcquire()).isEmpty();
  }

  @Test
  void aMakerThatFailsForOneKeyHarmsNoOtherKey() {
    KeyedThrottle<String> keys =
        Throttle.<String>keyed(
                key -> {
                  if (key.equals("throws")) {
                    throw new IllegalStateException("no throttle for " + key);
                  }
                  return key.equals("null") ? null : throttle("10/s");
                })
            .atMost(200);
    for (int i = 0; i < 300; i++) {
      assertThatNullPointerException()
          .isThrownBy(() -> keys.get("null").tryAcquire())
          .withMessageContaining("\"null\"");
      assertThatIllegalStateException().isThrownBy(() -> keys.get("throws").acquire());
    }
    useOthers(keys, 200);
    assertThat(keys.size()).isLessThanOrEqualTo(200);
  }

  /** A throttle whose snapshot fails, and whatever else a test makes fail. */
  private static class Broken extends ForwardingThrottle {
    Broken(Throttle whole) {
      super(whole);
    }

    @Override
    public Snapshot snapshot() {
      throw new IllegalStateException("no snapshot");
    }

    @Override
    public Throttle withPriority(Duration headStart) {
      return this;
    }
  }

  @Test
  void aKeyWhoseSnapshotFailsHarmsNoOtherKeyAndStays() {
    List<String> made = new ArrayList<>();
    KeyedThrottle<String> keys =
        Throttle.<String>keyed(
                key -> {
                  made.add(key);
                  return key.startsWith("broken") ? new Broken(throttle("10/s")) : throttle("10/s");
                })
            .atMost(100);
    for (int i = 0; i < 10; i++) {
      keys.get("broken " + i).tryAcquire();
    }
    for (int i = 0; i < 90; i++) {
      assertThat(keys.get("good " + i).tryAcquire()).isPresent();
    }
    assertThatExceptionOfType(TooManyKeysException.class)
        .isThrownBy(() -> keys.get("one more").tryAcquire());
    assertThat(keys.size()).isEqualTo(100);
    assertThat(grantedAtOnce(keys.get("broken 3"))).isEqualTo(9);
    assertThat(made).doesNotHaveDuplicates();
  }

  @Test
  void whatAKeysThrottleThrowsLeavesItToBeForgotten() throws Exception {
    List<String> made = new ArrayList<>();
    boolean[] fails = {true};
    Supplier<Throttle> maker =
        () ->
            new Broken(throttle("10/s")) {
              @Override
              public CompletableFuture<Permit> acquireAsync(Cost cost) {
                if (fails[0]) {
                  throw new IllegalStateException("not now");
                }
                return null;
              }

              @Override
              public Snapshot snapshot() {
                return throttle("10/s").snapshot();
              }
            };
    KeyedThrottle<String> keys =
        Throttle.keyed(key -> {
          made.add(key);
          return key.equals("broken") ? maker.get() : throttle("10/s");
        });
    assertThatIllegalStateException().isThrownBy(() -> keys.get("broken").acquireAsync());
    fails[0] = false;
    assertThatNullPointerException().isThrownBy(() -> keys.get("broken").acquireAsync());
    useOthers(keys, 1_000);
    keys.get("broken").tryAcquire();
    assertThat(made.stream().filter("broken"::equals)).as("not kept for ever").hasSize(2);
  }

  @Test
  void permitsThatAreLeftOpenKeepNoKeyWhereOnlyStartsCount() throws Exception {
    KeyedThrottle<Integer> keys =
        Throttle.keyed(key ->
            Throttle.builder()
                .rate("3/s")
                .spacing("5/s")
                .tokenBucket("4/s", 8)
                .timeSource(time)
                .build());
    time.run(() -> {
      for (int i = 0; i < 3_000; i++) {
        keys.get(i).acquire();
        time.sleep(Duration.ofMillis(50));
        assertThat(keys.size()).isLessThanOrEqualTo(66);
      }
      return null;
    });
  }

  @Test
  void permitsThatAreLeftOpenKeepAKeyWhereALimitWaitsForTheirEnd() throws Exception {
    KeyedThrottle<String> keys =
        Throttle.keyed(key -> Throttle.builder().concurrency(1).timeSource(time).build());
    Permit open = keys.get("busy").acquire();
    useOthers(keys, 1_000);
    assertThat(keys.get("busy").tryAcquire()).isEmpty();
    open.close();
    assertThat(keys.get("busy").tryAcquire()).isPresent();
  }

  /** One that wants to be closed. */
  private final class Closeable extends Broken implements AutoCloseable {
    private final List<String> closed;
    private final String key;

    Closeable(String key, List<String> closed) {
      super(throttle("10/s"));
      this.key = key;
      this.closed = closed;
    }

    @Override
    public Snapshot snapshot() {
      return throttle("10/s").snapshot();
    }

    @Override
    public void close() {
      closed.add(key);
      if (key.equals("other 7")) {
        throw new IllegalStateException("closing fails");
      }
    }
  }

  @Test
  void aThrottleThatIsForgottenIsClosedOnceNoKeyHasIt() {
    List<String> closed = new ArrayList<>();
    Closeable kept = new Closeable("kept", closed);
    Closeable common = new Closeable("common", closed);
    KeyedThrottle<String> keys =
        Throttle.keyed(key ->
            switch (key.substring(0, 4)) {
              case "kept" -> kept;
              case "comm" -> common;
              default -> new Closeable(key, closed);
            });
    for (String key : List.of("kept 1", "kept 2", "common 1", "common 2")) {
      keys.get(key).tryAcquire();
    }
    // Keys of keys keep their key for ever.
    KeyedThrottle<String> inner = keys.get("kept 2").keyed((key, limits) -> limits.rate("1/s"));
    useOthers(keys, 1_000);
    assertThat(closed)
        .hasSizeGreaterThan(800)
        .doesNotHaveDuplicates()
        .contains("common")
        .doesNotContain("kept");
    assertThat(inner.get("works").tryAcquire()).isPresent();
  }
}
