package dev.headway.cli.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestUrlTest {

  private static String sent(String url) {
    return RequestUrl.parse(url, UnaryOperator.identity()).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "http://h/a b?c d                ; http://h/a%20b?c%20d",
        "http://h/a|b{c}d\\e^f`x           ; http://h/a%7Cb%7Bc%7Dd%5Ce%5Ef%60x",
        "http://h/<\"quoted\">             ; http://h/%3C%22quoted%22%3E",
        "http://h/100%                   ; http://h/100%25",
        "http://h/%zz%4                  ; http://h/%25zz%254",
        "http://h/a%20b%c3%bC            ; http://h/a%20b%c3%bC",
        "http://h/ü/日本/😀              ; http://h/%C3%BC/%E6%97%A5%E6%9C%AC/%F0%9F%98%80",
        "http://h/[1]?filter[name]=x     ; http://h/%5B1%5D?filter[name]=x",
        "http://h/a?b?c=/@:'!$&()*+,=~   ; http://h/a?b?c=/@:'!$&()*+,=~",
        "http://h/a?b#c d                ; http://h/a?b",
        "http://h/#                      ; http://h/",
        "http://h#x                      ; http://h",
        "http://bücher.example/ü         ; http://xn--bcher-kva.example/%C3%BC",
        "http://BÜCHER.example:8080/     ; http://xn--bcher-kva.example:8080/",
        "http://日本。jp?q=日            ; http://xn--wgv71a.jp?q=%E6%97%A5",
        "HTTP://h/                       ; HTTP://h/",
        "http://[::1]:80/a               ; http://[::1]:80/a",
        "http://h//a//b                  ; http://h//a//b",
      })
  void characters_that_a_uri_may_not_hold_are_encoded_and_escapes_stay(String url, String sent) {
    assertThat(sent(url)).isEqualTo(sent);
  }

  @Test
  void control_characters_and_halves_of_characters_are_encoded() {
    assertThat(sent("http://h/a\tb\u0000\u007f\ud800z"))
        .isEqualTo("http://h/a%09b%00%7F%EF%BF%BDz");
  }

  @ParameterizedTest
  @CsvSource({
    "http://a_b.example/, has a host with _",
    "http://exa／mple.org/, names no host",
    "http://ex ample.org/, is not a URL",
    "http://faß.de/, write the host in ASCII",
    "http:h/, names no host",
  })
  void a_host_that_cannot_be_sent_to_is_refused_with_the_reason(String url, String why) {
    assertThatThrownBy(() -> sent(url)).hasMessageContaining(why);
  }
}
