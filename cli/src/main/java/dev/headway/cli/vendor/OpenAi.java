package dev.headway.cli.vendor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * OpenAI: requests and tokens a minute for each model, both of which fill up evenly and are in the
 * fields {@code x-ratelimit-*-requests} and {@code x-ratelimit-*-tokens}. A request takes the
 * tokens of its prompt and its maximum when it comes, and gets back what it does not need when it
 * is answered.
 */
final class OpenAi implements Vendor {

  static final String TOKENS = "tokens";
  private static final String REQUESTS = "requests";
  private static final String OWN_REQUESTS = "500/m";
  private static final String OWN_TOKENS = "200000/m";
  private static final String CHAT = "/v1/chat/completions";
  private static final String INVALID = "invalid_request_error";

  private final VendorSettings settings;
  private final LanguageModel model;

  /** The main limit is that on requests. */
  OpenAi(VendorSettings settings) {
    this.settings = settings;
    this.model = new LanguageModel(settings.model());
  }

  /** A call that makes sense. */
  private record Chat(JsonNode request, Completion completion, long reserved) {}

  private static Optional<JsonNode> chatOf(VendorRequest request) {
    return request.path().equals(CHAT) && request.method().equals("POST")
        ? request
            .json()
            .filter(
                json -> json.path("messages").isArray() && !json.path("stream").asBoolean(false))
        : Optional.empty();
  }

  private Chat answered(JsonNode request) {
    JsonNode stated =
        request.has("max_completion_tokens")
            ? request.path("max_completion_tokens")
            : request.path("max_tokens");
    boolean isLimited = stated.isIntegralNumber() && stated.longValue() > 0;
    Completion completion =
        model.complete(request, isLimited ? stated.longValue() : Long.MAX_VALUE);
    long most = isLimited ? stated.longValue() : completion.tokens();
    return new Chat(request, completion, completion.promptTokens() + most);
  }

  @Override
  public List<Charge> charges(VendorRequest request, Limits limits) {
    String account =
        request.field("authorization")
            + " "
            + chatOf(request).map(chat -> chat.path("model").asString("")).orElse("");
    return List.of(
        new Charge(
            limits.get(account, REQUESTS, () -> new LeakyBucket(settings.main(OWN_REQUESTS))), 1),
        new Charge(
            limits.get(account, TOKENS, () -> new LeakyBucket(settings.budget(TOKENS, OWN_TOKENS))),
            chatOf(request).map(chat -> answered(chat).reserved()).orElse(0L)));
  }

  private static Map<String, String> fields(VendorRequest request, List<Charge> charges) {
    Map<String, String> fields = new LinkedHashMap<>();
    long now = request.nanos();
    for (Charge charge : charges) {
      Meter meter = charge.limit().meter();
      String unit = charge.limit().name();
      fields.put("x-ratelimit-limit-" + unit, Long.toString(meter.limit()));
      fields.put("x-ratelimit-remaining-" + unit, Long.toString(meter.remaining(now)));
      fields.put("x-ratelimit-reset-" + unit, ResetTimes.units(meter.untilReset(now)));
    }
    return fields;
  }

  @Override
  public VendorResponse accept(VendorRequest request, List<Charge> charges) {
    Map<String, String> fields = fields(request, charges);
    Optional<JsonNode> chat = chatOf(request);
    if (chat.isPresent()) {
      Chat answered = answered(chat.get());
      Completion completion = answered.completion();
      long unused = answered.reserved() - completion.promptTokens() - completion.tokens();
      Meter tokens = charges.getLast().limit().meter();
      LongConsumer ended = now -> tokens.giveBack(now, unused);
      return VendorResponse.of(fields, body(request, answered), completion, ended);
    }
    return request.path().equals(CHAT)
        ? VendorResponse.of(
            400, fields, error("POST a JSON object with messages, without stream", INVALID, null))
        : VendorResponse.of(200, fields, Map.of("id", request.number()));
  }

  private static Object body(VendorRequest request, Chat chat) {
    Completion completion = chat.completion();
    Map<String, Object> choice = new LinkedHashMap<>();
    choice.put("index", 0);
    choice.put("message", Map.of("role", "assistant", "content", completion.text()));
    choice.put("finish_reason", completion.truncated() ? "length" : "stop");
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", "chatcmpl-" + request.number());
    body.put("object", "chat.completion");
    body.put("created", request.at().getEpochSecond());
    body.put("model", chat.request().path("model").asString(""));
    body.put("choices", List.of(choice));
    Map<String, Object> usage = new LinkedHashMap<>();
    usage.put("prompt_tokens", completion.promptTokens());
    usage.put("completion_tokens", completion.tokens());
    usage.put("total_tokens", completion.promptTokens() + completion.tokens());
    body.put("usage", usage);
    return body;
  }

  @Override
  public VendorResponse refuse(VendorRequest request, List<Charge> charges, Charge refusing) {
    String unit = refusing.limit().name();
    Meter meter = refusing.limit().meter();
    long wait = refusing.untilRoom(request.nanos());
    Map<String, String> fields = fields(request, charges);
    if (wait == Long.MAX_VALUE) {
      String tooLarge =
          "Request too large: %s Limit %d, Requested %d."
              .formatted(unit, meter.limit(), refusing.amount());
      return VendorResponse.of(429, fields, error(tooLarge, unit, "rate_limit_exceeded"));
    }
    fields.put("retry-after-ms", ResetTimes.millis(wait));
    fields.put("retry-after", ResetTimes.seconds(wait));
    String message =
        "Rate limit reached on %s per min: Limit %d, Used %d, Requested %d. Please try again in %s."
            .formatted(
                unit,
                meter.limit(),
                meter.limit() - meter.remaining(request.nanos()),
                refusing.amount(),
                ResetTimes.units(wait));
    return VendorResponse.of(429, fields, error(message, unit, "rate_limit_exceeded"));
  }

  @Override
  public VendorResponse busy() {
    return VendorResponse.of(
        529, Map.of(), error("The engine is currently overloaded.", "server_error", "overloaded"));
  }

  private static Object error(String message, String type, @Nullable String code) {
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("message", message);
    error.put("type", type);
    error.put("param", null);
    error.put("code", code);
    return Map.of("error", error);
  }
}
