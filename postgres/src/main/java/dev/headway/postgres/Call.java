package dev.headway.postgres;

import dev.headway.distributed.Answer;
import dev.headway.distributed.Question;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A question on its way. Cancelling it frees the connection that it may be on. */
final class Call extends CompletableFuture<Answer> {

  final byte[] key;
  final String limit;
  final Question question;
  private final Desk desk;
  private final @Nullable Listener listener;

  Call(String limit, Question question, Desk desk, @Nullable Listener listener) {
    this.key = Keys.digest(limit);
    this.limit = limit;
    this.question = question;
    this.desk = desk;
    this.listener = listener;
    if (listener != null) {
      listener.expect(key, limit);
    }
  }

  void answer(Answer answer) {
    if (answer.askAfter() == 0) {
      forget();
    }
    complete(answer);
  }

  void fail(Throwable failure) {
    forget();
    completeExceptionally(failure);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (!isDone()) {
      forget();
    }
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    desk.abandon(this);
    return cancelled;
  }

  private void forget() {
    if (listener != null) {
      listener.forget(key);
    }
  }
}
