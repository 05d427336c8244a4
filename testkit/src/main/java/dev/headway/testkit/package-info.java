/** Virtual time and checks of windows, for tests of whatever uses a throttle. */
@NullMarked
package dev.headway.testkit;

import org.jspecify.annotations.NullMarked;
