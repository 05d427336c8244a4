package dev.headway.examples;

import dev.headway.throttle.Throttle;
import dev.headway.throttle.ThrottleConfig;
import java.io.IOException;
import java.io.StringReader;
import java.util.Properties;

/** Throttles that are configured by text. */
public final class ConfigurationSamples {

  private ConfigurationSamples() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    read(
        """
        name=github
        rate=100/m, 1000/h from-end
        rate.burst=5/s on-arrival 50ms
        spacing=10/s aligned
        token-bucket=5/s burst 20
        concurrency=10
        budget.tokens=200000/m
        max-waiting=1000
        max-wait=30s
        """);
    misspelt();
  }

  private static void read(String text) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(text));

    ThrottleConfig config = ThrottleConfig.from(properties);
    Throttle api = config.build();

    System.out.println(api.name());
    System.out.println(config);
    System.out.println(config.equals(ThrottleConfig.from(config.toProperties())));
  }

  private static void misspelt() {
    Properties properties = new Properties();
    properties.setProperty("rates.burst", "5/s");
    try {
      System.out.println(ThrottleConfig.from(properties));
    } catch (IllegalArgumentException e) {
      System.out.println(e.getMessage());
    }
  }
}
