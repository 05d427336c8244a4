package dev.headway.http;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The fields of a response, read as what they hold.
 *
 * @param headers the fields
 * @param now the server's time, so that clocks that differ do no harm
 */
record ResponseFields(HttpHeaders headers, Instant now) {

  /** The fields of a response that was received at an instant; its {@code Date} is preferred. */
  static ResponseFields of(HttpHeaders headers, Instant received) {
    Optional<Instant> date =
        headers.firstValue("Date").flatMap(text -> HttpTimes.date(text, received));
    return new ResponseFields(headers, date.orElse(received));
  }

  List<String> all(String name) {
    return headers.allValues(name);
  }

  Optional<String> first(String name) {
    return headers.firstValue(name);
  }

  /** A whole number, such as how many requests are left. */
  Optional<Long> count(String name) {
    return first(name).flatMap(HttpTimes::count);
  }

  /** How long until an instant, or so many seconds; of several values, the longest. */
  Optional<Duration> wait(String name) {
    return all(name).stream()
        .flatMap(text -> HttpTimes.wait(text, now).stream())
        .max(Duration::compareTo);
  }

  /** So many milliseconds; of several values, the longest. */
  Optional<Duration> millis(String name) {
    return all(name).stream()
        .flatMap(text -> HttpTimes.millis(text).stream())
        .max(Duration::compareTo);
  }
}
