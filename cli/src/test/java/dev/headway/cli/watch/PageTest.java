package dev.headway.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headway.testkit.VirtualTime;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PageTest {

  private static final String HOSTILE =
      "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> {{script}} $1 \\u003c";

  private static Picture picture(String text) {
    Recorder recorder = new Recorder(new VirtualTime());
    recorder.ended(text, 1, Optional.of("it failed"));
    return recorder.picture(Picture.State.DONE, OptionalLong.empty(), Optional.empty());
  }

  @Test
  void what_a_picture_says_is_data_whatever_it_is() {
    String page = Page.of(picture(HOSTILE), Page.Kind.REPORT);

    String harmless = Page.of(picture("harmless"), Page.Kind.REPORT);
    for (String tag : new String[] {"<script", "</script", "<!--", "<img"}) {
      assertThat(page.split(tag, -1)).as(tag).hasSameSizeAs(harmless.split(tag, -1));
    }
    String begin = "<script type=\"application/json\" id=\"picture\">";
    int from = page.indexOf(begin) + begin.length();
    JsonNode json = JsonMapper.shared().readTree(page.substring(from, page.indexOf("</", from)));
    assertThat(json.at("/failures/0/example").asString()).isEqualTo(HOSTILE + ": it failed");
  }

  @Test
  void a_page_has_all_that_it_needs_and_may_reach_nothing_else() {
    String report = Page.of(picture(""), Page.Kind.REPORT);

    assertThat(report)
        .hasSizeLessThan(500_000)
        .contains("default-src 'none'", "connect-src 'none'", "Chart.js v4")
        .doesNotContain("src=\"http", "href=\"http", "@import", "{{")
        .doesNotContain("unsafe-inline", "unsafe-eval");
    assertThat(Page.policy(Page.Kind.LIVE)).contains("connect-src 'self'");
  }
}
