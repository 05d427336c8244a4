package dev.headway.throttle;

import dev.headway.throttle.ThrottleEvent.Abandoned;
import dev.headway.throttle.ThrottleEvent.Granted;
import dev.headway.throttle.ThrottleEvent.Paused;
import dev.headway.throttle.ThrottleEvent.Queued;
import dev.headway.throttle.ThrottleEvent.Refused;
import dev.headway.throttle.ThrottleEvent.Released;
import dev.headway.throttle.ThrottleEvent.Updated;
import dev.headway.time.Durations;
import java.time.Duration;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Records the events of one caller and its permit, or of a throttle, with JDK Flight Recorder. It
 * needs the module {@code jdk.jfr}, and is used only where that is present.
 */
@SuppressWarnings("UnusedVariable") // JFR reads the fields of events
final class JfrRecorder implements ThrottleListener {

  private static final PermitWaitEvent WAIT = new PermitWaitEvent();
  private static final QueuedPermit.JfrEvent PERMIT = new QueuedPermit.JfrEvent();
  private static final PermitRefusalEvent REFUSAL = new PermitRefusalEvent();
  private static final ThrottlePauseEvent PAUSE = new ThrottlePauseEvent();
  private static final ThrottleUpdateEvent UPDATE = new ThrottleUpdateEvent();

  private @Nullable Queued queued;
  private @Nullable PermitWaitEvent wait;
  private QueuedPermit.@Nullable JfrEvent permit;

  /** Records a caller that did not have to wait; null if no recording has its permit. */
  static @Nullable JfrRecorder ofGrant() {
    return PERMIT.isEnabled() ? new JfrRecorder() : null;
  }

  /** Records a caller in the queue; null if no recording has anything of it. */
  static @Nullable JfrRecorder ofCaller() {
    return WAIT.isEnabled() || PERMIT.isEnabled() || REFUSAL.isEnabled() ? new JfrRecorder() : null;
  }

  /** Records an event of a throttle; null if no recording has it. */
  static @Nullable JfrRecorder ofThrottle() {
    return PAUSE.isEnabled() || UPDATE.isEnabled() ? new JfrRecorder() : null;
  }

  @Override
  public void onEvent(ThrottleEvent event) {
    switch (event) {
      case Queued begun -> {
        queued = begun;
        wait = new PermitWaitEvent();
        wait.begin();
      }
      case Granted granted -> {
        endWait(granted, "granted", granted.permit());
        permit = new QueuedPermit.JfrEvent();
        permit.waited = Durations.nanos(granted.waited());
        permit.begin();
      }
      case Released released -> endPermit(released);
      case Abandoned abandoned -> endWait(abandoned, "abandoned", 0);
      case Refused refused -> {
        endWait(refused, "refused", 0);
        PermitRefusalEvent refusal = new PermitRefusalEvent();
        refusal.of(refused);
        refusal.cost = refused.cost().toString();
        refusal.reason = refused.reason().toString();
        refusal.commit();
      }
      case Paused paused -> {
        ThrottlePauseEvent pause = new ThrottlePauseEvent();
        pause.of(paused);
        pause.pause = Durations.nanos(paused.pause());
        pause.commit();
      }
      case Updated updated -> {
        ThrottleUpdateEvent update = new ThrottleUpdateEvent();
        update.of(updated);
        update.limits = updated.limits().toString();
        update.commit();
      }
      default -> {}
    }
  }

  private void endWait(ThrottleEvent end, String outcome, long number) {
    if (wait == null || queued == null) {
      return;
    }
    wait.end();
    if (wait.shouldCommit()) {
      wait.of(end);
      wait.cost = queued.cost().toString();
      wait.permit = number;
      wait.outcome = outcome;
      wait.waited = Durations.nanos(Duration.between(queued.at(), end.at()));
      wait.commit();
    }
  }

  private void endPermit(Released released) {
    if (permit == null) {
      return;
    }
    permit.end();
    if (permit.shouldCommit()) {
      permit.of(released);
      permit.cost = released.cost().toString();
      permit.permit = released.permit();
      permit.held = Durations.nanos(released.held());
      permit.commit();
    }
  }

  @Name("dev.headway.PermitWait")
  @Label("Permit Wait")
  @Description("A caller waits for a permit of a throttle")
  @Threshold("10 ms")
  private static final class PermitWaitEvent extends ThrottleJfrEvent {
    @Label("Cost")
    @Nullable String cost;

    @Label("Waited")
    @Description("How long it waited by the throttle's time")
    @Timespan
    long waited;

    @Label("Outcome")
    @Description("granted, refused or abandoned")
    @Nullable String outcome;

    @Label("Permit")
    @Description("The number of the permit, 0 if none was granted")
    long permit;
  }

  @Name("dev.headway.PermitRefusal")
  @Label("Permit Refusal")
  @Description("A caller gets no permit of a throttle")
  private static final class PermitRefusalEvent extends ThrottleJfrEvent {
    @Label("Cost")
    @Nullable String cost;

    @Label("Reason")
    @Nullable String reason;
  }

  @Name("dev.headway.ThrottlePause")
  @Label("Throttle Pause")
  @Description("A throttle starts nothing for a time")
  private static final class ThrottlePauseEvent extends ThrottleJfrEvent {
    @Label("Pause")
    @Timespan
    long pause;
  }

  @Name("dev.headway.ThrottleUpdate")
  @Label("Throttle Update")
  @Description("The limits of a throttle have changed")
  private static final class ThrottleUpdateEvent extends ThrottleJfrEvent {
    @Label("Limits")
    @Nullable String limits;
  }
}
