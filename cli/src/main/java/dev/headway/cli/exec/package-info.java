/** {@code headway exec}. */
@NullMarked
package dev.headway.cli.exec;

import org.jspecify.annotations.NullMarked;
