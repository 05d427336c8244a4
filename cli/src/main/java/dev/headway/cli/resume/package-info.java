/** Results in a file, with which a run can be continued that was ended before its time. */
@NullMarked
package dev.headway.cli.resume;

import org.jspecify.annotations.NullMarked;
