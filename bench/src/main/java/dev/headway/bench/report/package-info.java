/** Results as tables, targets and plots, and their output. */
@NullMarked
package dev.headway.bench.report;

import org.jspecify.annotations.NullMarked;
