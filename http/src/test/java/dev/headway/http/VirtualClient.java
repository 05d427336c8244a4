package dev.headway.http;

import dev.headway.testkit.VirtualTime;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** A client and its server in virtual time, so that the network and the server take some of it. */
final class VirtualClient extends HttpClient {

  private final VirtualTime time;
  private final Server server;

  /** What the server does. */
  interface Server {
    Reply to(HttpRequest request) throws IOException, InterruptedException;
  }

  /** What it responds. */
  record Reply(int status, HttpHeaders headers) implements ResponseInfo {
    @Override
    public int statusCode() {
      return status;
    }

    @Override
    public Version version() {
      return Version.HTTP_1_1;
    }
  }

  VirtualClient(VirtualTime time, Server server) {
    this.time = time;
    this.server = server;
  }

  /** A builder of this client, which ignores its settings. */
  Builder builder() {
    return (Builder)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Builder.class},
            (proxy, method, arguments) -> method.getName().equals("build") ? this : proxy);
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    Reply reply = server.to(request);
    BodySubscriber<T> subscriber = handler.apply(reply);
    subscriber.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        });
    subscriber.onNext(List.of(ByteBuffer.wrap(new byte[] {'x'})));
    subscriber.onComplete();
    T body = time.await(subscriber.getBody().toCompletableFuture());
    return new Response<>(request, reply, body);
  }

  private record Response<T extends @Nullable Object>(HttpRequest request, Reply reply, T body)
      implements HttpResponse<T> {
    @Override
    public int statusCode() {
      return reply.statusCode();
    }

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public HttpHeaders headers() {
      return reply.headers();
    }

    @Override
    public Optional<javax.net.ssl.SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public URI uri() {
      return request.uri();
    }

    @Override
    public Version version() {
      return reply.version();
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> push) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return Optional.empty();
  }

  @Override
  public Redirect followRedirects() {
    return Redirect.NEVER;
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return Optional.empty();
  }

  @Override
  public SSLContext sslContext() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SSLParameters sslParameters() {
    return new SSLParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return Optional.empty();
  }

  @Override
  public Version version() {
    return Version.HTTP_1_1;
  }

  @Override
  public Optional<Executor> executor() {
    return Optional.empty();
  }
}
