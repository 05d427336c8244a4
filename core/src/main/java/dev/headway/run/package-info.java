/** The one engine behind every run. */
@NullMarked
package dev.headway.run;

import org.jspecify.annotations.NullMarked;
