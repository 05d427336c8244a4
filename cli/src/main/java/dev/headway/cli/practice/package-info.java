/** A server to practise on, and {@code headway demo}. */
@NullMarked
package dev.headway.cli.practice;

import org.jspecify.annotations.NullMarked;
