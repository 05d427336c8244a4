package dev.headway;

import org.jspecify.annotations.Nullable;

/** One of a crew. Its fields but the thread belong to the crew's guard. */
final class Worker {

  /** What it runs on, from when it has begun. */
  volatile @Nullable Thread thread;

  /** Whether it has nothing to do until it can take the turn. */
  boolean idle;

  /** Whether it was told to take the turn. */
  boolean called;

  /** Whether it holds one of the places. */
  boolean hasPlace;
}
