package dev.headway.cli.practice;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import dev.headway.cli.practice.ServerOptions.Quota;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RateLimitFieldsTest {

  @Test
  void tells_quota_and_what_is_left_of_it_as_structured_fields() {
    Headers headers = new Headers();
    ServerRateLimitFields.put(headers, new Quota(40, Duration.ofMinutes(1)), 12, 3_000_000_000L);

    assertThat(headers.getFirst("RateLimit-Policy")).isEqualTo("\"default\";q=40;w=60");
    assertThat(headers.getFirst("RateLimit")).isEqualTo("\"default\";r=12;t=3");
  }

  @Test
  void times_are_rounded_up_to_whole_seconds() {
    Headers headers = new Headers();
    ServerRateLimitFields.put(headers, new Quota(3, Duration.ofMillis(1_500)), 0, 1);

    assertThat(headers.getFirst("RateLimit-Policy")).isEqualTo("\"default\";q=3;w=2");
    assertThat(headers.getFirst("RateLimit")).isEqualTo("\"default\";r=0;t=1");
    assertThat(ServerRateLimitFields.seconds(TimeUnit.SECONDS.toNanos(1))).isEqualTo(1);
    assertThat(ServerRateLimitFields.seconds(TimeUnit.SECONDS.toNanos(1) + 1)).isEqualTo(2);
  }
}
