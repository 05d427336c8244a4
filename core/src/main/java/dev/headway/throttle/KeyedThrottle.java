package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.LimitSnapshot;
import dev.headway.limit.Rule;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One throttle per key, created on first use and forgotten when idle.
 *
 * <p>A throttle is forgotten only if a new one would behave the same: it is not in use, its limits
 * are the original ones, and its snapshot is idle. Permits that are left open keep a key only where
 * a limit waits for their end. Each new key checks a few others, so the number of throttles stays
 * close to the number in use, and each call does little more than its own work.
 *
 * <p>A throttle that is {@link AutoCloseable} is closed when the last key that has it is forgotten.
 *
 * @param <K> keys, with {@code equals} and {@code hashCode}
 */
public final class KeyedThrottle<K> {

  private static final System.Logger LOGGER = System.getLogger("dev.headway");

  /** The default maximum of keys; {@link #atMost} changes it. */
  public static final int MOST_KEYS = 1_000_000;

  /** So few may as well stay. */
  private static final int FEW = 64;

  private static final int LOOKED_AT_FOR_EACH_NEW_KEY = 4;
  private static final long IN_USE = -1;
  private static final int LOOKED_AT_WHERE_FULL = 1_000;

  private final Function<? super K, ? extends Throttle> maker;
  private final ConcurrentHashMap<K, Entry> entries = new ConcurrentHashMap<>();

  /** How many there are, and are about to be. */
  private final AtomicInteger places = new AtomicInteger();

  private final ReentrantLock lock = new ReentrantLock();

  /** How many keys have each throttle that is to be closed. */
  private final Map<AutoCloseable, Integer> toClose =
      Collections.synchronizedMap(new IdentityHashMap<>());

  private Iterator<K> nextToLookAt = Collections.emptyIterator();
  private volatile int most = MOST_KEYS;
  private volatile TimeSource time;

  KeyedThrottle(Function<? super K, ? extends Throttle> maker) {
    this(maker, TimeSource.system());
  }

  KeyedThrottle(Function<? super K, ? extends Throttle> maker, TimeSource time) {
    this.maker = maker;
    this.time = time;
  }

  /** A throttle and what is known of it, which changes within the map's locks. */
  private static final class Entry {
    final Throttle throttle;

    /** How many calls of it are under way. */
    int users;

    /** How many there have been. */
    long uses;

    /** The rules that it was made with, as soon as they are about to be updated. */
    volatile @Nullable List<LimitSnapshot> madeWith;

    Entry(Throttle throttle) {
      this.throttle = throttle;
    }

    Entry used() {
      users++;
      uses++;
      return this;
    }
  }

  /**
   * Sets the maximum of keys. A call for one more gets a {@link TooManyKeysException} if all are in
   * use or remember a start that still counts. So keys from outside cannot exhaust the memory.
   *
   * @param keys at least 1
   * @return this
   * @throws IllegalArgumentException if it is less
   */
  public KeyedThrottle<K> atMost(int keys) {
    if (keys < 1) {
      throw new IllegalArgumentException("at least 1 key must be allowed, not " + keys);
    }
    most = keys;
    return this;
  }

  /**
   * The throttle of a key. It can be kept and used for any time; every call with one key gives the
   * same throttle. Its methods throw a {@link TooManyKeysException} while it is forgotten and the
   * maximum of keys is reached.
   */
  public Throttle get(K key) {
    return new KeyThrottle(key, Duration.ZERO);
  }

  /**
   * The time source of the keys' throttles: of the throttle that they share, or of the last one
   * that was created; the system's before the first.
   */
  public TimeSource timeSource() {
    return time;
  }

  /** The number of throttles that are held. */
  public int size() {
    return entries.size();
  }

  /** The key's throttle, which is not forgotten before {@link #giveBack}. */
  private Throttle borrow(K key) {
    Entry entry = entries.computeIfPresent(key, (k, present) -> present.used());
    return entry == null ? make(key) : entry.throttle;
  }

  private Throttle make(K key) {
    takePlace();
    Entry entry = null;
    Entry made = null;
    try {
      made = new Entry(made(key));
      keep(made.throttle);
      entry = entries.merge(key, made.used(), (present, other) -> present.used());
    } finally {
      if (entry == null || !entry.equals(made)) {
        places.decrementAndGet();
        if (made != null) {
          letGo(made.throttle);
        }
      }
    }
    if (places.get() > FEW) {
      lookAt(LOOKED_AT_FOR_EACH_NEW_KEY);
    }
    return entry.throttle;
  }

  private Throttle made(K key) {
    Throttle throttle =
        Objects.requireNonNull(
            maker.apply(key), () -> "the maker made no throttle for the key \"" + key + "\"");
    time = throttle.timeSource();
    return throttle;
  }

  private void keep(Throttle throttle) {
    if (throttle instanceof AutoCloseable closeable) {
      toClose.merge(closeable, 1, Integer::sum);
    }
  }

  /** One key fewer has it. An exception of its close harms no other caller, and is logged. */
  private void letGo(Throttle throttle) {
    if (throttle instanceof AutoCloseable closeable && isLast(closeable)) {
      try {
        closeable.close();
      } catch (Exception | Error e) {
        LOGGER.log(System.Logger.Level.WARNING, "a forgotten throttle could not be closed", e);
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private boolean isLast(AutoCloseable closeable) {
    return toClose.computeIfPresent(closeable, (c, keys) -> keys == 1 ? null : keys - 1) == null;
  }

  private void takePlace() {
    if (places.incrementAndGet() > most) {
      lookAt(LOOKED_AT_WHERE_FULL);
      if (places.get() > most) {
        places.decrementAndGet();
        throw new TooManyKeysException(
            "as many keys are in use as may: %d; close permits, or allow more with atMost(keys)"
                .formatted(most));
      }
    }
  }

  private void giveBack(K key) {
    entries.computeIfPresent(
        key,
        (k, entry) -> {
          entry.users--;
          return entry;
        });
  }

  /** The rules of a key that is borrowed are about to be updated: what they were is kept. */
  private void beforeUpdate(K key) {
    Entry entry = entries.get(key);
    if (entry != null && entry.madeWith == null) {
      List<LimitSnapshot> rules = entry.throttle.snapshot().rules();
      entries.computeIfPresent(
          key,
          (k, present) -> {
            present.madeWith = present.madeWith == null ? rules : present.madeWith;
            return present;
          });
    }
  }

  private void lookAt(int keys) {
    for (int i = 0; i < keys; i++) {
      K key = next();
      if (key == null) {
        return;
      }
      forgetIfIdle(key);
    }
  }

  private @Nullable K next() {
    lock.lock();
    try {
      if (!nextToLookAt.hasNext()) {
        nextToLookAt = entries.keySet().iterator();
      }
      return nextToLookAt.hasNext() ? nextToLookAt.next() : null;
    } finally {
      lock.unlock();
    }
  }

  /** Asks the throttle, which may be a user's, outside the map's lock. */
  private void forgetIfIdle(K key) {
    long[] usesBefore = {0};
    Entry candidate =
        entries.computeIfPresent(
            key,
            (k, entry) -> {
              usesBefore[0] = entry.users == 0 ? entry.uses : IN_USE;
              return entry;
            });
    if (candidate != null && usesBefore[0] != IN_USE && isAsMade(candidate)) {
      boolean[] forgotten = {false};
      entries.computeIfPresent(
          key,
          (k, entry) -> {
            forgotten[0] = entry.equals(candidate) && entry.uses == usesBefore[0];
            return forgotten[0] ? null : entry;
          });
      if (forgotten[0]) {
        places.decrementAndGet();
        letGo(candidate.throttle);
      }
    }
  }

  /** A throttle that does not tell is none to forget, and must not harm who uses another. */
  private static boolean isAsMade(Entry entry) {
    try {
      Snapshot snapshot = entry.throttle.snapshot();
      List<LimitSnapshot> madeWith = entry.madeWith;
      return snapshot.idle() && (madeWith == null || madeWith.equals(snapshot.rules()));
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.DEBUG, "a throttle does not tell whether it is idle", e);
      return false;
    }
  }

  /** A key's throttle, which is looked up, and kept from being forgotten, while it is called. */
  private final class KeyThrottle extends IndirectThrottle {
    private final K key;
    private final Duration headStart;

    KeyThrottle(K key, Duration headStart) {
      this.key = key;
      this.headStart = headStart;
    }

    @Override
    <T extends @Nullable Object, X extends Exception> T use(Use<T, X> use) throws X {
      Throttle throttle = borrow(key);
      try {
        return use.of(headStart.isZero() ? throttle : throttle.withPriority(headStart));
      } finally {
        giveBack(key);
      }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the place itself says how it ends
    public CompletableFuture<Permit> acquireAsync(Cost cost) {
      return use(throttle -> {
        CompletableFuture<Permit> place =
            Objects.requireNonNull(throttle.acquireAsync(cost), "a throttle returned no future");
        borrow(key);
        var unused = place.whenComplete((permit, failure) -> giveBack(key));
        return place;
      });
    }

    @Override
    public Throttle withPriority(Duration other) {
      return new KeyThrottle(key, HeadStarts.add(headStart, other));
    }

    /** The keys under this key share its queue, so from now on it is never forgotten. */
    @Override
    public <J> KeyedThrottle<J> keyed(BiConsumer<? super J, ? super LimitsUpdate> rules) {
      return use(throttle -> {
        KeyedThrottle<J> inner = throttle.keyed(rules);
        borrow(key);
        return inner;
      });
    }

    @Override
    public void update(List<Rule> rules, boolean dropOthers) {
      use(throttle -> {
        beforeUpdate(key);
        throttle.update(rules, dropOthers);
        return throttle;
      });
    }
  }
}
