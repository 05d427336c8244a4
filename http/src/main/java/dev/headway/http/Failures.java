package dev.headway.http;

import dev.headway.http.ResponseMeaning.Final;
import dev.headway.http.ResponseMeaning.Retryable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Why no response came. */
final class Failures {

  /** What the JDK says of a connection that the other side has closed. */
  private static final Pattern LOST =
      Pattern.compile("Remote host (terminated|closed)|Broken pipe|Connection reset");

  private Failures() {}

  /** As {@link ResponsePolicy#meaningOf(IOException)} says. */
  static ResponseMeaning meaningOf(IOException failure) {
    if (cause(failure, Failures::isCertificate).isPresent()) {
      return Final.RESPONSE;
    }
    if (isNoConnection(failure)) {
      return Retryable.ANY_METHOD;
    }
    return cause(failure, Failures::isTlsAlert).isPresent()
            && cause(failure, Failures::isLost).isEmpty()
        ? Final.RESPONSE
        : Retryable.IF_IDEMPOTENT;
  }

  private static boolean isCertificate(Throwable failure) {
    return failure instanceof CertificateException
        || failure instanceof CertPathValidatorException
        || failure instanceof SSLPeerUnverifiedException;
  }

  /** A connection that breaks off within a handshake is no verdict of either side. */
  private static boolean isLost(Throwable failure) {
    return failure instanceof SocketException
        || failure instanceof EOFException
        || LOST.matcher(String.valueOf(failure.getMessage())).find();
  }

  private static boolean isTlsAlert(Throwable failure) {
    return failure instanceof SSLHandshakeException
        || (failure instanceof SSLException
            && String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("alert"));
  }

  static boolean isNoConnection(Throwable failure) {
    return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException;
  }

  /** Whether it comes from a body's handler or publisher, which would fail again. */
  static boolean isFromBody(IOException failure) {
    return failure.getCause() instanceof RuntimeException
        || failure.getCause() instanceof Error
        || cause(failure, BodyTooLongException.class::isInstance).isPresent();
  }

  /**
   * A failure to connect, if that is behind one: the JDK's client hides it where it may not retry.
   */
  static IOException reasonOf(IOException failure) {
    return cause(failure, each -> each instanceof IOException && isNoConnection(each))
        .map(IOException.class::cast)
        .orElse(failure);
  }

  private static Optional<Throwable> cause(Throwable failure, Predicate<Throwable> which) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (which.test(each)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
