package dev.headway.throttle;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** What all events for JDK Flight Recorder have. */
@Category("Headway")
abstract class ThrottleJfrEvent extends Event {

  @Label("Throttle")
  @Nullable String throttle;

  @Label("Key")
  @Description("The key, where the throttle is that of a key")
  @Nullable String key;

  final void of(ThrottleEvent event) {
    throttle = event.throttle();
    key = event.key().map(String::valueOf).orElse(null);
  }
}
