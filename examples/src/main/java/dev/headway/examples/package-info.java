/** Small programs that show how Headway is used. */
@NullMarked
package dev.headway.examples;

import org.jspecify.annotations.NullMarked;
