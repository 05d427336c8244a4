package dev.headway.bench;

import dev.headway.bench.report.Report;
import java.util.function.Consumer;

/** One part of the measurements. */
public interface Part {

  /** Its name on the command line, and of its file of results. */
  String name();

  /** Whether a quick run has it. */
  boolean quick();

  /**
   * Measures.
   *
   * @param progress gets a short description of the current step
   */
  Report run(Effort effort, Consumer<String> progress);
}
