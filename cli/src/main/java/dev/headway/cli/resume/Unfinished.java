package dev.headway.cli.resume;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is left to do.
 *
 * @param <T> pieces of work
 */
public final class Unfinished<T> implements Iterator<T> {

  private final Iterator<? extends T> all;
  private final Finished finished;
  private final Numbers numbers;
  private final Identity<T> identity;
  private final Consumer<Boolean> passedOver;
  private final Renumbered renumbered;
  private boolean told;
  private @Nullable T next;

  /** Hears that the number of a piece of work is another result's id. */
  public interface Renumbered {
    /**
     * It is so.
     *
     * @param number the number of the work
     * @param id what its result has for an id
     */
    void accept(long number, long id);
  }

  /**
   * All that is not finished.
   *
   * @param numbers what results have for ids
   * @param passedOver hears of each that is, and whether it went well
   * @param renumbered hears of the first whose number is another result's id
   */
  Unfinished(
      Iterator<? extends T> all,
      Finished finished,
      Numbers numbers,
      Identity<T> identity,
      Consumer<Boolean> passedOver,
      Renumbered renumbered) {
    this.all = all;
    this.finished = finished;
    this.numbers = numbers;
    this.identity = identity;
    this.passedOver = passedOver;
    this.renumbered = renumbered;
  }

  @Override
  public boolean hasNext() {
    while (next == null && all.hasNext()) {
      T candidate = all.next();
      T work = candidate;
      Optional<Boolean> well =
          finished.take(identity.key(work)).or(() -> finished.take(identity.keyOfId(work)));
      well.ifPresent(passedOver);
      if (well.isPresent()) {
        identity.number(candidate).ifPresent(numbers::pass);
      } else {
        next = numbered(candidate);
      }
    }
    return next != null;
  }

  private T numbered(T work) {
    OptionalLong number = identity.number(work);
    if (number.isEmpty()) {
      return work;
    }
    long chosen = numbers.choose(number.getAsLong());
    if (chosen == number.getAsLong()) {
      return work;
    }
    // A lower one is that of an equal line, which is as good.
    if (!told && chosen > number.getAsLong()) {
      told = true;
      renumbered.accept(number.getAsLong(), chosen);
    }
    return identity.numbered(work, chosen);
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
