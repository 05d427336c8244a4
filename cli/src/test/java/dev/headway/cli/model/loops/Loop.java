package dev.headway.cli.model.loops;

/** A way of making many calls. */
interface Loop {

  /** Makes them all, and returns when the last has ended. */
  void run(Calls calls) throws Exception;
}
