package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Writes the manual, a page a command, to {@code target/manual}, of which {@code cli/image} makes
 * man pages.
 */
final class ManPagesTest {

  private static final Path FOLDER = Path.of("target", "manual");

  @Test
  void every_command_has_a_page_that_names_all_its_options_and_shows_its_examples()
      throws IOException {
    Files.createDirectories(FOLDER);
    CommandLine headway = Main.commandLine();
    for (CommandLine command :
        Stream.concat(Stream.of(headway), headway.getSubcommands().values().stream()).toList()) {
      CommandSpec spec = command.getCommandSpec();
      List<String> header = List.of(spec.usageMessage().header());
      String page = page(spec);
      Files.writeString(FOLDER.resolve(spec.qualifiedName("-") + ".1.adoc"), page);

      assertThat(page).contains(header.getFirst());
      assertThat(page).contains("== Examples\n", String.join("\n", examples(header)));
      for (OptionSpec option : spec.options()) {
        assertThat(page).contains(option.names());
      }
      for (String subcommand : command.getSubcommands().keySet()) {
        assertThat(page).contains("*" + subcommand + "*");
      }
    }
  }

  private static List<String> examples(List<String> header) {
    return header.subList(2, header.size());
  }

  /** The page in AsciiDoc. The header of the help is what a command does, and then examples. */
  private static String page(CommandSpec spec) {
    UsageMessageSpec usage = spec.usageMessage();
    List<String> header = List.of(usage.header());
    usage.header(header.getFirst());
    spec.versionProvider(null);
    StringWriter page = new StringWriter();
    PrintWriter out = new PrintWriter(page);
    ManPageGenerator.writeSingleManPage(out, spec);
    out.printf("%n== Examples%n%n....%n%s%n....%n", String.join("\n", examples(header)));
    out.flush();
    return page.toString();
  }
}
