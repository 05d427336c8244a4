package dev.headway.testkit;

import dev.headway.limit.Counted;
import dev.headway.limit.Rate;
import dev.headway.limit.SlidingWindow;
import dev.headway.time.TimeSource;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A provider of a language model, simulated: it has quotas of requests, of input tokens and of
 * output tokens, is overloaded now and then, and its answers have lengths of a log-normal
 * distribution.
 *
 * <p>Its quotas are strict sliding windows. A request counts when it arrives, and its input with
 * it; its output counts when it has been produced. A request is refused that would exceed the quota
 * of requests or of inputs, or that arrives while the outputs of the last period use up theirs. A
 * refused request counts as a request, and takes no tokens.
 *
 * <p>The n-th request has the same answer whatever happens before. Any number of threads may call.
 */
public final class SimulatedModel {

  /** The status of an answer. */
  public static final int OK = 200;

  /** The status of a request beyond a quota. */
  public static final int REFUSED = 429;

  /** The status of a request while the provider is overloaded. */
  public static final int OVERLOADED = 529;

  private static final Duration LONGEST_TRANSIT = Duration.ofMillis(50);
  private static final Duration FIRST_TOKEN = Duration.ofMillis(400);
  private static final double TOKENS_A_SECOND = 80;

  private final TimeSource time;
  private final Quotas quotas;
  private final Answers answers;
  private final long seed;
  private final ReentrantLock lock = new ReentrantLock();
  private final SlidingWindow requests;
  private final SlidingWindow inputs;
  private final SlidingWindow outputs;
  private final Random random;

  /**
   * How much a provider takes.
   *
   * @param requests how many requests
   * @param inputs how many input tokens
   * @param outputs how many output tokens
   */
  public record Quotas(Rate requests, Rate inputs, Rate outputs) {}

  /**
   * How a provider answers.
   *
   * @param median half of the answers have no more tokens than this
   * @param sigma the standard deviation of the logarithm of their lengths
   * @param overloaded the share of requests that are refused because it is overloaded, 0 to 1
   */
  public record Answers(double median, double sigma, double overloaded) {}

  /**
   * What came of a request.
   *
   * @param status {@link #OK}, {@link #REFUSED} or {@link #OVERLOADED}
   * @param reason why it was refused: {@code requests}, {@code input}, {@code output} or {@code
   *     overloaded}; empty if it was not
   * @param input the input tokens that it took
   * @param output the output tokens that it took
   */
  public record Answer(int status, String reason, long input, long output) {}

  /**
   * A provider to which no request was made.
   *
   * @param time in which it answers
   * @param seed of all that is random
   */
  public SimulatedModel(TimeSource time, Quotas quotas, Answers answers, long seed) {
    this.time = time;
    this.quotas = quotas;
    this.answers = answers;
    this.seed = seed;
    this.requests = new SlidingWindow(quotas.requests(), Counted.FROM_START);
    this.inputs = new SlidingWindow(quotas.inputs(), Counted.FROM_START);
    this.outputs = new SlidingWindow(quotas.outputs(), Counted.FROM_START);
    this.random = new Random(seed);
  }

  /** The quotas. */
  public Quotas quotas() {
    return quotas;
  }

  /** How many tokens the answer to the n-th request has, 1 or more. */
  public long lengthOf(long number) {
    Random own = new Random(seed ^ (number * 0x9E3779B97F4A7C15L));
    own.nextGaussian();
    return Math.max(
        1, Math.round(answers.median() * Math.exp(answers.sigma() * own.nextGaussian())));
  }

  /**
   * Makes a request, and waits for its answer.
   *
   * @param number which one it is: it says how long the answer is
   * @param input how many tokens the prompt has
   * @param maxOutput the most tokens that the answer may have
   * @throws InterruptedException if interrupted while waiting
   */
  public Answer ask(long number, long input, long maxOutput) throws InterruptedException {
    time.sleep(transit());
    String reason = arrive(input);
    if (!reason.isEmpty()) {
      time.sleep(transit());
      return new Answer(reason.equals("overloaded") ? OVERLOADED : REFUSED, reason, 0, 0);
    }
    long output = Math.min(maxOutput, lengthOf(number));
    time.sleep(FIRST_TOKEN.plusNanos((long) (output / TOKENS_A_SECOND * 1e9)));
    produced(output);
    time.sleep(transit());
    return new Answer(OK, "", input, output);
  }

  private Duration transit() {
    lock.lock();
    try {
      return Duration.ofNanos((long) (random.nextDouble() * LONGEST_TRANSIT.toNanos()));
    } finally {
      lock.unlock();
    }
  }

  private String arrive(long input) {
    lock.lock();
    try {
      long now = time.nanoTime();
      if (requests.readyAt(now, 1) > now) {
        return "requests";
      }
      requests.start(now, 1);
      if (random.nextDouble() < answers.overloaded()) {
        return "overloaded";
      }
      if (inputs.readyAt(now, input) > now) {
        return "input";
      }
      if (outputs.readyAt(now, 1) > now) {
        return "output";
      }
      inputs.start(now, input);
      return "";
    } finally {
      lock.unlock();
    }
  }

  private void produced(long output) {
    lock.lock();
    try {
      outputs.start(time.nanoTime(), output);
    } finally {
      lock.unlock();
    }
  }
}
