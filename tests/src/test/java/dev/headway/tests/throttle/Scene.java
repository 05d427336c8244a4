package dev.headway.tests.throttle;

import dev.headway.Throttle;
import dev.headway.ThrottleBuilder;
import dev.headway.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Threads in virtual time, all of which end before the scene does. */
final class Scene {

  final VirtualTime time = new VirtualTime();
  private final List<CompletableFuture<Void>> ends =
      Collections.synchronizedList(new ArrayList<>());

  interface Act {
    void run() throws Exception;
  }

  /** Plays an act and all that it starts. What any of them throws is thrown. */
  static void play(Script script) throws Exception {
    Scene scene = new Scene();
    scene.time.run(() -> {
      script.play(scene);
      for (int i = 0; i < scene.ends.size(); i++) {
        scene.time.await(scene.ends.get(i));
      }
      return null;
    });
  }

  interface Script {
    void play(Scene scene) throws Exception;
  }

  ThrottleBuilder throttle() {
    return Throttle.builder().timeSource(time);
  }

  Throttle throttle(String... rates) {
    ThrottleBuilder builder = throttle();
    for (String rate : rates) {
      builder.rate(rate);
    }
    return builder.build();
  }

  /** Starts a thread; by the time this returns it waits for something or has ended. */
  Thread go(Act act) {
    Thread thread = start(act);
    settle();
    return thread;
  }

  Thread start(Act act) {
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
  void settle() {
    await(now());
  }

  /** Waits for so long, and for all others to have done what they can then. */
  void sleep(long nanos) {
    await(now() + nanos);
    settle();
  }

  private void await(long instant) {
    CompletableFuture<Void> rung = new CompletableFuture<>();
    time.schedule(instant, () -> rung.complete(null));
    time.await(rung);
  }

  void sleep(Duration duration) {
    sleep(duration.toNanos());
  }

  long now() {
    return time.nanoTime();
  }
}
