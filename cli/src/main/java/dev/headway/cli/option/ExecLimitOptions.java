package dev.headway.cli.option;

import dev.headway.limit.Cost;
import picocli.CommandLine.ArgGroup;

/** The options of {@code exec} that say how fast commands may start. */
public final class ExecLimitOptions extends LimitOptions {

  @ArgGroup(validate = false)
  private EachOption each = new EachOption();

  /** Made by picocli. */
  public ExecLimitOptions() {}

  /**
   * What each command takes.
   *
   * @throws UsageException if there is no such budget
   */
  public Cost cost() {
    return each.cost(budgets());
  }
}
