package dev.headway.tests.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.Headway;
import dev.headway.Results;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A run holds what is in flight and unread, never the length of its input. */
class MemoryTest extends InVirtualTime {

  @Test
  void tenMillionItemsIn64Megabytes() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                TenMillionItems.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said.strip()).isEqualTo("49999995000000");
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void whatHasBeenReadIsNotHeld() throws Exception {
    run(() -> {
      List<WeakReference<Object>> items = Collections.synchronizedList(new ArrayList<>());
      Stream<Object> objects =
          Stream.generate(() -> {
            Object item = new byte[1_000];
            items.add(new WeakReference<>(item));
            return item;
          });
      try (Results<Object, Integer> results =
          Headway.with(free).concurrency(4).ordered().map(objects, item -> 1)) {
        for (int i = 0; i < 10_000; i++) {
          results.iterator().next();
        }
        System.gc();
        assertThat(List.copyOf(items)).filteredOn(item -> item.get() != null).hasSizeLessThan(100);
      }
    });
  }
}
