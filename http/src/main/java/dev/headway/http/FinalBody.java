package dev.headway.http;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;

/**
 * Passes the body of a final response to the caller's handler, and drops any other: a handler may
 * write to a file or feed a subscriber, and must not see a response that is retried or redirected.
 * The start of a body that is not of a 2xx, or of any, is read before it is decided whether the
 * response is final, and is passed on then.
 */
final class FinalBody<T> implements BodyHandler<T> {

  private static final int SUCCESS = 2;
  private static final int HUNDRED = 100;

  private final BodyHandler<T> handler;
  private final boolean readsSuccess;
  private final Attempt attempt;
  private volatile boolean handedOver;

  /** Decides about the response of one attempt. */
  interface Attempt {

    /** The head of the response is there. */
    void arrived();

    /**
     * Whether the response is final, asked once.
     *
     * @param start the first bytes of its body; none for a 2xx that is not read
     */
    boolean isFinal(ResponseInfo head, byte[] start);

    /** The body that was handed over is read to its end or closed. */
    void bodyEnded();
  }

  /**
   * A handler for one attempt.
   *
   * @param handler the caller's
   * @param readsSuccess whether the start of a body of a 2xx is read, too
   */
  FinalBody(BodyHandler<T> handler, boolean readsSuccess, Attempt attempt) {
    this.handler = handler;
    this.readsSuccess = readsSuccess;
    this.attempt = attempt;
  }

  @Override
  public BodySubscriber<T> apply(ResponseInfo head) {
    attempt.arrived();
    return head.statusCode() / HUNDRED == SUCCESS && !readsSuccess
        ? decide(head, new byte[0])
        : new PeekedBody<>(start -> decide(head, start));
  }

  private BodySubscriber<T> decide(ResponseInfo head, byte[] start) {
    if (!attempt.isFinal(head, start)) {
      return new DroppedBody<>();
    }
    handedOver = true;
    return new TrackedBody<>(handler.apply(head), attempt::bodyEnded);
  }

  /** Whether the caller's handler has been called. */
  boolean handedOver() {
    return handedOver;
  }
}
