/** {@code headway demo}: shows what a throttle is for. */
@NullMarked
package dev.headway.cli.demo;

import org.jspecify.annotations.NullMarked;
