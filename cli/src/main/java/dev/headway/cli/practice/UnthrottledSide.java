package dev.headway.cli.practice;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Fetches as scripts do: all at once, and again after as long as the server says when refused. */
final class UnthrottledSide {

  private static final int REFUSED = 429;

  private UnthrottledSide() {}

  static void fetch(URI server, int requests) throws InterruptedException, ExecutionException {
    try (HttpClient client = HttpClient.newHttpClient();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < requests; i++) {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/" + i)).build();
        all.add(threads.submit(() -> fetchUntilAccepted(client, request)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }

  private static Void fetchUntilAccepted(HttpClient client, HttpRequest request)
      throws IOException, InterruptedException {
    while (true) {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() != REFUSED) {
        return null;
      }
      String seconds = response.headers().firstValue("Retry-After").orElse("1");
      Thread.sleep(Duration.ofSeconds(Long.parseLong(seconds)));
    }
  }
}
