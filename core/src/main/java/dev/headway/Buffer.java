package dev.headway;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Outcomes that have not been read. Used under its run's guard; bounded by whoever fills it. */
interface Buffer<T extends @Nullable Object, R extends @Nullable Object> {

  /** Keeps an outcome. */
  void add(Outcome<T, R> outcome);

  /** Whether nothing is here, be its turn come or not. */
  boolean isEmpty();

  /**
   * Takes out all that can be read now.
   *
   * @param emptied a queue with nothing in it, to be used again
   * @param last whether nothing else will come
   */
  Queue<Outcome<T, R>> takeAll(Queue<Outcome<T, R>> emptied, boolean last);

  /** Outcomes as they come. */
  final class AsCompleted<T extends @Nullable Object, R extends @Nullable Object>
      implements Buffer<T, R> {

    private Queue<Outcome<T, R>> outcomes = new ArrayDeque<>();

    @Override
    public void add(Outcome<T, R> outcome) {
      outcomes.add(outcome);
    }

    @Override
    public boolean isEmpty() {
      return outcomes.isEmpty();
    }

    @Override
    public Queue<Outcome<T, R>> takeAll(Queue<Outcome<T, R>> emptied, boolean last) {
      Queue<Outcome<T, R>> all = outcomes;
      outcomes = emptied;
      return all;
    }
  }

  /** Outcomes in the order of their items: a ring of those from the next to be read on. */
  final class Ordered<T extends @Nullable Object, R extends @Nullable Object>
      implements Buffer<T, R> {

    @SuppressWarnings({"unchecked", "rawtypes"}) // nothing else is ever put into it
    private @Nullable Outcome<T, R>[] ring = new Outcome[16];

    private long next;
    private int size;

    @Override
    public void add(Outcome<T, R> outcome) {
      long ahead = outcome.index() - next;
      while (ahead >= ring.length) {
        grow();
      }
      ring[place(outcome.index())] = outcome;
      size++;
    }

    private int place(long index) {
      return (int) (index & (ring.length - 1));
    }

    private void grow() {
      @Nullable Outcome<T, R>[] former = ring;
      ring = Arrays.copyOf(former, 2 * former.length);
      Arrays.fill(ring, null);
      for (Outcome<T, R> outcome : former) {
        if (outcome != null) {
          ring[place(outcome.index())] = outcome;
        }
      }
    }

    @Override
    public boolean isEmpty() {
      return size == 0;
    }

    /** At the end, skips what never started. */
    @Override
    public Queue<Outcome<T, R>> takeAll(Queue<Outcome<T, R>> emptied, boolean last) {
      while (size > 0) {
        Outcome<T, R> outcome = ring[place(next)];
        if (outcome == null && !last) {
          break;
        }
        if (outcome != null) {
          ring[place(next)] = null;
          emptied.add(outcome);
          size--;
        }
        next++;
      }
      return emptied;
    }
  }
}
