package dev.headway;

import dev.headway.time.TimeSource;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The reader of a run, of one thread at a time. It fetches all outcomes that there are, and has
 * room made as it hands them out. What it touches for each of them is on no cache line that workers
 * write.
 */
final class Reader<T extends @Nullable Object, R extends @Nullable Object> {

  private final Outbox<T, R> outbox;
  private final Crew crew;
  private final Room.Made room;
  private final Alone stopped;
  private final Alone shortTasks;
  private final TimeSource time;

  /** What has been fetched and not handed out. */
  private Queue<Outcome<T, R>> fetched = new ArrayDeque<>();

  Reader(Outbox<T, R> outbox, Crew crew, Room room, Alone shortTasks, TimeSource time) {
    this.outbox = outbox;
    this.crew = crew;
    this.room = room.made;
    this.stopped = crew.stopped;
    this.shortTasks = shortTasks;
    this.time = time;
  }

  /**
   * Waits for the next outcome; null if there will be none.
   *
   * @throws dev.headway.InputException once, as soon as the input has failed, or at the end if it
   *     has failed to close
   */
  @Nullable Outcome<T, R> next() throws InterruptedException {
    int looks = 0;
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      outbox.throwFailure();
      Outcome<T, R> outcome = fetched.poll();
      if (outcome != null) {
        if (room.makeOne(shortTasks.first() == 1)) {
          crew.roomMade();
        }
        return outcome;
      }
      boolean looksAgain = looks < Watch.LOOKS && shortTasks.first() == 1;
      fetched = outbox.fetch(fetched, !looksAgain);
      if (fetched.isEmpty()) {
        if (outbox.isOver()) {
          return null;
        }
        if (looksAgain) {
          Watch.pause(++looks);
        } else {
          time.park(this, TimeSource.NEVER);
        }
      }
    }
  }

  /** Whether the run has been stopped. */
  boolean isStopped() {
    return stopped.first() == 1;
  }
}
