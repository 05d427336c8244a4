package dev.headway.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** Draws a plot as SVG. */
final class Drawing {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 420;

  private Drawing() {}

  static void draw(Plot plot, Path file) {
    XYChart chart = chart(plot);
    try {
      Files.createDirectories(file.getParent());
      try (OutputStream out = Files.newOutputStream(file)) {
        ChartEncoder.saveChart(chart, out, "svg");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static XYChart chart(Plot plot) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(plot.title())
            .xAxisTitle(plot.xTitle())
            .yAxisTitle(plot.yTitle())
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    // Whole decades, so that a value that hardly changes looks constant.
    double[] all =
        plot.lines().stream()
            .flatMap(line -> line.y().stream())
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(all[0]))));
    chart.getStyler().setYAxisMax(Math.pow(10, Math.floor(Math.log10(all[all.length - 1])) + 1));
    // Dashes would be most of the file.
    chart.getStyler().setPlotGridLinesStroke(new BasicStroke(1));
    chart.getStyler().setPlotGridLinesColor(new Color(0xE8E8E8));
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setAntiAlias(true);
    plot.lines().forEach(line -> chart.addSeries(line.name(), line.x(), line.y()));
    return chart;
  }
}
