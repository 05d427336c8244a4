/** The options of the commands, each declared once, and the files that they name. */
@NullMarked
package dev.headway.cli.option;

import org.jspecify.annotations.NullMarked;
