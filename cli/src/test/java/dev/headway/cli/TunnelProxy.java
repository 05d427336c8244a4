package dev.headway.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy on loopback that remembers what it is asked. It opens tunnels to loopback, whatever host
 * is named, and answers other requests itself; without the right credentials it does neither.
 */
final class TunnelProxy implements AutoCloseable {

  private final ServerSocket socket;
  private final String authorization;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** Asks for a value of {@code Proxy-Authorization}, unless that is empty. */
  TunnelProxy(String authorization) throws IOException {
    this.authorization = authorization;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        Thread.startVirtualThread(() -> serve(client));
      }
    } catch (IOException closed) {
      // It is over.
    }
  }

  private void serve(Socket client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      String first = in.readLine();
      StringBuilder head = new StringBuilder(String.valueOf(first));
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        head.append('\n').append(line);
      }
      asked.add(head.toString());
      boolean allowed =
          authorization.isEmpty()
              || head.toString().contains("\nProxy-Authorization: " + authorization);
      if (!allowed) {
        answer(
            client, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"");
      } else if (head.toString().startsWith("CONNECT ")) {
        tunnel(client, Integer.parseInt(head.toString().replaceFirst("(?s)^.*?:(\\d+) .*", "$1")));
      } else {
        answer(client, "200 OK");
      }
    } catch (IOException e) {
      asked.add("broken: " + e.getMessage());
    }
  }

  private static void answer(Socket client, String status) throws IOException {
    client
        .getOutputStream()
        .write(
            ("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    client.getOutputStream().flush();
  }

  private static void tunnel(Socket client, int port) throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      Thread back =
          Thread.startVirtualThread(() -> {
            try {
              server.getInputStream().transferTo(client.getOutputStream());
            } catch (IOException closed) {
              // The other direction ends, too.
            }
          });
      client.getInputStream().transferTo(server.getOutputStream());
      server.shutdownOutput();
      back.join(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Such as {@code 127.0.0.1:8080}. */
  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** The heads of requests. */
  List<String> asked() {
    return asked;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
