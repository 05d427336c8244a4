package dev.headway;

import dev.headway.throttle.ThrottledException;
import dev.headway.time.Durations;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which failures are retried, how often and after how long. Immutable.
 *
 * <p>Exceptions are retried; an {@link Error}, such as {@link OutOfMemoryError}, only if {@link
 * #on} names its class. Where an exception wraps another, as futures, reflection and {@link
 * java.io.UncheckedIOException} do, either can match.
 *
 * <p>The wait before the k-th retry is drawn evenly from the upper half of {@code first × 2^(k-1)},
 * and grows up to a longest wait; the randomness keeps callers that failed together from coming
 * back together.
 */
public final class Retry {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  private static final Retry NEVER =
      new Retry(
          0,
          e -> !isError(e),
          result -> false,
          Duration.ofMillis(200),
          Duration.ofSeconds(30),
          Long.MAX_VALUE);

  /** Fits in nanoseconds. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(36_500);

  private final int retries;
  private final Predicate<? super Throwable> which;
  private final Predicate<@Nullable Object> results;

  private final Duration first;
  private final Duration longest;
  private final long throttled;

  private Retry(
      int retries,
      Predicate<? super Throwable> which,
      Predicate<@Nullable Object> results,
      Duration first,
      Duration longest,
      long throttled) {
    this.retries = retries;
    this.which = which;
    this.results = results;
    this.first = first;
    this.longest = longest;
    this.throttled = throttled;
  }

  /** Retries nothing. */
  public static Retry never() {
    return NEVER;
  }

  /**
   * Retries exceptions up to this many times, with a backoff from 200 ms to 30 s. An {@link Error}
   * is not retried.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public static Retry upTo(int retries) {
    if (retries < 0) {
      throw new IllegalArgumentException("retries must be at least 0, not " + retries);
    }
    return new Retry(
        retries, NEVER.which, NEVER.results, NEVER.first, NEVER.longest, NEVER.throttled);
  }

  /**
   * Retries only failures of these types, or that wrap one of these types. An {@link Error} is
   * retried only if one of them is its class or a superclass up to {@code Error}.
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // they are copied and only read
  public final Retry on(Class<? extends Throwable>... types) {
    List<Class<? extends Throwable>> all = List.of(types);
    Predicate<Throwable> named =
        failure -> {
          List<Throwable> opened = ThrottledException.unwrap(failure);
          boolean isError = isError(failure);
          return all.stream()
              .filter(type -> !isError || Error.class.isAssignableFrom(type))
              .anyMatch(type -> opened.stream().anyMatch(type::isInstance));
        };
    return new Retry(retries, named, results, first, longest, throttled);
  }

  /**
   * Retries only exceptions that match a predicate, which never gets an {@link Error}. A predicate
   * that throws counts as no, and its exception is added to the failure as suppressed.
   */
  public Retry when(Predicate<? super Throwable> which) {
    return new Retry(
        retries, e -> !isError(e) && which.test(e), results, first, longest, throttled);
  }

  /**
   * Also retries results of a type that match a predicate. When the retries run out, the last
   * result is a success. A predicate that throws counts as no, and its exception is logged.
   *
   * <pre>{@code
   * Retry.upTo(5).onResult(Response.class, response -> response.status() == 202)
   * }</pre>
   *
   * <p>It adds to the predicates of earlier calls.
   */
  public <R> Retry onResult(Class<R> type, Predicate<? super R> which) {
    Predicate<@Nullable Object> all =
        result ->
            results.test(result) || (type.isInstance(result) && which.test(type.cast(result)));
    return new Retry(retries, this.which, all, first, longest, throttled);
  }

  /**
   * Sets the first wait of the backoff.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Retry backoff(Duration first) {
    return backoff(first, first.compareTo(longest) > 0 ? first : longest);
  }

  /**
   * Sets the first and the longest wait of the backoff.
   *
   * @throws IllegalArgumentException if one is negative, or the longest is shorter than the first
   */
  public Retry backoff(Duration first, Duration longest) {
    if (first.isNegative() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "a backoff must begin at 0 or more and not end below that, not "
              + Durations.print(first)
              + " and "
              + Durations.print(longest));
    }
    return new Retry(retries, which, results, first, longest, throttled);
  }

  /**
   * Limits how many times an item may be told "too many requests"; once more is a failure.
   * Unlimited by default.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Retry throttledUpTo(long times) {
    if (times < 0) {
      throw new IllegalArgumentException("times must be at least 0, not " + times);
    }
    return new Retry(retries, which, results, first, longest, times);
  }

  /**
   * Whether an item that was told "too many requests" may be retried.
   *
   * @param times how many times, including this one
   */
  public boolean allowsThrottled(long times) {
    return times <= throttled;
  }

  /**
   * Whether a failed item may be retried.
   *
   * @param failures the number of failures, including this one
   */
  public boolean allows(int failures, Throwable failure) {
    if (failures > retries) {
      return false;
    }
    try {
      return which.test(failure);
    } catch (RuntimeException | Error e) {
      suppress(failure, e);
      return false;
    }
  }

  /**
   * Whether a task must be retried because of its result.
   *
   * @param attempts how many attempts there were, with this one
   */
  boolean allowsResult(int attempts, @Nullable Object result) {
    if (attempts > retries) {
      return false;
    }
    try {
      return results.test(result);
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.WARNING, "the predicate of Retry.onResult failed", e);
      return false;
    }
  }

  private static boolean isError(Throwable failure) {
    return ThrottledException.unwrap(failure).stream().anyMatch(Error.class::isInstance);
  }

  @SuppressWarnings("ReferenceEquality") // nothing can suppress itself
  private static void suppress(Throwable failure, Throwable another) {
    if (failure != another) {
      failure.addSuppressed(another);
    }
  }

  /**
   * The wait before the next attempt, with jitter.
   *
   * @param failures the number of failures, at least 1
   */
  public Duration delay(int failures) {
    long most = nanos(longest);
    long doublings = Math.min(failures - 1, 62);
    long grown = nanos(first) > (most >> doublings) ? most : nanos(first) << doublings;
    return Duration.ofNanos(grown - ThreadLocalRandom.current().nextLong(grown / 2 + 1));
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(LONGEST_WAIT) < 0 ? duration.toNanos() : LONGEST_WAIT.toNanos();
  }
}
