package dev.headway.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headway.Headway;
import dev.headway.Inputs;
import dev.headway.Outcome;
import dev.headway.Results;
import dev.headway.Retry;
import dev.headway.TaskFailedException;
import dev.headway.examples.Model.Answer;
import dev.headway.examples.Web.Page;
import dev.headway.examples.Web.Url;
import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleClosedException;
import dev.headway.throttle.ThrottleListener;
import dev.headway.throttle.Throttled;
import dev.headway.throttle.ThrottledException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public interface as users write it compiles and runs: implicit lambdas, method references and
 * records, without a cast or a type witness.
 */
class PublicFaceTest {

  private final VirtualTime time = new VirtualTime();
  private final Model model = new Model();
  private final Url url = new Url("one", "/1");
  private final List<Url> urls = Web.urls(5);

  private Page fetch(Url url) {
    return Web.fetch(url);
  }

  private Throttle full() {
    return Throttle.builder()
        .name("github")
        .rate("100/m")
        .rate("burst", "5/s", Counted.FROM_END)
        .rate("arrivals", "50/s", Counted.onArrival(Duration.ofMillis(50)))
        .spacing("10/s")
        .align()
        .tokenBucket("5/s", 20)
        .concurrency(10)
        .budget("tokens", "200000/m")
        .maxWaiting(1_000)
        .maxWait(Duration.ofSeconds(30))
        .listener(ThrottleListener.logging(System.getLogger("face"), Level.DEBUG))
        .timeSource(time)
        .build();
  }

  @Test
  void rates() {
    assertThat(Rate.parse("12/37m")).isEqualTo(Rate.of(12, Duration.ofMinutes(37)));
    assertThat(Throttle.of("100/m").snapshot().available()).isEqualTo(100);
    assertThat(Throttle.of("100/m", "5/s").snapshot().available()).isEqualTo(5);
    assertThat(Throttle.of(Rate.parse("12/37m")).snapshot().available()).isEqualTo(12);
    assertThat(Throttle.of(100, Duration.ofMinutes(1)).snapshot().rules())
        .isEqualTo(Throttle.of("100/m").snapshot().rules());
  }

  @Test
  void permits() throws Exception {
    Throttle api = full();
    time.run(() -> {
      try (Permit permit = api.acquire()) {
        permit.arrived();
      }
      try (Permit permit = api.acquire(2)) {
        assertThat(permit.cost()).isEqualTo(Cost.permits(2));
      }
      try (Permit permit = api.acquire(Cost.of("tokens", 1_200))) {
        permit.settle("tokens", 950);
        assertThat(permit.cost()).isEqualTo(Cost.of("tokens", 950));
      }
      api.acquireUninterruptibly().close();
      time.sleep(Duration.ofSeconds(1));
      Optional<Permit> now = api.tryAcquire();
      now.ifPresent(Permit::close);
      assertThat(now).isPresent();
      Optional<Permit> soon = api.tryAcquire(Duration.ofSeconds(1));
      soon.ifPresent(Permit::close);
      assertThat(soon).isPresent();
      time.sleep(Duration.ofSeconds(10));
      Optional<Permit> several = api.tryAcquireUpTo(50);
      several.ifPresent(Permit::close);
      assertThat(several.map(Permit::cost)).contains(Cost.one());
      CompletableFuture<Permit> later = api.acquireAsync();
      time.await(later).close();
      return null;
    });
    assertThat(api.snapshot().running()).isZero();
    assertThat(api.snapshot().granted()).isEqualTo(8);
  }

  interface GitHub {
    @Throttled
    Page get(Url url) throws IOException;
  }

  private record Client(int version) implements GitHub {
    @Override
    public Page get(Url url) {
      return Web.fetch(url);
    }
  }

  @Test
  void calls() throws Exception {
    Throttle api = Throttle.of("100/m");
    List<Page> stored = new ArrayList<>();

    Page page = api.call(() -> fetch(url));
    Page inTime = api.call(() -> fetch(url), Duration.ofMinutes(1));
    api.run(() -> stored.add(page));
    CompletableFuture<Page> soon = api.callAsync(() -> Web.fetchAsync(url));
    Answer answer =
        Throttle.builder()
            .budget("tokens", "1000/m")
            .build()
            .call(
                Cost.of("tokens", 500),
                () -> {
                  Answer given = model.ask("rain");
                  Permit.current().settle("tokens", given.tokens());
                  return given;
                });

    assertThat(List.of(page, inTime, soon.join())).containsOnly(fetch(url));
    assertThat(stored).containsExactly(page);
    assertThat(answer.tokens()).isEqualTo(40);
    assertThat(api.snapshot().granted()).isEqualTo(4);
    assertThat(api.snapshot().running()).isZero();
  }

  @Test
  void decorators() throws Exception {
    Throttle api = Throttle.of("100/m");
    List<Page> stored = new ArrayList<>();

    Function<Url, Page> function = api.function(this::fetch);
    BiFunction<String, String, Url> biFunction = api.biFunction(Url::new);
    Supplier<Page> supplier = api.supplier(() -> fetch(url));
    Runnable runnable = api.runnable(() -> stored.add(fetch(url)));
    Consumer<Page> consumer = api.consumer(stored::add);
    Callable<Page> callable = api.callable(() -> fetch(url));
    GitHub github = api.proxy(GitHub.class, new Client(3));

    assertThat(function.apply(url)).isEqualTo(fetch(url));
    assertThat(biFunction.apply("one", "/1")).isEqualTo(url);
    assertThat(supplier.get()).isEqualTo(fetch(url));
    runnable.run();
    consumer.accept(fetch(url));
    assertThat(callable.call()).isEqualTo(fetch(url));
    assertThat(github.get(url)).isEqualTo(fetch(url));
    assertThat(stored).hasSize(2);
    assertThat(api.snapshot().granted()).isEqualTo(7);
  }

  @Test
  void changes() throws Exception {
    Throttle api = Throttle.of("100/m");

    api.pauseFor(Duration.ofSeconds(30));
    assertThat(api.isLocked()).isTrue();
    api.resume();
    assertThat(api.isLocked()).isFalse();
    api.update(limits -> limits.rate("50/m"));
    assertThat(api.snapshot().available()).isEqualTo(50);
    Throttle people = api.withPriority(Duration.ofSeconds(30));
    people.run(() -> fetch(url));
    KeyedThrottle<String> hosts = api.keyed((host, limits) -> limits.rate("2/s"));
    hosts.get("one").run(() -> fetch(url));
    assertThat(api.snapshot().granted()).isEqualTo(2);
    api.close();
    assertThatThrownBy(() -> hosts.get("one").acquire())
        .isInstanceOf(ThrottleClosedException.class);
  }

  @Test
  void runs() throws Exception {
    Throttle api = Throttle.of("100/m");
    KeyedThrottle<String> hosts = api.keyed((host, limits) -> limits.rate("10/s"));
    AtomicInteger wrapped = new AtomicInteger();
    AtomicInteger progress = new AtomicInteger();
    Headway run =
        Headway.with(api)
            .concurrency(8)
            .ordered()
            .retry(
                Retry.upTo(5)
                    .on(IOException.class)
                    .onResult(Page.class, page -> page.text().isEmpty())
                    .backoff(Duration.ofMillis(1)))
            .around(task -> {
              wrapped.incrementAndGet();
              task.call();
            })
            .onProgress(done -> progress.set((int) done.finished()));

    List<Page> read = new ArrayList<>();
    try (Results<Url, Page> pages = run.map(urls, this::fetch)) {
      for (Page page : pages) {
        read.add(page);
      }
    }
    assertThat(read).extracting(Page::url).isEqualTo(urls);
    assertThat(wrapped).hasValue(5);
    assertThat(progress).hasValue(5);

    try (Stream<Page> pages =
        Headway.with(hosts, Url::host).ordered().map(urls, this::fetch).stream()) {
      assertThat(pages.toList()).isEqualTo(read);
    }
    List<Page> handed = new ArrayList<>();
    run.map(urls, this::fetch).forEachResult(handed::add);
    assertThat(handed).isEqualTo(read);
    assertThat(run.map(urls, this::fetch).toList()).isEqualTo(read);
    List<Outcome<Url, Page>> outcomes = new ArrayList<>();
    run.map(urls, this::fetch).forEachOutcome(outcomes::add);
    assertThat(outcomes).extracting(Outcome::value).isEqualTo(read);
  }

  @Test
  void costs() {
    Headway run = Headway.with(Throttle.builder().budget("tokens", "10000/m").build()).ordered();
    List<String> prompts = List.of("rain", "snow");
    try (Results<String, Answer> answers =
        run.map(prompts, prompt -> Cost.of("tokens", Model.estimate(prompt)), model::ask)) {
      assertThat(answers).extracting(Answer::text).containsExactly("about rain", "about snow");
    }
  }

  @Test
  void formsAndInputs() throws Exception {
    Headway run = Headway.with(Rate.of(1_000, Duration.ofSeconds(1))).ordered();
    List<Callable<Page>> tasks = List.of(() -> fetch(url), () -> fetch(url));
    AtomicInteger seen = new AtomicInteger();

    run.forEach(urls, item -> seen.incrementAndGet());
    run.forEach(Stream.of(1, 2, 3), number -> seen.addAndGet(number));
    run.forEach(Inputs.of(urls.iterator()), item -> seen.incrementAndGet());
    run.forEach(Inputs.of("a", "b"), item -> seen.incrementAndGet());
    try (SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>()) {
      Flow.Publisher<Integer> numbers =
          subscriber -> {
            publisher.subscribe(subscriber);
            publisher.submit(100);
            publisher.close();
          };
      run.forEach(Inputs.of(numbers), number -> seen.addAndGet(number));
    }
    assertThat(seen).hasValue(5 + 6 + 5 + 2 + 100);

    assertThat(run.invokeAll(tasks)).containsExactly(fetch(url), fetch(url));
    assertThat(run.invokeAny(tasks)).isEqualTo(fetch(url));
    try (Results<Callable<Page>, Page> pages = Headway.unthrottled().concurrent(tasks)) {
      assertThat(pages).containsExactly(fetch(url), fetch(url));
    }
  }

  @Test
  void failures() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (Results<Url, Page> pages =
        Headway.with("100/m", "50/s")
            .map(
                List.of(url),
                item -> {
                  if (asked.getAndIncrement() == 0) {
                    throw new ThrottledException(Duration.ofMillis(1))
                        .insteadRun(() -> fetch(new Url("two", "/2")));
                  }
                  return fetch(item);
                })) {
      assertThat(pages).containsExactly(fetch(new Url("two", "/2")));
    }

    assertThatThrownBy(() ->
            Headway.with("100/m")
                .forEach(
                    urls,
                    item -> {
                      throw new IOException("no");
                    }))
        .isInstanceOf(TaskFailedException.class)
        .hasRootCauseMessage("no");
  }
}
