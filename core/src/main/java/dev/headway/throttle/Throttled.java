package dev.headway.throttle;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method, or all methods of an interface, that acquires a permit when it is called through
 * {@link Throttle#proxy}. A mark on a method goes before the mark on its interface.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Throttled {

  /** The permits of a call, at least 1. */
  long permits() default 1;
}
