package dev.headway.cli.option;

import dev.headway.http.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what {@code --scope} says. */
final class ScopeConverter implements ITypeConverter<Scope> {

  private static final String PATH = "path=";
  private static final String HEADER = "header=";

  /** The values, for completion. */
  static final class Words extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    /** Made by picocli. */
    Words() {
      super(List.of("host", PATH, HEADER, "github", "discord"));
    }
  }

  @Override
  public Scope convert(String text) {
    if (text.startsWith(PATH) && text.length() > PATH.length()) {
      return path(text.substring(PATH.length()));
    }
    if (text.startsWith(HEADER) && text.length() > HEADER.length()) {
      return Scope.header(text.substring(HEADER.length()));
    }
    return switch (text) {
      case "host" -> Scope.host();
      case "github" -> Scope.gitHub();
      case "discord" -> Scope.discord();
      default ->
          throw new TypeConversionException(
              "\"" + text + "\" is not host, path=N, path=REGEX, header=NAME, github or discord");
    };
  }

  private static Scope path(String text) {
    try {
      return text.matches("[1-9]\\d?")
          ? Scope.pathPrefix(Integer.parseInt(text))
          : Scope.path(Pattern.compile(text));
    } catch (PatternSyntaxException e) {
      throw new TypeConversionException(
          "\"" + text + "\" is no regular expression: " + e.getDescription());
    }
  }
}
