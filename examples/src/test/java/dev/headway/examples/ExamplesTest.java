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
        .hasSize(8)
        .contains("[Hello, Robert, Hello, Carmen, Hello, Lucas]");
  }
}
