package dev.headway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.bench.report.Machine;
import dev.headway.bench.report.Report;
import dev.headway.bench.report.Results;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {

  @TempDir private Path folder;

  private final StringWriter said = new StringWriter();

  private int document() {
    CommandLine command = new CommandLine(new Main()).setErr(new PrintWriter(said));
    return command.execute("--document", "--output=" + folder);
  }

  @Test
  void aPageIsMadeOfAWholeRun() {
    assertThat(document()).isEqualTo(2);
    assertThat(said.toString()).contains("there are no results of a whole run of costs");
  }

  @Test
  void aPageIsMadeOfOneBuild() {
    for (Part part : Main.PARTS) {
      String build = part.name().equals("idle") ? "yesterday's" : "today's";
      new Results(false, build, Machine.here(), new Report(part.name(), part.name())).write(folder);
    }
    assertThat(document()).isEqualTo(2);
    assertThat(said.toString()).contains("are of different builds");
  }
}
