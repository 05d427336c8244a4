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
import org.jspecify.annotations.Nullable;

/**
 * Thrown by work that was told to slow down, by itself or inside a {@link
 * java.util.concurrent.CompletionException} and the like. The throttle that the work runs under
 * pauses, once per exception, in runs as in {@code call}, {@code callAsync}, decorators and
 * proxies. In a run the item goes back to the front of the line, the attempt does not count, and
 * the item is tried again, with the same task or with another one:
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

  /** Told to slow down, and not for how long: the throttle pauses for its longest rate's period. */
  public ThrottledException() {
    this(Optional.empty(), "told to slow down");
  }

  /**
   * Told to slow down for so long.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  public ThrottledException(Duration retryAfter) {
    this(Optional.of(retryAfter), "told to slow down for " + Durations.print(retryAfter));
  }

  /**
   * Told to slow down.
   *
   * @param retryAfter for how long, if that was said
   * @param message for people
   * @throws IllegalArgumentException if the duration is negative
   */
  public ThrottledException(Optional<Duration> retryAfter, String message) {
    this(retryAfter, message, null);
  }

  /**
   * Told to slow down, as another exception says.
   *
   * @param retryAfter for how long, if that was said
   * @param cause what said so
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
   * The same, to be thrown instead of this one, with another task for the item: it is run from now
   * on in place of the one that throws this, for retries too. One that never starts is closed if it
   * is {@link AutoCloseable}.
   *
   * @param task what it returns is the item's result, so it must be of the type of the run's
   *     results. Java does not let the run know that type: where it is another, the use of the
   *     result throws a {@link ClassCastException}
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
   * Finds one in a failure: the failure itself, or what it wraps as futures and reflection do.
   *
   * @return empty if there is none
   */
  public static Optional<ThrottledException> in(Throwable failure) {
    return unwrap(failure).stream()
        .filter(ThrottledException.class::isInstance)
        .map(ThrottledException.class::cast)
        .findFirst();
  }

  /** What is to be run instead of the task that threw this, if anything is. */
  public Optional<Callable<?>> replacement() {
    return Optional.ofNullable(replacement);
  }

  /** For how long, if that was said. */
  public Optional<Duration> retryAfter() {
    return retryAfter == null ? Optional.empty() : retryAfter;
  }

  /**
   * A failure and what it wraps, the outermost first: the causes of exceptions that futures,
   * reflection and streams only pass on.
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
