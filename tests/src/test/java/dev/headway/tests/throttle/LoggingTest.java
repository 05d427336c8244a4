package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headway.throttle.LoggingListener;
import dev.headway.throttle.QueueFullException;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleListener;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoggingTest {

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  /** Writes down what is logged at a level or above. */
  private final class Notes implements System.Logger {

    private final Level least;

    Notes(Level least) {
      this.least = least;
    }

    @Override
    public String getName() {
      return "notes";
    }

    @Override
    public boolean isLoggable(Level level) {
      return level.getSeverity() >= least.getSeverity();
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable thrown) {
      if (isLoggable(level)) {
        lines.add(level + " " + text);
      }
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String text, @Nullable Object... arguments) {
      log(level, bundle, text, (Throwable) null);
    }
  }

  private static void makeWait(Scene scene, ThrottleListener listener) throws Exception {
    Throttle throttle =
        scene.throttle().name("api").rate("2/s").maxWaiting(1).listener(listener).build();
    throttle.acquire(2);
    scene.go(() -> throttle.acquire().close());
    assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> throttle.acquire(2));
    scene.sleep(Duration.ofSeconds(1));
    throttle.acquire();
    assertThat(throttle.tryAcquire(1, Duration.ofMillis(500))).isEmpty();
    throttle.pauseFor(Duration.ofSeconds(3));
    throttle.update(limits -> limits.rate("5/s"));
  }

  @Test
  void waitsRefusalsPausesAndUpdatesAreLoggedWithTheThrottlesName() throws Exception {
    Scene.play(
        scene -> makeWait(scene, ThrottleListener.logging(new Notes(Level.DEBUG), Level.INFO)));
    assertThat(lines)
        .containsExactly(
            "INFO throttle \"api\": 1 permit waits for at least 1 s",
            "INFO throttle \"api\": 2 permits refused: the wait queue of \"api\" is full: 1 caller"
                + " waits, the maximum; try again later, or raise maxWaiting",
            "INFO throttle \"api\": 1 permit waits for at least 1 s",
            "INFO throttle \"api\": 1 permit given up after 500 ms",
            "INFO throttle \"api\": pauses for 3 s",
            "INFO throttle \"api\": the rules are now [5/s]");
  }

  @Test
  void whatIsNotLoggedIsNotPutInWords() throws Exception {
    Scene.play(scene ->
        makeWait(
            scene,
            new LoggingListener(new Notes(Level.INFO), Level.DEBUG) {
              @Override
              protected String message(ThrottleEvent event) {
                lines.add("asked");
                return "";
              }
            }));
    assertThat(lines).isEmpty();
  }

  @Test
  void aSubclassChoosesTheWords() throws Exception {
    Scene.play(scene ->
        makeWait(
            scene,
            new LoggingListener(new Notes(Level.DEBUG), Level.WARNING) {
              @Override
              protected String message(ThrottleEvent event) {
                return event instanceof ThrottleEvent.Waiting waiting
                    ? waiting.throttle()
                        + ": patience for "
                        + waiting.expected().toSeconds()
                        + " s {0}"
                    : super.message(event);
              }
            }));
    assertThat(lines).contains("WARNING api: patience for 1 s {0}");
  }
}
