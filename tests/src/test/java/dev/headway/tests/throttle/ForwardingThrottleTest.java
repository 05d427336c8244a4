package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.throttle.ForwardingThrottle;
import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottledException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The base of decorators forwards every call. */
class ForwardingThrottleTest {

  private static final class Plain extends ForwardingThrottle {
    Plain(Throttle delegate) {
      super(delegate);
    }
  }

  @Test
  void everyMethodThatAThrottleImplementsIsForwarded() throws Exception {
    List<Method> called = new ArrayList<>();
    Throttle delegate =
        (Throttle)
            Proxy.newProxyInstance(
                Throttle.class.getClassLoader(),
                new Class<?>[] {Throttle.class},
                (proxy, method, arguments) -> {
                  called.add(method);
                  return method.getReturnType() == boolean.class ? true : null;
                });
    Plain plain = new Plain(delegate);
    List<Method> methods =
        Stream.of(Throttle.class.getMethods())
            .filter(method -> Modifier.isAbstract(method.getModifiers()))
            .toList();
    assertThat(methods).hasSizeGreaterThan(10);
    for (Method method : methods) {
      called.clear();
      method.invoke(plain, Stream.of(method.getParameterTypes()).map(this::any).toArray());
      assertThat(called).extracting(Method::getName).containsExactly(method.getName());
      assertThat(called.getFirst().getParameterTypes()).isEqualTo(method.getParameterTypes());
    }
  }

  private Object any(Class<?> type) {
    return type == boolean.class ? Boolean.TRUE : null;
  }

  @Test
  void anExceptionPausesTheDelegateOnce() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/s");
      ThrottledException told = new ThrottledException();
      new Plain(throttle).pauseFor(told);
      scene.sleep(500_000_000);
      throttle.pauseFor(told);
      assertThat(throttle.snapshot().untilNextStart().orElseThrow().toMillis()).isEqualTo(500);
      assertThat(new Plain(throttle)).hasToString(throttle.toString());
      assertThat(new Plain(throttle).isLocked()).isTrue();
    });
  }
}
