package dev.headway.cli.vendor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.limit.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each service is strict, and states its limits as it documents. */
final class VendorsTest {

  private static final Instant START = Instant.parse("2026-03-01T12:00:00.250Z");
  private static final VendorSettings OWN = VendorSettings.OWN;

  private long millis;

  private Imitation of(VendorName name, VendorSettings settings) {
    return new Imitation(name, settings, 0, 0);
  }

  private VendorResponse get(Imitation server, String path) {
    return send(server, "GET", path, Map.of(), "");
  }

  private VendorResponse send(
      Imitation server, String method, String path, Map<String, String> fields, String body) {
    long nanos = Duration.ofMillis(millis).toNanos();
    return server
        .answer(
            new VendorRequest(
                server.nextNumber(), method, path, fields, body, nanos, START.plusNanos(nanos)))
        .orElseThrow();
  }

  private static JsonNode json(VendorResponse response) {
    return JsonMapper.shared().valueToTree(response.body());
  }

  private static Map<String, String> limits(VendorResponse response) {
    Map<String, String> limits = new HashMap<>(response.fields());
    limits.keySet().removeIf(name -> !name.contains("limit"));
    return limits;
  }

  @Test
  void github_states_a_quota_of_each_resource_and_refuses_with_403_until_its_reset() {
    Imitation server = of(VendorName.GITHUB, OWN.withRate(Rate.parse("2/h")));

    assertThat(get(server, "/user").fields())
        .isEqualTo(
            Map.of(
                "x-ratelimit-limit", "2",
                "x-ratelimit-remaining", "1",
                "x-ratelimit-used", "1",
                "x-ratelimit-reset", "1772370001",
                "x-ratelimit-resource", "core"));
    millis = 100;
    assertThat(get(server, "/user").status()).isEqualTo(200);
    VendorResponse refused = get(server, "/user");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.fields())
        .containsEntry("x-ratelimit-remaining", "0")
        .containsEntry("x-ratelimit-reset", "1772370001");
    assertThat(json(refused).get("message").asString()).startsWith("API rate limit exceeded");

    assertThat(get(server, "/search/issues").fields())
        .containsEntry("x-ratelimit-limit", "30")
        .containsEntry("x-ratelimit-resource", "search");
    assertThat(send(server, "GET", "/user", Map.of("authorization", "other"), "").status())
        .isEqualTo(200);
    millis = Duration.ofHours(1).toMillis();
    assertThat(get(server, "/user").status()).isEqualTo(200);
  }

  @Test
  void github_refuses_more_than_900_points_a_minute_with_a_time_to_wait_and_nothing_else() {
    Imitation server = of(VendorName.GITHUB, OWN.withSpeed(10));
    for (int i = 0; i < 179; i++) {
      assertThat(send(server, "POST", "/repos/a/b/issues", Map.of(), "{}").status()).isEqualTo(200);
    }
    millis = 500;
    for (int i = 0; i < 5; i++) {
      assertThat(get(server, "/user").status()).isEqualTo(200);
    }

    VendorResponse refused = get(server, "/user");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.fields()).isEqualTo(Map.of("retry-after", "6"));
    assertThat(json(refused).get("message").asString()).contains("secondary rate limit");
    assertThat(server.stats().limits())
        .containsExactly(new VendorStats.Refusals("secondary", 900, 1, 1));
    millis = 6_000;
    assertThat(get(server, "/user").status()).isEqualTo(200);
  }

  @Test
  void openai_states_requests_and_tokens_which_fill_up_evenly() {
    Imitation server =
        of(
            VendorName.OPENAI,
            OWN.withRate(Rate.parse("60/m")).withBudgets(Map.of("tokens", Rate.parse("6000/m"))));
    String chat =
        "{\"model\":\"m\",\"max_tokens\":2000,\"messages\":[{\"role\":\"user\",\"content\":\""
            + "x".repeat(400)
            + "\"}]}";

    VendorResponse first = send(server, "POST", "/v1/chat/completions", Map.of(), chat);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.fields())
        .isEqualTo(
            Map.of(
                "x-ratelimit-limit-requests", "60",
                "x-ratelimit-remaining-requests", "59",
                "x-ratelimit-reset-requests", "1s",
                "x-ratelimit-limit-tokens", "6000",
                "x-ratelimit-remaining-tokens", "3893",
                "x-ratelimit-reset-tokens", "21.07s"));
    assertThat(send(server, "POST", "/v1/chat/completions", Map.of(), chat).status())
        .isEqualTo(200);
    VendorResponse refused = send(server, "POST", "/v1/chat/completions", Map.of(), chat);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.fields())
        .containsEntry("retry-after-ms", "3210")
        .containsEntry("retry-after", "4")
        .containsEntry("x-ratelimit-remaining-requests", "58")
        .containsEntry("x-ratelimit-reset-tokens", "42.14s");
    assertThat(json(refused).at("/error/code").asString()).isEqualTo("rate_limit_exceeded");
    assertThat(json(refused).at("/error/type").asString()).isEqualTo("tokens");
    millis = 3_209;
    assertThat(send(server, "POST", "/v1/chat/completions", Map.of(), chat).status())
        .isEqualTo(429);
    millis = 3_210;
    assertThat(send(server, "POST", "/v1/chat/completions", Map.of(), chat).status())
        .isEqualTo(200);
  }

  @Test
  void openai_gives_back_the_tokens_that_an_answer_does_not_need() {
    Imitation server =
        of(VendorName.OPENAI, OWN.withBudgets(Map.of("tokens", Rate.parse("1000/m"))));
    String chat = "{\"max_tokens\":900,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    VendorResponse response = send(server, "POST", "/v1/chat/completions", Map.of(), chat);
    assertThat(send(server, "POST", "/v1/chat/completions", Map.of(), chat).status())
        .isEqualTo(429);
    long used = json(response).at("/usage/total_tokens").asLong();
    response.ended().accept(0);
    VendorResponse next = get(server, "/v1/models");

    assertThat(next.fields()).containsEntry("x-ratelimit-remaining-tokens", "" + (1_000 - used));
  }

  @Test
  void a_completion_says_what_it_took_and_whether_it_was_cut_at_the_maximum() {
    Imitation server = of(VendorName.OPENAI, OWN);
    String chat =
        "{\"model\":\"gpt\",\"max_completion_tokens\":%d,\"messages\":[{\"role\":\"user\","
            + "\"content\":[{\"type\":\"text\",\"text\":\"how are you\"}]}]}";

    JsonNode cut = json(send(server, "POST", "/v1/chat/completions", Map.of(), chat.formatted(5)));
    assertThat(cut.at("/object").asString()).isEqualTo("chat.completion");
    assertThat(cut.at("/model").asString()).isEqualTo("gpt");
    assertThat(cut.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(cut.at("/choices/0/message/content").asString().split(" ")).hasSize(5);
    assertThat(cut.at("/usage/prompt_tokens").asLong()).isEqualTo(3 + 4 + 3);
    assertThat(cut.at("/usage/completion_tokens").asLong()).isEqualTo(5);
    assertThat(cut.at("/usage/total_tokens").asLong()).isEqualTo(15);

    JsonNode whole =
        json(send(server, "POST", "/v1/chat/completions", Map.of(), chat.formatted(9_999)));
    assertThat(whole.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(server.stats().outputTokens())
        .isEqualTo(5 + whole.at("/usage/completion_tokens").asLong());
    assertThat(server.stats().inputTokens()).isEqualTo(20);
  }

  @Test
  void a_call_that_makes_no_sense_is_refused_with_400() {
    Imitation openAi = of(VendorName.OPENAI, OWN);
    for (String wrong : new String[] {"", "[]", "{}", "{\"messages\":[],\"stream\":true}"}) {
      VendorResponse response = send(openAi, "POST", "/v1/chat/completions", Map.of(), wrong);
      assertThat(response.status()).isEqualTo(400);
      assertThat(json(response).at("/error/type").asString()).isEqualTo("invalid_request_error");
    }
    VendorResponse response =
        send(of(VendorName.ANTHROPIC, OWN), "POST", "/v1/messages", Map.of(), "{\"messages\":[]}");
    assertThat(response.status()).isEqualTo(400);
    assertThat(json(response).at("/error/type").asString()).isEqualTo("invalid_request_error");
  }

  @Test
  void anthropic_states_requests_input_and_output_with_instants() {
    Imitation server =
        of(VendorName.ANTHROPIC, OWN.withBudgets(Map.of("output-tokens", Rate.parse("100/m"))));
    String call = "{\"max_tokens\":60,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";

    VendorResponse first = send(server, "POST", "/v1/messages", Map.of(), call.formatted("hello"));
    assertThat(first.status()).isEqualTo(200);
    long output = json(first).at("/usage/output_tokens").asLong();
    assertThat(json(first).at("/type").asString()).isEqualTo("message");
    assertThat(output).isPositive();
    assertThat(limits(first))
        .containsEntry("anthropic-ratelimit-requests-limit", "50")
        .containsEntry("anthropic-ratelimit-requests-remaining", "49")
        .containsEntry("anthropic-ratelimit-requests-reset", "2026-03-01T12:00:02Z")
        .containsEntry("anthropic-ratelimit-input-tokens-limit", "30000")
        .containsEntry("anthropic-ratelimit-input-tokens-remaining", "29991")
        .containsEntry("anthropic-ratelimit-output-tokens-limit", "100")
        .containsEntry("anthropic-ratelimit-output-tokens-remaining", "" + (100 - output));

    VendorResponse refused = first;
    for (int i = 0; refused.status() == 200; i++) {
      refused = send(server, "POST", "/v1/messages", Map.of(), call.formatted("hello " + i));
    }
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.fields().get("retry-after")).matches("\\d+");
    assertThat(json(refused).at("/error/type").asString()).isEqualTo("rate_limit_error");
    assertThat(server.stats().limits()).extracting("name").containsExactly("output-tokens");
  }

  @Test
  void shopify_states_the_level_of_a_bucket_that_leaks_empty_in_20_seconds() {
    Imitation server = of(VendorName.SHOPIFY, OWN);

    for (int i = 1; i <= 40; i++) {
      assertThat(get(server, "/admin/api/2026-01/products.json").fields())
          .isEqualTo(Map.of("X-Shopify-Shop-Api-Call-Limit", i + "/40"));
    }
    VendorResponse refused = get(server, "/admin/api/2026-01/products.json");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.fields())
        .isEqualTo(Map.of("X-Shopify-Shop-Api-Call-Limit", "40/40", "Retry-After", "2.0"));
    millis = 500;
    assertThat(get(server, "/admin/api/2026-01/products.json").status()).isEqualTo(200);
    assertThat(get(server, "/admin/api/2026-01/products.json").status()).isEqualTo(429);
  }

  @Test
  void discord_has_a_bucket_for_each_channel_and_a_global_limit() {
    Imitation server = of(VendorName.DISCORD, OWN.withRate(Rate.parse("2/5s")));
    String one = "/api/v10/channels/1001/messages/";
    String other = "/api/v10/channels/1002/messages/";

    Map<String, String> first = get(server, one + "20001").fields();
    assertThat(first)
        .containsEntry("X-RateLimit-Limit", "2")
        .containsEntry("X-RateLimit-Remaining", "1")
        .containsEntry("X-RateLimit-Reset", "1772366405.250")
        .containsEntry("X-RateLimit-Reset-After", "5.000");
    millis = 1_470;
    assertThat(get(server, one + "20002").status()).isEqualTo(200);
    VendorResponse refused = get(server, one + "20003");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.fields())
        .containsEntry("Retry-After", "4")
        .containsEntry("X-RateLimit-Scope", "user")
        .containsEntry("X-RateLimit-Reset-After", "3.530")
        .containsEntry("X-RateLimit-Bucket", first.get("X-RateLimit-Bucket"));
    assertThat(json(refused).get("retry_after").asDouble()).isEqualTo(3.53);
    assertThat(json(refused).get("global").asBoolean()).isFalse();
    assertThat(get(server, other + "20003").fields())
        .containsEntry("X-RateLimit-Remaining", "1")
        .containsEntry("X-RateLimit-Bucket", first.get("X-RateLimit-Bucket"));

    VendorResponse global = refused;
    for (int i = 0; i < 48; i++) {
      global = get(server, "/api/v10/guilds/" + i + "/roles");
    }
    assertThat(global.status()).isEqualTo(200);
    global = get(server, "/api/v10/guilds/77777/roles");
    assertThat(global.status()).isEqualTo(429);
    assertThat(global.fields())
        .isEqualTo(
            Map.of(
                "X-RateLimit-Global", "true", "X-RateLimit-Scope", "global", "Retry-After", "1"));
    assertThat(json(global).get("global").asBoolean()).isTrue();
  }

  @Test
  void slack_refuses_each_method_by_its_tier_and_states_nothing_before() {
    Imitation server = of(VendorName.SLACK, OWN);
    for (int i = 0; i < 20; i++) {
      VendorResponse response = get(server, "/api/users.list");
      assertThat(json(response).get("ok").asBoolean()).isTrue();
      assertThat(response.fields()).isEmpty();
    }
    millis = 12_345;
    VendorResponse refused = get(server, "/api/users.list");

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.fields()).isEqualTo(Map.of("Retry-After", "48"));
    assertThat(json(refused).get("error").asString()).isEqualTo("ratelimited");
    assertThat(get(server, "/api/users.info").status()).isEqualTo(200);
    millis = 60_000;
    assertThat(get(server, "/api/users.list").status()).isEqualTo(200);
  }

  @Test
  void a_busy_server_answers_as_the_service_does_and_a_dropped_request_not_at_all() {
    for (VendorName name : VendorName.values()) {
      Imitation server = new Imitation(name, OWN, 2, 3);
      assertThat(get(server, "/").status()).isEqualTo(200);
      boolean isModel = name == VendorName.OPENAI || name == VendorName.ANTHROPIC;
      assertThat(get(server, "/").status()).isEqualTo(isModel ? 529 : 503);
      assertThat(server.answer(new VendorRequest(3, "GET", "/", Map.of(), "", 0, START))).isEmpty();
      assertThat(server.stats().busy()).isEqualTo(1);
      assertThat(server.stats().dropped()).isEqualTo(1);
      assertThat(server.stats().accepted()).isEqualTo(1);
    }
  }

  @Test
  void refusals_within_the_time_that_the_first_was_told_to_wait_are_one_episode() {
    Imitation server = of(VendorName.SLACK, OWN.withRate(Rate.parse("1/10s")));
    get(server, "/api/a.b");
    for (int i = 0; i < 5; i++) {
      millis += 1_900;
      assertThat(get(server, "/api/a.b").status()).isEqualTo(429);
    }
    assertThat(server.stats().limits()).containsExactly(new VendorStats.Refusals("a.b", 1, 5, 1));

    millis = 10_000;
    assertThat(get(server, "/api/a.b").status()).isEqualTo(200);
    assertThat(get(server, "/api/a.b").status()).isEqualTo(429);
    assertThat(server.stats().limits()).containsExactly(new VendorStats.Refusals("a.b", 1, 6, 2));
  }

  @Test
  void settings_out_of_their_range_are_refused_with_the_value() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OWN.withSpeed(0))
        .withMessageContaining("0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ModelSettings(1, 0, java.util.OptionalDouble.empty()))
        .withMessageContaining("0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ModelSettings(1, 1, java.util.OptionalDouble.of(-1)))
        .withMessageContaining("-1");
  }
}
