package dev.headway.http;

import java.io.IOException;

/** A body is longer than it may be, and would be again. */
final class BodyTooLongException extends IOException {

  private static final long serialVersionUID = 1L;

  BodyTooLongException(long most) {
    super("the body is longer than " + most + " bytes; see maxBody of the builder");
  }
}
