package dev.headway.limit;

import java.util.ArrayList;
import java.util.List;

/**
 * The naive twin of {@link SlidingWindow}: keeps all that ever started, and answers by going
 * through all of it. Counted from the start is on arrival within 0, from the end within for ever.
 */
final class NaiveWindow {

  /** One start. */
  static final class Piece {
    long startedAt;
    long amount;

    /** When it arrived or was closed, the earlier. */
    long arrivedAt = Limit.NEVER;

    boolean closed;

    boolean hasArrived() {
      return arrivedAt != Limit.NEVER;
    }
  }

  long permits;
  long period;
  long bound;
  final List<Piece> pieces = new ArrayList<>();

  NaiveWindow(long permits, long period, long bound) {
    this.permits = permits;
    this.period = period;
    this.bound = bound;
  }

  private static long plus(long instant, long nanos) {
    return instant > Limit.NEVER - nanos ? Limit.NEVER : instant + nanos;
  }

  /** When the slot of a piece is free again, unless it arrives before. */
  long freeAt(Piece piece) {
    return plus(Math.min(piece.arrivedAt, plus(piece.startedAt, bound)), period);
  }

  long taken(long now) {
    return pieces.stream().filter(p -> freeAt(p) > now).mapToLong(p -> p.amount).sum();
  }

  long readyAt(long now, long amount) {
    if (taken(now) + amount <= permits) {
      return now;
    }
    return pieces.stream()
        .mapToLong(this::freeAt)
        .filter(t -> t > now && t != Limit.NEVER && taken(t) + amount <= permits)
        .min()
        .orElse(Limit.NEVER);
  }

  Piece start(long now, long amount) {
    Piece piece = new Piece();
    piece.startedAt = now;
    piece.amount = amount;
    pieces.add(piece);
    return piece;
  }

  /**
   * When an amount can start at the earliest, behind so many that start one by one, if all that is
   * in transit arrives now and all that starts arrives at once.
   */
  long earliest(long now, long ahead, long amount) {
    NaiveWindow future = new NaiveWindow(permits, period, bound);
    for (Piece piece : pieces) {
      Piece copy = future.start(piece.startedAt, piece.amount);
      copy.arrivedAt = Math.min(piece.arrivedAt, now);
    }
    long at = now;
    for (long i = 0; i < ahead; i++) {
      at = future.readyAt(at, 1);
      future.start(at, 1).arrivedAt = at;
    }
    return future.readyAt(at, amount);
  }

  /** A window of another rate takes over from this: slots that are free by now stay free. */
  NaiveWindow inherit(long now, long newPermits, long newPeriod) {
    NaiveWindow heir = new NaiveWindow(newPermits, newPeriod, bound);
    pieces.stream().filter(p -> freeAt(p) > now).forEach(heir.pieces::add);
    return heir;
  }
}
