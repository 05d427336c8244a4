/** Limits that many processes share, on Redis or Valkey, alone, in a cluster or with sentinels. */
@NullMarked
package dev.headway.redis;

import org.jspecify.annotations.NullMarked;
