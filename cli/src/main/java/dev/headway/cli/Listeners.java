package dev.headway.cli;

import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Several who hear what a throttle does, in turn.
 *
 * @param all of them
 */
public record Listeners(List<ThrottleListener> all) implements ThrottleListener {

  /** Those of two that there are, as one; empty if there are none. */
  public static Optional<ThrottleListener> of(
      Optional<? extends ThrottleListener> first, Optional<? extends ThrottleListener> second) {
    List<ThrottleListener> there = new ArrayList<>();
    first.ifPresent(there::add);
    second.ifPresent(there::add);
    return there.size() < 2
        ? there.stream().findFirst()
        : Optional.of(new Listeners(List.copyOf(there)));
  }

  @Override
  public void onEvent(ThrottleEvent event) {
    all.forEach(each -> each.onEvent(event));
  }
}
