package dev.headway.http;

import com.github.mizosoft.methanol.BodyDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Optional;
import java.util.Set;

/** Decodes the bodies of responses. Methanol has the decoders. */
final class Decompression {

  /** The value of {@code Accept-Encoding}. */
  static final String ENCODINGS = "gzip, deflate";

  private static final String ENCODING = "Content-Encoding";
  private static final Set<String> OF_THE_ENCODED_BODY =
      Set.of("content-encoding", "content-length");
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private Decompression() {}

  /**
   * A handler of decoded bodies. It sees no {@code Content-Encoding} or {@code Content-Length}
   * where a body is decoded, since they are those of the encoded one.
   */
  static <T> BodyHandler<T> decoding(BodyHandler<T> handler, boolean isHead) {
    return head -> {
      Optional<BodyDecoder.Factory> decoder = isHead ? Optional.empty() : decoder(head);
      return decoder.isPresent()
          ? decoded(handler.apply(withoutEncoding(head)), decoder.get())
          : handler.apply(head);
    };
  }

  /** Empty where the body is not encoded, or in a way that was not asked for. */
  private static Optional<BodyDecoder.Factory> decoder(ResponseInfo head) {
    boolean hasBody = head.statusCode() != NO_CONTENT && head.statusCode() != NOT_MODIFIED;
    return head.headers()
        .firstValue(ENCODING)
        .filter(encoding -> hasBody)
        .map(encoding -> encoding.strip().toLowerCase(java.util.Locale.ROOT))
        .map(encoding -> encoding.startsWith("x-") ? encoding.substring(2) : encoding)
        .filter(encoding -> encoding.equals("gzip") || encoding.equals("deflate"))
        .flatMap(BodyDecoder.Factory::getFactory);
  }

  /** No bytes at all are an empty body, and no encoded one. */
  private static <T> BodySubscriber<T> decoded(
      BodySubscriber<T> subscriber, BodyDecoder.Factory decoder) {
    return PeekedBody.untilFirstByte(
        start -> start.length == 0 ? subscriber : decoder.create(subscriber));
  }

  private static ResponseInfo withoutEncoding(ResponseInfo head) {
    HttpHeaders headers =
        HttpHeaders.of(
            head.headers().map(),
            (name, value) ->
                !OF_THE_ENCODED_BODY.contains(name.toLowerCase(java.util.Locale.ROOT)));
    return new ResponseInfo() {
      @Override
      public int statusCode() {
        return head.statusCode();
      }

      @Override
      public HttpHeaders headers() {
        return headers;
      }

      @Override
      public HttpClient.Version version() {
        return head.version();
      }
    };
  }
}
