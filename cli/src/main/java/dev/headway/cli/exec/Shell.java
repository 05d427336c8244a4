package dev.headway.cli.exec;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * A shell that starts one command after the other: it takes each as an order on its standard input,
 * and answers with its exit status when it has ended. To start a process takes a JVM far longer.
 *
 * <p>An order is {@code (exec 'program' 'argument' <'/dev/null' >>'file' 2>>'file'); echo $?}.
 * Within single quotes nothing is code, and {@code exec} knows programs only, neither builtins nor
 * functions. What it starts has none of the shell's own pipes.
 *
 * <p>The files are the shell's own, and commands that write nothing share them: to make and delete
 * a file for each can take longer than to run it. One that has been written to is moved to where it
 * was wanted. They are appended to, so that nothing is written over by what an earlier command has
 * left running.
 */
final class Shell {

  /** What is meant for all in the terminal, such as Ctrl-C, leaves it to wait for its command. */
  private static final String FIRST = "trap : HUP INT QUIT TERM\n";

  private static final String GONE = "the shell that starts it has ended";

  private final Process process;
  private final OutputStream orders;
  private final Path out;
  private final Path err;
  private volatile CompletableFuture<Integer> answer = new CompletableFuture<>();
  private volatile boolean ended;

  private Shell(Process process, Path files) {
    this.process = process;
    this.out = files.resolveSibling(files.getFileName() + ".out");
    this.err = files.resolveSibling(files.getFileName() + ".err");
    this.orders = process.getOutputStream();
  }

  /**
   * Starts one.
   *
   * @param files what the names of its files begin with
   * @param watchdog guards it before it can run anything
   * @throws IOException if it cannot be started
   */
  static Shell start(Path files, Watchdog watchdog) throws IOException {
    Process process = watchdog.start(new ProcessBuilder("sh").redirectError(Redirect.DISCARD));
    Shell shell = new Shell(process, files);
    Thread.ofPlatform().daemon().name("headway-shell").start(shell::listen);
    shell.order(FIRST);
    return shell;
  }

  private void order(String text) throws IOException {
    orders.write(text.getBytes(Programs.ENCODING));
    orders.flush();
  }

  private void listen() {
    try (BufferedReader answers = process.inputReader()) {
      for (String status = answers.readLine(); status != null; status = answers.readLine()) {
        answer.complete(Integer.valueOf(status));
      }
    } catch (IOException e) {
      // As if it had ended.
    }
    ended = true;
    answer.completeExceptionally(new IOException(GONE));
  }

  /**
   * Runs a command.
   *
   * @param command with files to read from and to write to
   * @param timeout after which it is ended, and the shell with it
   * @return its exit status, or empty if it was ended
   * @throws IOException if it cannot be known what became of it
   * @throws InterruptedException if interrupted: then it has been ended, and the shell with it
   */
  OptionalInt run(ProcessBuilder command, Optional<Duration> timeout)
      throws IOException, InterruptedException {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    answer = status;
    if (ended) {
      throw new IOException(GONE);
    }
    forget(out);
    forget(err);
    try {
      order(orderFor(command));
      OptionalInt ended = new Child(process, status).await(timeout);
      if (ended.orElse(0) != 0 && !Files.exists(err)) {
        throw new IOException("what it writes cannot be kept in " + err);
      }
      return ended;
    } finally {
      hand(out, command.redirectOutput().file());
      hand(err, command.redirectError().file());
    }
  }

  /**
   * Makes way for another file, where something has been written to after its command had ended.
   */
  private static void forget(Path own) throws IOException {
    if (own.toFile().length() > 0) {
      Files.delete(own);
    }
  }

  /** Hands over what has been written; what was written when it was tried before is gone. */
  private static void hand(Path own, File wanted) throws IOException {
    if (own.toFile().length() > 0) {
      Files.move(own, wanted.toPath(), StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.deleteIfExists(wanted.toPath());
    }
  }

  private String orderFor(ProcessBuilder command) {
    StringBuilder order = new StringBuilder("(exec");
    command.command().forEach(word -> quote(order.append(' '), word));
    quote(order.append(" <"), command.redirectInput().file().getPath());
    quote(order.append(" >>"), out.toString());
    quote(order.append(" 2>>"), err.toString());
    return order.append("); echo $?\n").toString();
  }

  private static void quote(StringBuilder order, String word) {
    order.append('\'').append(word.replace("'", "'\\''")).append('\'');
  }

  /** Lets it end, once it has no command that runs; completes when it has. */
  CompletableFuture<Process> end() throws IOException {
    orders.close();
    return process.onExit();
  }
}
