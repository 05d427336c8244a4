package dev.headway.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Lines over two logarithmic axes.
 *
 * @param file its name, without an ending
 */
public record Plot(String file, String title, String xTitle, String yTitle, List<Line> lines) {

  /** The points of one line. */
  public record Line(String name, List<Double> x, List<Double> y) {}

  /** Creates an empty plot. */
  public Plot(String file, String title, String xTitle, String yTitle) {
    this(file, title, xTitle, yTitle, new ArrayList<>());
  }

  /** Adds a line. */
  public void add(String name, double[] x, double[] y) {
    lines.add(
        new Line(name, DoubleStream.of(x).boxed().toList(), DoubleStream.of(y).boxed().toList()));
  }
}
