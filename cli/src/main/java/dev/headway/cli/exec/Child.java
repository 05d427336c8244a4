package dev.headway.cli.exec;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A command that runs, and all that it starts. */
final class Child {

  /** How long it has to end by itself when it is asked to. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Process process;

  Child(Process process) {
    this.process = process;
  }

  /**
   * Waits for its end.
   *
   * @param timeout after which it is ended, with all that it has started
   * @return its exit status, or empty if it was ended
   * @throws InterruptedException if interrupted: then it has been ended too
   */
  OptionalInt await(Optional<Duration> timeout) throws InterruptedException {
    // Process.waitFor would pin a carrier on Java 21.
    CompletableFuture<Process> exit = process.onExit();
    try {
      Process ended =
          timeout.isPresent()
              ? exit.get(timeout.get().toNanos(), TimeUnit.NANOSECONDS)
              : exit.get();
      return OptionalInt.of(ended.exitValue());
    } catch (TimeoutException e) {
      end();
      return OptionalInt.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a process did not say how it ended", e);
    } catch (InterruptedException e) {
      end();
      throw e;
    }
  }

  /** Asks the whole tree to end, and makes those end that do not. */
  private void end() {
    Set<ProcessHandle> tree = new LinkedHashSet<>();
    join(tree, process.toHandle());
    tree.forEach(ProcessHandle::destroy);
    awaitEnd(tree);
    // Processes that they have started since end with them.
    for (ProcessHandle known : Set.copyOf(tree)) {
      join(tree, known);
    }
    tree.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    awaitEnd(tree);
  }

  private static void join(Set<ProcessHandle> tree, ProcessHandle root) {
    tree.add(root);
    root.descendants().forEach(tree::add);
  }

  /** Waits in any case, interrupted or not: it is not for long. */
  private static void awaitEnd(Set<ProcessHandle> tree) {
    CompletableFuture<?> all =
        CompletableFuture.allOf(
            tree.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
    long end = System.nanoTime() + GRACE.toNanos();
    boolean interrupted = false;
    boolean over = false;
    while (!over) {
      try {
        all.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        over = true;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException | TimeoutException e) {
        over = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
