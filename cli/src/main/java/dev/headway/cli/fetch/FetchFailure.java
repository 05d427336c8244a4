package dev.headway.cli.fetch;

import dev.headway.TaskFailedException;
import dev.headway.cli.text.FileErrors;
import dev.headway.http.ExchangeFailedException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;

/**
 * Why a request has no response.
 *
 * @param text in words that may be shown
 * @param unusable whether the host cannot be used: there is no connection, or no TLS
 */
record FetchFailure(String text, boolean unusable) {

  private static final String TOO_MANY_RETRIES = "Too many retries";

  /**
   * Finds words for a failure.
   *
   * @param peer what is connected to: the server, or its proxy
   * @param hide makes a message one that may be shown
   */
  static FetchFailure of(Throwable thrown, String peer, UnaryOperator<String> hide) {
    Throwable failure = underneath(thrown);
    String message = failure.getMessage() == null ? "" : hide.apply(failure.getMessage());
    if (failure instanceof SSLException) {
      return new FetchFailure("no TLS with the server: " + tls(failure, message), true);
    }
    boolean noConnection =
        failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException;
    return new FetchFailure(text(failure, peer, message), noConnection);
  }

  private static String text(Throwable failure, String peer, String message) {
    if (failure instanceof HttpConnectTimeoutException) {
      return "no connection to " + peer + ": it took too long (--connect-timeout)";
    }
    if (failure instanceof HttpTimeoutException) {
      return "no answer in time: " + message;
    }
    if (failure instanceof ConnectException) {
      return "no connection to "
          + peer
          + (FileErrors.underneath(failure) instanceof UnresolvedAddressException
              ? ": there is no host of that name"
              : after(message));
    }
    if (failure.getClass() == IOException.class
        || failure instanceof SocketException
        || failure instanceof EOFException) {
      return "the connection broke" + after(message);
    }
    return failure.getClass().getSimpleName() + after(message);
  }

  private static String after(String message) {
    return message.isBlank() ? "" : ": " + message;
  }

  /** What is wrong, and the option that helps where a certificate is missing or not trusted. */
  private static String tls(Throwable failure, String message) {
    StringBuilder all = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      all.append(each.getMessage()).append('\n');
    }
    String said = all.toString().toLowerCase(Locale.ROOT);
    if (said.contains("certification path") || said.contains("trust")) {
      return "its certificate is not trusted; --cacert FILE trusts the authority that signed its"
          + " certificate, --insecure any";
    }
    if (said.contains("bad_certificate") || said.contains("certificate_required")) {
      return message + "; --cert FILE shows the server a certificate of yours";
    }
    return message
        + (said.contains("matching") || said.contains("certificate")
            ? "; --insecure checks no certificates"
            : "");
  }

  /**
   * What went wrong, below what wraps it. Kept from sending a request again by itself, the JDK's
   * client says "Too many retries" and has the reason as the cause.
   */
  private static Throwable underneath(Throwable failure) {
    Throwable cause = failure.getCause();
    boolean wraps =
        failure instanceof ExchangeFailedException
            || failure instanceof TaskFailedException
            || TOO_MANY_RETRIES.equals(failure.getMessage());
    return wraps && cause != null ? underneath(cause) : failure;
  }
}
