package dev.headway.throttle;

import dev.headway.limit.Cost;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Forwards the calls of an interface to a target. Calls that have a cost run under a permit. */
final class ThrottledInvocationHandler implements InvocationHandler {

  /** Does work under a permit. */
  interface Throttling {
    Object under(Cost cost, boolean interruptible, CheckedSupplier<Object, Exception> work)
        throws Exception;
  }

  /** A method that needs a permit, and whether its caller can be told of an interrupt. */
  private record Marked(Cost cost, boolean interruptible) {
    static Marked of(Method method, Cost cost) {
      return new Marked(
          cost,
          Arrays.stream(method.getExceptionTypes())
              .anyMatch(type -> type.isAssignableFrom(InterruptedException.class)));
    }
  }

  private final Object target;
  private final Map<Method, Marked> marked;
  private final Throttling throttling;

  private ThrottledInvocationHandler(
      Object target, Map<Method, Marked> marked, Throttling throttling) {
    this.target = target;
    this.marked = marked;
    this.throttling = throttling;
  }

  static <T> T proxy(Class<T> face, T target, Throttling throttling) {
    if (!face.isInterface()) {
      throw new IllegalArgumentException(
          "only an interface can have a proxy, and %s is none; give an interface that it implements,"
                  .formatted(face.getName())
              + " or decorate a function");
    }
    List<Method> methods =
        Arrays.stream(face.getMethods())
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .toList();
    methods.forEach(method -> method.setAccessible(true)); // says at once if it must not be called
    ThrottledInvocationHandler calls =
        new ThrottledInvocationHandler(target, marked(face, methods), throttling);
    return face.cast(Proxy.newProxyInstance(face.getClassLoader(), new Class<?>[] {face}, calls));
  }

  private static Map<Method, Marked> marked(Class<?> face, List<Method> methods) {
    Map<Method, Marked> marked = new HashMap<>();
    Map<Method, Marked> all = new HashMap<>();
    for (Method method : methods) {
      Throttled mark = mark(face, method);
      if (mark != null) {
        marked.put(method, Marked.of(method, Cost.permits(mark.permits())));
      }
      all.put(method, Marked.of(method, Cost.one()));
    }
    return marked.isEmpty() ? all : marked;
  }

  private static @Nullable Throttled mark(Class<?> face, Method method) {
    Throttled own = method.getAnnotation(Throttled.class);
    Throttled type = method.getDeclaringClass().getAnnotation(Throttled.class);
    Throttled nearest = own != null ? own : type;
    return nearest != null ? nearest : face.getAnnotation(Throttled.class);
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(proxy, method, arguments);
    }
    Marked call = marked.get(method);
    return call == null
        ? pass(method, arguments)
        : throttling.under(call.cost(), call.interruptible(), () -> pass(method, arguments));
  }

  /** A proxy is equal to itself alone, and is called what its target is called. */
  @SuppressWarnings("ReferenceEquality") // asking equals would come back here
  private Object ofObject(Object proxy, Method method, Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> target.toString();
    };
  }

  @SuppressWarnings("NullAway") // a method may return null, and a thrown exception is a cause
  private Object pass(Method method, Object @Nullable [] arguments) throws Exception {
    method.setAccessible(true); // proxies come with methods of their own
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw ThrottledInvocationHandler.<RuntimeException>unchecked(e.getCause());
    }
  }

  /** Throws what the method declares, which the compiler cannot know. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X unchecked(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
