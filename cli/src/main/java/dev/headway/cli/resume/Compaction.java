package dev.headway.cli.resume;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Replaces the failures in a file of results with the results of their retries, so that each
 * request has one result. All other results stay as they are, byte for byte and in order. New
 * results that replace no failure come last.
 *
 * <p>The steps, each forced to the disk before the next:
 *
 * <ol>
 *   <li>Before a run retries failures, it writes the length of the file to {@code
 *       FILE.headway.retry}: its own results begin there.
 *   <li>The run appends its results, as any run does. The failures are still there.
 *   <li>When the run ends, it writes {@code FILE.headway.new}, a copy of the file in which the
 *       first new result of a request replaces the first failure of that request, the second new
 *       result the second failure, and so on. A failure that was not retried stays.
 *   <li>It deletes {@code FILE.headway.retry}. This means that {@code FILE.headway.new} is whole.
 *   <li>It renames {@code FILE.headway.new} to {@code FILE}.
 * </ol>
 *
 * <p>So at every instant the file holds the failure, the new result, or both. If the next run with
 * {@code --resume} finds {@code FILE.headway.retry}, it continues with step 3; if it finds {@code
 * FILE.headway.new} alone, it continues with step 5.
 *
 * <p>This needs 16 bytes of memory for each new result, and disk space for a second copy of the
 * file.
 */
final class Compaction {

  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final Path note;
  private final Path compacted;
  private final boolean posix;

  /**
   * The compaction of a file.
   *
   * @param file by its real path, so that links to it stay
   */
  Compaction(Path file) {
    this.file = file;
    this.note = file.resolveSibling(file.getFileName() + ".headway.retry");
    this.compacted = file.resolveSibling(file.getFileName() + ".headway.new");
    this.posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Step 1: what is appended to the file from now on are results of retries. */
  void begin(FileChannel results) throws IOException {
    results.force(true);
    try (FileChannel to =
        FileChannel.open(
            note,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            LinkOption.NOFOLLOW_LINKS)) {
      to.write(ByteBuffer.wrap((results.size() + "\n").getBytes(StandardCharsets.US_ASCII)));
      to.force(true);
    }
    forceFolder();
  }

  /** Whether a run has taken step 1 and not yet step 4. */
  boolean isDue() {
    return Files.exists(note);
  }

  /** Drops a compaction that was begun. */
  void forget() throws IOException {
    // In this order: without the note, a new file that is not whole would pass for one that is.
    if (Files.deleteIfExists(compacted)) {
      forceFolder();
    }
    Files.deleteIfExists(note);
  }

  /**
   * Takes step 5 if an earlier run was ended before it.
   *
   * @param results the file, open and locked; closed if another takes its place
   * @return the file as it is now, open and locked
   */
  FileChannel finish(FileChannel results) throws IOException {
    if (isDue() || !Files.isRegularFile(compacted, LinkOption.NOFOLLOW_LINKS)) {
      return results;
    }
    FileChannel whole =
        FileChannel.open(
            compacted,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    return replace(results, whole);
  }

  /**
   * Takes steps 3 to 5. A torn last result is left out.
   *
   * @param results the file, open and locked; closed if another takes its place
   * @return the file as it is now, open and locked
   * @throws IOException if that fails; the file is as it was then, and the next run tries again
   */
  FileChannel compact(FileChannel results) throws IOException {
    OptionalLong begin = newResultsBegin();
    if (begin.isEmpty() || begin.getAsLong() >= results.size()) {
      forget();
      return results;
    }
    requireLine(results, begin.getAsLong());
    FileChannel made = create();
    try {
      write(results, begin.getAsLong(), made);
      made.force(true);
      forceFolder();
    } catch (IOException e) {
      made.close();
      // On a full disk it would take the room that others need.
      Files.deleteIfExists(compacted);
      throw e;
    }
    Files.delete(note);
    return replace(results, made);
  }

  /** Empty if the note is torn: then no result has been appended. */
  private OptionalLong newResultsBegin() throws IOException {
    String text = Files.readString(note, StandardCharsets.ISO_8859_1);
    return text.matches("\\d{1,18}\n")
        ? OptionalLong.of(Long.parseLong(text.strip()))
        : OptionalLong.empty();
  }

  private void requireLine(FileChannel results, long begin) throws IOException {
    ByteBuffer before = ByteBuffer.allocate(1);
    if (begin > 0 && results.read(before, begin - 1) == 1 && before.get(0) != '\n') {
      throw new IOException(
          "it was changed after failures in it had been retried; to keep it as it is, delete \""
              + note
              + "\"");
    }
  }

  private FileChannel replace(FileChannel results, FileChannel by) throws IOException {
    try {
      forceFolder();
      if (by.tryLock() == null) {
        throw new FileSystemException(compacted.toString(), null, "another program has locked it");
      }
      Files.move(compacted, file, StandardCopyOption.ATOMIC_MOVE);
      forceFolder();
    } catch (IOException e) {
      by.close();
      throw e;
    }
    results.close();
    return by;
  }

  /** A new file with the mode and, where permitted, the owner of the old one. */
  private FileChannel create() throws IOException {
    Files.deleteIfExists(compacted);
    FileAttribute<?>[] mine = {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
    FileChannel made =
        FileChannel.open(
            compacted,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            posix ? mine : new FileAttribute<?>[0]);
    try {
      if (posix) {
        copyOwnerAndMode();
      }
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  private void copyOwnerAndMode() throws IOException {
    PosixFileAttributes old = Files.readAttributes(file, PosixFileAttributes.class);
    PosixFileAttributeView made =
        Files.getFileAttributeView(compacted, PosixFileAttributeView.class);
    try {
      made.setGroup(old.group());
      made.setOwner(old.owner());
    } catch (FileSystemException e) {
      // Only root may give a file to another owner or group. It stays with the user who runs this.
    }
    made.setPermissions(old.permissions());
  }

  private static void write(FileChannel results, long begin, FileChannel made) throws IOException {
    ToLongFunction<StoredResults.Stored> key =
        sayWhatTheyAreOf(results, begin)
            ? StoredResults.Stored::key
            : StoredResults.Stored::keyOfId;
    Finished.Builder keys = new Finished.Builder();
    StoredResults.read(results, begin, result -> keys.add(key.applyAsLong(result), true));
    Finished retried = keys.build();
    long[] starts = new long[retried.size()];
    StoredResults.read(
        results,
        begin,
        result -> starts[retried.takeIndex(key.applyAsLong(result))] = result.start());
    Finished left = retried.anew();
    OutputStream to = new BufferedOutputStream(Channels.newOutputStream(made), BUFFER);
    FileCopy copy = new FileCopy(results, to);
    StoredResults.readUpTo(
        results,
        0,
        begin,
        result -> {
          int index = result.well() ? -1 : left.takeIndex(key.applyAsLong(result));
          if (index >= 0) {
            copy.allUpTo(result.start());
            copy.lineAt(starts[index]);
            copy.skipTo(result.end());
          }
        });
    copy.allUpTo(begin);
    long[] others =
        IntStream.range(0, starts.length)
            .filter(index -> !left.isTaken(index))
            .mapToLong(index -> starts[index])
            .sorted()
            .toArray();
    for (long start : others) {
      copy.lineAt(start);
      copy.endLine();
    }
    to.flush();
  }

  /** Whether each of the failures says what it is of. A user may have taken that out. */
  private static boolean sayWhatTheyAreOf(FileChannel results, long begin) throws IOException {
    AtomicBoolean all = new AtomicBoolean(true);
    StoredResults.readUpTo(
        results,
        0,
        begin,
        result -> {
          if (!result.well() && result.key() == result.keyOfId()) {
            all.set(false);
          }
        });
    return all.get();
  }

  /** Forces the names of the files to the disk, on systems where a folder can be opened. */
  private void forceFolder() throws IOException {
    if (posix) {
      try (FileChannel folder = FileChannel.open(folder(), StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
  }

  private Path folder() {
    return Objects.requireNonNull(file.getParent());
  }
}
