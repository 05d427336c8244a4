package dev.headway.cli.fetch;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts that are reached without a proxy, as {@code no_proxy} lists them, between commas or
 * spaces: {@code *}, names with all below them, addresses, blocks of those such as {@code
 * 10.0.0.0/8}, and any of them with a port.
 */
final class DirectHosts {

  private static final Pattern PORT = Pattern.compile("(\\[.*]|[^:]*):(\\d+)");
  private static final Pattern ADDRESS =
      Pattern.compile("\\d+(\\.\\d+){3}|[0-9a-f:.]*:[0-9a-f:.]*");

  private final List<String> entries;

  DirectHosts(String list) {
    this.entries = List.of(list.strip().toLowerCase(Locale.ROOT).split("[,\\s]+"));
  }

  boolean has(String host, int port) {
    String name = bare(host.toLowerCase(Locale.ROOT));
    return entries.stream().anyMatch(entry -> matches(entry, name, port));
  }

  /** Without the brackets of an address, its zone, and the dot of the root. */
  private static String bare(String host) {
    return host.replaceAll("^\\[|]$", "").replaceFirst("%.*|\\.$", "");
  }

  private static boolean matches(String entry, String host, int port) {
    Matcher withPort = PORT.matcher(entry);
    if (withPort.matches()) {
      return withPort.group(2).equals(Integer.toString(port))
          && matches(withPort.group(1), host, port);
    }
    if (entry.equals("*")) {
      return true;
    }
    Optional<InetAddress> address = address(host);
    if (address.isPresent()) {
      return isIn(entry, address.get());
    }
    String name = bare(entry).replaceFirst("^\\*?\\.", "");
    return !name.isEmpty() && (host.equals(name) || host.endsWith("." + name));
  }

  private static boolean isIn(String entry, InetAddress address) {
    int slash = entry.indexOf('/');
    Optional<InetAddress> block = address(bare(slash < 0 ? entry : entry.substring(0, slash)));
    int all = address.getAddress().length * Byte.SIZE;
    String prefix = slash < 0 ? Integer.toString(all) : entry.substring(slash + 1);
    return block.isPresent()
        && block.get().getAddress().length * Byte.SIZE == all
        && prefix.matches("\\d{1,3}")
        && number(block.get()).xor(number(address)).bitLength() <= all - Integer.parseInt(prefix);
  }

  private static BigInteger number(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }

  /** Nothing is looked up for what is an address. */
  private static Optional<InetAddress> address(String text) {
    try {
      return ADDRESS.matcher(text).matches()
          ? Optional.of(InetAddress.getByName(text))
          : Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
