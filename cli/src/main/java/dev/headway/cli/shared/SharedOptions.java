package dev.headway.cli.shared;

import dev.headway.cli.fetch.Secrets;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option that says where processes share what they share. */
public final class SharedOptions {

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--shared",
      paramLabel = "URI",
      description = {
        "Where processes on many machines share what they share, such as redis://host:6379;"
            + " rediss:// is with TLS. $${NAME} in it is a variable of the environment, such as a"
            + " password."
      })
  private @Nullable String given;

  /** Made by picocli. */
  public SharedOptions() {}

  /**
   * Where that is, if it is given; without its password wherever it is shown.
   *
   * @param secrets get to know what comes from the environment
   */
  public Optional<SharedUri> uri(Secrets secrets) {
    if (given == null) {
      return Optional.empty();
    }
    try {
      String shown = secrets.address(given);
      return Optional.of(SharedUri.parse(secrets.reveal(shown, SharedOptions::encoded), shown));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
