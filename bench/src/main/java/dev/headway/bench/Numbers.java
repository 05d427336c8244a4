package dev.headway.bench;

import java.util.Arrays;

/** Arithmetic of measurements. */
public final class Numbers {

  private Numbers() {}

  /** The median. */
  public static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The least. */
  public static double least(double... values) {
    return Arrays.stream(values).min().orElse(Double.NaN);
  }

  /** The greatest. */
  public static double greatest(double... values) {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }

  /** The range from the least to the greatest, in percent of the median. */
  public static double spreadPercent(double... values) {
    return 100 * (greatest(values) - least(values)) / median(values);
  }

  /**
   * The exponent {@code k} of the {@code y = c x^k} that fits best: 0 does not grow, 1 grows as
   * {@code x} does. It is the slope of the line of least squares through the logarithms.
   */
  public static double exponent(double[] x, double[] y) {
    double[] logX = Arrays.stream(x).map(Math::log).toArray();
    double[] logY = Arrays.stream(y).map(Math::log).toArray();
    double meanX = Arrays.stream(logX).average().orElse(0);
    double meanY = Arrays.stream(logY).average().orElse(0);
    double both = 0;
    double square = 0;
    for (int i = 0; i < logX.length; i++) {
      both += (logX[i] - meanX) * (logY[i] - meanY);
      square += (logX[i] - meanX) * (logX[i] - meanX);
    }
    return both / square;
  }
}
