/** An HTTP client that keeps within limits and heeds what servers say of theirs. */
module dev.headway.http {
  requires transitive dev.headway;
  requires transitive java.net.http;
  requires methanol;
  requires static org.jspecify;

  exports dev.headway.http;
}
