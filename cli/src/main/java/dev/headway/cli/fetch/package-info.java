/** {@code headway fetch}: sends the requests in a file within limits. */
@NullMarked
package dev.headway.cli.fetch;

import org.jspecify.annotations.NullMarked;
