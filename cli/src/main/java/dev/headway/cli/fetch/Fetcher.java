package dev.headway.cli.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headway.cli.job.StopException;
import dev.headway.cli.option.CostPointer;
import dev.headway.cli.request.Request;
import dev.headway.http.Exchange;
import dev.headway.http.ExchangeFailedException;
import dev.headway.http.LimitedHttpClient;
import dev.headway.throttle.Permit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Sends requests, and turns responses into results. */
final class Fetcher {

  private static final int FIRST_ERROR_STATUS = 400;
  private static final int UNAUTHORIZED = 401;

  /** The host answers so whatever it is asked. */
  private static final Set<Integer> FORBIDDING = Set.of(401, 403, 407);

  private final LimitedHttpClient http;
  private final Client client;
  private final ResponseBodies bodies;
  private final List<CostPointer> settled;
  private final Optional<TokenCommand> tokens;
  private final ServerPauses pauses;
  private final ModelCalls calls;

  /**
   * Prepares to fetch.
   *
   * @param http sends requests
   * @param client what that was made of
   * @param bodies how bodies are taken
   * @param settled where in responses stands what requests took in fact
   * @param tokens the command that prints tokens, if there is one
   * @param pauses knows when a host that refuses ends the run
   * @param calls knows what calls of language models take
   */
  Fetcher(
      LimitedHttpClient http,
      Client client,
      ResponseBodies bodies,
      List<CostPointer> settled,
      Optional<TokenCommand> tokens,
      ServerPauses pauses,
      ModelCalls calls) {
    this.http = http;
    this.client = client;
    this.bodies = bodies;
    this.settled = settled;
    this.tokens = tokens;
    this.pauses = pauses;
    this.calls = calls;
  }

  /**
   * A result, and the response that it is of, if there was one.
   *
   * @param result the result
   * @param response the response
   */
  record Answer(Result result, Optional<HttpResponse<Body>> response) {

    private static Answer none(Result result) {
      return new Answer(result, Optional.empty());
    }
  }

  /** What is sent for a request: with its key, if keys are sent in turn. */
  HttpRequest keyed(Request request) {
    return client
        .keys()
        .on(request.http().orElseThrow(), each -> pauses.pauses(client.scope().of(each)));
  }

  /**
   * Sends a request, as often as it takes.
   *
   * @param asked what is sent for it
   * @throws InterruptedException if interrupted: then there is no result
   * @throws StopException if the run should end: then there is none either
   */
  Answer answer(Request request, HttpRequest asked, TimeLimit.Attempts attempts)
      throws InterruptedException, StopException {
    ModelCalls.Call call = calls.request(request);
    Answer answer = answer(request, asked, attempts, call);
    return new Answer(answer.result().with(call.charge()), answer.response());
  }

  private Answer answer(
      Request request, HttpRequest asked, TimeLimit.Attempts attempts, ModelCalls.Call call)
      throws InterruptedException, StopException {
    try (BodyReader.Bodies body = bodies.of(request)) {
      Exchange<Body> exchange =
          authorized(
              asked,
              (each, sending, received) ->
                  http.exchange(
                      each,
                      body,
                      request.cost(),
                      sent -> sending.apply(attemptBegins(attempts, call, body, sent)),
                      received.andThen(response -> settle(response, call))));
      HttpResponse<Body> response = exchange.response();
      checkStop(exchange);
      Result result =
          Result.of(
              request,
              response,
              body(response),
              exchange.attempts(),
              exchange.waited(),
              exchange.took(),
              error(response),
              FORBIDDING.contains(response.statusCode()));
      return new Answer(result, Optional.of(response));
    } catch (NoMoreException e) {
      throw new StopException();
    } catch (ExchangeFailedException e) {
      checkStop(asked);
      return Answer.none(
          Result.failed(request, e.attempts(), e.waited(), e.took(), failure(e, request)));
    } catch (IllegalArgumentException e) {
      return Answer.none(
          Result.unsent(
              request, request.line().because(hide(String.valueOf(e.getMessage()), request))));
    } catch (IOException | RuntimeException e) {
      checkStop(asked);
      return Answer.none(Result.unsent(request, failure(e, request).text()));
    }
  }

  /** Sends a request, as often as it takes. */
  private interface Sender {
    Exchange<Body> send(
        HttpRequest request,
        UnaryOperator<HttpRequest> sending,
        Consumer<HttpResponse<Body>> received)
        throws IOException, InterruptedException;
  }

  /** Sends a request with a token if there are any, and once more with another after a 401. */
  private Exchange<Body> authorized(HttpRequest request, Sender sender)
      throws IOException, InterruptedException, StopException {
    if (tokens.isEmpty()) {
      return sender.send(request, UnaryOperator.identity(), response -> {});
    }
    TokenCommand command = tokens.get();
    AtomicReference<TokenCommand.@Nullable Token> used = new AtomicReference<>();
    AtomicBoolean refused = new AtomicBoolean();
    UnaryOperator<HttpRequest> authorize =
        each -> {
          used.set(null);
          return command.authorize(each, used::set);
        };
    HttpRequest prepared = TokenCommand.prepare(request);
    try {
      Exchange<Body> first =
          sender.send(
              prepared,
              authorize,
              response -> {
                TokenCommand.Token token = used.get();
                if (response.statusCode() == UNAUTHORIZED && token != null) {
                  command.refuse(token);
                  refused.set(true);
                }
              });
      return refused.get() ? again(first, sender.send(prepared, authorize, r -> {})) : first;
    } catch (TokenCommand.TokenException e) {
      pauses.stopRun(String.valueOf(e.getMessage()));
      throw new StopException();
    }
  }

  private static Exchange<Body> again(Exchange<Body> first, Exchange<Body> second)
      throws IOException {
    Body body = body(first.response());
    if (!body.file().equals(body(second.response()).file())) {
      body.discard();
    }
    return new Exchange<>(
        second.response(),
        first.attempts() + second.attempts(),
        first.waited().plus(second.waited()),
        second.took(),
        second.refused(),
        second.stop());
  }

  private HttpRequest attemptBegins(
      TimeLimit.Attempts attempts,
      ModelCalls.Call call,
      BodyReader.Bodies body,
      HttpRequest request) {
    try {
      if (pauses.sendsNoMore() || !attempts.begin() || !call.begin()) {
        throw new NoMoreException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoMoreException();
    }
    return body.attemptBegins(request);
  }

  /** The request must not be sent, since a server, the time or the money has ended the run. */
  private static final class NoMoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private void checkStop(Exchange<Body> exchange) throws StopException {
    HttpRequest sent = exchange.response().request();
    if (exchange.stop().isPresent()) {
      checkStop(sent);
    }
    if (exchange.refused() && pauses.end(client.scope().of(sent))) {
      throw new StopException();
    }
  }

  private void checkStop(HttpRequest sent) throws StopException {
    if (pauses.sendsNoMore()) {
      pauses.stop(client.scope().of(sent));
      throw new StopException();
    }
  }

  /** An answer that does not say what was taken leaves it at what was expected. */
  private void settle(HttpResponse<? extends @Nullable Body> response, ModelCalls.Call call) {
    Body body = response.body();
    try {
      call.received(response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (body == null) {
      return;
    }
    for (CostPointer pointed : settled) {
      try {
        pointed
            .in(body.decoded(response.headers()))
            .ifPresent(amount -> Permit.current().settle(pointed.budget(), amount));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What a proxy answers instead of a tunnel comes without its body. */
  private static Body body(HttpResponse<Body> response) {
    @Nullable Body body = response.body();
    return body == null ? Body.NONE : body;
  }

  private Optional<String> error(HttpResponse<Body> response) throws IOException {
    String answered = "the server answered " + response.statusCode();
    Optional<String> problem = body(response).problem();
    if (problem.isPresent()) {
      return Optional.of(answered + " with " + problem.get());
    }
    if (response.statusCode() >= FIRST_ERROR_STATUS) {
      return Optional.of(answered);
    }
    return client.retries().failsByBodies()
        ? client
            .retries()
            .failIf(new String(body(response).decoded(response.headers()), UTF_8))
            .map(failing -> answered + " with " + failing)
        : Optional.empty();
  }

  private FetchFailure failure(Throwable failure, Request request) {
    String peer = client.proxies().peer(request.http().orElseThrow().uri());
    return FetchFailure.of(failure, peer, text -> hide(text, request));
  }

  private String hide(String text, Request request) {
    String url = request.http().orElseThrow().uri().toString();
    return client.secrets().hide(text, url, request.url());
  }
}
