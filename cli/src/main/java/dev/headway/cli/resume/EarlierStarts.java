package dev.headway.cli.resume;

import dev.headway.limit.Cost;
import dev.headway.throttle.PriorStart;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What earlier runs have started and been told, as far as it can still matter. */
public final class EarlierStarts {

  private static final String ANY = "";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Instant now;
  private final Duration longest;
  private final Map<Long, Started> underWay = new LinkedHashMap<>();
  private final List<Started> ended = new ArrayList<>();
  private final Map<String, Instant> pauses = new HashMap<>();
  private long lastNumber;

  private record Started(String throttle, PriorStart work) {}

  /** Nothing yet. What ended longer ago than the longest period of the limits is left out. */
  EarlierStarts(Instant now, Duration longest) {
    this.now = now;
    this.longest = longest;
  }

  /** Reads a journal, if there is one. A line that is torn says nothing. */
  void read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    // Torn text may be no UTF-8, and is replaced.
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("{") && line.endsWith("}")) {
          take(JSON.readTree(line));
        }
      }
    } catch (JacksonException e) {
      throw new IOException("it holds what no run has written there", e);
    }
  }

  /** Takes works that may have been any throttle's. */
  void addAll(List<PriorStart> works) {
    works.forEach(work -> ended.add(new Started(ANY, work)));
  }

  private void take(JsonNode line) {
    Instant at = instant(line.path("at"));
    if (line.has("start")) {
      long number = line.path("start").asLong();
      lastNumber = Math.max(lastNumber, number);
      PriorStart work = new PriorStart(at, Optional.empty(), cost(line.path("cost")));
      underWay.put(number, new Started(line.path("of").asString(), work));
    } else if (line.has("end")) {
      Started started = underWay.remove(line.path("end").asLong());
      if (started != null && at.plus(longest).isAfter(now)) {
        PriorStart work =
            new PriorStart(
                started.work().startedAt(),
                Optional.of(at),
                line.has("cost") ? cost(line.path("cost")) : started.work().cost());
        ended.add(new Started(started.throttle(), work));
      }
    } else if (line.has("pause")) {
      pauses.merge(
          line.path("pause").asString(),
          instant(line.path("until")),
          (one, other) -> one.isAfter(other) ? one : other);
    }
  }

  private static Instant instant(JsonNode micros) {
    return Instant.EPOCH.plus(micros.asLong(0), ChronoUnit.MICROS);
  }

  private static Cost cost(JsonNode amounts) {
    long permits = amounts.path(Cost.PERMITS).asLong(1);
    Map<String, Long> budgets = new HashMap<>();
    amounts
        .properties()
        .forEach(amount -> budgets.put(amount.getKey(), amount.getValue().asLong()));
    budgets.remove(Cost.PERMITS);
    return new Cost(permits, budgets);
  }

  long lastNumber() {
    return lastNumber;
  }

  List<Long> underWay() {
    return List.copyOf(underWay.keySet());
  }

  /** What was started by a throttle and by those that share its limits, such as its hosts'. */
  public List<PriorStart> of(String throttle) {
    List<PriorStart> works = new ArrayList<>();
    for (List<Started> some : List.of(ended, List.copyOf(underWay.values()))) {
      some.stream()
          .filter(started -> isOf(throttle, started.throttle()))
          .map(Started::work)
          .forEach(works::add);
    }
    return works;
  }

  private static boolean isOf(String throttle, String name) {
    return name.equals(ANY) || name.equals(throttle) || name.startsWith(throttle + "/");
  }

  /** For how long a throttle is still to be left alone; zero if it is not. */
  public Duration pauseOf(String throttle) {
    Duration left = Duration.between(now, pauses.getOrDefault(throttle, now));
    return left.isNegative() ? Duration.ZERO : left;
  }
}
