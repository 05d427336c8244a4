package dev.headway.bench.exact;

import dev.headway.bench.peers.Limiter;
import dev.headway.bench.peers.Limiters;
import dev.headway.bench.report.Target;
import dev.headway.limit.Counted;
import java.time.Duration;

/** Our limits, at a rate per second. */
enum Rule {
  FROM_START("window from the start", Target.FULLEST_FROM_START) {
    @Override
    Limiter at(int perSecond) {
      return Limiters.window(perSecond, Counted.FROM_START);
    }

    @Override
    Lateness lateness(Grants grants, int perSecond) {
      return Lateness.ofWindowFromStart(grants, perSecond, SECOND);
    }
  },
  FROM_END("window from the end", Target.FULLEST_FROM_END) {
    @Override
    Limiter at(int perSecond) {
      return Limiters.window(perSecond, Counted.FROM_END);
    }

    @Override
    Lateness lateness(Grants grants, int perSecond) {
      return Lateness.ofWindowFromEnd(grants, perSecond, SECOND);
    }
  },
  SPACING("spacing", Target.FULLEST_SPACING) {
    @Override
    Limiter at(int perSecond) {
      return Limiters.spacing(perSecond);
    }

    @Override
    Lateness lateness(Grants grants, int perSecond) {
      return Lateness.ofSpacing(grants, SECOND / perSecond);
    }
  };

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  final String title;
  final Target fullest;

  Rule(String title, Target fullest) {
    this.title = title;
    this.fullest = fullest;
  }

  abstract Limiter at(int perSecond);

  abstract Lateness lateness(Grants grants, int perSecond);
}
