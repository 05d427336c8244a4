package dev.headway.cli.option;

import java.util.Locale;

/** How results are written. */
public enum OutputFormat {
  /** One JSON object in each line. */
  JSONL,
  /** A table (CSV, RFC 4180) whose first row names its columns. */
  CSV,
  /** A line of the output and error files of OpenAI's Batch API. */
  OPENAI_BATCH;

  /** Whether a run can be continued with what is written. */
  public boolean isResumable() {
    return this != CSV;
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
