package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Rule;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** The throttle of a key. Each call looks it up, and keeps it from being forgotten meanwhile. */
final class KeyThrottle<K> implements Throttle {

  private final KeyedThrottle<K> throttles;
  private final K key;
  private final Duration headStart;

  KeyThrottle(KeyedThrottle<K> throttles, K key, Duration headStart) {
    this.throttles = throttles;
    this.key = key;
    this.headStart = headStart;
  }

  private <T, X extends Exception> T use(Use<T, X> use) throws X {
    Throttle throttle = throttles.borrow(key);
    try {
      return use.of(headStart.isZero() ? throttle : throttle.withPriority(headStart));
    } finally {
      throttles.giveBack(key);
    }
  }

  private interface Use<T, X extends Exception> {
    T of(Throttle throttle) throws X;
  }

  @Override
  public String name() {
    return use(Throttle::name);
  }

  @Override
  public TimeSource timeSource() {
    return use(Throttle::timeSource);
  }

  @Override
  public Permit acquire(Cost cost) throws InterruptedException {
    return use(throttle -> throttle.acquire(cost));
  }

  @Override
  public Optional<Permit> tryAcquire(Cost cost) {
    return use(throttle -> throttle.tryAcquire(cost));
  }

  @Override
  public Optional<Permit> tryAcquire(Cost cost, Duration timeout) throws InterruptedException {
    return use(throttle -> throttle.tryAcquire(cost, timeout));
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the place itself says how it ends
  public CompletableFuture<Permit> acquireAsync(Cost cost) {
    return use(throttle -> {
      CompletableFuture<Permit> place =
          Objects.requireNonNull(throttle.acquireAsync(cost), "a throttle returned no future");
      throttles.borrow(key);
      var unused = place.whenComplete((permit, failure) -> throttles.giveBack(key));
      return place;
    });
  }

  @Override
  public Throttle withPriority(Duration other) {
    return new KeyThrottle<>(throttles, key, Priority.add(headStart, other));
  }

  /** The keys under this key share its line, so from now on it is never forgotten. */
  @Override
  public <J> KeyedThrottle<J> keyed(BiConsumer<? super J, ? super LimitsUpdate> rules) {
    return use(throttle -> {
      KeyedThrottle<J> inner = throttle.keyed(rules);
      throttles.borrow(key);
      return inner;
    });
  }

  @Override
  public Snapshot snapshot() {
    return use(Throttle::snapshot);
  }

  @Override
  public void pauseFor(Duration duration) {
    use(throttle -> {
      throttle.pauseFor(duration);
      return this;
    });
  }

  @Override
  public void pause() {
    use(throttle -> {
      throttle.pause();
      return this;
    });
  }

  @Override
  public void pauseFor(ThrottledException told) {
    use(throttle -> {
      throttle.pauseFor(told);
      return this;
    });
  }

  @Override
  public void resume() {
    use(throttle -> {
      throttle.resume();
      return this;
    });
  }

  @Override
  public void close() {
    use(throttle -> {
      throttle.close();
      return this;
    });
  }

  @Override
  public Optional<Permit> tryAcquireUpTo(long most) {
    return use(throttle -> throttle.tryAcquireUpTo(most));
  }

  @Override
  public void update(List<Rule> rules, boolean dropOthers) {
    use(throttle -> {
      throttles.beforeUpdate(key);
      throttle.update(rules, dropOthers);
      return this;
    });
  }

  /** The throttle's own text. */
  @Override
  public String toString() {
    return use(Throttle::toString);
  }
}
