package dev.headway.tests.throttle;

import dev.headway.testkit.VirtualTime;
import dev.headway.throttle.AbstractThrottleBuilder;
import dev.headway.throttle.Throttle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Threads in virtual time, all of which end before the scene does. */
public final class Scene {

  public final VirtualTime time = new VirtualTime();
  private final Kind.Scope scope;
  private final List<CompletableFuture<Void>> ends =
      Collections.synchronizedList(new ArrayList<>());

  private Scene(Kind.Scope scope) {
    this.scope = scope;
  }

  /** What an actor does. */
  public interface Act {
    void run() throws Exception;
  }

  /** Plays an act and all that it starts. What any of them throws is thrown. */
  public static void play(Script script) throws Exception {
    try (Kind.Scope scope = Kind.current().open()) {
      Scene scene = new Scene(scope);
      scene.time.run(() -> {
        script.play(scene);
        for (int i = 0; i < scene.ends.size(); i++) {
          scene.time.await(scene.ends.get(i));
        }
        return null;
      });
    }
  }

  /** What happens in a scene. */
  public interface Script {
    void play(Scene scene) throws Exception;
  }

  public AbstractThrottleBuilder<?> throttle() {
    return scope.builder().timeSource(time);
  }

  public Throttle throttle(String... rates) {
    AbstractThrottleBuilder<?> builder = throttle();
    for (String rate : rates) {
      builder.rate(rate);
    }
    return builder.build();
  }

  /** Starts a thread; by the time this returns it waits for something or has ended. */
  public Thread go(Act act) {
    Thread thread = start(act);
    settle();
    return thread;
  }

  public Thread start(Act act) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    ends.add(end);
    return time.start(
        "actor " + ends.size(),
        () -> {
          try {
            act.run();
            end.complete(null);
          } catch (Throwable e) {
            end.completeExceptionally(e);
          }
        });
  }

  /** Lets all others do what they can at this instant. */
  public void settle() {
    await(now());
  }

  /** Waits for so long, and for all others to have done what they can then. */
  public void sleep(long nanos) {
    await(now() + nanos);
    settle();
  }

  private void await(long instant) {
    CompletableFuture<Void> rung = new CompletableFuture<>();
    time.schedule(instant, () -> rung.complete(null));
    time.await(rung);
  }

  public void sleep(Duration duration) {
    sleep(duration.toNanos());
  }

  public long now() {
    return time.nanoTime();
  }
}
