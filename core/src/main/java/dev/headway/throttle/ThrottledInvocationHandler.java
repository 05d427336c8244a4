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

/** Forwards the calls of an interface to a target; those that cost something under a permit. */
final class ThrottledInvocationHandler implements InvocationHandler {

  private final Decorators throttle;
  private final Object target;

  /** The cost of each method; a method that is not here needs no permit. */
  private final Map<Method, Cost> costs;

  private ThrottledInvocationHandler(Decorators throttle, Object target, Map<Method, Cost> costs) {
    this.throttle = throttle;
    this.target = target;
    this.costs = costs;
  }

  static <T> T proxy(Decorators throttle, Class<T> face, T target) {
    if (!face.isInterface()) {
      throw new IllegalArgumentException(
          "only an interface can have a proxy, and "
              + face.getName()
              + " is none; give an interface that it implements, or decorate a function");
    }
    List<Method> methods =
        Arrays.stream(face.getMethods())
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .toList();
    methods.forEach(method -> method.setAccessible(true)); // says at once if it must not be called
    ThrottledInvocationHandler calls =
        new ThrottledInvocationHandler(throttle, target, costs(face, methods));
    return face.cast(Proxy.newProxyInstance(face.getClassLoader(), new Class<?>[] {face}, calls));
  }

  private static Map<Method, Cost> costs(Class<?> face, List<Method> methods) {
    Map<Method, Cost> marked = new HashMap<>();
    Map<Method, Cost> all = new HashMap<>();
    for (Method method : methods) {
      Throttled mark = mark(face, method);
      if (mark != null) {
        marked.put(method, Cost.permits(mark.permits()));
      }
      all.put(method, Cost.one());
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
    Cost cost = costs.get(method);
    if (cost == null) {
      return pass(method, arguments);
    }
    try (Permit permit = acquire(cost, method);
        CurrentPermit current = new CurrentPermit(permit)) {
      try {
        return pass(method, arguments);
      } catch (Throwable e) {
        ThrottledCall.pauseIfThrottled(throttle::pauseFor, e);
        throw e;
      }
    }
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

  private Permit acquire(Cost cost, Method method) throws InterruptedException {
    try {
      return throttle.acquire(cost);
    } catch (InterruptedException e) {
      if (mayThrow(method, e)) {
        throw e;
      }
      throw ThrottledCall.interrupted(throttle.name(), e);
    }
  }

  private static boolean mayThrow(Method method, Exception e) {
    return Arrays.stream(method.getExceptionTypes()).anyMatch(type -> type.isInstance(e));
  }

  private @Nullable Object pass(Method method, Object @Nullable [] arguments) throws Throwable {
    method.setAccessible(true); // proxies come with methods of their own
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
