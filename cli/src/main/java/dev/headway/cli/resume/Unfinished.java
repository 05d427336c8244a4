package dev.headway.cli.resume;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is left to do.
 *
 * @param <T> pieces of work
 */
final class Unfinished<T> implements Iterator<T> {

  private final Iterator<? extends T> all;
  private final Finished finished;
  private final ToLongFunction<? super T> key;
  private final Consumer<Boolean> passedOver;
  private @Nullable T next;

  /**
   * All that is not finished.
   *
   * @param passedOver hears of each that is, and whether it went well
   */
  Unfinished(
      Iterator<? extends T> all,
      Finished finished,
      ToLongFunction<? super T> key,
      Consumer<Boolean> passedOver) {
    this.all = all;
    this.finished = finished;
    this.key = key;
    this.passedOver = passedOver;
  }

  @Override
  public boolean hasNext() {
    while (next == null && all.hasNext()) {
      T candidate = all.next();
      Optional<Boolean> well = finished.take(key.applyAsLong(candidate));
      well.ifPresent(passedOver);
      next = well.isPresent() ? null : candidate;
    }
    return next != null;
  }

  @Override
  public T next() {
    T item = hasNext() ? next : null;
    next = null;
    if (item == null) {
      throw new NoSuchElementException();
    }
    return item;
  }
}
