package dev.headway.examples;

import dev.headway.http.LimitedHttpClient;
import dev.headway.http.ResponseMeaning.Retryable;
import dev.headway.http.ResponsePolicy;
import dev.headway.throttle.Throttle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Requests to a server within its limits. */
public final class HttpSamples {

  private HttpSamples() {}

  /** Fetches the URL that is given. */
  public static void main(String[] args) throws IOException, InterruptedException {
    URI url = URI.create(args[0]);

    HttpClient client =
        LimitedHttpClient.builder().throttle(Throttle.of("50/s")).perHost("2/s").build();

    HttpRequest request = HttpRequest.newBuilder(url).timeout(Duration.ofMinutes(1)).build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());

    System.out.println(response.statusCode() + " " + response.body());
    client.close();

    try (HttpClient patient = lockedMeansLater()) {
      System.out.println(patient.send(request, BodyHandlers.ofString()).statusCode());
    }
  }

  /** A client that takes a locked resource for one that is free later. */
  private static HttpClient lockedMeansLater() {
    ResponsePolicy standard = ResponsePolicy.standard();
    return LimitedHttpClient.builder()
        .responsePolicy(response ->
            response.status() == 423 ? Retryable.IF_IDEMPOTENT : standard.meaningOf(response))
        .build();
  }
}
