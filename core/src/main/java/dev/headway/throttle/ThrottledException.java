package dev.headway.throttle;

import dev.headway.time.Durations;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by work that was told to slow down, directly or as the cause of a {@link
 * java.util.concurrent.CompletionException} and the like. The work's throttle pauses, once per
 * exception, in runs, {@code call}, {@code callAsync}, decorators and proxies. In a run the item
 * goes back to the front of the queue, the attempt does not count, and the item is retried, with
 * the same task or with another one:
 *
 * <pre>{@code
 * throw new ThrottledException(retryAfter).insteadRun(() -> fetchTheRest(page));
 * }</pre>
 */
public final class ThrottledException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A bound, since causes may form a cycle. */
  private static final int MOST_WRAPPERS = 32;

  @SuppressWarnings("serial") // absent after deserialization, which retryAfter() allows for
  private final transient Optional<Duration> retryAfter;

  /** Absent after deserialization too. */
  private final transient @Nullable Callable<?> replacement;

  /** The throttles that it has paused; under its lock. Absent after deserialization too. */
  private transient @Nullable Set<Object> paused;

  /** Without a duration: the throttle pauses for the period of its longest rate. */
  public ThrottledException() {
    this(Optional.empty(), "told to slow down");
  }

  /**
   * With a duration.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  public ThrottledException(Duration retryAfter) {
    this(Optional.of(retryAfter), "told to slow down for " + Durations.print(retryAfter));
  }

  /**
   * With an optional duration and a message.
   *
   * @param retryAfter the duration, if known
   * @param message a message for people
   * @throws IllegalArgumentException if the duration is negative
   */
  public ThrottledException(Optional<Duration> retryAfter, String message) {
    this(retryAfter, message, null);
  }

  /**
   * With an optional duration and a cause.
   *
   * @param retryAfter the duration, if known
   * @param cause the exception that reports it
   * @throws IllegalArgumentException if the duration is negative
   */
  public ThrottledException(Optional<Duration> retryAfter, Throwable cause) {
    this(retryAfter, "told to slow down: " + cause);
    initCause(cause);
  }

  private ThrottledException(
      Optional<Duration> retryAfter, @Nullable String message, @Nullable Callable<?> replacement) {
    super(message);
    if (retryAfter.filter(Duration::isNegative).isPresent()) {
      throw new IllegalArgumentException(
          "retryAfter must not be negative: " + Durations.print(retryAfter.get()));
    }
    this.retryAfter = retryAfter;
    this.replacement = replacement;
  }

  /**
   * A copy to throw instead of this one, with another task for the item. That task replaces the one
   * that throws this, for retries too. If it never starts, it is closed if it is {@link
   * AutoCloseable}.
   *
   * @param task returns the item's result, so its type must be that of the run's results. The run
   *     cannot check it: with another type, the use of the result throws a {@link
   *     ClassCastException}
   */
  public ThrottledException insteadRun(Callable<?> task) {
    ThrottledException other = new ThrottledException(retryAfter(), getMessage(), task);
    if (getCause() != null) {
      other.initCause(getCause());
    }
    return other;
  }

  /** Whether a throttle hears of this exception for the first time. */
  synchronized boolean isFirstFor(Object throttle) {
    Set<Object> all = paused;
    if (all == null) {
      all = Collections.newSetFromMap(new IdentityHashMap<>());
      paused = all;
    }
    return all.add(throttle);
  }

  /**
   * Finds one in a failure: the failure itself, or a cause that futures and reflection wrap.
   *
   * @return empty if there is none
   */
  public static Optional<ThrottledException> in(Throwable failure) {
    return unwrap(failure).stream()
        .filter(ThrottledException.class::isInstance)
        .map(ThrottledException.class::cast)
        .findFirst();
  }

  /**
   * Pauses a throttle if a failure is a {@link ThrottledException} or wraps one. A pause that fails
   * is added to the failure as suppressed.
   */
  static void pauseFor(Throwable failure, Consumer<ThrottledException> pause) {
    try {
      in(failure).ifPresent(pause);
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
  }

  /** The replacement task, if any. */
  public Optional<Callable<?>> replacement() {
    return Optional.ofNullable(replacement);
  }

  /** The duration, if known. */
  public Optional<Duration> retryAfter() {
    return retryAfter == null ? Optional.empty() : retryAfter;
  }

  /**
   * A failure and the causes that it wraps, the outermost first, as far as futures, reflection and
   * streams only pass them on.
   */
  public static List<Throwable> unwrap(Throwable failure) {
    List<Throwable> all = new ArrayList<>(List.of(failure));
    Throwable inner = failure.getCause();
    while (isWrapper(all.getLast()) && inner != null && all.size() < MOST_WRAPPERS) {
      all.add(inner);
      inner = inner.getCause();
    }
    return all;
  }

  private static boolean isWrapper(Throwable failure) {
    return failure instanceof CompletionException
        || failure instanceof ExecutionException
        || failure instanceof InvocationTargetException
        || failure instanceof UndeclaredThrowableException
        || failure instanceof UncheckedIOException;
  }
}
