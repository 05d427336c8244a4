package dev.headway.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** A server of HTTP/1.1 and HTTP/2 that answers as the path says. */
final class EchoServer implements AutoCloseable {

  private final Server server = new Server();
  private final ServerConnector connector;

  /** What waits for {@link #release}. */
  private final Semaphore released = new Semaphore(0);

  private final Semaphore held = new Semaphore(0);

  EchoServer() throws Exception {
    HttpConfiguration configuration = new HttpConfiguration();
    connector =
        new ServerConnector(
            server,
            new HttpConnectionFactory(configuration),
            new HTTP2CServerConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            String[] path = request.getHttpURI().getPath().split("/");
            if (path[1].equals("upgrade")) {
              response.setStatus(200);
              callback.succeeded();
              return true;
            }
            InputStream in = Content.Source.asInputStream(request);
            try (OutputStream out = Content.Sink.asOutputStream(response)) {
              answer(path, request, response, in, out);
              in.readAllBytes();
            } catch (IOException e) {
              callback.failed(e);
              return true;
            }
            callback.succeeded();
            return true;
          }
        });
    server.start();
  }

  private void answer(
      String[] path, Request request, Response response, InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    response.setStatus(200);
    switch (path[1]) {
      case "bytes" -> {
        int length = Integer.parseInt(path[3]);
        response.setStatus(Integer.parseInt(path[2]));
        response.getHeaders().put("Content-Disposition", "attachment; filename=\"named.txt\"");
        if (response.getStatus() != 204 && response.getStatus() != 304) {
          response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
        }
        if (!request.getMethod().equals("HEAD")) {
          out.write(text(length).getBytes(StandardCharsets.UTF_8));
        }
      }
      case "echo" -> {
        response.getHeaders().add("X-Answer", "a");
        response.getHeaders().add("X-Answer", "b");
        String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        write(
            out,
            request.getMethod() + " " + request.getHeaders().getValuesList("X-It") + " " + body);
      }
      case "redirect" -> {
        in.readAllBytes();
        response.setStatus(Integer.parseInt(path[2]));
        response.getHeaders().put(HttpHeader.LOCATION, "/echo");
        write(out, "moved");
      }
      case "hold" -> hold();
      case "drip" -> {
        response.setStatus(path.length > 2 ? Integer.parseInt(path[2]) : 200);
        write(out, "one\n");
        out.flush();
        hold();
        write(out, "two\n");
      }
      case "break" -> {
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 1_000);
        write(out, "half");
        out.flush();
        throw new IOException("of the test");
      }
      case "first" -> {
        byte[] first = in.readNBytes(4);
        held.release();
        out.write(first);
        in.transferTo(out);
      }
      case "cookie" -> {
        response.getHeaders().put(HttpHeader.SET_COOKIE, "sid=abc; Path=/");
        write(out, String.valueOf(request.getHeaders().get(HttpHeader.COOKIE)));
      }
      default -> response.setStatus(404);
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private void hold() throws InterruptedException {
    held.release();
    if (!released.tryAcquire(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("nothing released this request");
    }
  }

  /** Waits until a request is held. */
  void awaitHeld() throws InterruptedException {
    if (!held.tryAcquire(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("no request came");
    }
  }

  /** Releases one held request, or the next. */
  void release() {
    released.release();
  }

  /** Releases all held requests. */
  void releaseAll() {
    released.release(1_000);
  }

  /** Holds requests again. */
  void reset() {
    released.drainPermits();
    held.drainPermits();
  }

  /** Lines of letters, so long in all. */
  static String text(int length) {
    return ("abcdefghi".repeat(7) + "\n").repeat(length / 64 + 1).substring(0, length);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort() + path);
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
