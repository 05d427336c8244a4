package dev.headway.examples;

import dev.headway.Around;
import dev.headway.Headway;
import dev.headway.Inputs;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.examples.Web.Page;
import dev.headway.examples.Web.Url;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.MDC;

/** Runs of many items: settings, results, failures and retries. */
public final class RunSamples {

  private final AtomicInteger calls = new AtomicInteger();

  private RunSamples() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    RunSamples samples = new RunSamples();
    samples.results();
    samples.settings(Throttle.of("100/s"), Web.urls(3));
    samples.waitingForAll(Web.urls(3));
    samples.inputs();
    samples.early(Web.urls(1_000));
    samples.retries();
    samples.throttled();
    samples.around();
  }

  private void results() {
    List<Url> urls = Web.urls(3);
    Headway run = Headway.with("100/m", "5/s").concurrency(8);
    try (Results<Url, Page> pages = run.map(urls, this::fetch)) {
      for (Page page : pages) {
        save(page);
      }
    }
  }

  private void settings(Throttle api, List<Url> urls) {
    Headway run =
        Headway.with(api)
            .concurrency(8)
            .ordered()
            .retry(Retry.upTo(5).on(IOException.class).backoff(Duration.ofMillis(200)))
            .onProgress(progress -> System.out.println(progress.finished() + " finished"));

    try (Results<Url, Page> pages = run.map(urls, this::fetchOrFail)) {
      for (Outcome<Url, Page> outcome : pages.outcomes()) {
        switch (outcome) {
          case Outcome.Success<Url, Page> done -> save(done.value());
          case Outcome.Failure<Url, Page> failed -> report(failed.item(), failed.exception());
        }
      }
    }
  }

  private Page fetchOrFail(Url url) {
    if (url.path().equals("/1")) {
      throw new IllegalStateException("gone");
    }
    return fetch(url);
  }

  private void waitingForAll(List<Url> urls) throws InterruptedException {
    Headway run = Headway.with("100/s").concurrency(8);
    List<Callable<Page>> tasks =
        urls.stream().map(url -> (Callable<Page>) () -> fetch(url)).toList();

    run.forEach(urls, url -> save(fetch(url)));
    List<Page> all = run.invokeAll(tasks);
    Page first = run.invokeAny(tasks);

    System.out.println(all.size() + " pages, the first " + all.getFirst().url().path());
    System.out.println("any of them: " + all.contains(first));
  }

  private void inputs() throws InterruptedException {
    Headway run = Headway.with("100/s");
    Iterator<Url> iterator = Web.urls(2).iterator();

    run.forEach(Stream.iterate(1, n -> n + 1).limit(3), n -> System.out.println("number " + n));
    run.forEach(Inputs.of(iterator), url -> save(fetch(url)));
  }

  private void early(List<Url> urls) {
    Headway run = Headway.with("100/s").concurrency(2);
    calls.set(0);

    try (Stream<Page> pages = run.map(urls, this::fetch).stream()) {
      System.out.println("three of them: " + pages.limit(3).count());
    }

    System.out.println("few started: " + (calls.get() < 100));
  }

  private record Response(int status) {}

  private void retries() throws InterruptedException {
    AtomicInteger status = new AtomicInteger(201);
    Retry untilDone = Retry.upTo(5).onResult(Response.class, response -> response.status() == 202);

    try (Results<String, Response> responses =
        Headway.unthrottled()
            .retry(untilDone.backoff(Duration.ofMillis(1)))
            .map(List.of("job"), job -> new Response(status.incrementAndGet()))) {
      responses.outcomes().forEach(outcome -> System.out.println(outcome.value()));
    }
  }

  private void throttled() throws InterruptedException {
    AtomicInteger asked = new AtomicInteger();
    Headway run = Headway.with("100/s").ordered();

    try (Results<Url, Page> pages =
        run.map(
            Web.urls(2),
            url -> {
              if (asked.getAndIncrement() == 0) {
                slowDown(url);
              }
              return fetch(url);
            })) {
      pages.forEach(page -> System.out.println(page.text()));
    }
  }

  private void slowDown(Url page) {
    Duration retryAfter = Duration.ofMillis(20);
    throw new ThrottledException(retryAfter).insteadRun(() -> fetchTheRest(page));
  }

  private Page fetchTheRest(Url url) {
    return new Page(url, "the rest of " + url.path());
  }

  private void around() throws InterruptedException {
    String job = "nightly";
    Around withJob =
        task -> {
          try (var entry = MDC.putCloseable("job", job)) {
            task.call();
          }
        };

    Headway.with("100/s")
        .around(withJob)
        .forEach(List.of(1), n -> System.out.println("job " + MDC.get("job")));
  }

  private Page fetch(Url url) {
    calls.incrementAndGet();
    return Web.fetch(url);
  }

  private void save(Page page) {
    System.out.println("saved " + page.url().path());
  }

  private void report(Url url, Exception failure) {
    System.out.println(url.path() + ": " + failure.getMessage());
  }
}
