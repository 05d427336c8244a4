/** The page that shows a run while it goes on, and by which it is paused and slowed down. */
@NullMarked
package dev.headway.cli.live;

import org.jspecify.annotations.NullMarked;
