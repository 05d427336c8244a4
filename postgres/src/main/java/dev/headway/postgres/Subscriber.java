package dev.headway.postgres;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A member that is woken. A wake-up has the key of a limit, since a name may be too long for it; so
 * this remembers the limits that the member waits for, or has a request in flight for.
 */
final class Subscriber {

  private final Consumer<String> wake;
  private final Map<String, String> expected = new ConcurrentHashMap<>();

  /**
   * Expects nothing yet.
   *
   * @param wake gets the name of a limit
   */
  Subscriber(Consumer<String> wake) {
    this.wake = wake;
  }

  void expect(byte[] key, String limit) {
    expected.put(KeyHash.hex(key), limit);
  }

  void forget(byte[] key) {
    expected.remove(KeyHash.hex(key));
  }

  /** A limit has woken a member of this process. */
  void wake(String key) {
    String limit = expected.get(key);
    if (limit != null) {
      wake.accept(limit);
    }
  }

  /** Wake-ups may have been missed. */
  void wakeAll() {
    expected.values().forEach(wake);
  }
}
