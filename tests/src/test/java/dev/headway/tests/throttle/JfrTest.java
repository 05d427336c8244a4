package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.headway.Headway;
import dev.headway.limit.Cost;
import dev.headway.throttle.KeyedThrottle;
import dev.headway.throttle.Permit;
import dev.headway.throttle.QueueFullException;
import dev.headway.throttle.Throttle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What JDK Flight Recorder has of throttles. */
class JfrTest {

  private static final List<String> NAMES =
      List.of("PermitWait", "Permit", "PermitRefusal", "ThrottlePause", "ThrottleUpdate");

  @TempDir Path folder;

  /** Records a scene, with all events however short they are. */
  private Map<String, List<RecordedEvent>> record(Scene.Script script) throws Exception {
    try (Recording recording = new Recording()) {
      NAMES.forEach(name -> recording.enable("dev.headway." + name).withThreshold(Duration.ZERO));
      recording.start();
      Scene.play(script);
      recording.stop();
      Path file = folder.resolve("recording.jfr");
      recording.dump(file);
      Map<String, List<RecordedEvent>> events =
          RecordingFile.readAllEvents(file).stream()
              .sorted(Comparator.comparing(RecordedEvent::getStartTime))
              .collect(
                  Collectors.groupingBy(
                      event -> event.getEventType().getName().replace("dev.headway.", "")));
      NAMES.forEach(name -> events.putIfAbsent(name, List.of()));
      return events;
    }
  }

  @Test
  void aRecordingOfARunHasTheWaitsAndThePermitsOfItsItems() throws Exception {
    Map<String, List<RecordedEvent>> events =
        record(scene -> {
          Throttle api = scene.throttle().name("api").spacing("1/s").build();
          Headway.with(api)
              .forEach(List.of(1, 2), item -> scene.time.sleep(Duration.ofMillis(100L * item)));
        });
    assertThat(events.get("Permit"))
        .extracting(event -> event.getDuration("waited"), event -> event.getDuration("held"))
        .containsExactly(
            tuple(Duration.ZERO, Duration.ofMillis(100)),
            tuple(Duration.ofSeconds(1), Duration.ofMillis(200)));
    assertThat(events.get("Permit"))
        .extracting(event -> event.getString("throttle"))
        .containsOnly("api");
    assertThat(events.get("PermitWait")).hasSize(1);
    RecordedEvent wait = events.get("PermitWait").getFirst();
    assertThat(wait.getString("throttle")).isEqualTo("api");
    assertThat(wait.getString("key")).isNull();
    assertThat(wait.getString("cost")).isEqualTo("1 permit");
    assertThat(wait.getString("outcome")).isEqualTo("granted");
    assertThat(wait.getDuration("waited")).isEqualTo(Duration.ofSeconds(1));
    assertThat(wait.getLong("permit"))
        .isPositive()
        .isEqualTo(events.get("Permit").getLast().getLong("permit"));
  }

  @Test
  void aRecordingHasKeysAndCostsAsSettled() throws Exception {
    Map<String, List<RecordedEvent>> events =
        record(scene -> {
          Throttle api = scene.throttle().name("api").budget("tokens", "9/s").build();
          KeyedThrottle<Integer> keys = api.keyed((key, limits) -> limits.concurrency(1));
          Permit permit = keys.get(7).acquire(Cost.of("tokens", 5));
          permit.settle("tokens", 3);
          permit.close();
        });
    RecordedEvent permit = events.get("Permit").getFirst();
    assertThat(permit.getString("throttle")).isEqualTo("api/7");
    assertThat(permit.getString("key")).isEqualTo("7");
    assertThat(permit.getString("cost")).isEqualTo(Cost.of("tokens", 3).toString());
  }

  @Test
  void aRecordingHasRefusalsCallersThatLeavePausesAndUpdates() throws Exception {
    Map<String, List<RecordedEvent>> events =
        record(scene -> {
          Throttle api = scene.throttle().name("api").concurrency(1).maxWaiting(1).build();
          try (Permit permit = api.acquire()) {
            CompletableFuture<Permit> waiting = api.acquireAsync();
            assertThatExceptionOfType(QueueFullException.class).isThrownBy(api::acquire);
            scene.sleep(Duration.ofMillis(300));
            waiting.cancel(true);
          }
          api.pauseFor(Duration.ofSeconds(2));
          api.update(limits -> limits.concurrency(5));
        });
    assertThat(events.get("PermitRefusal")).hasSize(1);
    assertThat(events.get("PermitRefusal").getFirst().getString("reason"))
        .contains("QueueFullException", "api");
    assertThat(events.get("PermitWait")).hasSize(1);
    RecordedEvent wait = events.get("PermitWait").getFirst();
    assertThat(wait.getString("outcome")).isEqualTo("abandoned");
    assertThat(wait.getDuration("waited")).isEqualTo(Duration.ofMillis(300));
    assertThat(events.get("ThrottlePause"))
        .extracting(event -> event.getDuration("pause"))
        .containsExactly(Duration.ofSeconds(2));
    assertThat(events.get("ThrottleUpdate"))
        .extracting(event -> event.getString("limits"))
        .containsExactly("[" + 5 + " at once]");
  }

  @Test
  void eventsHaveLabelsACategoryAndAThresholdThatKeepsRecordingsSmall() throws Exception {
    var unused = record(scene -> scene.throttle("1/s").acquire().close());
    var types =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(type -> type.getName().startsWith("dev.headway."))
            .collect(Collectors.toMap(EventType::getName, Function.identity()));
    assertThat(types.keySet())
        .containsExactlyInAnyOrderElementsOf(
            NAMES.stream().map(name -> "dev.headway." + name).toList());
    assertThat(types.values())
        .allSatisfy(type -> {
          assertThat(type.getCategoryNames()).containsExactly("Headway");
          assertThat(type.getLabel()).isNotBlank().doesNotContain(".");
          assertThat(type.getDescription()).isNotBlank();
          assertThat(type.getFields())
              .filteredOn(field -> field.getName().equals("throttle"))
              .singleElement()
              .satisfies(field -> assertThat(field.getLabel()).isEqualTo("Throttle"));
        });
    for (String name : List.of("PermitWait", "Permit")) {
      assertThat(types.get("dev.headway." + name).getSettingDescriptors())
          .filteredOn(setting -> setting.getName().equals("threshold"))
          .singleElement()
          .satisfies(setting -> assertThat(setting.getDefaultValue()).isEqualTo("10 ms"));
    }
  }

  @Test
  void aRecordingThatLeavesThemOutMakesNoThrottleAllocate() throws Exception {
    assertThat(Double.parseDouble(output(List.of(), "disabled"))).isLessThan(1);
  }

  @Test
  void throttlesAndRunsWorkWithoutTheModule() throws Exception {
    assertThat(output(List.of("--limit-modules", "java.base"), "run"))
        .isEqualTo("jdk.jfr false, results 40, events 40");
  }

  /** What {@link JfrProgram} prints in a JVM of its own. */
  private static String output(List<String> options, String scenario)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(JfrProgram.class.getName(), scenario));
    Path file = Files.createTempFile("jfr", ".txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(file.toFile()).start();
    int status = process.waitFor();
    String text = Files.readString(file).strip();
    Files.delete(file);
    assertThat(status).as(text).isZero();
    return text;
  }
}
