package dev.headway.postgres;

import dev.headway.distributed.Store;
import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** A store on PostgreSQL: one function decides, on one connection; wake-ups come on another. */
final class PostgresStore implements Store {

  private final SharedSource shared;
  private final Map<String, Subscriber> subscribers = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  PostgresStore(DataSource source) {
    this.shared = SharedSource.join(source);
  }

  @Override
  public CompletionStage<StoreResponse> decide(String limit, StoreRequest question) {
    PendingRequest call =
        new PendingRequest(
            limit,
            question.wordsOf(shared.listener().member(question.member())),
            shared.executor(),
            Optional.ofNullable(subscribers.get(question.member())));
    shared.executor().ask(call);
    return call;
  }

  @Override
  public void listen(String member, Consumer<String> wake) {
    Subscriber subscriber = new Subscriber(wake);
    subscribers.put(member, subscriber);
    shared.listener().add(subscriber);
  }

  @Override
  public Optional<String> trouble() {
    return shared.executor().trouble();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      subscribers.values().forEach(shared.listener()::remove);
      shared.leave();
    }
  }
}
