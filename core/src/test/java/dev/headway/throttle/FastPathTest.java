package dev.headway.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/** The fast path is compiled as it is meant to be. */
class FastPathTest {

  /** HotSpot's FreqInlineSize on x86 and ARM: a larger method is not inlined, however hot it is. */
  private static final int LARGEST_INLINED = 325;

  private static int bytecodeSize(Class<?> type, String method) {
    StringWriter listing = new StringWriter();
    PrintWriter out = new PrintWriter(listing);
    String classes = type.getProtectionDomain().getCodeSource().getLocation().getPath();
    ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
    assertThat(javap.run(out, out, "-c", "-p", "-cp", classes, type.getName())).isZero();
    Matcher body =
        Pattern.compile(" " + method + "\\(.*?\\n\\n", Pattern.DOTALL).matcher(listing.toString());
    assertThat(body.find()).as("%s in %s", method, listing).isTrue();
    Matcher instruction = Pattern.compile("(?m)^ +(\\d+): ").matcher(body.group());
    int last = 0;
    while (instruction.find()) {
      last = Math.max(last, Integer.parseInt(instruction.group(1)));
    }
    return last + 1;
  }

  @Test
  void theDecisionIsCompiledApartSoThatItsCallersAreSmallEnoughToBeInlined() {
    assertThat(bytecodeSize(ThrottleQueue.class, "tryStart")).isGreaterThan(LARGEST_INLINED);
    assertThat(bytecodeSize(QueuedThrottle.class, "tryEnter")).isLessThan(LARGEST_INLINED);
  }
}
