package dev.headway.cli.fetch;

import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleEvent.Abandoned;
import dev.headway.throttle.ThrottleEvent.Closed;
import dev.headway.throttle.ThrottleEvent.Granted;
import dev.headway.throttle.ThrottleEvent.Paused;
import dev.headway.throttle.ThrottleEvent.Queued;
import dev.headway.throttle.ThrottleEvent.Refused;
import dev.headway.throttle.ThrottleEvent.Released;
import dev.headway.throttle.ThrottleEvent.Resumed;
import dev.headway.throttle.ThrottleEvent.Updated;
import dev.headway.throttle.ThrottleEvent.Waiting;
import dev.headway.throttle.ThrottleListener;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Tells another listener what a throttle does, with the names of throttles as they may be shown: a
 * host's throttle is called by its host.
 *
 * @param listener hears it
 * @param shown makes a name one that may be shown
 */
record ShownNames(ThrottleListener listener, UnaryOperator<String> shown)
    implements ThrottleListener {

  @Override
  public void onEvent(ThrottleEvent event) {
    listener.onEvent(renamed(event, shown.apply(event.throttle())));
  }

  /** The same event of a throttle of another name, without its key. */
  private static ThrottleEvent renamed(ThrottleEvent event, String name) {
    Optional<Object> none = Optional.empty();
    return switch (event) {
      case Queued e -> new Queued(name, none, e.at(), e.cost());
      case Waiting e -> new Waiting(name, none, e.at(), e.cost(), e.expected());
      case Granted e -> new Granted(name, none, e.at(), e.cost(), e.permit(), e.waited());
      case Released e -> new Released(name, none, e.at(), e.cost(), e.permit(), e.held());
      case Refused e -> new Refused(name, none, e.at(), e.cost(), e.reason());
      case Abandoned e -> new Abandoned(name, none, e.at(), e.cost(), e.waited());
      case Paused e -> new Paused(name, none, e.at(), e.pause());
      case Resumed e -> new Resumed(name, none, e.at());
      case Updated e -> new Updated(name, none, e.at(), e.limits());
      case Closed e -> new Closed(name, none, e.at());
    };
  }
}
