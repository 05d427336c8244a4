package dev.headway.cli.plan;

import dev.headway.cli.request.Line;
import dev.headway.cli.request.ReadAhead;
import dev.headway.cli.text.DurationFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long requests take, one after another: always the same, or as long as those of an earlier run
 * did.
 *
 * <p>Those of an earlier run come in the order in which they were sent, since a run begins slowly:
 * nothing is warm yet, and connections have to be opened. Where there are more requests, they go on
 * as the later half of that run did, in an order that is always the same and leaves nothing to
 * chance: however many are taken, they are spread over the short and the long ones as evenly as can
 * be. The parts by which the golden ratio goes on, of a whole, do that.
 */
final class Latencies {

  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final double NANOS_IN_MILLI = 1e6;

  private final long[] inOrder;

  /** The later half, the shortest first. */
  private final long[] later;

  private final OptionalDouble meanOutput;
  private long taken;

  private Latencies(long[] nanos, OptionalDouble meanOutput) {
    this.meanOutput = meanOutput;
    inOrder = nanos.clone();
    later = Arrays.copyOfRange(nanos, nanos.length / 2, nanos.length);
    Arrays.sort(later);
  }

  /** One result: when it was sent, as text that sorts, how long it took, and its tokens, if any. */
  private record Sent(String at, long tookNanos, JsonNode outputTokens) {}

  /** Always the same. */
  static Latencies of(Duration each) {
    return new Latencies(new long[] {each.toNanos()}, OptionalDouble.empty());
  }

  /** As long as some others took, of which there is at least one. */
  static Latencies like(long... nanos) {
    return new Latencies(nanos, OptionalDouble.empty());
  }

  /**
   * As long as results of {@code fetch} or {@code exec} say. Those of lines that were never sent
   * say nothing.
   *
   * @throws IllegalArgumentException if a line is no result, or none tells how long it took
   */
  static Latencies of(ReadAhead results) {
    List<Sent> all = new ArrayList<>();
    while (results.hasNext()) {
      Line line = results.next();
      if (line.fault().isPresent() || !line.text().isBlank()) {
        JsonNode result = result(line);
        if (result.path("attempts").asInt(1) > 0) {
          all.add(
              new Sent(
                  result.path("startedAt").asString(""),
                  Math.round(result.path("tookMs").doubleValue() * NANOS_IN_MILLI),
                  result.path("usage").path("output")));
        }
      }
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException("it has no results that say how long they took");
    }
    return new Latencies(
        all.stream().sorted(Comparator.comparing(Sent::at)).mapToLong(Sent::tookNanos).toArray(),
        all.stream()
            .map(Sent::outputTokens)
            .filter(JsonNode::isNumber)
            .mapToLong(JsonNode::longValue)
            .average());
  }

  private static JsonNode result(Line line) {
    try {
      JsonNode result = JsonMapper.shared().readTree(line.text());
      if (line.fault().isEmpty()
          && result.path("tookMs").isNumber()
          && result.path("tookMs").doubleValue() >= 0) {
        return result;
      }
    } catch (JacksonException e) {
      // It is told below, as what is JSON and no result is.
    }
    throw new IllegalArgumentException(
        line.because(
            "it is no result of fetch --output or exec --output: they are JSON and have tookMs"));
  }

  /** How long the next one takes, in nanoseconds. */
  long next() {
    if (taken < inOrder.length) {
      return inOrder[(int) taken++];
    }
    double part = taken++ * GOLDEN % 1;
    return later[(int) (part * later.length)];
  }

  /** How many tokens answers of a language model had on average, if results say so. */
  OptionalDouble meanOutput() {
    return meanOutput;
  }

  /** How long each takes, if all take as long. */
  OptionalLong always() {
    return inOrder.length == 1 ? OptionalLong.of(inOrder[0]) : OptionalLong.empty();
  }

  /** In words. */
  String describe() {
    LongSummaryStatistics all = Arrays.stream(inOrder).summaryStatistics();
    if (all.getCount() == 1) {
      return shown(all.getMax()) + " each";
    }
    return "%s each on average, %s to %s"
        .formatted(shown((long) all.getAverage()), shown(all.getMin()), shown(all.getMax()));
  }

  private static String shown(long nanos) {
    return DurationFormat.closely(Duration.ofNanos(nanos));
  }
}
