package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsServer;
import dev.headway.cli.Scripted.Answer;
import dev.headway.cli.request.PlainPassword;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proxies, and who to be to whom. */
@Timeout(60)
final class FetchProxyTest {

  /** Of {@code ada} with {@code s3cr3t:p@ss}. */
  private static final String CREDENTIALS = "Basic YWRhOnMzY3IzdDpwQHNz";

  @TempDir private Path folder;

  @Test
  void proxies_are_those_of_the_environment_as_curl_reads_it() throws Exception {
    try (TunnelProxy proxy = new TunnelProxy("");
        TunnelProxy ignored = new TunnelProxy("");
        Scripted server = new Scripted((request, count) -> new Answer(200, "x"))) {
      Cli ran =
          Spawned.run(
              Map.of(
                  "http_proxy",
                  "http://" + proxy.address() + "/",
                  "HTTP_PROXY",
                  "http://" + ignored.address()),
              "http://one.invalid/a\n",
              "fetch",
              "-");
      assertThat(ran.status()).as(ran.out()).isEqualTo(0);
      assertThat(proxy.asked())
          .hasSize(1)
          .first()
          .asString()
          .startsWith("GET http://one.invalid/a");
      assertThat(ignored.asked()).isEmpty();

      Spawned.run(Map.of("ALL_PROXY", proxy.address()), "http://two.invalid/\n", "fetch", "-");
      assertThat(proxy.asked()).last().asString().startsWith("GET http://two.invalid/");

      Map<String, String> upperCaseAlone = Map.of("HTTP_PROXY", "http://" + ignored.address());
      Spawned.run(upperCaseAlone, server.urls(1), "fetch", "-");
      assertThat(ignored.asked()).isEmpty();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void hosts_of_no_proxy_are_reached_without_and_an_empty_proxy_is_none() throws Exception {
    try (TunnelProxy proxy = new TunnelProxy("");
        Scripted server = new Scripted((request, count) -> new Answer(200, "x"))) {
      Map<String, String> both =
          Map.of("http_proxy", proxy.address(), "no_proxy", "127.0.0.0/8 .example");
      assertThat(Spawned.run(both, server.urls(1), "fetch", "-").status()).isEqualTo(0);
      assertThat(proxy.asked()).isEmpty();
      assertThat(server.requests()).hasSize(1);

      Map<String, String> one = Map.of("http_proxy", proxy.address());
      Spawned.run(one, server.urls(1), "fetch", "--proxy", "", "-");
      assertThat(proxy.asked()).isEmpty();
      assertThat(server.requests()).hasSize(2);
      Spawned.run(one, server.urls(1), "fetch", "-");
      assertThat(proxy.asked()).hasSize(1);
    }
  }

  @Test
  void a_password_goes_to_the_proxy_alone_for_https_too_and_is_written_nowhere() throws Exception {
    Certificates certificates = new Certificates(folder);
    KeyStore own = certificates.make("own", "localhost");
    HttpsServer server = Certificates.serve(own, own);
    String url = "https://localhost:" + server.getAddress().getPort() + "/";
    Path report = folder.resolve("report.html");
    try (TunnelProxy proxy = new TunnelProxy(CREDENTIALS)) {
      String address = "http://ada:s3cr3t%3Ap%40ss@" + proxy.address();
      Cli ran =
          Spawned.run(
              Map.of("https_proxy", address, "http_proxy", address),
              url + "\nhttp://one.invalid/\n" + url + "again\n",
              "fetch",
              "-k",
              "--ordered",
              "-c1",
              "--report=" + report,
              "-");

      assertThat(ran.status()).as(ran.out() + proxy.asked()).isEqualTo(0);
      assertThat(proxy.asked())
          .allSatisfy(head -> assertThat(head).contains("Proxy-Authorization: " + CREDENTIALS))
          .anySatisfy(head -> assertThat(head).startsWith("CONNECT localhost:"));
      Cli right =
          Spawned.run(
              Map.of("PASSWORD", "s3cr3t:p@ss"),
              url,
              "fetch",
              "-k",
              "--proxy=http://ada:${PASSWORD}@" + proxy.address(),
              "-");
      assertThat(right.status()).as(right.out()).isEqualTo(0);
      Cli wrong =
          Spawned.run(
              Map.of("PASSWORD", "s3cr3t"),
              "http://one.invalid/\n" + url,
              "fetch",
              "--proxy=http://ada:${PASSWORD}@" + proxy.address(),
              "--retries=0",
              "-");
      assertThat(wrong.results())
          .allSatisfy(result -> assertThat(result.get("status").asInt()).isEqualTo(407));
      assertThat(
              ran.out()
                  + ran.messages()
                  + Files.readString(report)
                  + wrong.out()
                  + wrong.messages())
          .doesNotContain("s3cr3t", "YWRhOnMz");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void each_of_two_proxies_gets_its_own_password_and_not_that_of_the_other() throws Exception {
    Certificates certificates = new Certificates(folder);
    KeyStore own = certificates.make("own", "localhost");
    HttpsServer server = Certificates.serve(own, own);
    try (TunnelProxy plain = new TunnelProxy(CREDENTIALS);
        TunnelProxy tls = new TunnelProxy("Basic Ym9iOmwwY2s=")) {
      Cli ran =
          Spawned.run(
              Map.of(
                  "http_proxy", "http://ada:s3cr3t%3Ap%40ss@" + plain.address(),
                  "https_proxy", "http://bob:l0ck@" + tls.address()),
              "http://one.invalid/\nhttps://localhost:%d/\n"
                  .formatted(server.getAddress().getPort()),
              "fetch",
              "-k",
              "-");

      assertThat(ran.status()).as(ran.out()).isEqualTo(0);
      assertThat(plain.asked()).allMatch(head -> head.contains(CREDENTIALS)).hasSize(1);
      assertThat(tls.asked()).allMatch(head -> head.contains("Basic Ym9iOmwwY2s=")).hasSize(1);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void a_password_on_the_command_line_is_warned_of_unless_it_is_a_variable() throws Exception {
    try (TunnelProxy proxy = new TunnelProxy("");
        Scripted server = new Scripted((request, count) -> new Answer(200, "x"))) {
      String[] fetch = {
        "fetch", "http://one.invalid/", "--proxy=http://ada:s3cr3t@" + proxy.address()
      };
      assertThat(Spawned.run(Map.of(), "", fetch).messages())
          .contains("the value of --proxy is in the list of processes, for all to see: use ${NAME}")
          .doesNotContain("s3cr3t");

      fetch[2] = "--proxy=http://ada:${PASSWORD}@" + proxy.address();
      assertThat(Spawned.run(Map.of("PASSWORD", "s3cr3t"), "", fetch).messages())
          .contains("1 succeeded")
          .doesNotContain("list of processes");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://a:b@host:1, true",
    "a:b@host:1, true",
    "rediss://:b@host/0, true",
    "http://${USER}:${PASSWORD}@host:1, false",
    "http://${USER}:x${PASSWORD}@host:1, true",
    "http://a:@host:1, false",
    "http://a@host:1, false",
    "host:1, false",
    "postgresql://host:1/a?b=c@d, false",
  })
  void a_password_is_plain_where_it_is_no_variable(String url, boolean isPlain) {
    assertThat(PlainPassword.isIn(url)).isEqualTo(isPlain);
  }

  @Test
  void a_redirect_goes_through_its_own_proxy_with_its_own_password() throws Exception {
    try (TunnelProxy proxy = new TunnelProxy(CREDENTIALS);
        Scripted server =
            new Scripted((request, count) ->
                new Answer(302, "", "Location", "http://other.invalid/there"))) {
      Cli ran =
          Spawned.run(
              Map.of(
                  "http_proxy",
                  "http://ada:s3cr3t%3Ap%40ss@" + proxy.address(),
                  "no_proxy",
                  server.host()),
              server.urls(1),
              "fetch",
              "--follow",
              "-");

      assertThat(ran.status()).as(ran.out()).isEqualTo(0);
      assertThat(server.requests().getFirst().headers()).doesNotContainKey("Proxy-authorization");
      assertThat(proxy.asked()).hasSize(1);
    }
  }

  @Test
  void a_proxy_that_is_not_there_is_named() {
    Cli ran = Cli.run("", "fetch", "--retries=0", "--proxy=127.0.0.1:1", "http://one.invalid/");
    assertThat(ran.results().getFirst().get("error").asString())
        .startsWith("no connection to the proxy 127.0.0.1:1");
  }

  @ParameterizedTest
  @CsvSource({
    "all_proxy,   socks5://127.0.0.1:1,         all_proxy: SOCKS proxies cannot be used",
    "https_proxy, socks5h://a:s3cr3t@127.0.0.1, https_proxy: SOCKS proxies cannot be used",
    "http_proxy,  https://127.0.0.1:1,          http_proxy: https proxies cannot be used",
    "http_proxy,  http://a:s3cr3t@proxy,        http_proxy: it is not HOST:PORT",
  })
  void a_proxy_that_cannot_be_used_is_told_before_anything_is_sent(
      String name, String value, String told) throws Exception {
    try (Scripted server = new Scripted((request, count) -> new Answer(200, "x"))) {
      Cli ran = Spawned.run(Map.of(name, value), server.urls(1), "fetch", "-");

      assertThat(ran.status()).isEqualTo(2);
      assertThat(ran.messages()).contains(told, "--proxy ''").doesNotContain("s3cr3t");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void a_netrc_says_who_to_be_to_a_host_and_its_passwords_are_written_nowhere() throws IOException {
    Path netrc =
        Files.writeString(
            folder.resolve("netrc"),
            """
            # mine
            machine other.example login bob password n0t-this
            macdef init
            machine 127.0.0.1 login no password no

            machine 127.0.0.1
              login "ada" password s3cr3t:p@ss
            default login any password els3where
            """);
    try (Scripted server = new Scripted((request, count) -> new Answer(200, "x"))) {
      String lines =
          server.urls(1)
              + "{\"url\": \"%s/own\", \"headers\": {\"Authorization\": \"mine\"}}\n"
                  .formatted(server.uri())
              + server.urls(1).replace("127.0.0.1", "localhost");
      Cli ran = Cli.run(lines, "fetch", "-c1", "--netrc-file=" + netrc, "-");

      assertThat(ran.status()).as(ran.out()).isEqualTo(0);
      assertThat(server.requests())
          .extracting(request -> request.headers().getFirst("Authorization"))
          .containsExactly(CREDENTIALS, "mine", "Basic YW55OmVsczN3aGVyZQ==");
      assertThat(ran.out() + ran.messages()).doesNotContain("s3cr3t", "YWRhOnMz", "els3where");
    }
    assertThat(Cli.run("", "fetch", "--netrc-file=no/such", "-").messages())
        .contains("cannot read \"no/such\": there is no such file");
  }
}
