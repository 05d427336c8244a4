/** Virtual time and checks of windows, for tests. */
module dev.headway.testkit {
  requires transitive dev.headway;
  requires static org.jspecify;

  exports dev.headway.testkit;
}
