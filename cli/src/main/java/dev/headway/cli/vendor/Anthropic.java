package dev.headway.cli.vendor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Anthropic: requests, input tokens and output tokens a minute, which fill up evenly and are in the
 * fields {@code anthropic-ratelimit-*}, with resets as instants. Output tokens count as they are
 * written, whatever the maximum; here all at once.
 */
final class Anthropic implements Vendor {

  static final String INPUT = "input-tokens";
  static final String OUTPUT = "output-tokens";
  private static final String REQUESTS = "requests";
  private static final String OWN_REQUESTS = "50/m";
  private static final String OWN_INPUT = "30000/m";
  private static final String OWN_OUTPUT = "8000/m";
  private static final String MESSAGES = "/v1/messages";

  private final VendorSettings settings;
  private final LanguageModel model;

  /** The main limit is that on requests. */
  Anthropic(VendorSettings settings) {
    this.settings = settings;
    this.model = new LanguageModel(settings.model());
  }

  /** The completion of a call that makes sense. */
  private Optional<Completion> completion(VendorRequest request) {
    return request.path().equals(MESSAGES) && request.method().equals("POST")
        ? request.json().filter(Anthropic::isCall).map(this::completion)
        : Optional.empty();
  }

  private static boolean isCall(JsonNode json) {
    return json.path("messages").isArray()
        && json.path("max_tokens").isIntegralNumber()
        && json.path("max_tokens").longValue() > 0
        && !json.path("stream").asBoolean(false);
  }

  private Completion completion(JsonNode call) {
    return model.complete(call, call.path("max_tokens").longValue());
  }

  @Override
  public List<Charge> charges(VendorRequest request, Limits limits) {
    String account = request.field("x-api-key");
    Optional<Completion> completion = completion(request);
    return List.of(
        new Charge(
            limits.get(account, REQUESTS, () -> new LeakyBucket(settings.main(OWN_REQUESTS))), 1),
        tokens(account, limits, INPUT, OWN_INPUT, completion.map(Completion::promptTokens)),
        tokens(account, limits, OUTPUT, OWN_OUTPUT, completion.map(Completion::tokens)));
  }

  private Charge tokens(
      String account, Limits limits, String unit, String own, Optional<Long> amount) {
    return new Charge(
        limits.get(account, unit, () -> new LeakyBucket(settings.budget(unit, own))),
        amount.orElse(0L));
  }

  private static Map<String, String> fields(VendorRequest request, List<Charge> charges) {
    Map<String, String> fields = new LinkedHashMap<>();
    long now = request.nanos();
    for (Charge charge : charges) {
      Meter meter = charge.limit().meter();
      String prefix = "anthropic-ratelimit-" + charge.limit().name();
      fields.put(prefix + "-limit", Long.toString(meter.limit()));
      fields.put(prefix + "-remaining", Long.toString(meter.remaining(now)));
      fields.put(prefix + "-reset", ResetTimes.instant(request.at(), meter.untilReset(now)));
    }
    return fields;
  }

  @Override
  public VendorResponse accept(VendorRequest request, List<Charge> charges) {
    Map<String, String> fields = fields(request, charges);
    Optional<Completion> completion = completion(request);
    if (completion.isPresent()) {
      return VendorResponse.of(
          fields, body(request, completion.get()), completion.get(), now -> {});
    }
    return request.path().equals(MESSAGES)
        ? VendorResponse.of(
            400,
            fields,
            error(
                "invalid_request_error",
                "POST a JSON object with messages and max_tokens, without stream"))
        : VendorResponse.of(200, fields, Map.of("id", request.number()));
  }

  private static Object body(VendorRequest request, Completion completion) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", "msg_" + request.number());
    body.put("type", "message");
    body.put("role", "assistant");
    body.put("model", request.json().map(json -> json.path("model").asString("")).orElse(""));
    body.put("content", List.of(Map.of("type", "text", "text", completion.text())));
    body.put("stop_reason", completion.truncated() ? "max_tokens" : "end_turn");
    Map<String, Object> usage = new LinkedHashMap<>();
    usage.put("input_tokens", completion.promptTokens());
    usage.put("output_tokens", completion.tokens());
    body.put("usage", usage);
    return body;
  }

  @Override
  public VendorResponse refuse(VendorRequest request, List<Charge> charges, Charge refusing) {
    Map<String, String> fields = fields(request, charges);
    long wait = refusing.untilRoom(request.nanos());
    if (wait < Long.MAX_VALUE) {
      fields.put("retry-after", ResetTimes.seconds(wait));
    }
    return VendorResponse.of(
        429,
        fields,
        error(
            "rate_limit_error",
            "This request would exceed the rate limit of %d %s per minute."
                .formatted(refusing.limit().meter().limit(), refusing.limit().name())));
  }

  @Override
  public VendorResponse busy() {
    return VendorResponse.of(529, Map.of(), error("overloaded_error", "Overloaded"));
  }

  private static Object error(String type, String message) {
    return Map.of("type", "error", "error", Map.of("type", type, "message", message));
  }
}
