package dev.headway.bench.peers;

import com.pivovarit.collectors.ParallelCollectors;
import dev.headway.Headway;
import dev.headway.Results;
import io.reactivex.rxjava3.core.Flowable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Ways to apply a function to many items concurrently and to read the results. */
public enum Runs {
  HEADWAY("Headway", Order.NONE) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work) {
      return ours(Headway.unthrottled().concurrency(atOnce), items, work);
    }
  },
  HEADWAY_ORDERED("Headway, ordered()", Order.KEPT) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work) {
      return ours(Headway.unthrottled().concurrency(atOnce).ordered(), items, work);
    }
  },
  /** Always in input order. */
  MAP_CONCURRENT("Gatherers.mapConcurrent", Order.KEPT) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work) {
      return total(stream(items).gather(Gatherers.mapConcurrent(atOnce, work)));
    }
  },
  /** Futures are read after all items have been submitted, so it holds all results. */
  SEMAPHORE("semaphore and virtual threads", Order.NONE) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work)
        throws InterruptedException, ExecutionException {
      Semaphore places = new Semaphore(atOnce);
      List<Future<Integer>> futures = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Integer item : items) {
          places.acquire();
          futures.add(
              threads.submit(() -> {
                try {
                  return work.apply(item);
                } finally {
                  places.release();
                }
              }));
        }
        long sum = 0;
        for (Future<Integer> future : futures) {
          sum += future.get();
        }
        return sum;
      }
    }
  },
  REACTOR("Reactor flatMap", Order.NONE) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Scheduler scheduler = Schedulers.fromExecutorService(threads);
        return total(
            Flux.fromIterable(items)
                .flatMap(
                    item -> Mono.fromCallable(() -> work.apply(item)).subscribeOn(scheduler),
                    atOnce)
                .toIterable());
      }
    }
  },
  REACTOR_ORDERED("Reactor flatMapSequential", Order.KEPT) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Scheduler scheduler = Schedulers.fromExecutorService(threads);
        return total(
            Flux.fromIterable(items)
                .flatMapSequential(
                    item -> Mono.fromCallable(() -> work.apply(item)).subscribeOn(scheduler),
                    atOnce)
                .toIterable());
      }
    }
  },
  PARALLEL_COLLECTORS("parallel-collectors", Order.NONE) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work) {
      return total(stream(items).collect(ParallelCollectors.parallelToStream(work, atOnce)));
    }
  },
  PARALLEL_COLLECTORS_ORDERED("parallel-collectors, ordered", Order.KEPT) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work) {
      return total(stream(items).collect(ParallelCollectors.parallelToOrderedStream(work, atOnce)));
    }
  },
  RX_JAVA("RxJava flatMap", Order.NONE) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var scheduler = io.reactivex.rxjava3.schedulers.Schedulers.from(threads);
        return total(
            Flowable.fromIterable(items)
                .flatMap(
                    item -> Flowable.fromCallable(() -> work.apply(item)).subscribeOn(scheduler),
                    atOnce)
                .blockingIterable());
      }
    }
  },
  RX_JAVA_ORDERED("RxJava concatMapEager", Order.KEPT) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var scheduler = io.reactivex.rxjava3.schedulers.Schedulers.from(threads);
        return total(
            Flowable.fromIterable(items)
                .concatMapEager(
                    item -> Flowable.fromCallable(() -> work.apply(item)).subscribeOn(scheduler),
                    atOnce,
                    1)
                .blockingIterable());
      }
    }
  },
  /** Without results: each thread keeps a sum. */
  FLOOR("floor: threads that pull", Order.FLOOR) {
    @Override
    long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work)
        throws InterruptedException {
      Iterator<Integer> left = items.iterator();
      ReentrantLock lock = new ReentrantLock();
      long[] sums = new long[atOnce];
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < atOnce; i++) {
        int mine = i;
        threads.add(
            Thread.startVirtualThread(() -> {
              long sum = 0;
              for (Integer item = next(left, lock); item >= 0; item = next(left, lock)) {
                sum += work.apply(item);
              }
              sums[mine] = sum;
            }));
      }
      long sum = 0;
      for (int i = 0; i < atOnce; i++) {
        threads.get(i).join();
        sum += sums[i];
      }
      return sum;
    }

    private static Integer next(Iterator<Integer> left, ReentrantLock lock) {
      lock.lock();
      try {
        return left.hasNext() ? left.next() : -1;
      } finally {
        lock.unlock();
      }
    }
  };

  /** The order of the results. */
  public enum Order {
    NONE,
    KEPT,
    FLOOR
  }

  private final String title;
  private final Order order;

  Runs(String title, Order order) {
    this.title = title;
    this.order = order;
  }

  /** Its title. */
  public String title() {
    return title;
  }

  /** The order of the results. */
  public Order order() {
    return order;
  }

  /** Whether it is Headway. */
  public boolean isOurs() {
    return this == HEADWAY || this == HEADWAY_ORDERED;
  }

  /** Applies {@code work} to all items, reads the results in this thread and adds them up. */
  abstract long sum(Iterable<Integer> items, int atOnce, Function<Integer, Integer> work)
      throws InterruptedException, ExecutionException;

  /**
   * Applies {@code work}, which adds one, to the first numbers from 0 and makes sure that all came.
   *
   * @return the nanoseconds that it took
   */
  public long time(int items, int atOnce, Function<Integer, Integer> work)
      throws InterruptedException, ExecutionException {
    long from = System.nanoTime();
    long sum = sum(numbers(items), atOnce, work);
    long took = System.nanoTime() - from;
    long wanted = (long) items * (items + 1) / 2;
    if (sum != wanted) {
      throw new IllegalStateException(
          title + " gave results that add up to " + sum + " rather than " + wanted);
    }
    return took;
  }

  /** The numbers from 0 on. */
  public static Iterable<Integer> numbers(int howMany) {
    return () -> Stream.iterate(0, i -> i < howMany, i -> i + 1).iterator();
  }

  private static Stream<Integer> stream(Iterable<Integer> items) {
    return StreamSupport.stream(items.spliterator(), false);
  }

  private static long ours(
      Headway headway, Iterable<Integer> items, Function<Integer, Integer> work) {
    try (Results<Integer, Integer> results = headway.map(items, work::apply)) {
      return total(results);
    }
  }

  private static long total(Iterable<Integer> results) {
    long sum = 0;
    for (Integer result : results) {
      sum += result;
    }
    return sum;
  }

  private static long total(Stream<Integer> results) {
    try (results) {
      return results.mapToLong(Integer::longValue).sum();
    }
  }
}
