package dev.headway.cli.fetch;

import dev.headway.cli.lines.Asking;
import dev.headway.cli.lines.Line;
import dev.headway.cli.lines.ReadAhead;
import dev.headway.http.LimitedHttpClient;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of an input take, read as {@code fetch} reads them. Lines that cannot be read
 * take nothing, and are counted.
 */
public final class Demands implements Iterator<Demand>, AutoCloseable {

  private final ReadAhead lines;
  private final Iterator<Line> asking;
  private final RequestReader reader;
  private final Secrets secrets;
  private @Nullable Demand next;
  private long line;
  private long unreadable;
  private @Nullable String fault;

  Demands(ReadAhead lines, RequestReader reader, Secrets secrets) {
    this.lines = lines;
    this.asking = new Asking(lines, Requests::asks);
    this.reader = reader;
    this.secrets = secrets;
  }

  @Override
  public boolean hasNext() {
    while (next == null && asking.hasNext()) {
      Line asked = asking.next();
      switch (reader.read(asked)) {
        case Entry.Request request -> {
          line = asked.number();
          String host = LimitedHttpClient.hostOf(request.request().uri());
          next = new Demand(request.cost(), secrets.hideHost(host));
        }
        case Entry.Unreadable entry -> {
          unreadable++;
          fault = fault == null ? entry.why() : fault;
        }
      }
    }
    return next != null;
  }

  @Override
  public Demand next() {
    Demand demand = hasNext() ? next : null;
    next = null;
    if (demand == null) {
      throw new NoSuchElementException();
    }
    return demand;
  }

  /** The number of the line that the last was read from. */
  public long line() {
    return line;
  }

  /** How many lines could not be read. */
  public long unreadable() {
    return unreadable;
  }

  /** What is wrong with the first of them, and which it is. */
  public Optional<String> fault() {
    return Optional.ofNullable(fault);
  }

  @Override
  public void close() {
    lines.close();
  }
}
