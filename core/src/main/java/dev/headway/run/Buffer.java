package dev.headway.run;

import dev.headway.Outcome;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Outcomes that have not been read. Used under its run's lock; bounded by whoever fills it. */
interface Buffer<T extends @Nullable Object, R extends @Nullable Object> {

  /** Keeps an outcome. */
  void add(Outcome<T, R> outcome);

  /** Takes out the next outcome, if it is here. */
  @Nullable Outcome<T, R> poll();

  /** Takes out the next of what is here, when nothing else will come. */
  @Nullable Outcome<T, R> pollLast();

  /** Outcomes as they come. */
  final class AsCompleted<T extends @Nullable Object, R extends @Nullable Object>
      implements Buffer<T, R> {

    private final Queue<Outcome<T, R>> outcomes = new ArrayDeque<>();

    @Override
    public void add(Outcome<T, R> outcome) {
      outcomes.add(outcome);
    }

    @Override
    public @Nullable Outcome<T, R> poll() {
      return outcomes.poll();
    }

    @Override
    public @Nullable Outcome<T, R> pollLast() {
      return outcomes.poll();
    }
  }

  /** Outcomes in the order of their items. */
  final class Ordered<T extends @Nullable Object, R extends @Nullable Object>
      implements Buffer<T, R> {

    private final Map<Long, Outcome<T, R>> outcomes = new HashMap<>();
    private long next;

    @Override
    public void add(Outcome<T, R> outcome) {
      outcomes.put(outcome.index(), outcome);
    }

    @Override
    public @Nullable Outcome<T, R> poll() {
      Outcome<T, R> outcome = outcomes.remove(next);
      if (outcome != null) {
        next++;
      }
      return outcome;
    }

    /** Skips what never started. */
    @Override
    public @Nullable Outcome<T, R> pollLast() {
      if (outcomes.isEmpty()) {
        return null;
      }
      while (!outcomes.containsKey(next)) {
        next++;
      }
      return poll();
    }
  }
}
