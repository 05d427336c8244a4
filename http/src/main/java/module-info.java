/** An HTTP client that keeps within limits and obeys the servers' limits. */
module dev.headway.http {
  requires transitive dev.headway;
  requires transitive java.net.http;
  requires methanol;
  requires static org.jspecify;

  exports dev.headway.http;
}
