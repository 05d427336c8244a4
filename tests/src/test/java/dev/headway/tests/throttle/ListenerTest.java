package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headway.limit.Cost;
import dev.headway.throttle.Permit;
import dev.headway.throttle.QueueFullException;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleEvent.Abandoned;
import dev.headway.throttle.ThrottleEvent.Granted;
import dev.headway.throttle.ThrottleEvent.Paused;
import dev.headway.throttle.ThrottleEvent.Refused;
import dev.headway.throttle.ThrottleEvent.Released;
import dev.headway.throttle.ThrottleEvent.Updated;
import dev.headway.throttle.ThrottleEvent.Waiting;
import dev.headway.throttle.ThrottleListener;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class ListenerTest extends OnEveryStore {

  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  private final class Ear implements ThrottleListener {
    @Override
    public void onEvent(ThrottleEvent event) {
      String text =
          switch (event) {
            case Waiting waiting -> "wait " + waiting.cost().permits() + " " + waiting.expected();
            case Granted granted -> "grant " + granted.cost().permits() + " " + granted.waited();
            case Refused refused ->
                "refuse "
                    + refused.cost().permits()
                    + " "
                    + refused.reason().getClass().getSimpleName();
            case Abandoned gone -> "give up " + gone.cost().permits() + " " + gone.waited();
            case Paused paused -> "pause " + paused.pause();
            case Updated updated -> "update " + updated.limits();
            default -> "";
          };
      if (!text.isEmpty()) {
        heard.add(event.throttle() + " " + text);
      }
    }
  }

  @Test
  void aCallerCountsFromWhenItGoesOnHoweverLongAListenerKeepsIt() throws Exception {
    Scene.play(scene -> {
      ThrottleListener slow =
          event -> {
            if (event instanceof Granted) {
              scene.sleep(Duration.ofMillis(100));
            }
          };
      Throttle throttle = scene.throttle().rate("1/s").listener(slow).build();
      throttle.acquire();
      assertThat(scene.now()).isEqualTo(100_000_000);
      throttle.acquire();
      assertThat(scene.now()).isEqualTo(1_200_000_000);
      assertThat(throttle.snapshot().untilNextStart()).contains(Duration.ofSeconds(1));
    });
  }

  @Test
  void aListenerHearsWhatHappensOnceAndInOrder() throws Exception {
    Scene.play(scene -> {
      Throttle throttle =
          scene.throttle().name("api").rate("9/s").maxWaiting(2).listener(new Ear()).build();
      throttle.acquire(9);
      scene.go(() -> throttle.acquire(8).close());
      CompletableFuture<Permit> future = throttle.acquireAsync(7);
      assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> throttle.acquire(6));
      scene.sleep(Duration.ofMillis(250));
      future.cancel(true);
      assertThat(throttle.tryAcquire(5, Duration.ofMillis(250))).isEmpty();
      assertThat(throttle.tryAcquire()).isEmpty();
      scene.sleep(Duration.ofMillis(500));
      throttle.pauseFor(Duration.ofSeconds(2));
      CompletableFuture<Permit> doomed = throttle.acquireAsync(4);
      scene.sleep(0);
      throttle.update(limits -> limits.rate("3/s"));
      scene.sleep(0);
      assertThat(doomed).isCompletedExceptionally();
    });
    assertThat(heard.subList(0, 10))
        .containsExactly(
            "api grant 9 PT0S",
            "api wait 8 PT1S",
            "api wait 7 PT2S",
            "api refuse 6 QueueFullException",
            "api give up 7 PT0.25S",
            "api wait 5 PT1.75S",
            "api give up 5 PT0.25S",
            "api grant 8 PT1S",
            "api pause PT2S",
            "api wait 4 PT2S");
    assertThat(heard.subList(10, heard.size()))
        .containsExactlyInAnyOrder("api update [3/s]", "api refuse 4 IllegalArgumentException");
  }

  @Test
  void theEndOfAPermitIsHeardOnceWithWhatItTook() throws Exception {
    Scene.play(scene -> {
      ThrottleListener ear =
          event -> {
            if (event instanceof Released released) {
              heard.add(released.throttle() + " " + released.cost() + " " + released.held());
            }
          };
      Throttle throttle =
          scene.throttle().name("api").budget("tokens", "100/s").listener(ear).build();
      Permit permit = throttle.acquire(Cost.of("tokens", 50));
      scene.sleep(Duration.ofMillis(200));
      permit.settle("tokens", 30);
      permit.release();
      permit.close();
      assertThatExceptionOfType(IllegalStateException.class).isThrownBy(permit::release);
      throttle.acquire(Cost.of("tokens", 100)).close();
      CompletableFuture<Permit> later = throttle.acquireAsync(Cost.of("tokens", 1));
      scene.sleep(Duration.ofSeconds(2));
      later.join().close();
    });
    assertThat(heard)
        .containsExactly(
            "api " + Cost.of("tokens", 30) + " PT0.2S",
            "api " + Cost.of("tokens", 100) + " PT0S",
            "api " + Cost.of("tokens", 1) + " PT1S");
  }

  @Test
  void theWaitIsHeardBeforeTheGrant() throws Exception {
    Throttle throttle = Throttle.builder().concurrency(1).listener(new Ear()).build();
    for (int i = 0; i < 500; i++) {
      Permit held = throttle.acquire();
      heard.clear();
      Thread closer = Thread.ofPlatform().start(held::close);
      throttle.acquireAsync().join().close();
      closer.join();
      assertThat(heard).last().asString().contains("grant");
      assertThat(heard.stream().filter(text -> text.contains("grant"))).hasSize(1);
    }
  }

  @Test
  void whoDoesNotHaveToWaitIsNotSaidTo() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle().concurrency(2).listener(new Ear()).build();
      throttle.acquire(1);
      CompletableFuture<Permit> heavy = throttle.acquireAsync(2);
      scene.sleep(0);
      heard.clear();
      assertThat(throttle.withPriority(Duration.ofDays(1)).tryAcquire()).isPresent();
      assertThat(heavy).isNotDone();
    });
    assertThat(heard).containsExactly("throttle grant 1 PT0S");
  }

  @Test
  void whatAListenerThrowsHarmsNobody() throws Exception {
    Logger logger = Logger.getLogger("dev.headway");
    logger.setLevel(Level.OFF);
    Scene.play(scene -> {
      for (Throwable failure : List.of(new IllegalStateException("x"), new AssertionError("x"))) {
        ThrottleListener bad =
            (ThrottleListener)
                Proxy.newProxyInstance(
                    ThrottleListener.class.getClassLoader(),
                    new Class<?>[] {ThrottleListener.class},
                    (proxy, method, args) -> {
                      throw failure;
                    });
        Throttle throttle = scene.throttle().rate("1/s").maxWaiting(1).listener(bad).build();
        throttle.acquire().close();
        CompletableFuture<Permit> next = throttle.acquireAsync();
        CompletableFuture<Permit> refused = throttle.acquireAsync();
        scene.sleep(0);
        assertThat(refused).isCompletedExceptionally();
        throttle.pauseFor(Duration.ofSeconds(3));
        throttle.update(limits -> limits.rate("2/s"));
        scene.sleep(Duration.ofSeconds(3));
        assertThat(next).isCompleted();
        assertThat(throttle.snapshot().running()).isEqualTo(1);
      }
    });
  }
}
