package dev.headway.throttle;

import dev.headway.limit.Cost;
import dev.headway.limit.Rule;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A throttle whose calls are those of another one, which is found for each call. */
abstract class IndirectThrottle implements Throttle {

  /** A call of a throttle. */
  interface Use<T extends @Nullable Object, X extends Exception> {
    T of(Throttle throttle) throws X;
  }

  /** Calls the other throttle. */
  abstract <T extends @Nullable Object, X extends Exception> T use(Use<T, X> use) throws X;

  private void tell(Consumer<Throttle> call) {
    use(throttle -> {
      call.accept(throttle);
      return throttle;
    });
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
  public Optional<Permit> tryAcquireUpTo(long most) {
    return use(throttle -> throttle.tryAcquireUpTo(most));
  }

  @Override
  public CompletableFuture<Permit> acquireAsync(Cost cost) {
    return use(throttle -> throttle.acquireAsync(cost));
  }

  @Override
  public Throttle withPriority(Duration headStart) {
    return use(throttle -> throttle.withPriority(headStart));
  }

  @Override
  public <K> KeyedThrottle<K> keyed(BiConsumer<? super K, ? super LimitsUpdate> rules) {
    return use(throttle -> throttle.keyed(rules));
  }

  @Override
  public boolean isLocked() {
    return use(Throttle::isLocked);
  }

  @Override
  public Snapshot snapshot() {
    return use(Throttle::snapshot);
  }

  @Override
  public void pauseFor(Duration duration) {
    tell(throttle -> throttle.pauseFor(duration));
  }

  @Override
  public void pauseFor(ThrottledException told) {
    tell(throttle -> throttle.pauseFor(told));
  }

  @Override
  public void pause() {
    tell(Throttle::pause);
  }

  @Override
  public void resume() {
    tell(Throttle::resume);
  }

  @Override
  public void close() {
    tell(Throttle::close);
  }

  @Override
  public void update(List<Rule> rules, boolean dropOthers) {
    tell(throttle -> throttle.update(rules, dropOthers));
  }

  /** The other throttle's text. */
  @Override
  public String toString() {
    return use(Throttle::toString);
  }
}
