package dev.headway.bench;

import dev.headway.bench.report.Report;
import java.util.function.Consumer;

/** One thing that is measured. */
public interface Part {

  /** The name by which it is asked for, and that of its file of results. */
  String name();

  /** Whether a quick run holds it. */
  boolean quick();

  /**
   * Measures.
   *
   * @param progress hears, in a few words, what is being measured
   */
  Report run(Effort effort, Consumer<String> progress);
}
