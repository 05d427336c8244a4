package dev.headway.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TargetTest {

  @Test
  void aTargetIsMetOnItsOwnSideOfTheLimit() {
    assertThat(Target.COST_WINDOW.judge(1.25).met()).isTrue();
    assertThat(Target.COST_WINDOW.judge(1.26).met()).isFalse();
    assertThat(Target.RUNS_TRIVIAL.judge(5).met()).isTrue();
    assertThat(Target.RUNS_TRIVIAL.judge(4.99).met()).isFalse();
    assertThat(Target.IDLE.judge(1.99).met()).isTrue();
    assertThat(Target.IDLE.judge(2).met()).isFalse();
  }

  @Test
  void whatWasNotMeasuredIsNotMet() {
    for (Target target : Target.values()) {
      assertThat(target.judge(Double.NaN).met()).as(target.name()).isFalse();
    }
  }
}
