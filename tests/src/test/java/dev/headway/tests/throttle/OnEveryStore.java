package dev.headway.tests.throttle;

import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of what every throttle promises, wherever its limits are kept. */
@ParameterizedClass
@EnumSource(Kind.class)
abstract class OnEveryStore {

  @Parameter Kind kind;

  @BeforeEach
  void use() {
    Kind.use(kind);
  }

  /**
   * Skips what is promised of a throttle of one process alone, or would take too long otherwise.
   */
  void onlyWhereLocal() {
    assumeThat(kind).isEqualTo(Kind.LOCAL);
  }

  @AfterEach
  void useTheLocalOne() {
    Kind.use(Kind.LOCAL);
  }
}
