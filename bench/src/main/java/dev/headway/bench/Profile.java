package dev.headway.bench;

import dev.headway.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** Profiles code with the JDK's Flight Recorder. */
public final class Profile {

  private static final long SECONDS = 5;
  private static final int SHOWN = 12;

  private Profile() {}

  /** Work that is repeated, each time for much less than a second. */
  public interface Work {
    void run() throws Exception;
  }

  /**
   * The methods that ran most often.
   *
   * @param what a description for people
   * @param main a class whose main method calls {@link #answer}, in a JVM of its own
   */
  public static Table table(String what, Class<?> main, Object... arguments) {
    return Table.ofLines(
        "Where the processors are: " + what,
        "method",
        "% of samples",
        Forked.lines(main, List.of("-Xmx2g"), arguments));
  }

  /** Records some work, returns the result to the JVM that started this one, and exits. */
  public static void answer(int warmUps, Work work) throws Exception {
    for (int i = 0; i < warmUps; i++) {
      work.run();
    }
    Forked.answer(shares(record(work)));
  }

  private static List<RecordedEvent> record(Work work) throws Exception {
    Path file = Files.createTempFile("headway-bench", ".jfr");
    try (Recording recording = new Recording(settings())) {
      recording.start();
      long from = System.nanoTime();
      while (System.nanoTime() - from < SECONDS * 1_000_000_000) {
        work.run();
      }
      recording.stop();
      recording.dump(file);
      return RecordingFile.readAllEvents(file);
    } finally {
      Files.delete(file);
    }
  }

  private static Configuration settings() throws IOException, ParseException {
    return Configuration.getConfiguration("profile");
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
