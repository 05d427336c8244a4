package dev.headway.http;

import dev.headway.Retry;
import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Real HTTP in virtual time: only the waits of the client take none. */
abstract class InVirtualTime {

  /** Begins now, so that the dates that servers send are of this time. */
  final VirtualTime time = new VirtualTime(Instant.now());

  static Retry twice() {
    return Retry.upTo(2).backoff(Duration.ofSeconds(10)).throttledUpTo(100);
  }

  ThrottleBuilder rules() {
    return Throttle.builder().timeSource(time);
  }

  LimitedHttpClientBuilder client() {
    return client(rules().build());
  }

  LimitedHttpClientBuilder client(Throttle throttle) {
    return LimitedHttpClient.builder().throttle(throttle).retry(twice());
  }

  /** Sends a request and waits, in virtual time, for its response. */
  HttpResponse<String> send(LimitedHttpClient client, HttpRequest request) throws Exception {
    return time.run(() -> client.send(request, BodyHandlers.ofString()));
  }

  /** Sends a request and waits, in virtual time, for its response and what it took. */
  Exchange<String> exchange(LimitedHttpClient client, HttpRequest request) throws Exception {
    return time.run(
        () -> client.exchange(request, BodyHandlers.ofString(), dev.headway.limit.Cost.one()));
  }

  /** Sends so many at once; the responses, in order. */
  List<HttpResponse<String>> sendAll(LimitedHttpClient client, List<HttpRequest> requests)
      throws Exception {
    return time.run(() -> {
      List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
      for (HttpRequest request : requests) {
        all.add(began(() -> client.send(request, BodyHandlers.ofString())));
      }
      List<HttpResponse<String>> responses = new ArrayList<>();
      all.forEach(each -> responses.add(time.await(each)));
      return responses;
    });
  }

  /** Calls something on another thread of this time. */
  <T> CompletableFuture<T> began(Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    var unused =
        time.start(
            "caller",
            () -> {
              try {
                result.complete(call.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }
}
