/** {@code headway plan}: says how long a run would take, without doing it. */
@NullMarked
package dev.headway.cli.plan;

import org.jspecify.annotations.NullMarked;
