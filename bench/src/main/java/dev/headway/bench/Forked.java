package dev.headway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** Measures in a JVM of its own, so that earlier candidates do not affect later ones. */
public final class Forked {

  /** Options of each JVM that measures: no warnings about other libraries' use of Unsafe. */
  public static final List<String> JVM_OPTIONS =
      List.of("--sun-misc-unsafe-memory-access=allow", "-Djava.awt.headless=true");

  private static final String ANSWER = "answer ";

  private Forked() {}

  /**
   * Runs the main method of a class, which returns numbers with {@link #answer(double...)}.
   *
   * @param options of the JVM
   * @return the numbers
   */
  public static double[] run(Class<?> main, List<String> options, Object... arguments) {
    return lines(main, options, arguments).stream().mapToDouble(Double::parseDouble).toArray();
  }

  /**
   * Runs the main method of a class, which returns lines with {@link #answer(List)}.
   *
   * @param options of the JVM
   * @return the lines
   */
  public static List<String> lines(Class<?> main, List<String> options, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      List<String> answer =
          output
              .lines()
              .filter(line -> line.startsWith(ANSWER))
              .map(line -> line.substring(ANSWER.length()))
              .toList();
      if (answer.isEmpty()) {
        throw new IllegalStateException(
            main.getSimpleName() + " ended with " + status + " and no answer: " + output);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while " + main.getSimpleName() + " ran", e);
    }
  }

  /** Returns the result to the JVM that started this one, and exits, whatever threads still run. */
  public static void answer(double... numbers) {
    answer(DoubleStream.of(numbers).mapToObj(Double::toString).toList());
  }

  /** Returns the result to the JVM that started this one, and exits, whatever threads still run. */
  @SuppressWarnings("SystemOut") // the two JVMs communicate this way
  public static void answer(List<String> lines) {
    lines.forEach(line -> System.out.println(ANSWER + line));
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
