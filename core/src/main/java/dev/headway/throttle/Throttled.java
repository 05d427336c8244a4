package dev.headway.throttle;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks what waits for a permit when it is called through {@link Throttle#proxy}: a method, or all
 * methods of an interface. What is said of a method goes before what is said of its interface.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Throttled {

  /** How many permits a call takes, at least 1. */
  long permits() default 1;
}
