/** Other libraries, each used as its own documentation recommends, behind one small interface. */
@NullMarked
package dev.headway.bench.peers;

import org.jspecify.annotations.NullMarked;
