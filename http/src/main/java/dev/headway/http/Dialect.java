package dev.headway.http;

/** One way in which servers state their limits. */
interface Dialect {

  /** Adds what the fields of a response state; nothing where they are absent or unreadable. */
  void read(ResponseFields fields, Findings found);
}
