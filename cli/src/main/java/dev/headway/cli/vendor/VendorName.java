package dev.headway.cli.vendor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The services that can be imitated. */
public enum VendorName {
  /** GitHub's REST API. */
  GITHUB("GitHub"),
  /** OpenAI's chat completions. */
  OPENAI("OpenAI"),
  /** Anthropic's messages. */
  ANTHROPIC("Anthropic"),
  /** Shopify's REST Admin API. */
  SHOPIFY("Shopify"),
  /** Discord's HTTP API. */
  DISCORD("Discord"),
  /** Slack's Web API. */
  SLACK("Slack");

  private final String title;

  VendorName(String title) {
    this.title = title;
  }

  /** The names as they are written, in lower case. */
  public static List<String> words() {
    return Arrays.stream(values()).map(VendorName::word).toList();
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name as the service writes it. */
  public String title() {
    return title;
  }

  /** The names of its limits on tokens. */
  public Set<String> budgets() {
    return switch (this) {
      case OPENAI -> Set.of(OpenAi.TOKENS);
      case ANTHROPIC -> Set.of(Anthropic.INPUT, Anthropic.OUTPUT);
      default -> Set.of();
    };
  }

  Vendor open(VendorSettings settings) {
    return switch (this) {
      case GITHUB -> new GitHub(settings);
      case OPENAI -> new OpenAi(settings);
      case ANTHROPIC -> new Anthropic(settings);
      case SHOPIFY -> new Shopify(settings);
      case DISCORD -> new Discord(settings);
      case SLACK -> new Slack(settings);
    };
  }
}
