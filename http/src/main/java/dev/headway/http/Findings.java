package dev.headway.http;

import dev.headway.limit.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a response states about limits, as its dialects collect it. */
final class Findings {

  /** How long the client is asked to wait. */
  final List<Duration> waits = new ArrayList<>();

  /** What is left. */
  final List<Allowance> allowances = new ArrayList<>();

  /** Resets of limits whose remaining count is not stated. */
  final List<Duration> resets = new ArrayList<>();

  /** The server's limits on requests. */
  final List<Rate> policies = new ArrayList<>();
}
