package dev.headway.cli.practice;

import dev.headway.cli.option.HelpOption;
import dev.headway.cli.option.LatencyOption;
import dev.headway.cli.option.RateOption;
import dev.headway.cli.option.UsageException;
import dev.headway.cli.vendor.VendorName;
import dev.headway.cli.vendor.VendorSettings;
import dev.headway.limit.Rate;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code headway server}: runs a {@link PracticeServer} until it is interrupted.
 *
 * <p>The first and only line on standard output is the server's address. The exit status is 2 for
 * wrong usage or a port that cannot be had, and 130 when interrupted.
 */
@Command(
    name = "server",
    addMethodSubcommands = false,
    sortOptions = false,
    abbreviateSynopsis = true,
    header = {
      "Runs a practice server on loopback that holds its callers to a strict limit.",
      "",
      "  headway server --rate 40/s",
      "  headway server --rate 40/s --port 0 --latency 300ms --busy-every 50",
      "  headway server --like github --speed 60",
      "  headway server --like openai --rate 500/m --token-quota tokens=60000/m"
    },
    description = {
      "Prints its address on standard output. Every path answers; /stats says how many requests"
          + " were accepted and rejected, and the most that came in any one window.",
      "With --like, the limits and the fields are those of a service, and /stats says which limit"
          + " has refused how many. Like openai, it answers chat completions at"
          + " /v1/chat/completions, like anthropic, messages at /v1/messages."
    })
public final class ServerCommand extends HelpOption implements Callable<Integer> {

  private static final int INTERRUPTED = 130;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @ArgGroup(validate = false)
  private RateOption rates = new RateOption();

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "The port, or 0 for any that is free. Default: ${DEFAULT-VALUE}.")
  private int port;

  @ArgGroup(validate = false)
  private LikeOptions like = new LikeOptions();

  @ArgGroup(validate = false)
  private LatencyOption latency = new LatencyOption();

  @Option(
      names = "--busy-every",
      paramLabel = "K",
      defaultValue = "0",
      description = {
        "Answer every K-th request with 429 and Retry-After: 1, whatever the rate; like openai or"
            + " anthropic with 529, like others with 503.",
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
    try {
      serve();
      return ExitCode.OK;
    } catch (InterruptedException e) {
      return INTERRUPTED;
    } catch (BindException e) {
      throw new UsageException(
          "cannot listen on port %d: %s. Choose another with --port N, or any free one with --port 0"
              .formatted(port, e.getMessage()),
          e);
    }
  }

  private void serve() throws IOException, InterruptedException {
    ServerOptions options = options();
    Optional<VendorName> imitated = like.name();
    if (imitated.isPresent()) {
      VendorSettings settings = settings(imitated.get());
      try (VendorServer server = VendorServer.start(options, imitated.get(), settings)) {
        announce(server.uri(), "what " + imitated.get().title() + " accepts, strictly");
        new CountDownLatch(1).await();
      }
    } else {
      try (PracticeServer server = PracticeServer.start(options)) {
        announce(
            server.uri(),
            rate()
                .map(rate -> "at most " + rate + ", strictly")
                .orElse("every request, as there is no --rate"));
        new CountDownLatch(1).await();
      }
    }
  }

  private VendorSettings settings(VendorName imitated) {
    try {
      return like.settings(imitated, rate());
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private ServerOptions options() {
    try {
      ServerOptions options =
          ServerOptions.ON_ANY_PORT
              .withPort(port)
              .withLatency(latency.given().orElse(Duration.ZERO))
              .withBusyEvery(busyEvery)
              .withDropEvery(dropEvery);
      return rate().map(rate -> options.withQuota(rate.permits(), rate.period())).orElse(options);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private Optional<Rate> rate() {
    List<Rate> given = rates.given();
    if (given.size() > 1) {
      throw new UsageException("--rate is given twice: the server enforces one");
    }
    return given.stream().findFirst();
  }

  private void announce(URI address, String accepted) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(address);
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    err.printf("Accepting %s; %s/stats keeps the score. Ctrl-C ends it.%n", accepted, address);
    err.flush();
  }
}
