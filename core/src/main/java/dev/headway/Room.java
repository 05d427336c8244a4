package dev.headway;

/**
 * How far a run may be ahead of its reader. Its two sides are objects of their own, so that what
 * one writes is on no cache line that the other reads.
 */
final class Room {

  private static final int A_FEW = 8;

  /** What the crew takes, under its guard. */
  final Taken taken;

  /** How much the reader has told of, and whether anybody wants more (1): in that order. */
  private final Alone told = new Alone();

  /** What the reader makes. */
  final Made made;

  Room(long most) {
    taken = new Taken(most, told);
    made = new Made(told);
  }

  /** The crew's side. */
  static final class Taken {

    private final long most;
    private final Alone told;
    private long count;

    /** What is known of how much was made, so as not to ask the reader's processor each time. */
    private long known;

    private Taken(long most, Alone told) {
      this.most = most;
      this.told = told;
    }

    /** Whether there is room for one more; if not, the reader will be told that somebody waits. */
    boolean isRoomLeft() {
      if (count - known >= most) {
        told.second(1);
        known = told.first();
      }
      return count - known < most;
    }

    void takeOne() {
      count++;
    }
  }

  /** The reader's side. */
  static final class Made {

    private final Alone told;
    private long count;
    private int untold;

    private Made(Alone told) {
      this.told = told;
    }

    /**
     * Makes room for one more. True if somebody may wait for it.
     *
     * @param atLeisure whether a few may be told of together, as long as nobody wants any
     */
    boolean makeOne(boolean atLeisure) {
      boolean wanted = told.second() != 0;
      count++;
      if (++untold >= A_FEW || wanted || !atLeisure) {
        told.first(count);
        untold = 0;
        wanted = told.second() != 0;
      }
      if (wanted) {
        told.second(0);
      }
      return wanted;
    }
  }
}
