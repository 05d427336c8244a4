package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.headway.limit.Cost;
import dev.headway.limit.Limit;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A limit of a user's own, which has three methods, or which fails. */
class OwnLimitTest {

  static final class AtOnce implements Limit {
    private final long most;
    private long running;

    AtOnce(long most) {
      this.most = most;
    }

    @Override
    public long readyAt(long now, long amount) {
      return running + amount <= most ? now : NEVER;
    }

    @Override
    public void start(long now, long amount) {
      running += amount;
    }

    @Override
    public void end(long startedAt, long now, long amount) {
      running -= amount;
    }
  }

  /** Throws where it is told to. */
  private static final class Broken implements Limit {
    Throwable readyAt;
    Throwable start;
    Throwable end;
    Throwable delay;

    private static void fail(Throwable failure) {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
    }

    @Override
    public long readyAt(long now, long amount) {
      fail(readyAt);
      return now;
    }

    @Override
    public void start(long now, long amount) {
      fail(start);
    }

    @Override
    public void end(long startedAt, long now, long amount) {
      fail(end);
    }

    @Override
    public void delay(long startedAt, long now, long amount) {
      fail(delay);
    }
  }

  @Test
  void threeMethodsDoForAllThatAThrottleDoes() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().limit(new AtOnce(3)).budget("x", "9/s").build();
      Permit permit = throttle.acquire(3);
      CompletableFuture<Permit> two = throttle.acquireAsync(2);
      permit.settle(Cost.PERMITS, 1);
      scene.sleep(0);
      assertThat(two).isDone();
      assertThat(throttle.isLocked()).isTrue();
      assertThat(throttle.snapshot().untilNextStart()).isEmpty();
      permit.close();
      two.join().close();
      assertThat(throttle.snapshot().running()).isZero();
      assertThat(throttle.tryAcquire(3)).isPresent();
      throttle.update(limits -> limits.limit(new AtOnce(4)));
      assertThat(throttle.tryAcquire(2)).isEmpty();
      assertThat(throttle.tryAcquire(1)).isPresent();
      throttle.update(limits -> limits.rate("100/s"));
      assertThat(throttle.tryAcquire(1)).isEmpty();
    });
  }

  @Test
  void whatALimitThrowsIsThrownToItsCallerAndNothingIsTaken() throws Exception {
    Scene.play(scene -> {
      Broken broken = new Broken();
      Throttle throttle = scene.throttle().concurrency(1).rate("1/h").limit(broken).build();
      broken.start = new IllegalStateException("start, on purpose");
      assertThatIllegalStateException()
          .isThrownBy(throttle::acquire)
          .withMessage("start, on purpose");
      assertThatIllegalStateException().isThrownBy(throttle::tryAcquire);
      broken.start = null;
      broken.readyAt = new IllegalStateException("readyAt, on purpose");
      assertThatIllegalStateException().isThrownBy(throttle::acquire);
      broken.readyAt = null;
      assertThat(throttle.snapshot().running()).isZero();
      assertThat(throttle.tryAcquire()).isPresent();
    });
  }

  @Test
  void whatALimitThrowsForOneThatWaitsIsThrownToThatOneAndTheNextIsServed() throws Exception {
    for (Throwable failure :
        new Throwable[] {
          new IllegalStateException("on purpose"), new AssertionError("on purpose")
        }) {
      Scene.play(scene -> {
        Broken broken = new Broken();
        Throttle throttle =
            scene.throttle().concurrency(2).rate("5/h").limit("own", broken).build();
        Permit permit = throttle.acquire(2);
        CompletableFuture<Permit> unhurt = throttle.acquireAsync(1);
        CompletableFuture<Permit> hurt = throttle.acquireAsync(Cost.of("own", 1));
        CompletableFuture<Permit> next = throttle.acquireAsync(1);
        broken.start = failure;
        permit.close();
        scene.sleep(0);
        assertThat(unhurt).isCompleted();
        assertThat(hurt)
            .failsWithin(Duration.ZERO)
            .withThrowableThat()
            .withCauseInstanceOf(IllegalStateException.class)
            .withMessageContaining("on purpose");
        assertThat(next).isCompleted();
        assertThat(throttle.snapshot().running()).isEqualTo(2);
        unhurt.join().close();
        next.join().close();
        assertThat(throttle.snapshot().available()).isEqualTo(1);
      });
    }
  }

  @Test
  void aLimitThatFailsAtAnEndKeepsNoOtherLimitFromHearingOfIt() throws Exception {
    Scene.play(scene -> {
      Broken broken = new Broken();
      Throttle throttle = scene.throttle().limit(broken).concurrency(1).build();
      Permit permit = throttle.acquire();
      CompletableFuture<Permit> next = throttle.acquireAsync();
      broken.end = new IllegalStateException("on purpose");
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(permit::close)
          .withMessage("on purpose");
      scene.sleep(0);
      assertThat(next).isCompleted();
    });
  }

  @Test
  void aLimitThatFailsWhenACallerGoesOnLeavesNoPermitOpen() throws Exception {
    Scene.play(scene -> {
      Broken broken = new Broken();
      Throttle throttle =
          scene.throttle().limit(broken).concurrency(1).listener(slowly(scene)).build();
      broken.delay = new IllegalStateException("on purpose");
      assertThatIllegalStateException().isThrownBy(throttle::acquire).withMessage("on purpose");
      broken.delay = null;
      Permit permit = throttle.acquire();
      broken.delay = new IllegalStateException("on purpose");
      CompletableFuture<Permit> hurt = throttle.acquireAsync();
      permit.close();
      scene.sleep(Duration.ofSeconds(1));
      assertThat(hurt)
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withMessageContaining("on purpose");
      assertThat(throttle.snapshot().running()).isZero();
    });
  }

  /** Lets time pass between a grant and its caller. */
  private static ThrottleListener slowly(Scene scene) {
    return event -> {
      if (event instanceof ThrottleEvent.Granted) {
        scene.sleep(Duration.ofMillis(1));
      }
    };
  }
}
