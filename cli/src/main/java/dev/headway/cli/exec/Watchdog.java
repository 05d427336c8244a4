package dev.headway.cli.exec;

import dev.headway.cli.text.Resources;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Kills the commands that still run when this process ends, as after {@code kill -9}. It is a shell
 * that reads from a pipe which processes to guard. At the end of that pipe it stops them and all
 * their descendants, so that none can start another or leave its parent, and then kills them.
 *
 * <p>A command can run before the pipe names it. For that time, each has a variable in its
 * environment by which the shell finds it; that needs a {@code /proc} file system.
 *
 * <p>A file, the note, holds the shell's process id while commands may run, so that the next run
 * can wait for its end.
 */
final class Watchdog implements Closeable {

  private static final String VARIABLE = "HEADWAY_EXEC";

  private static final String SCRIPT = Resources.text(Watchdog.class, "watchdog.sh");

  /** Longer than the shell takes for processes that can be killed. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** How far apart the start of one process may be told, by a clock that is set. */
  private static final long SAME_MILLIS = 10_000;

  /** A process that has ended has no command line, and is there until its parent asks for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration POLL = Duration.ofMillis(20);

  private final @Nullable Path note;
  private final boolean guards = Programs.exists("sh");
  private final String mark = UUID.randomUUID().toString();
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Process process;

  /**
   * It starts with the first process to guard.
   *
   * @param note where to write which process it is
   * @throws IOException if the commands of an earlier run do not end
   */
  Watchdog(Optional<Path> note) throws IOException {
    this.note = note.orElse(null);
    if (this.note != null) {
      awaitEarlier(this.note);
    }
  }

  /** The watchdog of an earlier run ends when all that it guarded has ended. */
  private static void awaitEarlier(Path note) throws IOException {
    if (!Files.exists(note)) {
      return;
    }
    Optional<ProcessHandle> earlier = named(Files.readString(note).strip().split(" "));
    if (earlier.isPresent() && !ends(earlier.get())) {
      throw new IOException(
          "commands of an earlier run may still be running: process %d has not ended; end it, or delete %s"
              .formatted(earlier.get().pid(), note));
    }
    Files.deleteIfExists(note);
  }

  /** Waits for its end, and a moment longer until its parent has asked for its status. */
  private static boolean ends(ProcessHandle process) throws InterruptedIOException {
    long start = System.nanoTime();
    while (process.isAlive()) {
      long waited = System.nanoTime() - start;
      if (waited > LONGEST_WAIT.toNanos()) {
        return false;
      }
      ProcessHandle.Info info = process.info();
      if (info.command().or(info::commandLine).isEmpty() && waited > PATIENCE.toNanos()) {
        return true;
      }
      pause();
    }
    return true;
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for an earlier run");
    }
  }

  /** The process with an id that has started at a time. */
  private static Optional<ProcessHandle> named(String[] words) {
    if (words.length != 2 || !Arrays.stream(words).allMatch(word -> word.matches("\\d{1,18}"))) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(words[0]))
        .filter(found -> Math.abs(startOf(found) - Long.parseLong(words[1])) < SAME_MILLIS);
  }

  /** In milliseconds since 1970, as far as it is known. */
  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /**
   * Starts a process, and guards it with all that it starts, until it is released.
   *
   * @throws IOException if it cannot be started, or not be guarded: then it has been ended
   */
  Process start(ProcessBuilder command) throws IOException {
    if (!guards) {
      return command.start();
    }
    begin();
    command.environment().put(VARIABLE, mark);
    Process started = command.start();
    if (!order("guard " + started.pid())) {
      started.destroyForcibly();
      throw new IOException("the process that would end it with headway is gone");
    }
    return started;
  }

  private void begin() throws IOException {
    lock.lock();
    try {
      if (process == null) {
        process =
            new ProcessBuilder("sh", "-c", SCRIPT, "sh", VARIABLE + "=" + mark)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        if (note != null) {
          Files.writeString(note, process.pid() + " " + startOf(process.toHandle()));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Guards a process no more, if it has ended. */
  void release(Process command) {
    if (!command.isAlive()) {
      var unused = order("release " + command.pid());
    }
  }

  /** Whether the watchdog takes an order; it does not once it has been killed. */
  private boolean order(String text) {
    lock.lock();
    try {
      if (process != null) {
        OutputStream orders = process.getOutputStream();
        orders.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
        orders.flush();
      }
      return true;
    } catch (IOException killed) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Ends it. Commands that it guards continue. */
  @Override
  public void close() throws IOException {
    if (process != null) {
      var unused = order("end");
      process.onExit().join();
    }
    if (note != null) {
      Files.deleteIfExists(note);
    }
  }
}
