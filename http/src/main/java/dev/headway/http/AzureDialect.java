package dev.headway.http;

/** Azure: {@code x-ms-retry-after-ms}. */
final class AzureDialect implements Dialect {

  @Override
  public void read(ResponseFields fields, Findings found) {
    fields.millis("x-ms-retry-after-ms").ifPresent(found.waits::add);
  }
}
