package dev.headway.cli.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DirectHostsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*                       | any.example         | 80  | true",
        "example.org             | example.org         | 80  | true",
        "example.org             | www.Example.org     | 80  | true",
        ".example.org            | example.org         | 80  | true",
        "*.example.org           | www.example.org     | 80  | true",
        "example.org.            | example.org.        | 80  | true",
        "example.org             | notexample.org      | 80  | false",
        "example.org             | example.org.evil    | 80  | false",
        "a.example, b.example    | b.example           | 80  | true",
        "a.example b.example     | b.example           | 80  | true",
        "example.org:8080        | example.org         | 80  | false",
        "example.org:8080        | www.example.org     | 8080| true",
        "127.0.0.1               | 127.0.0.1           | 80  | true",
        "127.0.0.1:81            | 127.0.0.1           | 80  | false",
        "10.0.0.0/8              | 10.200.3.4          | 80  | true",
        "10.0.0.0/8              | 11.0.0.1            | 80  | false",
        "192.168.1.128/25        | 192.168.1.127       | 80  | false",
        "192.168.1.128/25        | 192.168.1.200       | 80  | true",
        "10.0.0.0/x              | 10.0.0.0            | 80  | false",
        "0.0.1                   | 127.0.0.1           | 80  | false",
        "::1                     | [::1]               | 80  | true",
        "[::1]:443               | [::1]               | 80  | false",
        "[::1]:443               | [::1]               | 443 | true",
        "fd00::/8                | [fd12:3456::1]      | 80  | true",
        "fd00::/8                | [fe80::1]           | 80  | false",
        "10.0.0.0/8              | [::1]               | 80  | false",
        "''                      | example.org         | 80  | false",
      })
  void a_host_is_direct_by_name_suffix_port_address_or_block(
      String list, String host, int port, boolean direct) {
    assertThat(new DirectHosts(list).has(host, port)).isEqualTo(direct);
  }
}
