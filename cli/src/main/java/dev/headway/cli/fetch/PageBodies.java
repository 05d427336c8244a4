package dev.headway.cli.fetch;

import java.net.http.HttpHeaders;
import java.util.List;

/**
 * The bodies of the pages of a response.
 *
 * @param pages in order
 * @param more whether there are more, which are not fetched
 */
record PageBodies(List<Page> pages, boolean more) {

  /**
   * A page.
   *
   * @param body in memory
   * @param headers its response's
   */
  record Page(Body body, HttpHeaders headers) {}
}
