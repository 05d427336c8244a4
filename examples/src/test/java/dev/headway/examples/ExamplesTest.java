package dev.headway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each example runs and prints what it says. */
class ExamplesTest {

  private interface Example {
    void run(String[] args) throws Exception;
  }

  private static List<String> printedBy(Example example) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      example.run(new String[0]);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void fromAiometer() throws Exception {
    assertThat(printedBy(FromAiometer::main))
        .hasSize(19)
        .contains("[Hello, Robert, Hello, Carmen, Hello, Lucas]", "4 items of endlessly many")
        .contains("Robert fetched", "Carmen fetched", "Lucas fetched")
        .endsWith("3", "task 1 failed: java.io.IOException: nothing there", "5");
  }

  @Test
  void throttleEvents() throws Exception {
    assertThat(printedBy(ThrottleEvents::main))
        .containsExactly("open: [2 permits]", "waits: 1, keys: [a.example, b.example, none]");
  }

  @Test
  void fromAioTasks() throws Exception {
    assertThat(printedBy(FromAioTasks::main))
        .hasSize(25)
        .contains("0 starting", "9 starting")
        .endsWith(
            "fine",
            "stopped: task 1 failed: java.lang.IllegalStateException: sad",
            "fine",
            "went on after: task 1 failed: java.lang.IllegalStateException: sad",
            "input failed: the input failed: java.lang.IllegalStateException: no more tasks");
  }

  @Test
  void fromAsyncioThrottler() throws Exception {
    List<String> printed = printedBy(FromAsyncioThrottler::main);
    assertThat(printed).hasSize(24).endsWith("Exceptions: 1");
    assertThat(printed.subList(0, 21)).doesNotHaveDuplicates().contains("Item received: 20");
  }

  @Test
  void fromAiothrottles() throws Exception {
    assertThat(printedBy(FromAiothrottles::main))
        .contains("foo 0", "foo 8")
        .last()
        .isEqualTo("now throttle[3/50ms from end]");
  }

  @Test
  void fromAsyncFlowControl() throws Exception {
    assertThat(printedBy(FromAsyncFlowControl::main))
        .contains("rate 4", "queue 0", "too long a queue or wait", "at most twenty at once")
        .contains("waited and worked for too long", "spaced 2", "service 1", "function 2", "timed")
        .doesNotContain("queue 1");
  }

  @Test
  void beyondAllFive() throws Exception {
    assertThat(printedBy(BeyondAllFive::main))
        .contains("about the weather", "about a poem of thirty lines")
        .endsWith(
            "one after 0 s",
            "two after 0 s",
            "one after 0 s",
            "somebody waits for this",
            "true, false");
  }
}
