package dev.headway.cli.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** The shells that start commands: as many as there are commands at once. */
final class Shells implements AutoCloseable {

  /** Far below what any system allows: one that says no is asked without a shell in between. */
  private static final int MOST_CHARACTERS = 1 << 16;

  /** What a shell says of a program that it cannot run, and programs may say too. */
  private static final Set<Integer> CANNOT_RUN = Set.of(126, 127);

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** The variables that a shell has a value of its own for. */
  private static final Set<String> ITS_OWN = Set.of("IFS", "OPTIND", "PPID");

  private final Deque<Shell> idle = new ConcurrentLinkedDeque<>();
  private final Path folder;
  private final Watchdog watchdog;
  private final AtomicInteger started = new AtomicInteger();
  private final boolean usable = Programs.exists("sh") && passesOn(System.getenv().keySet());

  /** None yet; their files will be in a folder, and a watchdog guards them. */
  Shells(Path folder, Watchdog watchdog) {
    this.folder = folder;
    this.watchdog = watchdog;
  }

  /** Whether commands have the same environment with a shell in between. */
  static boolean passesOn(Set<String> variables) {
    return variables.stream()
        .allMatch(name -> VARIABLE.matcher(name).matches() && !ITS_OWN.contains(name));
  }

  /**
   * Whether a command can be run here: its output goes to files, and it is nothing out of the way.
   */
  boolean canRun(ProcessBuilder command) {
    return usable
        && command.redirectOutput().file() != null
        && command.redirectError().file() != null
        && !command.command().getFirst().startsWith("-")
        && command.command().stream().mapToInt(String::length).sum() <= MOST_CHARACTERS;
  }

  /** Whether a command ended so because there is no such program. */
  static boolean notFound(ProcessBuilder command, OptionalInt status) {
    return status.isPresent()
        && CANNOT_RUN.contains(status.getAsInt())
        && !Programs.exists(command.command().getFirst());
  }

  /**
   * Runs a command in one that is free, or a new one.
   *
   * @see Shell#run
   */
  OptionalInt run(ProcessBuilder command, Optional<Duration> timeout)
      throws IOException, InterruptedException {
    Shell free = idle.poll();
    Shell shell =
        free == null
            ? Shell.start(folder.resolve("shell" + started.incrementAndGet()), watchdog)
            : free;
    OptionalInt status = shell.run(command, timeout);
    if (status.isPresent()) {
      idle.push(shell);
    }
    return status;
  }

  /** Waits until all have ended; none has a command that runs. */
  @Override
  public void close() throws IOException {
    List<CompletableFuture<Process>> ends = new ArrayList<>();
    for (Shell shell = idle.poll(); shell != null; shell = idle.poll()) {
      ends.add(shell.end());
    }
    ends.forEach(CompletableFuture::join);
  }
}
