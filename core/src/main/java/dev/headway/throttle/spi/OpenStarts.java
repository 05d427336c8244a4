package dev.headway.throttle.spi;

import dev.headway.limit.Cost;
import dev.headway.time.Durations;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The starts of open permits, for limits that are added later.
 *
 * <p>The algorithm. Starts are counted in slots, each as long as a 64th of the time that is
 * remembered. A slot begins with a start; it holds its first and last instant and the amount that
 * is open. Slots with nothing open are dropped, and so are old ones, since permits may be left
 * open. So there are at most 65 slots, a start takes constant time and allocates nothing, and
 * starts further apart than a slot are known exactly.
 */
final class OpenStarts {

  private static final int SLOTS = 64;

  /** Many starts come within one slot, however short the period of a rate is. */
  private static final long SHORTEST = 10_000;

  private static final int FIRST = 0;
  private static final int LAST = 1;
  private static final int AMOUNT = 2;
  private static final int WORDS = 3;

  private static final long[] NONE = {};

  /** Takes an open amount. */
  interface Taker {
    void take(long startedAt, long amount);
  }

  private final Slots permits;
  private final Map<String, Slots> budgets = new HashMap<>(0);
  private long memory;

  OpenStarts(long memory) {
    permits = new Slots(memory);
    this.memory = memory;
  }

  /** Remembers open starts for at least so long from now on. */
  void remember(long nanos) {
    memory = nanos;
    permits.remember(nanos);
    budgets.values().forEach(slots -> slots.remember(nanos));
  }

  /**
   * A cost starts.
   *
   * @param now not before any other start
   */
  void start(long now, Cost cost) {
    permits.start(now, cost.permits());
    if (!cost.budgets().isEmpty()) {
      cost.budgets().forEach((budget, amount) -> slots(budget).start(now, amount));
    }
  }

  /** A cost ends. */
  void end(long startedAt, Cost cost) {
    permits.change(startedAt, -cost.permits());
    if (!cost.budgets().isEmpty()) {
      cost.budgets().forEach((budget, amount) -> change(startedAt, budget, -amount));
    }
  }

  /** A start takes so much more of a currency, or less; nothing if the start is forgotten. */
  void change(long startedAt, String currency, long by) {
    slots(currency).change(startedAt, by);
  }

  /**
   * Hands out the open amounts of a currency that started after an instant, in order, each at the
   * last start of its slot.
   *
   * @return the instant after which all open amounts were handed out, and none before it: the given
   *     one, an earlier one inside a slot, or a later one if what follows is forgotten
   */
  long after(long instant, String currency, Taker taker) {
    return slots(currency).after(instant, taker);
  }

  private Slots slots(String currency) {
    return currency.equals(Cost.PERMITS)
        ? permits
        : budgets.computeIfAbsent(currency, c -> new Slots(memory));
  }

  /** The open starts of one currency. */
  private static final class Slots {

    private long memory;
    private long width;

    /** The slot that starts are counted in now. */
    private long first = Long.MIN_VALUE;

    private long last = Long.MIN_VALUE;
    private long amount;

    /** Earlier slots in their order, with their first and last instant and their amount. */
    private long[] past = NONE;

    private int end;

    /** What was started until then may have been forgotten. */
    private long forgottenUntil = Long.MIN_VALUE;

    Slots(long memory) {
      remember(memory);
    }

    /** Remembers what is open for at least so long from now on. */
    void remember(long nanos) {
      memory = nanos;
      width = Math.max(SHORTEST, nanos / SLOTS);
    }

    /**
     * An amount starts.
     *
     * @param now not before any other
     */
    void start(long now, long more) {
      if (amount > 0 && now < first + width) {
        last = now;
        amount += more;
      } else {
        begin(now, more);
      }
    }

    /** Begins a slot. */
    private void begin(long now, long more) {
      if (amount > 0) {
        forget(Durations.minus(now, memory));
        insert(end, first, last, amount);
      }
      first = now;
      last = now;
      amount = more;
    }

    private void forget(long instant) {
      int kept = 0;
      for (int i = 0; i < end; i += WORDS) {
        if (past[i + LAST] <= instant) {
          forgottenUntil = past[i + LAST];
        } else if (past[i + AMOUNT] > 0) {
          System.arraycopy(past, i, past, kept, WORDS);
          kept += WORDS;
        }
      }
      end = kept;
    }

    private void insert(int at, long from, long to, long some) {
      if (end == past.length) {
        past = Arrays.copyOf(past, Math.max(4 * WORDS, 2 * past.length));
      }
      System.arraycopy(past, at, past, at + WORDS, end - at);
      past[at + FIRST] = from;
      past[at + LAST] = to;
      past[at + AMOUNT] = some;
      end += WORDS;
    }

    /** What was started at an instant takes so much more, or less; nothing if it is forgotten. */
    void change(long startedAt, long by) {
      if (startedAt >= first) {
        amount += by;
      } else {
        changePast(startedAt, by);
      }
    }

    private void changePast(long startedAt, long by) {
      int at = 0;
      while (at < end && past[at + LAST] < startedAt) {
        at += WORDS;
      }
      if (at < end && past[at + FIRST] <= startedAt) {
        past[at + AMOUNT] += by;
      } else if (by > 0 && startedAt > forgottenUntil) {
        // It had started without any of this currency, or all of it had been given back.
        insert(at, startedAt, startedAt, by);
      }
    }

    /**
     * Hands out what is open and was started after an instant, in order, each at the last start of
     * its slot.
     *
     * @return the instant after which all that is open was handed out, and nothing before it: the
     *     same one, an earlier one where a slot has it inside, or a later one if what follows it is
     *     forgotten
     */
    long after(long instant, Taker taker) {
      long since = Math.max(instant, forgottenUntil);
      long known = since;
      for (int i = 0; i < end; i += WORDS) {
        if (past[i + LAST] > since && past[i + AMOUNT] > 0) {
          known = Math.min(known, past[i + FIRST] - 1);
          taker.take(past[i + LAST], past[i + AMOUNT]);
        }
      }
      if (last > since && amount > 0) {
        known = Math.min(known, first - 1);
        taker.take(last, amount);
      }
      return known;
    }
  }
}
