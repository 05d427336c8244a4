/** For tests: time that passes only when no thread has anything to do, and checks of windows. */
module dev.headway.testkit {
  requires transitive dev.headway;
  requires static org.jspecify;

  exports dev.headway.testkit;
}
