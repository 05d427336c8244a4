package dev.headway.postgres;

import dev.headway.distributed.Store;
import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** A store on PostgreSQL: one function decides, on one connection; wake-ups come on another. */
final class PostgresStore implements Store {

  private final DataSource source;
  private final RequestExecutor desk;
  private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

  PostgresStore(DataSource source) {
    this.source = source;
    this.desk = new RequestExecutor(source);
  }

  @Override
  public CompletionStage<StoreResponse> decide(String limit, StoreRequest question) {
    PendingRequest call =
        new PendingRequest(limit, question, desk, listeners.get(question.member()));
    desk.ask(call);
    return call;
  }

  @Override
  public void listen(String member, Consumer<String> wake) {
    listeners.computeIfAbsent(member, named -> new Listener(source, named, wake));
  }

  @Override
  public void close() {
    listeners.values().forEach(Listener::close);
    desk.close();
  }
}
