/** What was measured, as tables, targets and plots, and how it is shown. */
@NullMarked
package dev.headway.bench.report;

import org.jspecify.annotations.NullMarked;
