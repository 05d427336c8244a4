package dev.headway.cli.exec;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Kills the commands that run when this process ends without having ended them, as by {@code kill
 * -9}. It is a shell that reads from a pipe which processes to guard. When it can read no more, it
 * stops them and all that descends from them, so that nothing can start anything or leave its
 * parent, and then kills them all.
 *
 * <p>A note in a file says which process it is, so that the next run can wait for its end.
 */
final class Watchdog implements Closeable {

  /** Without a program's name in it, so that who kills that by name does not kill this. */
  private static final String SCRIPT =
      """
      trap '' HUP INT QUIT TERM
      tree=' '
      while read -r order pid; do
        case $order in
          guard) tree="$tree$pid " ;;
          release) tree="${tree%% $pid *} ${tree#* $pid }" ;;
          end) exit ;;
        esac
      done

      processes() {
        if [ -r /proc/self/stat ]; then
          for stat in /proc/[0-9]*/stat; do
            { read -r line <"$stat"; } 2>/dev/null || continue
            pid=${stat#/proc/}
            rest=${line##*) ? }
            echo "${pid%/stat} ${rest%% *}"
          done
        else
          ps -A -o pid= -o ppid=
        fi
      }

      grown=yes
      while [ "$grown" ] && [ "$tree" != ' ' ]; do
        grown=
        kill -STOP $tree
        list=$(processes)
        added=yes
        while [ "$added" ]; do
          added=
          while read -r pid parent; do
            case $tree in
              *" $pid "*) ;;
              *" $parent "*)
                tree="$tree$pid "
                added=yes
                grown=yes
                ;;
            esac
          done <<END
      $list
      END
        done
      done

      kill -KILL $tree
      tries=100
      for pid in $tree; do
        while kill -0 "$pid" && [ "$tries" -gt 0 ]; do
          tries=$((tries - 1))
          sleep 0.1
        done
      done
      """;

  /** How far apart the start of one process may be told, by a clock that is set. */
  private static final long SAME_MILLIS = 10_000;

  private final @Nullable Path note;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Process process;

  /**
   * It starts with the first process to guard.
   *
   * @param note where to write which process it is
   * @throws IOException if what an earlier run has left cannot be waited for
   */
  Watchdog(Optional<Path> note) throws IOException {
    this.note = note.orElse(null);
    if (this.note != null) {
      awaitEarlier(this.note);
    }
  }

  /** An earlier one has ended when all that it guarded has. */
  private static void awaitEarlier(Path note) throws IOException {
    if (!Files.exists(note)) {
      return;
    }
    String[] words = Files.readString(note).strip().split(" ");
    if (words.length == 2 && Arrays.stream(words).allMatch(word -> word.matches("\\d{1,18}"))) {
      ProcessHandle.of(Long.parseLong(words[0]))
          .filter(found -> Math.abs(startOf(found) - Long.parseLong(words[1])) < SAME_MILLIS)
          .ifPresent(earlier -> earlier.onExit().join());
    }
    Files.delete(note);
  }

  /** In milliseconds since 1970, as far as it is known. */
  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /**
   * Guards a process until it has ended, with all that it starts.
   *
   * @throws IOException if that cannot be: then it has been ended
   */
  void guard(Process guarded) throws IOException {
    if (!Programs.exists("sh")) {
      return;
    }
    lock.lock();
    try {
      if (process == null) {
        process = start();
      }
      order("guard " + guarded.pid());
    } catch (IOException e) {
      guarded.destroyForcibly();
      throw new IOException("what would end it with headway is gone", e);
    } finally {
      lock.unlock();
    }
    var unused = guarded.onExit().thenRun(() -> release(guarded.pid()));
  }

  private Process start() throws IOException {
    Process started =
        new ProcessBuilder("sh", "-c", SCRIPT)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    if (note != null) {
      Files.writeString(note, started.pid() + " " + startOf(started.toHandle()));
    }
    return started;
  }

  private void release(long pid) {
    lock.lock();
    try {
      order("release " + pid);
    } catch (IOException ended) {
      // Then it guards nothing any more.
    } finally {
      lock.unlock();
    }
  }

  private void order(String text) throws IOException {
    if (process != null) {
      OutputStream orders = process.getOutputStream();
      orders.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
      orders.flush();
    }
  }

  /** Ends it. What it guarded has ended, or may go on. */
  @Override
  public void close() throws IOException {
    Process running = dismiss();
    if (running != null) {
      // Without the lock: what completes the end may wait for it.
      running.onExit().join();
    }
    if (note != null) {
      Files.deleteIfExists(note);
    }
  }

  private @Nullable Process dismiss() {
    lock.lock();
    try (OutputStream orders = process == null ? null : process.getOutputStream()) {
      order("end");
      return process;
    } catch (IOException ended) {
      // It has been killed, and guards nothing any more.
      return process;
    } finally {
      process = null;
      lock.unlock();
    }
  }
}
