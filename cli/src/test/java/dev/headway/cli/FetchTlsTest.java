package dev.headway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates of servers and of our own. */
@Timeout(60)
final class FetchTlsTest {

  @TempDir private Path folder;

  private static String url(HttpsServer server) {
    return "https://localhost:" + server.getAddress().getPort() + "/";
  }

  private static Cli fetch(HttpsServer server, Object... options) {
    List<String> arguments = new ArrayList<>(List.of("fetch"));
    for (Object option : options) {
      arguments.add(option.toString());
    }
    arguments.add(url(server));
    return Cli.run("", arguments.toArray(String[]::new));
  }

  private static String error(Cli ran) {
    assertThat(ran.status()).as(ran.out() + ran.messages()).isEqualTo(1);
    assertThat(ran.results().getFirst().get("attempts").asInt()).isEqualTo(1);
    return ran.results().getFirst().get("error").asString();
  }

  @Test
  void an_authority_of_ones_own_is_trusted_and_failures_name_the_option_that_helps()
      throws Exception {
    Certificates certificates = new Certificates(folder);
    KeyStore own = certificates.make("own", "localhost");
    KeyStore other = certificates.make("other", "other.example");
    Path authority = certificates.certificate("own.pem", own);
    Path another = certificates.certificate("other.pem", other);
    HttpsServer server = Certificates.serve(own, own);
    HttpsServer misnamed = Certificates.serve(other, other);
    try {
      assertThat(error(fetch(server)))
          .isEqualTo(
              "no TLS with the server: its certificate is not trusted; --cacert FILE trusts the"
                  + " authority that signed its certificate, --insecure any");
      assertThat(fetch(server, "--cacert", authority).status()).isEqualTo(0);
      assertThat(error(fetch(server, "--cacert", another))).contains("--cacert FILE");
      assertThat(fetch(server, "--insecure").status()).isEqualTo(0);
      assertThat(error(fetch(misnamed, "--cacert", another))).contains("; --insecure checks no");
      assertThat(fetch(misnamed, "-k").status()).isEqualTo(0);
    } finally {
      server.stop(0);
      misnamed.stop(0);
    }
  }

  @Test
  void a_server_that_asks_for_a_certificate_is_shown_ones_own() throws Exception {
    Certificates certificates = new Certificates(folder);
    KeyStore own = certificates.make("own", "localhost");
    KeyStore mine = certificates.make("mine", "me");
    Path authority = certificates.certificate("own.pem", own);
    Path certificate = certificates.certificate("mine.pem", mine);
    Path key = certificates.key("mine.key", mine);
    Path both =
        Files.writeString(
            folder.resolve("both.pem"), Files.readString(key) + Files.readString(certificate));
    HttpsServer server = Certificates.serve(own, mine);
    try {
      // TLS 1.3 asks after the client's handshake, so the connection may break before the client
      // has
      // read why.
      Cli refused = fetch(server, "--cacert", authority);
      for (int i = 0; i < 5 && refused.results().getFirst().get("attempts").asInt() > 1; i++) {
        refused = fetch(server, "--cacert", authority);
      }
      assertThat(error(refused)).contains("; --cert FILE shows the server a certificate of yours");
      assertThat(fetch(server, "--cacert", authority, "--cert", certificate, "--key", key).status())
          .isEqualTo(0);
      assertThat(fetch(server, "-k", "--cert", both).status()).isEqualTo(0);
      Cli keyless = fetch(server, "-k", "--cert", certificate);
      assertThat(keyless.status()).isEqualTo(2);
      assertThat(keyless.messages())
          .contains("holds no private key in PEM; give one with --key FILE");
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--cacert no/such      | --cacert: cannot read \"no/such\": there is no such file",
        "--cacert pom.xml      | --cacert: \"pom.xml\" holds no certificate in PEM",
        "--key pom.xml         | --key needs --cert, the certificate that it is for",
        "--cert no/such        | --cert: cannot read \"no/such\": there is no such file",
      })
  void files_that_cannot_be_used_are_told_before_anything_is_sent(String options, String told) {
    Cli ran = Cli.run("", ("fetch " + options + " http://127.0.0.1:1/").split(" +"));
    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains(told);
  }

  @Test
  void a_key_that_is_encrypted_is_refused_with_what_to_do() throws Exception {
    Path key =
        Files.writeString(
            folder.resolve("key"),
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    Cli ran = Cli.run("", "fetch", "--cert", key.toString(), "http://127.0.0.1:1/");
    assertThat(ran.status()).isEqualTo(2);
    assertThat(ran.messages()).contains("encrypted or of an old form; convert it with openssl");
  }
}
