package dev.headway.cli.watch;

import dev.headway.limit.Cost;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How full the windows of one limit become, of all that is started or of each host by itself; of
 * hosts the fullest counts. It is handed the time and is not safe for use by several threads.
 *
 * <p>Instants are rounded down to a 65,536th of the period, so that however much a limit allows, a
 * window holds no more instants than that. By so much what is counted as a window may be shorter
 * than the period, and never longer.
 */
final class WindowMeter {

  /** Of more hosts that start anything within one period, the others are not looked at. */
  static final int MOST_HOSTS = 1_000;

  private static final int RESOLUTION_BITS = 16;

  private final WindowView face;
  private final long resolution;
  private final Timeline.Series series;
  private final Map<String, FullestWindow> windows = new HashMap<>();
  private long fullest;
  private Optional<String> fullestHost = Optional.empty();

  WindowMeter(WindowView face, Timeline.Series series) {
    this.face = face;
    this.series = series;
    this.resolution = Math.max(1, face.windowNanos() >> RESOLUTION_BITS);
  }

  /** Something starts for a host. */
  void start(String startedFor, Cost cost, long now) {
    long amount = cost.amount(face.currency());
    String host = face.eachHost() ? startedFor : "";
    FullestWindow window = amount > 0 ? window(host, now) : null;
    if (window != null) {
      long count = window.add(rounded(now), amount);
      series.put(count);
      if (count > fullest) {
        fullest = count;
        fullestHost = face.eachHost() ? Optional.of(host) : Optional.empty();
      }
    }
  }

  private @Nullable FullestWindow window(String host, long now) {
    if (windows.size() >= MOST_HOSTS && !windows.containsKey(host)) {
      forgetEmpty(now);
      if (windows.size() >= MOST_HOSTS) {
        return null;
      }
    }
    return windows.computeIfAbsent(host, name -> new FullestWindow(face.windowNanos()));
  }

  private void forgetEmpty(long now) {
    windows.values().removeIf(window -> window.count(rounded(now)) == 0);
  }

  /** A bucket begins, with what is still in the windows. */
  void goOn(long now) {
    forgetEmpty(now);
    windows.values().forEach(window -> series.put(window.count(rounded(now))));
  }

  private long rounded(long instant) {
    return instant - instant % resolution;
  }

  Picture.Windows picture() {
    return new Picture.Windows(
        face.label(),
        face.unit(),
        face.most(),
        face.windowNanos() / 1e6,
        fullest,
        fullestHost,
        series.values());
  }
}
