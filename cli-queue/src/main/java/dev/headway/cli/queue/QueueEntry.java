package dev.headway.cli.queue;

import dev.headway.cli.request.Line;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request in a queue.
 *
 * @param id which it is in the stream
 * @param line what it was made of
 * @param place where a worker that is gone was writing its result, if it was
 */
record QueueEntry(String id, Line line, Optional<String> place) {

  private static final String NUMBER = "line";
  private static final String REQUEST = "request";
  private static final String FAULT = "fault";

  /** What is kept of a line: its number, and what it says in JSON or what is wrong with it. */
  static Map<String, String> fields(Line line) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(NUMBER, Long.toString(line.number()));
    line.fault()
        .ifPresentOrElse(fault -> fields.put(FAULT, fault), () -> fields.put(REQUEST, line.text()));
    return fields;
  }

  /** An entry of these fields. Other programs may have written anything. */
  static QueueEntry of(String id, Map<String, String> fields, Optional<String> place) {
    String number = fields.getOrDefault(NUMBER, "");
    String request = fields.get(REQUEST);
    Optional<String> fault =
        Optional.ofNullable(
            fields.getOrDefault(
                FAULT, request == null ? "the queue holds something else than a request" : null));
    long line = number.matches("\\d{1,18}") ? Long.parseLong(number) : 0;
    return new QueueEntry(
        id,
        fault
            .map(why -> Line.faulty(line, why))
            .orElseGet(() -> Line.of(line, request == null ? "" : request)),
        place);
  }

  /**
   * One as scripts answer with it: the id, the fields one after the other, and perhaps the place.
   */
  static QueueEntry of(List<?> answer) {
    List<?> flat = (List<?>) answer.get(1);
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      fields.put((String) flat.get(i), (String) flat.get(i + 1));
    }
    return of((String) answer.get(0), fields, Optional.ofNullable((String) answer.get(2)));
  }
}
