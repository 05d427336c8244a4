/** Services whose limits the practice server imitates, a file each. */
@NullMarked
package dev.headway.cli.vendor;

import org.jspecify.annotations.NullMarked;
