package dev.headway.tests.shared;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server on this machine that can be cut, or swallow what is sent. */
final class Cable implements AutoCloseable {

  private final ServerSocket entrance;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile boolean swallows;

  /** A cable to a port. */
  Cable(int port) throws IOException {
    this.port = port;
    entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Where it begins. */
  int port() {
    return entrance.getLocalPort();
  }

  /** All connections break, and none can be made. */
  void cut() {
    cut = true;
    sockets.forEach(Cable::close);
  }

  /** What is sent from now on, either way, gets lost; connections stay open. */
  void swallow() {
    swallows = true;
  }

  /** New connections work again. */
  void mend() {
    cut = false;
    swallows = false;
  }

  /** How many connections go through it. */
  int connections() {
    return sockets.size() / 2;
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket near = entrance.accept();
        if (cut) {
          near.close();
          continue;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(near);
        sockets.add(far);
        Thread.ofVirtual().start(() -> pass(near, far));
        Thread.ofVirtual().start(() -> pass(far, near));
      } catch (IOException e) {
        // The entrance has been closed, or the server is away.
      }
    }
  }

  private void pass(Socket from, Socket to) {
    boolean lost = false;
    byte[] some = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(some); length >= 0; length = in.read(some)) {
        // Whatever has lost something is of no use any more.
        lost |= swallows;
        if (!lost) {
          out.write(some, 0, length);
        }
      }
    } catch (IOException e) {
      // One end has gone, and so does the other.
    } finally {
      sockets.remove(from);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    sockets.forEach(Cable::close);
  }
}
