package dev.headway.cli.resume;

import java.util.OptionalLong;

/**
 * How pieces of work are told apart, from run to run: by what they ask for, not by where they stand
 * in the input.
 *
 * @param <T> pieces of work
 */
public interface Identity<T> {

  /** {@link Finished#key} of what it asks for. */
  long key(T work);

  /** {@link Finished#keyOfId}, if its result may be one that does not say what it asked for. */
  default long keyOfId(T work) {
    return key(work);
  }

  /** Its number in the input, if its result has that for an id. */
  OptionalLong number(T work);

  /** The same work, whose result has another number for an id. */
  T numbered(T work, long number);
}
