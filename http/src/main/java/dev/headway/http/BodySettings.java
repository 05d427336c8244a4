package dev.headway.http;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.util.Optional;

/**
 * What a client does to requests and to the bodies of responses.
 *
 * @param added the header fields that it adds
 * @param decompress whether bodies are decoded
 * @param maxBody the longest body, in bytes, once it is decoded
 */
record BodySettings(AddedHeaders added, boolean decompress, long maxBody) {

  /** Settings; a client that decodes bodies asks for encoded ones. */
  static BodySettings of(Optional<String> userAgent, boolean decompress, long maxBody) {
    Optional<String> encodings =
        decompress ? Optional.of(Decompression.ENCODINGS) : Optional.empty();
    return new BodySettings(new AddedHeaders(userAgent, encodings), decompress, maxBody);
  }

  /** The caller's handler, for bodies that are short enough. */
  <T> BodyHandler<T> limiting(BodyHandler<T> handler) {
    return maxBody == Long.MAX_VALUE
        ? handler
        : head -> new LimitedBody<>(handler.apply(head), maxBody);
  }

  /** A sender that decodes bodies, unless the caller asks for encodings of its own. */
  <T> RetryingSender.Sender<T> decoding(HttpRequest request, RetryingSender.Sender<T> sender) {
    if (!decompress || request.headers().firstValue(AddedHeaders.ACCEPT_ENCODING).isPresent()) {
      return sender;
    }
    return (each, handler) ->
        sender.send(each, Decompression.decoding(handler, each.method().equals("HEAD")));
  }
}
