package dev.headway.testkit;

import dev.headway.throttle.CheckedSupplier;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Measures the duration of work: last, shortest, longest, total and mean.
 *
 * <pre>{@code
 * Stopwatch stopwatch = new Stopwatch("fetch", printed::add);
 * try (Stopwatch.Span span = stopwatch.start()) {
 *   fetch(url);
 * }
 * Page page = stopwatch.time(() -> fetch(url));
 * }</pre>
 *
 * <p>Work that fails is timed too. A stopwatch is safe for use by many threads; overlapping pieces
 * of work each count in full.
 */
public final class Stopwatch {

  private final String name;
  private final TimeSource time;
  private final Consumer<? super String> printer;
  private final boolean verbose;
  private final AtomicReference<Times> times;
  private final AtomicLong begun;

  /** Creates a stopwatch that prints nothing. */
  public Stopwatch(String name) {
    this(name, text -> {});
  }

  /**
   * Creates a stopwatch that prints a line after each piece of work.
   *
   * @param name the name of the work, for people
   * @param printer gets the line, in the thread that did the work; that thread gets its exceptions
   */
  public Stopwatch(String name, Consumer<? super String> printer) {
    this(name, printer, TimeSource.system());
  }

  /** Creates a stopwatch that prints a line after each piece of work and reads the given clock. */
  public Stopwatch(String name, Consumer<? super String> printer, TimeSource time) {
    this(name, printer, time, false, new AtomicReference<>(Times.NONE), new AtomicLong());
  }

  private Stopwatch(
      String name,
      Consumer<? super String> printer,
      TimeSource time,
      boolean verbose,
      AtomicReference<Times> times,
      AtomicLong begun) {
    this.name = name;
    this.printer = printer;
    this.time = time;
    this.verbose = verbose;
    this.times = times;
    this.begun = begun;
  }

  /**
   * A view of this stopwatch that prints a line at the start of a piece of work too, with its
   * number and the time of day in each line.
   */
  public Stopwatch verbose() {
    return new Stopwatch(name, printer, time, true, times, begun);
  }

  /** Starts to time a piece of work, which ends when the span is closed. */
  public Span start() {
    return new Span();
  }

  /**
   * Does some work and times it.
   *
   * @throws X if the work throws it
   */
  public <T, X extends Exception> T time(CheckedSupplier<? extends T, ? extends X> work) throws X {
    try (Span span = start()) {
      return work.get();
    }
  }

  /** The same function, each call of which is timed. */
  public <T, R> Function<T, R> wrap(Function<? super T, ? extends R> function) {
    return argument -> this.<R, RuntimeException>time(() -> function.apply(argument));
  }

  /** The same supplier, each call of which is timed. */
  public <T> Supplier<T> wrap(Supplier<? extends T> supplier) {
    return () -> this.<T, RuntimeException>time(supplier::get);
  }

  /** The same task, each call of which is timed. */
  public <T> Callable<T> wrap(Callable<? extends T> callable) {
    return () -> time(callable::call);
  }

  /** The same action, each run of which is timed. */
  public Runnable wrap(Runnable runnable) {
    return () -> {
      try (Span span = start()) {
        runnable.run();
      }
    };
  }

  /** The number of pieces of work that have ended. */
  public long count() {
    return times.get().count;
  }

  /** The total duration; zero before the first has ended. */
  public Duration total() {
    return times.get().total;
  }

  /** The duration of the one that ended last; empty before the first has ended. */
  public Optional<Duration> last() {
    return times.get().ifAny(Times::last);
  }

  /** The mean duration; empty before the first has ended. */
  public Optional<Duration> mean() {
    return times.get().ifAny(Times::mean);
  }

  /** The shortest duration; empty before the first has ended. */
  public Optional<Duration> min() {
    return times.get().ifAny(Times::min);
  }

  /** The longest duration; empty before the first has ended. */
  public Optional<Duration> max() {
    return times.get().ifAny(Times::max);
  }

  /** The line that is printed after a piece of work: the name and the durations so far. */
  @Override
  public String toString() {
    return times.get().text(name);
  }

  /** A piece of work that is timed. A span that is never closed does not count. */
  public final class Span implements AutoCloseable {

    private final long number = begun.incrementAndGet();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final long started;

    private Span() {
      if (verbose) {
        printer.accept(moment("begins at"));
      }
      started = time.nanoTime();
    }

    /** Such as {@code fetch #3 begins at 2026-03-26T01:46:07.648Z}. */
    private String moment(String what) {
      return name
          + " #"
          + number
          + " "
          + what
          + " "
          + time.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Ends the work, from any thread. Does nothing the second time. */
    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        Duration taken = Duration.ofNanos(time.nanoTime() - started);
        Times now = times.updateAndGet(before -> before.and(taken));
        printer.accept(now.text(verbose ? moment("ends at") : name));
      }
    }
  }

  /** The figures at one moment; without ended work only the count and the total have a meaning. */
  private record Times(long count, Duration total, Duration last, Duration min, Duration max) {

    static final Times NONE =
        new Times(0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    Times and(Duration taken) {
      return new Times(
          count + 1,
          total.plus(taken),
          taken,
          count == 0 || taken.compareTo(min) < 0 ? taken : min,
          taken.compareTo(max) > 0 ? taken : max);
    }

    Optional<Duration> ifAny(Function<Times, Duration> figure) {
      return count == 0 ? Optional.empty() : Optional.of(figure.apply(this));
    }

    Duration mean() {
      return total.dividedBy(count);
    }

    String text(String name) {
      return count == 0
          ? name + ": nothing timed yet"
          : name
              + ": "
              + text(last)
              + " ("
              + count
              + " so far: mean "
              + text(mean())
              + ", min "
              + text(min)
              + ", max "
              + text(max)
              + ")";
    }

    /** A duration such as 1h2m3.5s, to the millisecond from one millisecond on. */
    private static String text(Duration duration) {
      ChronoUnit finest = duration.toMillis() == 0 ? ChronoUnit.NANOS : ChronoUnit.MILLIS;
      return duration.truncatedTo(finest).toString().substring(2).toLowerCase(Locale.ROOT);
    }
  }
}
