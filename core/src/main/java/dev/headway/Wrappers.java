package dev.headway;

import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Looks through the exceptions in which futures, reflection and streams wrap others. */
final class Wrappers {

  /** Nobody wraps more often, unless the causes run in a circle. */
  private static final int MOST = 32;

  private Wrappers() {}

  /** A failure and what it wraps, the outermost first. */
  static List<Throwable> opened(Throwable failure) {
    List<Throwable> all = new ArrayList<>(List.of(failure));
    Throwable inner = failure.getCause();
    while (isWrapper(all.getLast()) && inner != null && all.size() < MOST) {
      all.add(inner);
      inner = inner.getCause();
    }
    return all;
  }

  private static boolean isWrapper(Throwable failure) {
    return failure instanceof CompletionException
        || failure instanceof ExecutionException
        || failure instanceof InvocationTargetException
        || failure instanceof UndeclaredThrowableException
        || failure instanceof UncheckedIOException;
  }
}
