package dev.headway.cli.fetch;

import dev.headway.cli.option.UsageException;
import dev.headway.cli.request.CommonHeaders;
import dev.headway.cli.request.Secrets;
import dev.headway.http.Scope;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A header whose values requests have in turn, such as keys of an API. Requests with one value have
 * limits and pauses of their own. A value that must wait is passed over.
 */
final class KeyRotation {

  private final String name;
  private final List<String> values;
  private final AtomicLong turns = new AtomicLong();

  private KeyRotation(String name, List<String> values) {
    this.name = name;
    this.values = values;
  }

  /**
   * Reads headers as options give them.
   *
   * @param exposed gets the name of the header if its values are on the command line
   * @throws UsageException if they are none, or of several names
   */
  static KeyRotation of(List<String> headers, Secrets secrets, Consumer<String> exposed) {
    String name = "";
    List<String> values = new ArrayList<>();
    for (String header : headers) {
      CommonHeaders.Plain plain = CommonHeaders.plain(header, secrets, exposed);
      if (!name.isEmpty() && !name.equalsIgnoreCase(plain.name())) {
        throw new UsageException(
            "--rotate-header: \"" + name + "\" and \"" + plain.name() + "\" are two headers");
      }
      name = plain.name();
      values.add(plain.value());
    }
    return new KeyRotation(name, List.copyOf(values));
  }

  /** A scope within another: that of one value. */
  Scope within(Scope base) {
    return values.isEmpty()
        ? base
        : request -> {
          int index = values.indexOf(request.headers().firstValue(name).orElse(""));
          return base.of(request) + (index < 0 ? "" : " key " + (index + 1));
        };
  }

  /**
   * A request with the next value, unless it has one of its own.
   *
   * @param waits whether such a request would have to wait, as others may not
   */
  HttpRequest on(HttpRequest request, Predicate<HttpRequest> waits) {
    if (values.isEmpty() || request.headers().firstValue(name).isPresent()) {
      return request;
    }
    HttpRequest first = next(request);
    HttpRequest chosen = first;
    for (int i = 1; i < values.size() && waits.test(chosen); i++) {
      chosen = next(request);
    }
    return waits.test(chosen) ? first : chosen;
  }

  private HttpRequest next(HttpRequest request) {
    int index = (int) (turns.getAndIncrement() % values.size());
    return HttpRequest.newBuilder(request, (field, value) -> true)
        .setHeader(name, values.get(index))
        .build();
  }
}
