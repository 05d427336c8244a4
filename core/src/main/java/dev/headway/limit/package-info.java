/** Pure rules that say when work may start. They are handed the time and never wait. */
@NullMarked
package dev.headway.limit;

import org.jspecify.annotations.NullMarked;
