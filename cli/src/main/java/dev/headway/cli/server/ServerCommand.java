package dev.headway.cli.server;

import dev.headway.cli.DurationConverter;
import dev.headway.cli.RateConverter;
import dev.headway.limit.Rate;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code headway server}: runs a {@link PracticeServer} until it is interrupted.
 *
 * <p>The first and only line on standard output is the server's address. The exit status is 2 for
 * wrong usage or a port that cannot be had, and 130 when interrupted.
 */
@Command(
    name = "server",
    mixinStandardHelpOptions = true,
    addMethodSubcommands = false,
    sortOptions = false,
    abbreviateSynopsis = true,
    header = {
      "Runs a practice server on loopback that holds its callers to a strict limit.",
      "",
      "  headway server --rate 40/s",
      "  headway server --rate 40/s --port 0 --latency 300ms --busy-every 50"
    },
    description = {
      "Prints its address on standard output. Every path answers; /stats says how many requests"
          + " were accepted and rejected, and the most that came in any one window."
    })
public final class ServerCommand implements Callable<Integer> {

  private static final int INTERRUPTED = 130;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      converter = RateConverter.class,
      description = {
        "Accept at most so many requests in any window of so long, and answer 429 to the rest.",
        "An amount, a slash and a time: 40/s, 100/m, 12/37m, 100/500ms.",
        "Without it nothing is refused."
      })
  private @Nullable Rate rate;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "The port, or 0 for any that is free. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--latency",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "0s",
      description = "Take this long to answer, such as 300ms or 2s. Default: ${DEFAULT-VALUE}.")
  private Duration latency = Duration.ZERO;

  @Option(
      names = "--busy-every",
      paramLabel = "K",
      defaultValue = "0",
      description = {
        "Answer every K-th request with 429 and Retry-After: 1, whatever the rate.",
        "Default: ${DEFAULT-VALUE}, never."
      })
  private long busyEvery;

  @Option(
      names = "--drop-every",
      paramLabel = "K",
      defaultValue = "0",
      description = {
        "Close the connection of every K-th request without an answer.",
        "Default: ${DEFAULT-VALUE}, never."
      })
  private long dropEvery;

  /** Made by picocli, which fills in the options. */
  public ServerCommand() {}

  @Override
  public Integer call() throws IOException {
    try (PracticeServer server = PracticeServer.start(options())) {
      announce(server);
      new CountDownLatch(1).await();
      return ExitCode.OK;
    } catch (InterruptedException e) {
      return INTERRUPTED;
    } catch (BindException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf(
          "Cannot listen on port %d: %s. Choose another with --port N, or any free one with --port"
              + " 0.%n",
          port, e.getMessage());
      err.flush();
      return ExitCode.USAGE;
    }
  }

  private ServerOptions options() {
    try {
      ServerOptions options =
          ServerOptions.ON_ANY_PORT
              .withPort(port)
              .withLatency(latency)
              .withBusyEvery(busyEvery)
              .withDropEvery(dropEvery);
      return rate == null ? options : options.withQuota(rate.permits(), rate.period());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void announce(PracticeServer server) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(server.uri());
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        "Accepting %s; %s/stats keeps the score. Ctrl-C ends it.%n",
        rate == null ? "every request, as there is no --rate" : "at most " + rate + ", strictly",
        server.uri());
    err.flush();
  }
}
