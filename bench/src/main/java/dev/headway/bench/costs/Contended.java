package dev.headway.bench.costs;

/** Limiters that many threads call at once. */
public enum Contended {
  WINDOW("Headway window", OurCosts.class, "window"),
  RESILIENCE4J("Resilience4j", PeerCosts.class, "resilience4j"),
  BUCKET4J("Bucket4j, greedy", PeerCosts.class, "bucket4jGreedy"),
  FLOOR("floor", Floors.class, "nanoTimeAndSet");

  private static final Jmh JMH = new Jmh(1, 2, 4, 500);

  private final String title;
  private final Class<?> benchmarks;
  private final String method;

  Contended(String title, Class<?> benchmarks, String method) {
    this.title = title;
    this.benchmarks = benchmarks;
    this.method = method;
  }

  /** Its title. */
  public String title() {
    return title;
  }

  /** The time divided by the calls of all threads, in the fastest iteration. */
  public double nanos(int threads) {
    return JMH.measure(benchmarks, method, threads).leastNanos() / threads;
  }
}
