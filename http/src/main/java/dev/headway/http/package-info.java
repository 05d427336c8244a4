/** A {@link java.net.http.HttpClient} that keeps within limits and obeys the servers' limits. */
@NullMarked
package dev.headway.http;

import org.jspecify.annotations.NullMarked;
