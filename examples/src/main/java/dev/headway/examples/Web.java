package dev.headway.examples;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A small web for the samples: every page of it exists and is there at once. */
final class Web {

  private Web() {}

  record Url(String host, String path) {}

  record Page(Url url, String text) {}

  /** So many addresses, by turns on the hosts {@code one} and {@code two}. */
  static List<Url> urls(int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> new Url(n % 2 == 0 ? "one" : "two", "/" + n))
        .toList();
  }

  static Page fetch(Url url) {
    return new Page(url, "text of " + url.host() + url.path());
  }

  static CompletableFuture<Page> fetchAsync(Url url) {
    return CompletableFuture.supplyAsync(() -> fetch(url));
  }
}
