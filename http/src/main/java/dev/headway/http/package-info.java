/** A {@link java.net.http.HttpClient} that keeps within limits and heeds servers. */
@NullMarked
package dev.headway.http;

import org.jspecify.annotations.NullMarked;
