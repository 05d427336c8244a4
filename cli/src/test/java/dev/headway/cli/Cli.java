package dev.headway.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What came of running the command in this JVM.
 *
 * @param status its exit status
 * @param out what it wrote to standard output, if that was kept
 * @param messages what it said on standard error
 */
record Cli(int status, String out, String messages) {

  static {
    Main.prepare();
  }

  /** Runs it on some standard input. */
  static Cli run(String input, String... arguments) {
    return run(input.getBytes(StandardCharsets.UTF_8), arguments);
  }

  static Cli run(byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Cli ran = run(new ByteArrayInputStream(input), out, arguments);
    return new Cli(ran.status, out.toString(StandardCharsets.UTF_8), ran.messages);
  }

  static Cli run(InputStream input, OutputStream out, String... arguments) {
    StringWriter messages = new StringWriter();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.commandLine(input, out, err).setErr(new PrintWriter(messages)).execute(arguments);
    return new Cli(status, "", err.toString(StandardCharsets.UTF_8) + messages);
  }

  List<JsonNode> results() {
    return results(out);
  }

  /** Each line of a text as JSON; fails if one is not. */
  static List<JsonNode> results(String text) {
    return text.lines().map(JsonMapper.shared()::readTree).toList();
  }
}
