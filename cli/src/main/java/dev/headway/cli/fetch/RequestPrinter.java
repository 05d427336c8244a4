package dev.headway.cli.fetch;

import dev.headway.cli.request.Request;
import dev.headway.cli.request.Secrets;
import dev.headway.cli.text.JsonLines;
import dev.headway.http.PrivateHeaders;
import dev.headway.limit.Cost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;

/**
 * Prints requests rather than send them, as JSON lines. Variables of the environment are in them by
 * their names, and the values of private headers are hidden.
 */
final class RequestPrinter {

  private static final String HIDDEN = "•••";

  private final JsonLines lines;
  private final Secrets secrets;

  RequestPrinter(OutputStream output, Secrets secrets) {
    this.lines = new JsonLines(output);
    this.secrets = secrets;
  }

  /**
   * Prints all.
   *
   * @return how many lines make no request
   * @throws IOException if one cannot be written
   */
  long print(Iterator<Request> requests) throws IOException {
    long unreadable = 0;
    while (requests.hasNext()) {
      Request request = requests.next();
      unreadable += request.fault().stream().count();
      lines.write(fields(request));
    }
    return unreadable;
  }

  private Map<String, Object> fields(Request request) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", request.id());
    request.fault().ifPresent(fault -> fields.put("error", fault));
    request
        .http()
        .ifPresent(http -> {
          fields.put("method", http.method());
          fields.put("url", request.url());
          fields.put("headers", headers(http));
          http.bodyPublisher()
              .map(RequestPrinter::bytes)
              .ifPresent(body -> put(fields, body, http));
        });
    if (!request.cost().equals(Cost.one())) {
      Map<String, Long> cost = new LinkedHashMap<>();
      cost.put(Cost.PERMITS, request.cost().permits());
      cost.putAll(request.cost().budgets());
      fields.put("cost", cost);
    }
    return fields;
  }

  private Map<String, String> headers(HttpRequest request) {
    Map<String, String> headers = new LinkedHashMap<>();
    request
        .headers()
        .map()
        .forEach((name, values) -> {
          String value = String.join(", ", values);
          String shown = secrets.hide(value);
          boolean hidden = shown.contains(HIDDEN) || Secrets.areIn(shown);
          headers.put(name, PrivateHeaders.isPrivate(name) && !hidden ? HIDDEN : shown);
        });
    return headers;
  }

  private void put(Map<String, Object> fields, byte[] body, HttpRequest request) {
    Optional<String> text = BodyText.of(body, request.headers());
    fields.put(
        text.isPresent() ? "body" : "bodyBase64",
        text.isPresent() ? secrets.hide(text.get()) : body);
  }

  /** What a publisher sends, which has all of it in memory. */
  private static byte[] bytes(BodyPublisher publisher) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CompletableFuture<byte[]> whole = new CompletableFuture<>();
    publisher.subscribe(
        new Subscriber<ByteBuffer>() {
          @Override
          public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(ByteBuffer part) {
            byte[] chunk = new byte[part.remaining()];
            part.get(chunk);
            bytes.writeBytes(chunk);
          }

          @Override
          public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
          }

          @Override
          public void onComplete() {
            whole.complete(bytes.toByteArray());
          }
        });
    return whole.join();
  }
}
