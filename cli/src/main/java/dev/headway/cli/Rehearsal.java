package dev.headway.cli;

import dev.headway.cli.practice.PracticeServer;
import dev.headway.cli.practice.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Fetches a few times from a practice server, runs a few commands, and writes nothing: what {@code
 * ./headway} lets the JVM watch, to make from it the cache with which it starts faster. Not a
 * command.
 */
public final class Rehearsal {

  private static final int REQUESTS = 200;

  private Rehearsal() {}

  /** Runs it. */
  public static void main(String[] arguments) throws IOException {
    Main.prepare();
    Main.loadTrustAhead();
    Path requests = Files.createTempFile("headway-rehearsal", ".txt");
    Path results = Files.createTempFile("headway-rehearsal", ".jsonl");
    int status =
        Main.commandLine().setOut(new PrintWriter(Writer.nullWriter())).execute("fetch", "--help");
    try (PracticeServer server = PracticeServer.start(ServerOptions.ON_ANY_PORT)) {
      Files.writeString(requests, lines(server.uri().toString()));
      status +=
          Main.commandLine()
              .execute(
                  "fetch",
                  "--rate",
                  "10000/s",
                  "--output",
                  results.toString(),
                  requests.toString());
      status +=
          Main.commandLine()
              .execute("exec", "--output", results.toString(), "-a", requests.toString(), "true");
    } finally {
      Files.deleteIfExists(requests);
      Files.deleteIfExists(results);
    }
    System.exit(status);
  }

  private static String lines(String server) {
    return IntStream.range(0, REQUESTS)
        .mapToObj(i ->
            i % 2 == 0
                ? server + "/" + i
                : "{\"id\": " + i + ", \"url\": \"" + server + "/" + i + "\"}")
        .collect(Collectors.joining("\n"));
  }
}
