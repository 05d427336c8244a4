package dev.headway.tests.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headway.throttle.Throttle;
import dev.headway.throttle.Throttled;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ProxyTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  interface Plain {
    String fetch(String url) throws IOException;

    int count();

    default int twice() {
      return count() + count();
    }

    static int none() {
      return 0;
    }
  }

  interface Marked {
    @Throttled
    int one();

    @Throttled(permits = 3)
    int three();

    int free();
  }

  @Throttled(permits = 2)
  interface WhollyMarked {
    int two();

    @Throttled
    int one();
  }

  interface Inheriting extends WhollyMarked {
    int free();
  }

  interface Patient {
    void patiently() throws InterruptedException;

    void generally() throws Exception;

    void impatiently();
  }

  interface Free {
    @Throttled(permits = 0)
    void free();
  }

  private static final class PlainTarget implements Plain {
    @Override
    public String fetch(String url) throws IOException {
      if (url.isEmpty()) {
        throw new IOException("no URL");
      }
      if (url.equals("error")) {
        throw new AssertionError(url);
      }
      return "page of " + url;
    }

    @Override
    public int count() {
      return 21;
    }

    @Override
    public String toString() {
      return "the target";
    }
  }

  @Test
  void everyCallWaitsForAPermitWhereNothingIsMarked() throws Exception {
    Scene.play(scene -> {
      Plain plain = scene.throttle("1/s").proxy(Plain.class, new PlainTarget());
      assertThat(plain.fetch("x")).isEqualTo("page of x");
      assertThat(scene.now()).isZero();
      assertThat(plain.count()).isEqualTo(21);
      assertThat(scene.now()).isEqualTo(SECOND);
      assertThat(plain.twice()).as("one call, whatever it calls").isEqualTo(42);
      assertThat(scene.now()).isEqualTo(2 * SECOND);
    });
  }

  @Test
  void onlyMarkedMethodsWaitWhereAnyIsMarked() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("3/s");
      Marked target =
          new Marked() {
            @Override
            public int one() {
              return 1;
            }

            @Override
            public int three() {
              return 3;
            }

            @Override
            public int free() {
              return 0;
            }
          };
      Marked marked = throttle.proxy(Marked.class, target);
      assertThat(marked.three()).isEqualTo(3);
      assertThat(marked.free()).isZero();
      assertThat(scene.now()).isZero();
      assertThat(marked.one()).isEqualTo(1);
      assertThat(scene.now()).isEqualTo(SECOND);
      assertThat(marked.three()).isEqualTo(3);
      assertThat(scene.now()).isEqualTo(2 * SECOND);
    });
  }

  @Test
  void aMarkedInterfaceMarksItsMethodsAndAMethodsOwnMarkGoesFirst() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("100/s");
      Inheriting target =
          new Inheriting() {
            @Override
            public int two() {
              return 2;
            }

            @Override
            public int one() {
              return 1;
            }

            @Override
            public int free() {
              return 0;
            }
          };
      WhollyMarked wholly = throttle.proxy(WhollyMarked.class, target);
      wholly.two();
      assertThat(throttle.snapshot().available()).isEqualTo(98);
      wholly.one();
      assertThat(throttle.snapshot().available()).isEqualTo(97);
      Inheriting inheriting = throttle.proxy(Inheriting.class, target);
      inheriting.free();
      assertThat(throttle.snapshot().available()).isEqualTo(97);
      inheriting.two();
      assertThat(throttle.snapshot().available()).isEqualTo(95);
    });
  }

  @Test
  void whatTheTargetThrowsComesThroughUnchangedAndThePermitIsClosed() {
    Throttle throttle = Throttle.builder().concurrency(1).build();
    Plain plain = throttle.proxy(Plain.class, new PlainTarget());
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> plain.fetch(""))
        .withMessage("no URL");
    assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> plain.fetch("error"));
    assertThat(throttle.snapshot().running()).isZero();
  }

  @Test
  void methodsOfObjectDoNotWait() {
    Throttle throttle = Throttle.of("1/h");
    Plain plain = throttle.proxy(Plain.class, new PlainTarget());
    Plain other = throttle.proxy(Plain.class, new PlainTarget());
    assertThat(Set.of(plain, other)).contains(plain, other).hasSize(2);
    assertThat(plain).isNotEqualTo(null).hasToString("the target");
    assertThat(throttle.snapshot().granted()).isZero();
  }

  @Test
  void interfacesOfTheJdkHaveProxiesToo() {
    Throttle throttle = Throttle.of("1/h");
    @SuppressWarnings("unchecked")
    Function<String, Integer> length = throttle.proxy(Function.class, (Object o) -> 4);
    assertThat(length.apply("four")).isEqualTo(4);
    assertThat(throttle.snapshot().granted()).isEqualTo(1);
  }

  @Test
  void whatIsNotAnInterfaceIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.of("1/s").proxy(String.class, "text"))
        .withMessageContaining("interface")
        .withMessageContaining("java.lang.String");
  }

  @Test
  void aMarkWhosePermitsMakeNoSenseIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Throttle.of("1/s").proxy(Free.class, () -> {}))
        .withMessageContaining("0");
  }

  @Test
  void anInterruptWhileWaitingIsThrownAsTheMethodDeclares() throws Exception {
    Scene.play(scene -> {
      Throttle throttle = scene.throttle("1/h");
      Patient target =
          new Patient() {
            @Override
            public void patiently() {}

            @Override
            public void generally() {}

            @Override
            public void impatiently() {}
          };
      Patient patient = throttle.proxy(Patient.class, target);
      throttle.acquire();
      interrupted(scene, patient::patiently, InterruptedException.class, false);
      interrupted(scene, patient::generally, InterruptedException.class, false);
      interrupted(scene, patient::impatiently, CancellationException.class, true);
    });
  }

  private static void interrupted(
      Scene scene, Scene.Act act, Class<? extends Exception> expected, boolean pending) {
    CompletableFuture<Void> seen = new CompletableFuture<>();
    Thread thread =
        scene.go(() -> {
          assertThatExceptionOfType(expected).isThrownBy(act::run);
          assertThat(Thread.interrupted()).isEqualTo(pending);
          seen.complete(null);
        });
    scene.time.interrupt(thread);
    scene.settle();
    assertThat(seen).isDone();
  }
}
