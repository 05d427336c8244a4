package dev.headway.bench.runs;

import dev.headway.bench.Forked;
import dev.headway.bench.peers.Runs;
import dev.headway.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** Where the processors are while a candidate runs, as the JDK's Flight Recorder samples it. */
public final class Profile {

  private static final int WARM_UPS = 8;
  private static final long SECONDS = 5;
  private static final int SHOWN = 12;

  private Profile() {}

  /** The methods that were running most often. */
  static Table table(Runs candidate, Scenario scenario) {
    Table table =
        new Table(
            "Where the processors are: " + candidate.title() + ", " + scenario.title,
            "method",
            "% of samples");
    for (String line : Forked.lines(Profile.class, List.of("-Xmx2g"), candidate, scenario)) {
      int space = line.indexOf(' ');
      table.add(
          "`" + line.substring(space + 1) + "`", Double.parseDouble(line.substring(0, space)));
    }
    return table;
  }

  /** Candidate, scenario. */
  public static void main(String[] arguments)
      throws IOException, ParseException, InterruptedException, ExecutionException {
    Runs candidate = Runs.valueOf(arguments[0]);
    Scenario scenario = Scenario.valueOf(arguments[1]);
    for (int i = 0; i < WARM_UPS; i++) {
      candidate.time(scenario.items, scenario.atOnce, scenario.work());
    }
    Forked.answer(shares(record(candidate, scenario)));
  }

  private static List<RecordedEvent> record(Runs candidate, Scenario scenario)
      throws IOException, ParseException, InterruptedException, ExecutionException {
    Path file = Files.createTempFile("headway-bench", ".jfr");
    try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
      recording.start();
      long from = System.nanoTime();
      while (System.nanoTime() - from < SECONDS * 1_000_000_000) {
        candidate.time(scenario.items, scenario.atOnce, scenario.work());
      }
      recording.stop();
      recording.dump(file);
      return RecordingFile.readAllEvents(file);
    } finally {
      Files.delete(file);
    }
  }

  private static List<String> shares(List<RecordedEvent> events) {
    Map<String, Integer> samples = new HashMap<>();
    for (RecordedEvent event : events) {
      if (event.getEventType().getName().equals("jdk.ExecutionSample")
          && event.getStackTrace() != null
          && !event.getStackTrace().getFrames().isEmpty()) {
        samples.merge(name(event.getStackTrace().getFrames().getFirst()), 1, Integer::sum);
      }
    }
    int all = Math.max(1, samples.values().stream().mapToInt(Integer::intValue).sum());
    List<String> shares = new ArrayList<>();
    samples.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(SHOWN)
        .forEach(entry -> shares.add(100.0 * entry.getValue() / all + " " + entry.getKey()));
    return shares;
  }

  private static String name(RecordedFrame frame) {
    RecordedMethod method = frame.getMethod();
    return method.getType().getName().replaceFirst(".*\\.", "") + "." + method.getName();
  }
}
