/** Virtual time and checks of windows, for tests of code that uses a throttle. */
@NullMarked
package dev.headway.testkit;

import org.jspecify.annotations.NullMarked;
