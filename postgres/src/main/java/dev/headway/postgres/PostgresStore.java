package dev.headway.postgres;

import dev.headway.distributed.Answer;
import dev.headway.distributed.Question;
import dev.headway.distributed.Store;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** A store on PostgreSQL: one function decides, on one connection; wake-ups come on another. */
final class PostgresStore implements Store {

  private final DataSource source;
  private final Desk desk;
  private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

  PostgresStore(DataSource source) {
    this.source = source;
    this.desk = new Desk(source);
  }

  @Override
  public CompletionStage<Answer> decide(String limit, Question question) {
    Call call = new Call(limit, question, desk, listeners.get(question.member()));
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
