package dev.headway.cli.practice;

import dev.headway.Headway;
import dev.headway.http.LimitedHttpClient;
import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.throttle.Throttle;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.IntStream;

/** Fetches within the server's limit. */
final class ThrottledSide {

  private ThrottledSide() {}

  static void fetch(URI server, int requests, Rate rate) throws InterruptedException {
    Throttle throttle = Throttle.builder().rate(rate, Counted.FROM_END).build();
    try (LimitedHttpClient client = LimitedHttpClient.builder().throttle(throttle).build()) {
      Headway.unthrottled()
          .concurrency(requests)
          .forEach(
              IntStream.range(0, requests).mapToObj(i -> server.resolve("/" + i)),
              uri -> client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()));
    }
  }
}
