package dev.headway.throttle;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A scope: a permit is {@link Permit#current} in this thread until the scope is closed. */
final class PermitScope implements AutoCloseable {

  private static final ThreadLocal<@Nullable Permit> CURRENT = new ThreadLocal<>();

  private final @Nullable Permit outer = CURRENT.get();

  /** From now on the thread works under a permit. */
  PermitScope(Permit permit) {
    CURRENT.set(permit);
  }

  /** The permit that the current thread works under, if it does under one. */
  static Optional<Permit> get() {
    return Optional.ofNullable(CURRENT.get());
  }

  @Override
  public void close() {
    CURRENT.set(outer);
  }
}
