package dev.headway.cli.resume;

import dev.headway.cli.model.Price;
import dev.headway.cli.option.FileArguments;
import dev.headway.cli.option.OutputOptions;
import dev.headway.cli.option.StandardStreams;
import dev.headway.cli.text.FileErrors;
import dev.headway.throttle.ThrottleEvent;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where results go, and what is known of those that are there.
 *
 * <p>Beside a file of results there is a journal as long as the run has not come to its end, called
 * as the file with {@code .headway} after it. Each result is in the file as soon as it is written,
 * so that it outlives the process, and is forced to the disk within a tenth of a second or so, so
 * that it outlives the machine. When the run ends, the results of retries replace the failures: see
 * {@link Compaction}.
 */
public final class ResultFile implements Closeable {

  private final OutputStream stream;
  private final EarlierResults results;
  private final EarlierStarts starts;
  private final @Nullable Kept kept;
  private boolean ended;

  /** The compacted file. It stays locked until all is closed. */
  private @Nullable FileChannel compacted;

  /** What there is if the file can be gone on with. */
  private record Kept(
      Path file,
      FileChannel channel,
      Compaction compaction,
      Path journalFile,
      Journal journal,
      Fsync forcing) {}

  private ResultFile(
      OutputStream stream, EarlierResults results, EarlierStarts starts, @Nullable Kept kept) {
    this.stream = stream;
    this.results = results;
    this.starts = starts;
    this.kept = kept;
  }

  /**
   * Opens the file that options name, or standard output where they name none.
   *
   * @param input the file that is read, which must be another one
   * @param standard where results go if no file is named
   * @param longest the longest period of the limits
   * @throws dev.headway.cli.option.UsageException if it cannot be opened
   */
  public static ResultFile open(
      OutputOptions options, Path input, OutputStream standard, Duration longest) {
    options.check();
    return options
        .file()
        .map(file ->
            FileArguments.create(
                file,
                input,
                () ->
                    options.isResumable()
                        ? open(file, options.resumes(), !options.retriesFailed(), longest)
                        : of(Files.newOutputStream(file))))
        .orElseGet(() -> of(StandardStreams.open(standard)));
  }

  /** Results that go to a stream, which is not closed, and with which nothing is gone on. */
  public static ResultFile of(OutputStream stream) {
    EarlierStarts none = new EarlierStarts(Instant.now(), Duration.ZERO);
    return new ResultFile(stream, EarlierResults.none(), none, null);
  }

  /**
   * Opens a file of results, and its journal.
   *
   * @param resume whether what is in it stays, and is finished
   * @param failedToo whether that goes for what has failed
   * @param longest the longest period of the limits
   * @throws IOException if that cannot be
   */
  static ResultFile open(Path file, boolean resume, boolean failedToo, Duration longest)
      throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      if (resume) {
        throw LockedFile.refused(file, "no run can be continued in it: it is not a regular file");
      }
      return of(Files.newOutputStream(file));
    }
    FileChannel channel = LockedFile.open(file);
    try {
      Compaction compaction = new Compaction(file.toRealPath());
      EarlierResults results = EarlierResults.none();
      if (resume) {
        Instant since = Instant.now().minus(longest);
        channel = compaction.finish(channel);
        results = EarlierResults.repaired(channel, failedToo, since);
        if (compaction.isDue()) {
          channel = compaction.compact(channel);
          results = EarlierResults.repaired(channel, failedToo, since).tornIf(results.torn());
        }
      } else {
        Journal.delete(journalFile(file));
        compaction.forget();
        channel.truncate(0);
      }
      if (!failedToo && results.failed() > 0) {
        compaction.begin(channel);
      }
      return open(file, channel, compaction, results, longest);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static ResultFile open(
      Path file,
      FileChannel channel,
      Compaction compaction,
      EarlierResults results,
      Duration longest)
      throws IOException {
    Path journalFile = journalFile(file);
    boolean began = Files.exists(journalFile);
    Journal journal = new Journal(journalFile, longest);
    try {
      EarlierStarts starts = journal.earlier();
      if (!began) {
        starts.addAll(results.works());
      }
      Fsync forcing = new Fsync(channel, journal);
      return new ResultFile(
          Channels.newOutputStream(channel),
          results,
          starts,
          new Kept(file, channel, compaction, journalFile, journal, forcing));
    } catch (IOException e) {
      journal.close();
      throw new IOException("of \"" + journalFile + "\": " + e.getMessage(), e);
    }
  }

  /** Beside the file itself, by whatever links it was found. */
  private static Path journalFile(Path file) throws IOException {
    Path itself = file.toRealPath();
    return itself.resolveSibling(itself.getFileName() + ".headway");
  }

  /** A file beside the journal, with an ending of its own; none where there is no journal. */
  public Optional<Path> beside(String ending) {
    return Optional.ofNullable(kept)
        .map(there ->
            there.journalFile().resolveSibling(there.journalFile().getFileName() + ending));
  }

  /** Where results are written to. */
  public OutputStream stream() {
    return stream;
  }

  /**
   * Where the next result will be, for {@link ResultPlace#isAt}; empty if it cannot be found again.
   *
   * @throws IOException if that is not known
   */
  public String place() throws IOException {
    return kept == null ? "" : kept.channel().position() + " " + kept.file().toRealPath();
  }

  /** Whether a run can be continued with what is written. */
  public boolean canBeContinued() {
    return kept != null;
  }

  /** How many results there are of earlier runs. */
  public int earlierResults() {
    return results.finished().size();
  }

  /** Whether an earlier run left its last result torn, so that it was cut off. */
  public boolean wasTorn() {
    return results.torn();
  }

  /** What the results of earlier runs cost: as they say, or else by their tokens. */
  public double earlierCost(Price price) {
    return results.cost() + price.of(results.usage());
  }

  /** What earlier runs have started. */
  public EarlierStarts earlierStarts() {
    return starts;
  }

  /**
   * An event of the throttle has happened.
   *
   * @param throttle the throttle's name as it may be shown
   */
  public void onEvent(String throttle, ThrottleEvent event) {
    if (kept != null) {
      kept.journal().onEvent(throttle, event);
    }
  }

  /**
   * What of all the work is left to do.
   *
   * @param passedOver hears of each piece that is finished, and whether it went well
   * @param renumbered hears of the first piece whose number is another result's id
   */
  public <T> Iterator<T> unfinished(
      Iterator<T> all,
      Identity<T> identity,
      Consumer<Boolean> passedOver,
      Unfinished.Renumbered renumbered) {
    return results.finished().isEmpty()
        ? all
        : new Unfinished<>(
            all, results.finished(), results.numbers(), identity, passedOver, renumbered);
  }

  /** How many earlier results are of work that {@link #unfinished} has not come upon. */
  public int leftOver() {
    return results.finished().left();
  }

  /**
   * Throws why what is written is not safe.
   *
   * @throws IOException if it is not
   */
  public void check() throws IOException {
    if (kept != null) {
      kept.journal().check();
      kept.forcing().check();
    }
  }

  /**
   * Ends the writing, and replaces failures with the results of their retries.
   *
   * @throws IOException if that fails; nothing is lost then, and the next run tries again
   */
  public void compact() throws IOException {
    if (kept == null || ended) {
      return;
    }
    ended = true;
    kept.forcing().close();
    if (!kept.compaction().isDue()) {
      return;
    }
    try {
      compacted = kept.compaction().compact(kept.channel());
    } catch (IOException e) {
      throw new IOException(
          "all results are in \""
              + kept.file()
              + "\", but beside the failures that they replace: "
              + FileErrors.reason(e)
              + "; the same command with --resume removes those",
          e);
    }
  }

  /** Says that all is done, so that there is nothing to go on with. */
  public void complete() throws IOException {
    if (kept != null) {
      compact();
      kept.journal().close();
      Journal.delete(kept.journalFile());
    }
  }

  @Override
  public void close() throws IOException {
    if (kept == null) {
      return;
    }
    try (FileChannel channel = kept.channel();
        Journal journal = kept.journal();
        Fsync forcing = kept.forcing()) {
      compact();
    } finally {
      if (compacted != null) {
        compacted.close();
      }
    }
  }
}
