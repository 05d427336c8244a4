package dev.headway.cli.fetch;

import dev.headway.cli.job.Job;
import dev.headway.cli.model.ModelCall;
import dev.headway.cli.model.Money;
import dev.headway.cli.model.Price;
import dev.headway.cli.model.Spending;
import dev.headway.cli.model.TokenMeter;
import dev.headway.cli.model.Usage;
import dev.headway.cli.request.Request;
import dev.headway.throttle.Permit;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of a run take of budgets of tokens, and what they cost. It ends the run, so that
 * it can be resumed, when no more may be spent: then no call begins, those in flight end, and their
 * results are written before it stops.
 */
final class ModelCalls {

  private static final int SUCCESS = 2;
  private static final int HUNDRED = 100;

  private final Optional<TokenMeter> meter;
  private final Optional<Price> price;
  private final OptionalDouble most;
  private final Spending spending;
  private final Job job;

  /**
   * None yet.
   *
   * @param meter estimates and settles tokens, if requests are calls
   * @param price what tokens cost, if that is known
   * @param most what may be spent, if that is limited
   * @param job shows what is spent, and is stopped when that is too much
   */
  ModelCalls(Optional<TokenMeter> meter, Optional<Price> price, OptionalDouble most, Job job) {
    this.meter = meter;
    this.price = price;
    this.most = most;
    this.job = job;
    this.spending = new Spending(price.map(job.file()::earlierCost).orElse(0.0), most);
    if (price.isPresent()) {
      job.display().shows(spending);
    }
  }

  /** Looks after a request. */
  Call request(Request request) {
    return new Call(request.call());
  }

  /** The result of a request was written. */
  void written(Result result) {
    if (price.isPresent() && result.charge().filter(charge -> charge.call() > 0).isPresent()) {
      Charge charge = result.charge().get();
      spending.end(charge.call(), charge.cost().orElse(0));
      stopIfOver();
    }
  }

  private void stopIfOver() {
    if (spending.isOver()) {
      Money money = spending.money(OptionalLong.empty());
      job.stop(
          money
              + ", and the next call would exceed --max-spend "
              + Money.amount(most.orElseThrow()));
    }
  }

  /** One call: a request and its attempts, used by one thread. */
  final class Call {

    private final Optional<ModelCall> call;
    private long number;
    private @Nullable Usage usage;

    private Call(Optional<ModelCall> call) {
      this.call = call;
    }

    /**
     * An attempt is about to begin, under its permit; false if it may cost too much.
     *
     * @throws InterruptedException if interrupted while it waits for what others cost
     */
    boolean begin() throws InterruptedException {
      if (meter.isEmpty() || call.isEmpty()) {
        return true;
      }
      if (price.isPresent() && number == 0) {
        OptionalLong begun = spending.begin(price.get().of(meter.get().expected(call.get())));
        if (begun.isEmpty()) {
          stopIfOver();
          return false;
        }
        number = begun.getAsLong();
      }
      meter.get().starts(call.get(), Permit.current());
      return true;
    }

    /** An attempt has a response, under its permit; only one that succeeded took tokens. */
    void received(HttpResponse<? extends @Nullable Body> response) throws IOException {
      if (meter.isEmpty() || call.isEmpty()) {
        return;
      }
      Body body = response.body();
      if (body == null || response.statusCode() / HUNDRED != SUCCESS) {
        meter.get().refused(Permit.current());
        return;
      }
      meter
          .get()
          .ended(call.get(), body.decoded(response.headers()), Permit.current())
          .ifPresent(taken -> usage = usage == null ? taken : usage.plus(taken));
    }

    /** What all attempts took; empty if the request is no call. */
    Optional<Charge> charge() {
      if (meter.isEmpty() || call.isEmpty()) {
        return Optional.empty();
      }
      Optional<Usage> taken = Optional.ofNullable(usage);
      OptionalDouble cost =
          price.isPresent() && taken.isPresent()
              ? OptionalDouble.of(price.get().of(taken.get()))
              : OptionalDouble.empty();
      return Optional.of(new Charge(number, taken, cost));
    }
  }
}
