/** Calls of a simulated language model, in virtual time. */
@NullMarked
package dev.headway.bench.models;

import org.jspecify.annotations.NullMarked;
