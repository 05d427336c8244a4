/** The lines of an input, and the requests that they ask for. */
@NullMarked
package dev.headway.cli.request;

import org.jspecify.annotations.NullMarked;
