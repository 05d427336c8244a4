/** Headway's core: rates, limits, throttles and runs. Needs nothing but the JDK. */
module dev.headway {
  requires static org.jspecify;

  exports dev.headway;
  exports dev.headway.limit;
  exports dev.headway.shared;
  exports dev.headway.time;
}
