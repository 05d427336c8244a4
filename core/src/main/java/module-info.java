/** Headway's core: rates, limits, throttles and runs. Needs nothing but the JDK. */
@SuppressWarnings("module") // the module that remote limits are in is built after this one
module dev.headway {
  requires static jdk.jfr;
  requires static org.jspecify;

  exports dev.headway;
  exports dev.headway.limit;
  exports dev.headway.throttle;
  exports dev.headway.throttle.spi to
      dev.headway.distributed;
  exports dev.headway.time;
}
