package dev.headway.cli.resume;

import dev.headway.cli.text.JsonLines;
import dev.headway.limit.Cost;
import dev.headway.throttle.ThrottleEvent;
import dev.headway.throttle.ThrottleEvent.Granted;
import dev.headway.throttle.ThrottleEvent.Paused;
import dev.headway.throttle.ThrottleEvent.Released;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a throttle lets start, before it starts, so that the limits hold for the run that
 * continues after this process, however it ends.
 *
 * <p>A line is written for each start, each end and each pause. They are needed for no longer than
 * the longest period of a limit, so there are two files: when the newer one is large and older than
 * that, it takes the place of the older one, and a newer one begins with what is in flight. Written
 * by streams that an interrupt does not close, since callers may be interrupted.
 */
final class Journal implements Closeable {

  private static final long LARGE = 1 << 20;

  private final Path file;
  private final Path older;
  private final Duration longest;
  private final long large;

  private final ReentrantLock lock = new ReentrantLock();

  /** The starts that have not ended, by the numbers of their permits. */
  private final Map<Long, Start> inFlight = new LinkedHashMap<>();

  private FileOutputStream stream;
  private JsonLines lines;
  private Instant began = Instant.now();
  private long number;
  private boolean dirty;
  private @Nullable IOException failure;

  private record Start(long number, Instant at, String throttle, Cost cost) {}

  /**
   * Opens a journal, and goes on with it if it is there.
   *
   * @param longest the longest period of the limits; 0 where there are none
   */
  Journal(Path file, Duration longest) throws IOException {
    this(file, longest, LARGE);
  }

  Journal(Path file, Duration longest, long large) throws IOException {
    this.file = file;
    this.older = older(file);
    this.longest = longest;
    this.large = large;
    open();
  }

  private static Path older(Path file) {
    return file.resolveSibling(file.getFileName() + ".old");
  }

  /** Forgets all that is in a journal. */
  static void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(older(file));
  }

  /** What a journal holds of earlier runs. Ends what they had under way: they are gone. */
  EarlierStarts earlier() throws IOException {
    EarlierStarts earlier = new EarlierStarts(Instant.now(), longest);
    earlier.read(older);
    earlier.read(file);
    number = earlier.lastNumber();
    // Its last line may be torn.
    stream.write('\n');
    for (long open : earlier.underWay()) {
      write(end(open));
    }
    return earlier;
  }

  private void open() throws IOException {
    if (Files.isSymbolicLink(file)) {
      throw new FileSystemException(file.toString(), null, "it is a symbolic link");
    }
    stream = new FileOutputStream(file.toFile(), true);
    lines = new JsonLines(stream);
  }

  /**
   * An event of a throttle has happened.
   *
   * @param throttle its name as it may be shown
   */
  void onEvent(String throttle, ThrottleEvent event) {
    lock.lock();
    try {
      switch (event) {
        case Granted granted -> granted(throttle, granted);
        case Released released -> released(released);
        case Paused paused -> paused(throttle, paused.pause());
        default -> {}
      }
    } finally {
      lock.unlock();
    }
  }

  private void granted(String throttle, Granted granted) {
    if (longest.isPositive()) {
      Start start = new Start(++number, Instant.now(), throttle, granted.cost());
      inFlight.put(granted.permit(), start);
      write(line(start));
    }
  }

  private void released(Released released) {
    Start start = inFlight.remove(released.permit());
    if (start != null) {
      Map<String, Object> line = end(start.number());
      line.put("cost", amounts(released.cost()));
      write(line);
      makeRoom();
    }
  }

  private void paused(String throttle, Duration pause) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("pause", throttle);
    line.put("until", micros(Instant.now().plus(pause)));
    write(line);
  }

  private static Map<String, Object> line(Start start) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("start", start.number());
    line.put("at", micros(start.at()));
    line.put("of", start.throttle());
    line.put("cost", amounts(start.cost()));
    return line;
  }

  private static Map<String, Object> end(long number) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("end", number);
    line.put("at", micros(Instant.now()));
    return line;
  }

  private static Map<String, Long> amounts(Cost cost) {
    Map<String, Long> amounts = new LinkedHashMap<>(cost.budgets());
    amounts.put(Cost.PERMITS, cost.permits());
    return amounts;
  }

  /** A failure is kept for {@link #check}. */
  private void write(Map<String, Object> line) {
    try {
      lines.write(line);
      dirty = true;
    } catch (IOException e) {
      failure = e;
    }
  }

  private void makeRoom() {
    try {
      if (stream.getChannel().position() > large && began.plus(longest).isBefore(Instant.now())) {
        stream.close();
        Files.move(file, older, StandardCopyOption.REPLACE_EXISTING);
        open();
        began = Instant.now();
        inFlight.values().forEach(start -> write(line(start)));
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  /**
   * Throws what has kept something from being written.
   *
   * @throws IOException if something did
   */
  void check() throws IOException {
    lock.lock();
    try {
      if (failure != null) {
        throw failure;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Has what was written reach the disk. Others may write meanwhile. */
  void force() throws IOException {
    FileOutputStream forced;
    lock.lock();
    try {
      if (!dirty) {
        return;
      }
      dirty = false;
      forced = stream;
    } finally {
      lock.unlock();
    }
    forced.getFD().sync();
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      stream.close();
    } finally {
      lock.unlock();
    }
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }
}
