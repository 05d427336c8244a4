package dev.headway.cli.exec;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Output that is passed on line by line, while its command runs. */
final class StreamedOutput implements CommandOutput {

  private final Outlets outlets;
  private final byte[] tag;
  private final List<Thread> relays = new ArrayList<>();
  private volatile @Nullable IOException failure;

  /** Passes it on to our own output; the tag begins each line. */
  StreamedOutput(Outlets outlets, byte[] tag) {
    this.outlets = outlets;
    this.tag = tag;
  }

  @Override
  public void prepare(ProcessBuilder builder) {
    builder
        .redirectOutput(ProcessBuilder.Redirect.PIPE)
        .redirectError(ProcessBuilder.Redirect.PIPE);
  }

  @Override
  public void begun(Process process) {
    relays.add(relay(process.getInputStream(), outlets.out()));
    relays.add(relay(process.getErrorStream(), outlets.err()));
  }

  /** A read of a pipe holds its carrier, and there are at most 256: so each has a thread. */
  private Thread relay(InputStream output, Outlet outlet) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (output) {
            outlet.relay(output, tag);
          } catch (IOException e) {
            failure = e;
          }
        });
  }

  @Override
  public void ended() throws InterruptedException {
    for (Thread relay : relays) {
      relay.join();
    }
    relays.clear();
  }

  @Override
  public void write() throws IOException {
    IOException failed = failure;
    if (failed != null) {
      throw failed;
    }
    outlets.out().requireOpen();
    outlets.err().requireOpen();
  }

  @Override
  public void close() {
    // Nothing is kept.
  }
}
