package dev.headway.cli.option;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The standard streams of the process, of which some may be closed.
 *
 * <p>A JVM that is started without one gives its number to the first file that it opens itself.
 * That would be read as input; and what opens the next file could be written to it as output. So a
 * stream that is closed, or is a file of the JVM, is replaced by one that says so.
 */
public final class StandardStreams {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Path STATES = Path.of("/proc/self/fdinfo");
  private static final String FLAGS = "flags:";
  private static final int ACCESS = 3;
  private static final int READ_ONLY = 0;
  private static final int WRITE_ONLY = 1;

  /** Keep the numbers of closed streams from what is opened later. */
  private static final List<InputStream> STOPGAPS = new ArrayList<>();

  private final boolean inputIsOpen;
  private final boolean outputIsOpen;
  private final boolean errorIsOpen;
  private final ClosedOutput closedOutput = new ClosedOutput();

  private StandardStreams(boolean inputIsOpen, boolean outputIsOpen, boolean errorIsOpen) {
    this.inputIsOpen = inputIsOpen;
    this.outputIsOpen = outputIsOpen;
    this.errorIsOpen = errorIsOpen;
  }

  /** Looks which are open, and has {@code System} do without those that are not. */
  public static StandardStreams ofProcess() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return new StandardStreams(true, true, true);
    }
    // What they are comes first: to look at more opens files, which take numbers that are free.
    boolean[] open = new boolean[3];
    boolean missing = false;
    for (int i = 0; i < open.length; i++) {
      Path target = target(i);
      missing |= target == null;
      open[i] = target != null && !isOfJvm(target);
    }
    if (missing) {
      fillGaps();
    }
    StandardStreams streams =
        new StandardStreams(
            open[0] && access(0) != WRITE_ONLY,
            open[1] && access(1) != READ_ONLY,
            open[2] && access(2) != READ_ONLY);
    streams.replaceSystems();
    return streams;
  }

  private static @Nullable Path target(int descriptor) {
    try {
      return Files.readSymbolicLink(DESCRIPTORS.resolve(Integer.toString(descriptor)));
    } catch (IOException closed) {
      return null;
    }
  }

  private static boolean isOfJvm(Path file) {
    return file.startsWith(real(System.getProperty("java.home")))
        || file.toString().contains("/hsperfdata_")
        || Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(StandardStreams::real)
            .anyMatch(part ->
                file.equals(part)
                    // The libraries, and the archives of classes, lie beside the jar.
                    || (Files.isRegularFile(part)
                        && file.startsWith(part.resolveSibling(""))
                        && file.toString().matches(".*\\.(jar|aot|jsa)")));
  }

  private static Path real(String file) {
    try {
      return Path.of(file).toRealPath();
    } catch (IOException notThere) {
      return Path.of(file).toAbsolutePath();
    }
  }

  private static void fillGaps() {
    try {
      while (target(0) == null || target(1) == null || target(2) == null) {
        STOPGAPS.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      throw new IllegalStateException("a standard stream is closed, and there is no /dev/null", e);
    }
  }

  /** For what a descriptor was opened; for both if that is not known. */
  private static int access(int descriptor) {
    try {
      return Files.readAllLines(STATES.resolve(Integer.toString(descriptor))).stream()
          .filter(line -> line.startsWith(FLAGS))
          .mapToInt(line -> Integer.parseInt(line.substring(FLAGS.length()).strip(), 8) & ACCESS)
          .findFirst()
          .orElse(ACCESS);
    } catch (IOException notTold) {
      return ACCESS;
    }
  }

  private void replaceSystems() {
    if (!inputIsOpen) {
      System.setIn(input());
    }
    if (!outputIsOpen) {
      System.setOut(new PrintStream(closedOutput, true, StandardCharsets.UTF_8));
    }
    if (!errorIsOpen) {
      System.setErr(new PrintStream(error(), true, StandardCharsets.UTF_8));
    }
  }

  public InputStream input() {
    return inputIsOpen ? System.in : new ClosedInput();
  }

  public OutputStream output() {
    return outputIsOpen ? new FileOutputStream(FileDescriptor.out) : closedOutput;
  }

  /** Drops what is written where it is closed: there is no other place to say so. */
  public OutputStream error() {
    return errorIsOpen ? new FileOutputStream(FileDescriptor.err) : OutputStream.nullOutputStream();
  }

  /** Whether something had to be written to standard output, which is closed. */
  public boolean hasLostOutput() {
    return closedOutput.used;
  }

  /**
   * Standard input, for a command that has to read it.
   *
   * @throws UsageException if it is closed
   */
  public static InputStream open(InputStream input) {
    if (input instanceof ClosedInput) {
      throw new UsageException(ClosedInput.MESSAGE);
    }
    return input;
  }

  /**
   * Standard output, for a command that has to write to it.
   *
   * @throws UsageException if it is closed
   */
  public static OutputStream open(OutputStream output) {
    if (output instanceof ClosedOutput) {
      throw new UsageException(ClosedOutput.MESSAGE);
    }
    return output;
  }

  private static final class ClosedInput extends InputStream {

    static final String MESSAGE =
        "standard input is closed: name a file to read, or give an empty input with </dev/null";

    @Override
    public int read() throws IOException {
      throw new IOException(MESSAGE);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      throw new IOException(MESSAGE);
    }
  }

  private static final class ClosedOutput extends OutputStream {

    static final String MESSAGE =
        "standard output is closed: name a file for it with >FILE, or drop it with >/dev/null";

    private volatile boolean used;

    @Override
    public void write(int character) throws IOException {
      used = true;
      throw new IOException(MESSAGE);
    }
  }

  /** Why nothing could be written to standard output. */
  public static String lostOutput() {
    return ClosedOutput.MESSAGE;
  }
}
