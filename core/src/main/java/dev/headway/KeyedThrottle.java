package dev.headway;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One throttle a key, made when it is first used and forgotten when idle.
 *
 * <p>A throttle is forgotten only if a fresh one would behave the same: nobody is about to use it,
 * nothing runs or waits, and no rule remembers a start. Idle ones are looked for whenever the
 * number of keys has doubled, so there are never many more throttles than are in use.
 *
 * @param <K> keys, with {@code equals} and {@code hashCode}
 */
public final class KeyedThrottle<K> {

  private static final int FEW = 64;

  private final Function<? super K, ? extends Throttle> maker;
  private final ConcurrentHashMap<K, Entry> entries = new ConcurrentHashMap<>();
  private volatile int sweepAt = FEW;

  KeyedThrottle(Function<? super K, ? extends Throttle> maker) {
    this.maker = maker;
  }

  /** A throttle with the number of calls of it under way, which changes within the map's locks. */
  private static final class Entry {
    final Throttle throttle;
    int users;

    Entry(Throttle throttle) {
      this.throttle = throttle;
    }
  }

  /**
   * The throttle of a key. It may be kept and used for as long as one likes: all that are got for
   * one key are the same throttle.
   */
  public Throttle get(K key) {
    return new KeyThrottle<>(this, key, false);
  }

  /** How many keys' throttles are held. */
  public int size() {
    return entries.size();
  }

  /** The key's throttle, which is not forgotten before {@link #giveBack}. */
  Throttle borrow(K key) {
    Entry made = entries.containsKey(key) ? null : new Entry(maker.apply(key));
    Entry entry = entries.compute(key, (k, present) -> used(present == null ? made : present));
    if (entry == null) {
      return borrow(key);
    }
    if (entry == made && entries.size() >= sweepAt) {
      sweep();
    }
    return entry.throttle;
  }

  private static @Nullable Entry used(@Nullable Entry entry) {
    if (entry != null) {
      entry.users++;
    }
    return entry;
  }

  void giveBack(K key) {
    entries.computeIfPresent(
        key,
        (k, entry) -> {
          entry.users--;
          return entry;
        });
  }

  private void sweep() {
    for (K key : entries.keySet()) {
      entries.computeIfPresent(
          key, (k, entry) -> entry.users == 0 && entry.throttle.snapshot().idle() ? null : entry);
    }
    sweepAt = Math.max(FEW, 2 * entries.size());
  }
}
