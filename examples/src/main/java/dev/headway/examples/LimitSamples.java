package dev.headway.examples;

import dev.headway.examples.Web.Page;
import dev.headway.examples.Web.Url;
import dev.headway.limit.Cost;
import dev.headway.limit.Counted;
import dev.headway.throttle.ForwardingThrottle;
import dev.headway.throttle.LoggingListener;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleBuilder;
import dev.headway.throttle.ThrottleClosedException;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleExceededException;
import dev.headway.throttle.Throttled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** Everything that a throttle does, a method for each purpose. */
public final class LimitSamples {

  private final Url url = new Url("one", "/1");

  private LimitSamples() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    LimitSamples samples = new LimitSamples();
    samples.rates();
    Throttle api = samples.build();
    samples.acquire(api);
    samples.call(api);
    samples.decorate(api);
    samples.change(api);
    samples.priority(api);
    samples.counting(api);
    samples.logging();
    samples.listening();
    samples.close(api);
  }

  private void rates() throws InterruptedException {
    Throttle api = Throttle.of("100/m", "5/s");
    try (Permit permit = api.acquire()) {
      fetch(url);
    }
    System.out.println("granted " + api.snapshot().granted());
  }

  private Throttle build() {
    Throttle api =
        Throttle.builder()
            .name("github")
            .rate("100/m")
            .rate("burst", "20/s", Counted.FROM_END)
            .concurrency(10)
            .build();
    return api;
  }

  private void acquire(Throttle api) throws InterruptedException {
    try (Permit permit = api.acquire()) {
      fetch(url);
    }

    api.tryAcquire().ifPresent(permit -> permit.run(() -> fetch(url)));

    api.tryAcquireUpTo(5).ifPresent(permit -> permit.run(() -> fetchMany(permit.cost().permits())));

    CompletableFuture<Page> later =
        api.acquireAsync().thenApply(permit -> permit.call(() -> fetch(url)));

    System.out.println("later " + later.join().text());
    System.out.println("open " + api.snapshot().running());
  }

  private void call(Throttle api) throws Exception {
    Page page = api.call(() -> fetch(url));
    api.run(() -> store(page));
    CompletableFuture<Page> later = api.callAsync(() -> fetchAsync(url));

    System.out.println("called " + later.join().text());
    System.out.println("open " + api.snapshot().running());
  }

  interface GitHub {
    @Throttled
    String readme(String repository);

    String version();
  }

  private void decorate(Throttle api) throws Exception {
    GitHub client = new Client();

    Function<Url, Page> polite = api.function(this::fetch);
    Callable<Page> task = api.callable(() -> fetch(url));
    GitHub github = api.proxy(GitHub.class, client);

    long before = api.snapshot().granted();
    System.out.println(polite.apply(url).text());
    System.out.println(task.call().text());
    System.out.println(github.readme("headway") + " of " + github.version());
    System.out.println("decorated calls " + (api.snapshot().granted() - before));
  }

  private record Client() implements GitHub {
    @Override
    public String readme(String repository) {
      return "readme of " + repository;
    }

    @Override
    public String version() {
      return "v3";
    }
  }

  private void change(Throttle api) {
    api.update(limits -> limits.rate("50/m"));
    api.update(limits -> limits.rate("burst", "10/s", Counted.FROM_END));

    api.pauseFor(Duration.ofSeconds(30));
    boolean locked = api.isLocked();
    api.resume();

    System.out.println("now " + api + ", locked " + locked);
  }

  private void priority(Throttle api) throws InterruptedException {
    Throttle people = api.withPriority(Duration.ofSeconds(30));
    Throttle nightly = api.withPriority(Duration.ofHours(-1));

    people.run(() -> System.out.println("for a person"));
    nightly.run(() -> System.out.println("for the night"));
  }

  private void counting(Throttle api) throws InterruptedException {
    final class Counting extends ForwardingThrottle {
      final LongAdder calls = new LongAdder();

      Counting(Throttle delegate) {
        super(delegate);
      }

      @Override
      public Permit acquire(Cost cost) throws InterruptedException {
        calls.increment();
        return super.acquire(cost);
      }
    }

    Counting counting = new Counting(api);
    counting.run(() -> fetch(url));
    System.out.println("counted " + counting.calls.sum());
  }

  private void logging() throws InterruptedException {
    Logger logger = System.getLogger("samples");
    LoggingListener listener =
        new LoggingListener(logger, Level.INFO) {
          @Override
          protected String message(ThrottleEvent event) {
            return event instanceof ThrottleEvent.Waiting waiting
                ? "GitHub lets us wait for " + waiting.expected().toSeconds() + " s"
                : super.message(event);
          }
        };
    Throttle spaced = Throttle.builder().spacing("50/s").listener(listener).build();
    spaced.acquire().close();
    spaced.acquire().close();
  }

  private static final class Waits {
    private final AtomicReference<Duration> longest = new AtomicReference<>(Duration.ZERO);

    void record(Duration wait) {
      longest.accumulateAndGet(wait, (a, b) -> a.compareTo(b) < 0 ? b : a);
    }
  }

  private void listening() throws InterruptedException {
    Waits waits = new Waits();
    LongAdder refusals = new LongAdder();
    ThrottleBuilder builder =
        Throttle.builder()
            .rate("100/m")
            .listener(event -> {
              switch (event) {
                case ThrottleEvent.Granted granted -> waits.record(granted.waited());
                case ThrottleEvent.Refused refused -> refusals.increment();
                default -> {}
              }
            });
    Throttle api = builder.maxWait(Duration.ofSeconds(1)).build();
    api.acquire(100).close();
    try {
      api.acquire().close();
    } catch (ThrottleExceededException e) {
      System.out.println("longest wait " + waits.longest.get() + ", refused " + refusals.sum());
    }
  }

  private void close(Throttle api) throws InterruptedException {
    api.close();
    try {
      api.acquire().close();
    } catch (ThrottleClosedException e) {
      System.out.println(e.getMessage());
    }
  }

  private Page fetch(Url url) {
    return Web.fetch(url);
  }

  private CompletableFuture<Page> fetchAsync(Url url) {
    return Web.fetchAsync(url);
  }

  private void fetchMany(long pages) {
    System.out.println("up to five: " + pages);
  }

  private void store(Page page) {
    System.out.println("stored " + page.url().path());
  }
}
