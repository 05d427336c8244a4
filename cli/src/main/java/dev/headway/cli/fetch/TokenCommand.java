package dev.headway.cli.fetch;

import dev.headway.cli.option.UsageException;
import dev.headway.cli.request.Secrets;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A command that prints a token for {@code Authorization}. It runs before the first request and,
 * when a server has answered 401 to its last token, once for all requests that wait for another.
 */
final class TokenCommand {

  private static final String HEADER = "Authorization";
  private static final int LONGEST_SECONDS = 60;

  /** Stands for the token up to the instant of sending; a redirect to another host drops it. */
  private static final String PLACE = "headway-token";

  private final String command;
  private final Secrets secrets;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicLong refused = new AtomicLong();
  private volatile Token current;

  /**
   * What the command has printed.
   *
   * @param authorization the value of the header
   * @param number counts tokens
   */
  record Token(String authorization, long number) {}

  /** There is no other token, so no request can be sent. */
  static final class TokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TokenException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private TokenCommand(String command, Secrets secrets) throws IOException {
    this.command = command;
    this.secrets = secrets;
    this.current = new Token(run(), 1);
  }

  /**
   * Runs a command for the first token.
   *
   * @throws UsageException if it prints none
   */
  static Optional<TokenCommand> of(Optional<String> command, Secrets secrets) {
    try {
      return command.isPresent()
          ? Optional.of(new TokenCommand(command.get(), secrets))
          : Optional.empty();
    } catch (IOException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  /** A request that gets a token when it is sent, unless it has an authorization of its own. */
  static HttpRequest prepare(HttpRequest request) {
    return request.headers().firstValue(HEADER).isPresent() ? request : with(request, PLACE);
  }

  private static boolean isPrepared(HttpRequest request) {
    return request.headers().firstValue(HEADER).filter(PLACE::equals).isPresent();
  }

  private static HttpRequest with(HttpRequest request, String authorization) {
    return HttpRequest.newBuilder(request, (name, value) -> true)
        .setHeader(HEADER, authorization)
        .build();
  }

  /**
   * What is sent of a request. If the last token has been refused, one thread runs the command for
   * another, and others wait.
   *
   * @param used gets the token that is sent with it, if it gets one
   * @throws TokenException if the command prints none
   */
  HttpRequest authorize(HttpRequest request, Consumer<Token> used) {
    if (!isPrepared(request)) {
      return request;
    }
    Token token = current.number() > refused.get() ? current : renewed();
    used.accept(token);
    return with(request, token.authorization());
  }

  private Token renewed() {
    lock.lock();
    try {
      if (current.number() <= refused.get()) {
        current = new Token(run(), current.number() + 1);
      }
      return current;
    } catch (IOException e) {
      throw new TokenException(e);
    } finally {
      lock.unlock();
    }
  }

  /** A server has refused a token: no other request is sent with it. */
  void refuse(Token token) {
    refused.accumulateAndGet(token.number(), Math::max);
  }

  /** Its standard error is ours; its standard output is never shown. */
  private String run() throws IOException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var unused =
        process
            .onExit()
            .orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS)
            .exceptionally(late -> {
              process.descendants().forEach(ProcessHandle::destroyForcibly);
              return process.destroyForcibly();
            });
    String token;
    try (var output = process.getInputStream()) {
      token = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
    int status = process.onExit().join().exitValue();
    if (status != 0) {
      throw new IOException("--token-command ended with status " + status);
    }
    if (!token.matches("[\\x21-\\x7E]+( [\\x21-\\x7E]+)*")) {
      throw new IOException("--token-command must print one line, which is a token in ASCII");
    }
    secrets.add(token.substring(token.indexOf(' ') + 1));
    return token.contains(" ") ? token : "Bearer " + token;
  }
}
