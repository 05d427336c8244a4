/** Limits that many processes share, on PostgreSQL. */
@NullMarked
package dev.headway.postgres;

import org.jspecify.annotations.NullMarked;
