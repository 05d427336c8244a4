package dev.headway.cli.watch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What servers asked for last, a sentence for each host, of a few hosts. */
final class ServerWaits {

  private static final int MOST = 20;

  private final Map<String, String> byHost = new LinkedHashMap<>();

  synchronized void put(String host, String sentence) {
    byHost.remove(host);
    byHost.put(host, sentence);
    if (byHost.size() > MOST) {
      byHost.remove(byHost.keySet().iterator().next());
    }
  }

  /** The sentences, the last one first. */
  synchronized List<String> sentences() {
    return List.copyOf(byHost.values()).reversed();
  }
}
