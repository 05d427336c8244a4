package dev.headway.cli.job;

import dev.headway.cli.resume.Identity;
import dev.headway.limit.Cost;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where the items of a job come from. It is closed by its owner.
 *
 * @param items each is waited for
 * @param identity how items are told apart when a run is resumed; empty if all items are run,
 *     whatever results there are
 * @param cost what an item takes of the limits, where the run takes the permits
 * @param count counts all items beside the run, if that can be done
 */
public record Source<T>(
    Iterator<T> items,
    Optional<Identity<T>> identity,
    Function<? super T, Cost> cost,
    Optional<Display.Counting> count) {

  /** Items whose tasks take their permits themselves. */
  public Source(Iterator<T> items, Identity<T> identity, Optional<Display.Counting> count) {
    this(items, Optional.of(identity), item -> Cost.one(), count);
  }

  /** Items that are all run, such as those of a queue. */
  public static <T> Source<T> ofAll(Iterator<T> items) {
    return new Source<>(items, Optional.empty(), item -> Cost.one(), Optional.empty());
  }
}
