package dev.headway.cli.resume;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What earlier runs have finished, at eight bytes each. Where two pieces of work cannot be told
 * apart, as many of them are finished as there are results.
 *
 * <p>Each is known by 63 bits of a hash (SHA-256) of what tells it apart; that two of ten million
 * have the same is as likely as 5 in a million. The lowest bit says whether it failed.
 */
public final class Finished {

  /** What the id of a result in the form of a batch begins with, before {@link #printed}. */
  public static final String BATCH_ID = "batch_req_";

  /** Nothing. */
  static final Finished NOTHING = new Finished(new long[0]);

  private final long[] sorted;
  private final BitSet taken = new BitSet();

  private Finished(long[] sorted) {
    this.sorted = sorted;
  }

  /** Whether nothing is. */
  boolean isEmpty() {
    return sorted.length == 0;
  }

  int size() {
    return sorted.length;
  }

  /**
   * Takes a piece of work out, if it is here.
   *
   * @return whether it went well, or empty if it is not finished
   */
  Optional<Boolean> take(long key) {
    int index = takeIndex(key);
    return index < 0 ? Optional.empty() : Optional.of(sorted[index] == key);
  }

  /**
   * Takes a piece of work out, if it is here: the next one, if several have this key.
   *
   * @return its index, from 0 to {@link #size} - 1; -1 if it is not here
   */
  int takeIndex(long key) {
    int index = taken.nextClearBit(first(key));
    if (index == sorted.length || (sorted[index] | 1) != (key | 1)) {
      return -1;
    }
    taken.set(index);
    return index;
  }

  /** The first index whose key is not smaller. */
  private int first(long key) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  boolean isTaken(int index) {
    return taken.get(index);
  }

  /** The same, with nothing taken out. */
  Finished anew() {
    return new Finished(sorted);
  }

  /** How many have not been taken out. */
  int left() {
    return sorted.length - taken.cardinality();
  }

  /** A key as it is written. */
  public static String printed(long key) {
    return HexFormat.of().toHexDigits(key);
  }

  /**
   * What a piece of work is known by.
   *
   * @param content what it asks for
   */
  public static long key(String content) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(hash).getLong() & ~1L;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Collects them. */
  static final class Builder {

    private long[] keys = new long[1_024];
    private int count;

    void add(long key, boolean well) {
      if (count == keys.length) {
        keys = Arrays.copyOf(keys, 2 * count);
      }
      keys[count++] = well ? key : key | 1;
    }

    Finished build() {
      long[] sorted = Arrays.copyOf(keys, count);
      Arrays.sort(sorted);
      return new Finished(sorted);
    }
  }
}
