-- What Headway keeps in PostgreSQL (13 or later) of limits that many processes share, and the
-- functions that decide. A process that finds them missing, or older, creates them itself, in the
-- first schema of its search path; where it may not, run this file there, as often as you like, and
-- let the user of the processes use what it has created:
--
--   GRANT SELECT, INSERT, UPDATE, DELETE ON headway_limit, headway_member, headway_entry TO ...;
--
-- Amounts are lists, one number for each currency; times are microseconds. They are double
-- precision, as the other stores have them too, so that all decide the same and no number is too
-- large. The tables are not logged: if a crash loses them, work continues as if all limits had
-- just been used up.

-- Each change of this file takes the next number.
CREATE OR REPLACE FUNCTION headway_version() RETURNS integer
LANGUAGE sql IMMUTABLE AS 'SELECT 2';

DO $$
BEGIN
  -- A rule and what it remembers.
  CREATE TYPE headway_rule AS (
    kind text, currency text, type text, place integer,
    permits double precision, period double precision, grain double precision,
    burst double precision, step double precision,
    -- A window: how much counts in it, the newest entry, and the instant of the oldest other one.
    counted double precision, newest double precision, newest_amount double precision,
    oldest double precision,
    -- A bucket: it is full again when all that was started since an instant has flowed back.
    since double precision, started double precision, full_at double precision,
    last_full double precision, low double precision,
    -- A spacing: who started last, in which slot, and how many slots that took.
    last double precision, slot double precision, taken double precision, next double precision);
EXCEPTION
  WHEN duplicate_object THEN
    NULL;
END $$;

CREATE UNLOGGED TABLE IF NOT EXISTS headway_limit (
  -- The SHA-256 of the name.
  key bytea PRIMARY KEY,
  id bigint GENERATED ALWAYS AS IDENTITY,
  -- For people: the beginning of the name.
  name text NOT NULL,
  -- When it can matter no more.
  expires timestamptz NOT NULL DEFAULT 'infinity',
  version bigint NOT NULL DEFAULT 0,
  told text NOT NULL DEFAULT '',
  names text[] NOT NULL DEFAULT '{}',
  ttl double precision NOT NULL DEFAULT 0,
  credit double precision NOT NULL DEFAULT 0,
  rules headway_rule[] NOT NULL DEFAULT '{}',
  epoch text NOT NULL DEFAULT '',
  lost text NOT NULL DEFAULT '',
  calls bigint NOT NULL DEFAULT 0,
  clock_offset double precision NOT NULL DEFAULT 0,
  latest double precision NOT NULL DEFAULT 0,
  pause double precision NOT NULL DEFAULT 0,
  hold double precision NOT NULL DEFAULT 0,
  -- The least tag of a member that may have been served last.
  tag double precision NOT NULL DEFAULT 0,
  -- When to look who has died, and until when what there is is known to be kept.
  look double precision NOT NULL DEFAULT 0,
  keep double precision NOT NULL DEFAULT 0,
  -- How many members wait.
  queued integer NOT NULL DEFAULT 0,
  unstarted double precision[] NOT NULL DEFAULT '{}',
  held double precision[] NOT NULL DEFAULT '{}',
  granted double precision NOT NULL DEFAULT 0,
  refused double precision NOT NULL DEFAULT 0,
  abandoned double precision NOT NULL DEFAULT 0,
  waited double precision NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE INDEX IF NOT EXISTS headway_limit_expires ON headway_limit (expires);

CREATE UNLOGGED TABLE IF NOT EXISTS headway_member (
  limit_id bigint,
  member text,
  number bigint NOT NULL,
  batch bigint NOT NULL,
  seen double precision NOT NULL,
  lease double precision NOT NULL,
  -- How many permits it has had, as start-time fair queueing counts.
  tag double precision NOT NULL,
  waiting bigint NOT NULL,
  running bigint NOT NULL,
  unstarted double precision[] NOT NULL,
  held double precision[] NOT NULL,
  -- If it waits: when it was told to come, -1 for when it is woken; what all of its callers want, and
  -- what the first of them.
  told double precision,
  wanted double precision[],
  head double precision[],
  PRIMARY KEY (limit_id, member)
) WITH (fillfactor = 50);

-- What counts in a window and is not its newest entry.
CREATE UNLOGGED TABLE IF NOT EXISTS headway_entry (
  limit_id bigint,
  rule integer,
  instant double precision,
  amount double precision NOT NULL,
  PRIMARY KEY (limit_id, rule, instant)
) WITH (fillfactor = 90);

CREATE OR REPLACE FUNCTION headway_zeros(size integer) RETURNS double precision[]
LANGUAGE sql IMMUTABLE AS 'SELECT array_fill(0::double precision, ARRAY[size])';

CREATE OR REPLACE FUNCTION headway_plus(
  amounts double precision[], more double precision[], times double precision)
RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  FOR place IN 1 .. cardinality(amounts) LOOP
    amounts[place] := amounts[place] + times * more[place];
  END LOOP;
  RETURN amounts;
END $$;

-- The remainder that is not below 0.
CREATE OR REPLACE FUNCTION headway_rest(number double precision, divisor double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT number - floor(number / divisor) * divisor';

-- The rules and what follows from them. A window of more than 1,000 permits counts by thousandths
-- of its period.
CREATE OR REPLACE FUNCTION headway_parse(l headway_limit, told text, number bigint)
RETURNS headway_limit LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  blank headway_rule;
  r headway_rule;
  words text[];
  parsed headway_rule[] := '{}';
BEGIN
  l.version := number;
  l.told := told;
  l.ttl := 0;
  l.names := ARRAY['permits'] || ARRAY(
    SELECT DISTINCT split_part(rule, ' ', 2) COLLATE "C" FROM unnest(string_to_array(told, ';')) rule
    WHERE split_part(rule, ' ', 2) <> 'permits' ORDER BY 1);
  l.credit := 'Infinity';
  FOR i IN 1 .. cardinality(string_to_array(told, ';')) LOOP
    words := string_to_array(split_part(told, ';', i), ' ');
    r := blank;
    r.kind := words[1];
    r.currency := words[2];
    r.type := words[3];
    r.permits := words[4];
    r.place := array_position(l.names, r.currency);
    IF r.type IN ('start', 'end') THEN
      r.period := ceil(words[5]::double precision / 1000);
      r.grain := 1;
      IF r.permits > 1000 THEN
        r.grain := greatest(1, ceil(r.period / 1000));
      END IF;
      r.counted := 0;
      r.newest := 0;
      r.newest_amount := 0;
      r.oldest := 'Infinity';
      l.ttl := greatest(l.ttl, r.period);
    ELSIF r.type = 'bucket' THEN
      r.period := words[5]::double precision / 1000;
      r.burst := words[6];
      r.since := 0;
      r.started := 0;
      r.full_at := 0;
      r.last_full := 0;
      r.low := -1;
      l.ttl := greatest(l.ttl, r.period * r.burst / r.permits);
    ELSIF r.type IN ('spacing', 'aligned') THEN
      r.step := ceil(words[5]::double precision / r.permits) / 1000;
      r.last := 0;
      r.slot := 0;
      r.taken := 0;
      r.next := 0;
      l.ttl := greatest(l.ttl, r.step);
    END IF;
    IF r.place = 1 THEN
      l.credit := least(l.credit,
        CASE WHEN r.step IS NOT NULL THEN 1 ELSE coalesce(r.burst, r.permits) END);
    END IF;
    parsed := parsed || r;
  END LOOP;
  IF l.credit = 'Infinity' THEN
    l.credit := 0;
  END IF;
  l.rules := parsed;
  l.ttl := ceil(l.ttl) + 60000000;
  RETURN l;
END $$;

-- Windows.

-- Forgets what has left a window.
CREATE OR REPLACE FUNCTION headway_drop(
  limit_id bigint, rule integer, r headway_rule, now double precision)
RETURNS headway_rule LANGUAGE plpgsql AS $$
DECLARE
  gone double precision := now - r.period;
  dropped double precision;
BEGIN
  IF least(r.oldest, r.newest) > gone THEN
    RETURN r;
  END IF;
  IF r.newest <= gone THEN
    DELETE FROM headway_entry e WHERE e.limit_id = headway_drop.limit_id AND e.rule = headway_drop.rule;
    r.counted := 0;
    r.newest := 0;
    r.newest_amount := 0;
    r.oldest := 'Infinity';
    RETURN r;
  END IF;
  WITH old AS (
    DELETE FROM headway_entry e
    WHERE e.limit_id = headway_drop.limit_id AND e.rule = headway_drop.rule
      AND e.instant >= r.oldest AND e.instant <= gone
    RETURNING e.amount)
  SELECT coalesce(sum(old.amount), 0) INTO dropped FROM old;
  r.counted := r.counted - dropped;
  SELECT min(e.instant) INTO r.oldest FROM headway_entry e
  WHERE e.limit_id = headway_drop.limit_id AND e.rule = headway_drop.rule AND e.instant > gone;
  IF r.oldest IS NULL THEN
    -- What else was counted, and is not there, is not known to have left.
    r.newest_amount := r.counted;
    r.oldest := 'Infinity';
  END IF;
  RETURN r;
END $$;

-- Counts an amount from an instant on; where that is before the newest, from the next entry's on.
CREATE OR REPLACE FUNCTION headway_add(
  limit_id bigint, rule integer, r headway_rule, now double precision, instant double precision,
  amount double precision)
RETURNS headway_rule LANGUAGE plpgsql AS $$
BEGIN
  instant := ceil(instant / r.grain) * r.grain;
  IF amount <= 0 OR instant + r.period <= now THEN
    RETURN r;
  END IF;
  IF instant <= r.newest THEN
    IF instant < r.newest AND r.oldest < 'Infinity' THEN
      UPDATE headway_entry e SET amount = e.amount + headway_add.amount
      WHERE e.limit_id = headway_add.limit_id AND e.rule = headway_add.rule AND e.instant = (
        SELECT min(o.instant) FROM headway_entry o
        WHERE o.limit_id = headway_add.limit_id AND o.rule = headway_add.rule
          AND o.instant >= headway_add.instant);
      IF FOUND THEN
        r.counted := r.counted + amount;
        RETURN r;
      END IF;
    END IF;
    r.newest_amount := r.newest_amount + amount;
  ELSE
    IF r.newest_amount > 0 THEN
      INSERT INTO headway_entry AS e VALUES (limit_id, rule, r.newest, r.newest_amount)
      ON CONFLICT ON CONSTRAINT headway_entry_pkey DO UPDATE SET amount = e.amount + excluded.amount;
      r.oldest := least(r.oldest, r.newest);
    END IF;
    r.newest := instant;
    r.newest_amount := amount;
  END IF;
  r.counted := r.counted + amount;
  RETURN r;
END $$;

-- Takes so much more, or less, at the instant of a start: the entry nearest to it and older ones.
CREATE OR REPLACE FUNCTION headway_change(
  limit_id bigint, rule integer, r headway_rule, now double precision, instant double precision,
  more double precision)
RETURNS headway_rule LANGUAGE plpgsql AS $$
DECLARE
  near double precision := greatest(2000, r.grain);
  last double precision := instant + near;
  less double precision := -more;
  off double precision;
  entry record;
BEGIN
  IF more > 0 AND (r.newest_amount = 0 OR instant > r.newest + near) THEN
    RETURN headway_add(limit_id, rule, r, now, instant, more);
  END IF;
  IF r.newest <= last THEN
    off := least(less, r.newest_amount);
    r.newest_amount := r.newest_amount - off;
    r.counted := r.counted - off;
    less := less - off;
    IF less = 0 OR more > 0 THEN
      RETURN r;
    END IF;
  END IF;
  IF more > 0 THEN
    SELECT e.instant, e.amount INTO entry FROM headway_entry e
    WHERE e.limit_id = headway_change.limit_id AND e.rule = headway_change.rule
      AND e.instant >= r.oldest AND e.instant <= last
    ORDER BY e.instant DESC LIMIT 1;
    IF entry.instant IS NULL OR entry.instant < headway_change.instant - near THEN
      RETURN headway_add(limit_id, rule, r, now, now, more);
    END IF;
    UPDATE headway_entry e SET amount = entry.amount + more
    WHERE e.limit_id = headway_change.limit_id AND e.rule = headway_change.rule
      AND e.instant = entry.instant;
    r.counted := r.counted + more;
    RETURN r;
  END IF;
  FOR entry IN
    SELECT e.instant, e.amount FROM headway_entry e
    WHERE e.limit_id = headway_change.limit_id AND e.rule = headway_change.rule
      AND e.instant >= r.oldest AND e.instant <= last AND e.amount > 0
    ORDER BY e.instant DESC
  LOOP
    off := least(less, entry.amount);
    UPDATE headway_entry e SET amount = entry.amount - off
    WHERE e.limit_id = headway_change.limit_id AND e.rule = headway_change.rule
      AND e.instant = entry.instant;
    r.counted := r.counted - off;
    less := less - off;
    EXIT WHEN less <= 0;
  END LOOP;
  RETURN r;
END $$;

-- When so much has left a window that `over` fits; a period from now if what runs must end first.
CREATE OR REPLACE FUNCTION headway_left(
  limit_id bigint, rule integer, r headway_rule, now double precision, over double precision)
RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
  entry record;
BEGIN
  IF r.oldest < 'Infinity' THEN
    FOR entry IN
      SELECT e.instant, e.amount FROM headway_entry e
      WHERE e.limit_id = headway_left.limit_id AND e.rule = headway_left.rule AND e.instant >= r.oldest
      ORDER BY e.instant
    LOOP
      over := over - entry.amount;
      IF over <= 0 THEN
        RETURN entry.instant + r.period;
      END IF;
    END LOOP;
  END IF;
  RETURN CASE WHEN over <= r.newest_amount THEN r.newest ELSE now END + r.period;
END $$;

-- Buckets and spacings.

CREATE OR REPLACE FUNCTION headway_pace(r headway_rule, amount double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN ceil(amount * r.period / r.permits);
END $$;

CREATE OR REPLACE FUNCTION headway_fill(r headway_rule, amount double precision)
RETURNS headway_rule LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  periods double precision;
BEGIN
  r.started := r.started + amount;
  periods := floor(r.started / r.permits);
  r.since := r.since + periods * r.period;
  r.started := r.started - periods * r.permits;
  r.full_at := r.since + headway_pace(r, r.started);
  RETURN r;
END $$;

CREATE OR REPLACE FUNCTION headway_late(
  r headway_rule, clock_offset double precision, instant double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE WHEN r.type = 'aligned' THEN headway_rest(instant - clock_offset, r.step) ELSE 0 END;
END $$;

CREATE OR REPLACE FUNCTION headway_take(
  r headway_rule, last double precision, slot double precision, taken double precision)
RETURNS headway_rule LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  r.last := last;
  r.slot := slot;
  r.taken := taken;
  r.next := slot + taken * r.step;
  RETURN r;
END $$;

CREATE OR REPLACE FUNCTION headway_spaced(
  r headway_rule, clock_offset double precision, now double precision, ahead double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  at double precision := greatest(now, r.next);
  over double precision := headway_late(r, clock_offset, at);
BEGIN
  IF over > least(greatest(r.step / 100, 1000), r.step / 2) THEN
    at := at - over + r.step;
  END IF;
  RETURN ceil(at + ahead * r.step);
END $$;

-- A start of so much, of what remembers starts and not windows.
CREATE OR REPLACE FUNCTION headway_charge(
  r headway_rule, clock_offset double precision, now double precision, amount double precision)
RETURNS headway_rule LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF r.type = 'bucket' THEN
    IF r.full_at < now THEN
      r.since := now;
      r.started := 0;
      r.last_full := now;
      r.low := -1;
    ELSIF r.low < 0 OR r.full_at - now < r.low THEN
      r.low := r.full_at - now;
    END IF;
    RETURN headway_fill(r, amount);
  ELSIF r.step IS NOT NULL THEN
    RETURN headway_take(r, now, greatest(now - headway_late(r, clock_offset, now), r.next), amount);
  END IF;
  RETURN r;
END $$;

-- What a bucket or a spacing was charged and is not used, of a start at an instant.
CREATE OR REPLACE FUNCTION headway_give_back(
  r headway_rule, now double precision, instant double precision, amount double precision)
RETURNS headway_rule LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  lack double precision;
  back double precision;
BEGIN
  IF r.type = 'bucket' THEN
    IF instant >= r.last_full AND r.full_at > now THEN
      lack := r.full_at - now;
      IF r.low >= 0 THEN
        lack := least(lack, r.low);
      END IF;
      back := least(amount, floor(lack * r.permits / r.period));
      r := headway_fill(r, -back);
      IF r.low >= 0 THEN
        r.low := greatest(0, r.low - headway_pace(r, back));
      END IF;
    END IF;
  ELSIF r.step IS NOT NULL AND instant >= r.last THEN
    RETURN headway_take(r, r.last, r.slot, greatest(0, r.taken - amount));
  END IF;
  RETURN r;
END $$;

-- When so much may start after `ahead` has; never is infinity.
CREATE OR REPLACE FUNCTION headway_ready(
  l headway_limit, now double precision, cost double precision[], ahead double precision[])
RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
  at double precision := greatest(now, l.pause);
  ready double precision;
  later double precision;
  held double precision;
  total double precision;
  over double precision;
  r headway_rule;
BEGIN
  FOR i IN 1 .. cardinality(l.rules) LOOP
    r := l.rules[i];
    CONTINUE WHEN cost[r.place] <= 0;
    total := cost[r.place] + coalesce(ahead[r.place], 0);
    held := l.unstarted[r.place];
    IF r.type <> 'start' THEN
      held := held + l.held[r.place];
    END IF;
    IF r.type IN ('start', 'end') THEN
      later := 0;
      IF total > r.permits THEN
        later := floor((total - 1) / r.permits) * r.period;
        total := headway_rest(total - 1, r.permits) + 1;
      END IF;
      over := r.counted + held + total - r.permits;
      ready := CASE WHEN over > 0 THEN headway_left(l.id, i, r, now, over) ELSE now END;
      IF r.type = 'end' THEN
        ready := greatest(ready, l.hold);
      END IF;
      ready := ready + later;
    ELSIF r.type = 'concurrency' THEN
      ready := CASE WHEN held + total > r.permits THEN 'Infinity' ELSE l.hold END;
    ELSIF r.type = 'bucket' THEN
      IF r.full_at <= now THEN
        ready := now + greatest(0, headway_pace(r, total - r.burst));
      ELSE
        ready := r.since + headway_pace(r, r.started + total - r.burst);
      END IF;
    ELSE
      ready := headway_spaced(r, l.clock_offset, now, coalesce(ahead[r.place], 0));
    END IF;
    at := greatest(at, ready);
  END LOOP;
  RETURN at;
END $$;

-- The rule in whose place another comes: of the windows the fullest.
CREATE OR REPLACE FUNCTION headway_former(r headway_rule, rules headway_rule[])
RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  o headway_rule;
  best integer;
  most double precision;
BEGIN
  FOR i IN 1 .. cardinality(rules) LOOP
    o := rules[i];
    IF o.kind = r.kind AND o.currency = r.currency
        AND (o.counted IS NOT NULL) = (r.counted IS NOT NULL)
        AND (o.burst IS NOT NULL) = (r.burst IS NOT NULL)
        AND (o.step IS NOT NULL) = (r.step IS NOT NULL)
        AND (best IS NULL OR o.counted > most) THEN
      best := i;
      most := o.counted;
    END IF;
  END LOOP;
  RETURN best;
END $$;

-- Amounts of some currencies as amounts of others.
CREATE OR REPLACE FUNCTION headway_rearrange(amounts double precision[], from_names text[], to_names text[])
RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  rearranged double precision[] := headway_zeros(cardinality(to_names));
  place integer;
BEGIN
  FOR i IN 1 .. cardinality(to_names) LOOP
    place := array_position(from_names, to_names[i]);
    IF place IS NOT NULL THEN
      rearranged[i] := amounts[place];
    END IF;
  END LOOP;
  RETURN rearranged;
END $$;

-- All members of a process have one channel: that of the first part of their names.
CREATE OR REPLACE FUNCTION headway_wake(member text, key bytea) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify(
    'headway_' || left(encode(sha256(convert_to(split_part(member, '/', 1), 'UTF8')), 'hex'), 32),
    encode(key, 'hex'));
END $$;

-- Puts new rules in place of others, with what those remember.
CREATE OR REPLACE FUNCTION headway_replace(l headway_limit, asker text, told text, now double precision)
RETURNS headway_limit LANGUAGE plpgsql AS $$
DECLARE
  old headway_limit := l;
  r headway_rule;
  was headway_rule;
  origin integer;
  other record;
BEGIN
  l := headway_parse(l, told, old.version + 1);
  UPDATE headway_entry e SET rule = -e.rule WHERE e.limit_id = l.id;
  FOR i IN 1 .. cardinality(l.rules) LOOP
    r := l.rules[i];
    origin := headway_former(r, old.rules);
    CONTINUE WHEN origin IS NULL;
    was := old.rules[origin];
    IF r.counted IS NOT NULL THEN
      r.counted := was.counted;
      r.newest := was.newest;
      r.newest_amount := was.newest_amount;
      r.oldest := was.oldest;
      INSERT INTO headway_entry
      SELECT e.limit_id, i, e.instant, e.amount FROM headway_entry e
      WHERE e.limit_id = l.id AND e.rule = -origin;
      r := headway_drop(l.id, i, r, now);
    ELSIF r.burst IS NOT NULL AND was.full_at > now THEN
      r.since := now;
      r := headway_fill(
        r, least(r.burst, ceil((was.full_at - now) * was.permits / was.period)));
    ELSIF r.step IS NOT NULL THEN
      r := headway_take(r, was.last, was.slot, was.taken);
    END IF;
    l.rules[i] := r;
  END LOOP;
  DELETE FROM headway_entry e WHERE e.limit_id = l.id AND e.rule < 0;
  l.unstarted := headway_rearrange(l.unstarted, old.names, l.names);
  l.held := headway_rearrange(l.held, old.names, l.names);
  FOR other IN
    UPDATE headway_member m SET
      unstarted = headway_rearrange(m.unstarted, old.names, l.names),
      held = headway_rearrange(m.held, old.names, l.names),
      wanted = headway_rearrange(m.wanted, old.names, l.names),
      head = headway_rearrange(m.head, old.names, l.names),
      told = CASE WHEN m.told IS NOT NULL THEN now END
    WHERE m.limit_id = l.id RETURNING m.member, m.told
  LOOP
    IF other.told IS NOT NULL AND other.member <> asker THEN
      PERFORM headway_wake(other.member, l.key);
    END IF;
  END LOOP;
  l.keep := 0;
  RETURN l;
END $$;

-- Buries who has died. What of theirs had not started counts as started now, what ran as ended.
CREATE OR REPLACE FUNCTION headway_bury(
  INOUT l headway_limit, asker text, now double precision, lease double precision,
  OUT freed boolean)
LANGUAGE plpgsql AS $$
DECLARE
  dead headway_member;
  r headway_rule;
  lapse double precision;
BEGIN
  freed := false;
  FOR dead IN
    DELETE FROM headway_member m
    WHERE m.limit_id = l.id AND m.member <> asker AND m.seen + m.lease <= now RETURNING m.*
  LOOP
    FOR i IN 1 .. cardinality(l.rules) LOOP
      r := l.rules[i];
      IF r.type = 'start' THEN
        l.rules[i] := headway_add(l.id, i, r, now, now, dead.unstarted[r.place]);
      ELSIF r.type = 'end' THEN
        l.rules[i] :=
          headway_add(l.id, i, r, now, now, dead.unstarted[r.place] + dead.held[r.place]);
      END IF;
    END LOOP;
    l.unstarted := headway_plus(l.unstarted, dead.unstarted, -1);
    l.held := headway_plus(l.held, dead.held, -1);
    freed := true;
  END LOOP;
  SELECT min(m.seen + m.lease) INTO lapse FROM headway_member m
  WHERE m.limit_id = l.id AND m.member <> asker;
  l.look := least(now + lease, lapse);
END $$;

-- What was known and is lost counts as the most that it can have been.
CREATE OR REPLACE FUNCTION headway_lose(l headway_limit, now double precision, lease double precision)
RETURNS headway_limit LANGUAGE plpgsql AS $$
DECLARE
  r headway_rule;
BEGIN
  FOR i IN 1 .. cardinality(l.rules) LOOP
    r := l.rules[i];
    IF r.counted IS NOT NULL THEN
      r := headway_add(l.id, i, r, now, now, r.permits - r.counted);
    ELSIF r.burst IS NOT NULL THEN
      r.since := now;
      r.started := 0;
      r.last_full := now;
      r.low := -1;
      r := headway_fill(r, r.burst);
    ELSIF r.step IS NOT NULL THEN
      r := headway_take(r, now, now, 1);
    END IF;
    l.rules[i] := r;
  END LOOP;
  l.hold := greatest(l.hold, now + ceil(lease / 2));
  RETURN l;
END $$;

-- What has happened at several instants: again and again how long ago, and amounts.
CREATE OR REPLACE FUNCTION headway_happened(
  l headway_limit, now double precision, happened double precision[], type text)
RETURNS headway_limit LANGUAGE plpgsql AS $$
DECLARE
  size integer := cardinality(l.names);
  first integer := 0;
  at double precision;
  amount double precision;
  r headway_rule;
BEGIN
  WHILE first < cardinality(happened) LOOP
    at := now - happened[first + 1];
    FOR i IN 1 .. cardinality(l.rules) LOOP
      r := l.rules[i];
      amount := happened[first + 1 + r.place];
      CONTINUE WHEN amount <= 0;
      IF r.type = type THEN
        l.rules[i] := headway_add(l.id, i, r, now, at, amount);
      ELSIF r.type = 'spacing' AND type = 'start' AND r.taken <= amount THEN
        l.rules[i] := headway_take(r, r.last, greatest(r.slot, at), r.taken);
      END IF;
    END LOOP;
    first := first + 1 + size;
  END LOOP;
  RETURN l;
END $$;

-- What was settled: again and again how long ago it had started, which currency, how much more.
CREATE OR REPLACE FUNCTION headway_settled(
  INOUT l headway_limit, now double precision, settled double precision[], INOUT freed boolean)
LANGUAGE plpgsql AS $$
DECLARE
  first integer := 0;
  at double precision;
  more double precision;
  r headway_rule;
BEGIN
  WHILE first < cardinality(settled) LOOP
    at := now - settled[first + 1];
    more := settled[first + 3];
    FOR i IN 1 .. cardinality(l.rules) LOOP
      r := l.rules[i];
      CONTINUE WHEN r.place <> settled[first + 2];
      IF r.type = 'start' THEN
        l.rules[i] := headway_change(l.id, i, r, now, at, more);
      ELSIF more > 0 AND r.type = 'bucket' THEN
        l.rules[i] := headway_charge(r, l.clock_offset, now, more);
      ELSIF more > 0 AND r.step IS NOT NULL THEN
        l.rules[i] := headway_take(r, r.last, r.slot, r.taken + more);
      ELSIF more < 0 THEN
        l.rules[i] := headway_give_back(r, now, at, -more);
      END IF;
    END LOOP;
    freed := freed OR more < 0;
    first := first + 3;
  END LOOP;
END $$;

-- Members that wait are served as in start-time fair queueing: each has a tag, the permits that it
-- has had, and what those with lower tags want, and are about to ask for, is theirs. It lapses, if
-- they do not come, 25 milliseconds after they were to.
CREATE OR REPLACE FUNCTION headway_theirs(
  queue headway_member[], own double precision, except_for text, now double precision,
  OUT theirs double precision[], OUT lapse double precision)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  other headway_member;
  share double precision;
BEGIN
  lapse := 'Infinity';
  FOREACH other IN ARRAY queue LOOP
    CONTINUE WHEN other.member = except_for;
    share := least(other.wanted[1], own - other.tag);
    CONTINUE WHEN share <= 0;
    theirs := coalesce(theirs, headway_zeros(cardinality(other.wanted)));
    FOR place IN 1 .. cardinality(theirs) LOOP
      theirs[place] := theirs[place] + ceil(other.wanted[place] * share / other.wanted[1]);
    END LOOP;
    lapse := least(lapse, CASE WHEN other.told < 0 THEN now ELSE other.told END + 25000);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION headway_grant(
  INOUT l headway_limit, INOUT p headway_member, now double precision, cost double precision[],
  count double precision)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  r headway_rule;
BEGIN
  FOR i IN 1 .. cardinality(l.rules) LOOP
    r := l.rules[i];
    IF cost[r.place] > 0 AND r.counted IS NULL THEN
      l.rules[i] := headway_charge(r, l.clock_offset, now, count * cost[r.place]);
    END IF;
  END LOOP;
  l.unstarted := headway_plus(l.unstarted, cost, count);
  p.unstarted := headway_plus(p.unstarted, cost, count);
  l.tag := greatest(l.tag, p.tag);
  p.tag := p.tag + count * cost[1];
END $$;

-- Whether several that take the same may all start now.
CREATE OR REPLACE FUNCTION headway_all_at_once(
  l headway_limit, now double precision, cost double precision[], count double precision)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  whole double precision[] := headway_plus(headway_zeros(cardinality(cost)), cost, count);
  r headway_rule;
BEGIN
  FOREACH r IN ARRAY l.rules LOOP
    IF whole[r.place] > r.permits OR r.step IS NOT NULL THEN
      RETURN false;
    END IF;
  END LOOP;
  RETURN headway_ready(l, now, whole, NULL) <= now;
END $$;

-- How many permits a rule has left; none of one that cannot tell what the next will take.
CREATE OR REPLACE FUNCTION headway_room(l headway_limit, r headway_rule, now double precision)
RETURNS double precision LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE
    WHEN r.place <> 1 THEN 0
    WHEN r.type = 'start' THEN r.permits - r.counted - l.unstarted[1]
    WHEN r.type = 'end' THEN r.permits - r.counted - l.unstarted[1] - l.held[1]
    WHEN r.type = 'concurrency' THEN r.permits - l.unstarted[1] - l.held[1]
    WHEN r.type = 'bucket' THEN
      r.burst - greatest(0, r.full_at - now) * r.permits / r.period
    ELSE 0 END;
END $$;

-- The numbers of all members as words. Given are those of the one that asks, and all that wait.
CREATE OR REPLACE FUNCTION headway_totals(
  l headway_limit, queue headway_member[], asker text, now double precision, waits bigint,
  runs bigint, wanted double precision[])
RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  available double precision := 'Infinity';
  free double precision;
  at double precision;
  idle boolean;
  one double precision[] := headway_zeros(cardinality(l.names));
  other headway_member;
  r headway_rule;
BEGIN
  SELECT waits + coalesce(sum(m.waiting), 0), runs + coalesce(sum(m.running), 0)
  INTO waits, runs FROM headway_member m WHERE m.limit_id = l.id AND m.member <> asker;
  FOREACH other IN ARRAY queue LOOP
    IF other.member <> asker THEN
      wanted := headway_plus(wanted, other.wanted, 1);
    END IF;
  END LOOP;
  idle := waits = 0 AND runs = 0 AND l.pause <= now;
  IF l.pause > now THEN
    available := 0;
  END IF;
  FOREACH r IN ARRAY l.rules LOOP
    IF r.type = 'start' THEN
      free := r.permits - r.counted - l.unstarted[r.place];
      idle := idle AND r.counted = 0;
    ELSIF r.type = 'end' THEN
      free := r.permits - r.counted - l.unstarted[r.place] - l.held[r.place];
      idle := idle AND r.counted = 0;
    ELSIF r.type = 'concurrency' THEN
      free := r.permits - l.unstarted[r.place] - l.held[r.place];
    ELSIF r.type = 'bucket' THEN
      free := CASE WHEN r.full_at <= now THEN r.burst
        ELSE floor(r.burst - (r.full_at - now) * r.permits / r.period) END;
      idle := idle AND r.full_at <= now;
    ELSE
      free := CASE WHEN headway_spaced(r, l.clock_offset, now, 0) <= now THEN 1 ELSE 0 END;
      idle := idle AND r.next <= now;
    END IF;
    IF r.place = 1 THEN
      available := least(available, greatest(0, free));
    END IF;
  END LOOP;
  one[1] := 1;
  at := headway_ready(l, now, one, wanted);
  RETURN ARRAY[
    waits::text, runs::text, headway_word(l.granted), headway_word(l.refused),
    headway_word(l.abandoned), headway_word(l.waited),
    CASE WHEN available = 'Infinity' THEN '-1' ELSE headway_word(available) END,
    CASE WHEN at = 'Infinity' THEN '-1' ELSE headway_word(greatest(0, ceil(at - now))) END,
    CASE WHEN idle THEN '1' ELSE '0' END];
END $$;

-- A number as a word, whole and not beyond what 64 bits hold.
CREATE OR REPLACE FUNCTION headway_word(number double precision) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN least(number, 9e18)::bigint::text;
END $$;

-- Deletes some of what can matter no more.
CREATE OR REPLACE FUNCTION headway_clean(except_for bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  old record;
BEGIN
  FOR old IN
    SELECT l.id, l.key FROM headway_limit l
    WHERE l.expires < clock_timestamp() AND l.id <> except_for
    ORDER BY l.expires LIMIT 10 FOR UPDATE SKIP LOCKED
  LOOP
    DELETE FROM headway_entry e WHERE e.limit_id = old.id;
    DELETE FROM headway_member m WHERE m.limit_id = old.id;
    DELETE FROM headway_limit l WHERE l.key = old.key;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION headway_answer(status text, l headway_limit) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN ARRAY[status, l.epoch, l.calls::text, l.version::text, l.told, '0', '0', '0', '0'];
END $$;

-- Decides one question of one member of a shared limit, given the words of the question;
-- docs/shared.md says what is decided and why. The lock on the limit's row comes first, and the
-- clock is read after, so that decisions follow one another as their times do. A lock that cannot be
-- had is not waited for longer than the member waits for an answer.
CREATE OR REPLACE FUNCTION headway_decide(limit_key bytea, limit_name text, words text[])
RETURNS text[] LANGUAGE plpgsql SET lock_timeout = '1s' SET enable_seqscan = off AS $$
DECLARE
  given double precision := words[1];
  asker text := words[2];
  number bigint := words[3];
  epoch text := words[4];
  calls bigint := words[5];
  elapsed double precision := words[6];
  lease double precision := words[7];
  version bigint := words[8];
  told text := words[9];
  newest boolean := words[10] = '1';
  unstarted double precision[] := string_to_array(words[22], ' ')::double precision[];
  held double precision[] := string_to_array(words[23], ' ')::double precision[];
  demand double precision[] := string_to_array(words[24], ' ')::double precision[];
  wanted double precision[] := string_to_array(words[25], ' ')::double precision[];
  returned double precision[];
  l headway_limit;
  p headway_member;
  r headway_rule;
  other headway_member;
  born boolean := false;
  known boolean;
  size integer;
  wall double precision;
  now double precision;
  ahead_by double precision;
  looked boolean := false;
  freed boolean := false;
  pair record;
  queue headway_member[] := '{}';
  others boolean;
  granted double precision := 0;
  more double precision;
  first integer := 0;
  count double precision;
  cost double precision[];
  blocked double precision[];
  theirs double precision[];
  lapse double precision;
  at double precision;
  ask double precision := 0;
  rest double precision;
  woken double precision[];
  before double precision[];
  answer text[];
  needed double precision;
BEGIN
  -- What there is.
  LOOP
    SELECT * INTO l FROM headway_limit WHERE key = limit_key FOR UPDATE;
    EXIT WHEN FOUND;
    IF told = '' THEN
      RETURN ARRAY['UNKNOWN', '', '0', '0', '', '0', '0', '0', '0'];
    END IF;
    INSERT INTO headway_limit (key, name) VALUES (limit_key, limit_name)
    ON CONFLICT (key) DO NOTHING RETURNING * INTO l;
    born := FOUND;
    EXIT WHEN born;
  END LOOP;
  wall := given;
  IF wall < 0 THEN
    wall := floor(extract(epoch FROM clock_timestamp()) * 1000000);
  END IF;
  SELECT * INTO p FROM headway_member m WHERE m.limit_id = l.id AND m.member = asker;
  known := FOUND;
  IF born THEN
    l := headway_parse(l, told, greatest(1, version));
    l.epoch := substring(asker FROM '[^/]*$') || ':' || number;
    l.latest := wall;
    l.unstarted := headway_zeros(cardinality(l.names));
    l.held := l.unstarted;
    IF elapsed < 0 OR elapsed > l.ttl THEN
      -- A member that was away for so long has seen nothing that could still count.
      epoch := '';
    END IF;
  ELSIF known AND number <= p.number THEN
    RETURN headway_answer('STALE', l);
  ELSIF NOT newest AND version <> l.version THEN
    RETURN headway_answer('RULES', l);
  END IF;

  -- The time: that of the store's clock, but it never goes back, and does not run ahead of the
  -- member's own since that asked before.
  now := wall + l.clock_offset;
  IF now < l.latest THEN
    l.clock_offset := l.clock_offset + l.latest - now;
    now := l.latest;
  END IF;
  IF given < 0 AND elapsed >= 0 AND epoch = l.epoch THEN
    ahead_by := now - (words[28]::double precision + elapsed);
    IF ahead_by > 100000 THEN
      at := greatest(l.latest, now - ahead_by);
      l.clock_offset := l.clock_offset + at - now;
      now := at;
    END IF;
  END IF;
  l.latest := now;

  FOR i IN 1 .. cardinality(l.rules) LOOP
    r := l.rules[i];
    IF least(r.oldest, r.newest) <= now - r.period AND r.newest > 0 THEN
      l.rules[i] := headway_drop(l.id, i, r, now);
    END IF;
  END LOOP;
  IF newest AND told <> l.told THEN
    l := headway_replace(l, asker, told, now);
    SELECT * INTO p FROM headway_member m WHERE m.limit_id = l.id AND m.member = asker;
  END IF;
  size := cardinality(l.names);
  IF now >= l.look THEN
    pair := headway_bury(l, asker, now, lease);
    l := pair.l;
    freed := pair.freed;
    looked := true;
  END IF;
  IF epoch <> '' AND epoch <> l.epoch AND epoch <> l.lost THEN
    l.lost := epoch;
    l := headway_lose(l, now, lease);
  ELSIF epoch = l.epoch AND calls > l.calls THEN
    l.lost := l.epoch;
    l.epoch := substring(asker FROM '[^/]*$') || ':' || number;
    l.calls := calls;
    l := headway_lose(l, now, lease);
  END IF;

  -- What the member has done.
  IF NOT known THEN
    p.limit_id := l.id;
    p.member := asker;
    p.batch := 0;
    p.tag := l.tag;
    p.unstarted := headway_zeros(size);
    p.held := p.unstarted;
  END IF;
  p.number := number;
  p.seen := now;
  p.lease := lease;
  l.look := least(l.look, now + lease);
  FOR place IN 1 .. size LOOP
    freed := freed OR p.unstarted[place] + p.held[place] > unstarted[place] + held[place];
  END LOOP;
  l.unstarted := headway_plus(headway_plus(l.unstarted, unstarted, 1), p.unstarted, -1);
  l.held := headway_plus(headway_plus(l.held, held, 1), p.held, -1);
  p.unstarted := unstarted;
  p.held := held;
  IF words[11]::bigint > p.batch THEN
    p.batch := words[11];
    IF words[16] <> '' THEN
      l := headway_happened(l, now, string_to_array(words[16], ' ')::double precision[], 'start');
    END IF;
    IF words[17] <> '' THEN
      l := headway_happened(l, now, string_to_array(words[17], ' ')::double precision[], 'end');
    END IF;
    IF words[18] <> '' THEN
      pair := headway_settled(l, now, string_to_array(words[18], ' ')::double precision[], freed);
      l := pair.l;
      freed := pair.freed;
    END IF;
    IF words[19] <> '' THEN
      returned := string_to_array(words[19], ' ')::double precision[];
      FOR i IN 1 .. cardinality(l.rules) LOOP
        r := l.rules[i];
        IF returned[r.place] > 0 THEN
          l.rules[i] := headway_give_back(r, now, now, returned[r.place]);
        END IF;
      END LOOP;
      freed := true;
    END IF;
    IF words[12] <> '0' THEN
      l.pause := greatest(l.pause, now + words[12]::double precision);
    END IF;
    l.granted := l.granted + words[29]::double precision;
    l.refused := l.refused + words[13]::double precision;
    l.abandoned := l.abandoned + words[14]::double precision;
    l.waited := l.waited + words[15]::double precision;
  END IF;
  p.waiting := words[20];
  p.running := words[21];

  -- Who may start.
  IF p.told IS NULL THEN
    p.tag := greatest(p.tag, l.tag - l.credit);
  END IF;
  p.told := NULL;
  p.wanted := NULL;
  p.head := NULL;
  IF l.queued > 0 THEN
    FOR other IN
      SELECT * FROM headway_member m
      WHERE m.limit_id = l.id AND m.member <> asker AND m.told IS NOT NULL
      ORDER BY m.tag, m.member COLLATE "C"
    LOOP
      IF other.told >= 0 AND now > other.told + 25000 THEN
        UPDATE headway_member m SET told = NULL, wanted = NULL, head = NULL
        WHERE m.limit_id = l.id AND m.member = other.member;
      ELSE
        queue := queue || other;
      END IF;
    END LOOP;
  END IF;
  others := cardinality(queue) > 0;
  WHILE first < cardinality(demand) AND blocked IS NULL LOOP
    count := demand[first + 1];
    cost := demand[first + 2 : first + 1 + size];
    IF count > 1 AND NOT others AND headway_all_at_once(l, now, cost, count) THEN
      pair := headway_grant(l, p, now, cost, count);
      l := pair.l;
      p := pair.p;
      granted := granted + count;
      count := 0;
    END IF;
    WHILE count > 0 LOOP
      IF others THEN
        pair := headway_theirs(queue, p.tag, asker, now);
        theirs := pair.theirs;
        lapse := pair.lapse;
      END IF;
      IF headway_ready(l, now, cost, theirs) > now THEN
        blocked := cost;
        EXIT;
      END IF;
      pair := headway_grant(l, p, now, cost, 1);
      l := pair.l;
      p := pair.p;
      granted := granted + 1;
      count := count - 1;
    END LOOP;
    first := first + 1 + size;
  END LOOP;
  IF blocked IS NOT NULL THEN
    at := headway_ready(l, now, blocked, theirs);
    IF theirs IS NOT NULL AND headway_ready(l, now, blocked, NULL) <= now THEN
      at := least(at, lapse);
    END IF;
    p.wanted := wanted;
    rest := granted;
    first := 0;
    WHILE first < cardinality(demand) LOOP
      count := least(rest, demand[first + 1]);
      p.wanted := headway_plus(p.wanted, demand[first + 2 : first + 1 + size], -count);
      rest := rest - count;
      first := first + 1 + size;
    END LOOP;
    p.head := blocked;
    p.told := CASE WHEN at = 'Infinity' THEN -1 ELSE at END;
    ask := CASE WHEN at = 'Infinity' THEN -1 ELSE greatest(1, ceil(at - now)) END;
    IF at < 'Infinity' AND 0 = ALL (p.unstarted) AND 0 = ALL (p.held) THEN
      p.lease := lease + ask;
    END IF;
    queue := queue || p;
  END IF;
  l.queued := cardinality(queue);

  -- Some more for who has just been asking again and again, as long as there is far more than that.
  more := words[27];
  IF more > 0 AND blocked IS NULL AND NOT others AND cardinality(demand) > 0 AND l.pause <= now THEN
    FOREACH r IN ARRAY l.rules LOOP
      more := least(more, floor(headway_room(l, r, now) / 16));
    END LOOP;
    IF more > 0 THEN
      cost := headway_zeros(size);
      cost[1] := 1;
      IF headway_ready(l, now, cost, NULL) <= now AND headway_all_at_once(l, now, cost, more) THEN
        pair := headway_grant(l, p, now, cost, more);
        l := pair.l;
        p := pair.p;
        granted := granted + more;
      END IF;
    END IF;
  END IF;

  -- Other members that this allows to start, or to start earlier than they were told.
  IF freed AND others THEN
    woken := headway_zeros(size);
    FOREACH other IN ARRAY queue LOOP
      CONTINUE WHEN other.member = asker;
      pair := headway_theirs(queue, other.tag, other.member, now);
      before := headway_plus(woken, coalesce(pair.theirs, headway_zeros(size)), 1);
      at := headway_ready(l, now, other.head, before);
      IF at < 'Infinity' AND (other.told < 0 OR at < other.told - 500) THEN
        UPDATE headway_member m SET told = at
        WHERE m.limit_id = l.id AND m.member = other.member;
        IF at <= now THEN
          woken := headway_plus(woken, other.head, 1);
        END IF;
        PERFORM headway_wake(other.member, limit_key);
      END IF;
    END LOOP;
  END IF;

  -- The answer, and what is kept.
  l.calls := l.calls + 1;
  answer := headway_answer('OK', l);
  IF version = l.version THEN
    answer[5] := '';
  END IF;
  answer[6] := headway_word(granted);
  answer[7] := headway_word(ask);
  answer[8] := CASE WHEN others THEN '1' ELSE '0' END;
  answer[9] := headway_word(now);
  IF words[26] = '1' THEN
    answer := answer || headway_totals(l, queue, asker, now, p.waiting, p.running, wanted);
  END IF;
  needed := l.ttl + 2 * lease + greatest(0, l.pause - now);
  FOREACH r IN ARRAY l.rules LOOP
    needed := needed + greatest(0, coalesce(r.next, r.full_at, now) - now);
  END LOOP;
  IF now + needed > l.keep THEN
    l.keep := now + 2 * needed;
    UPDATE headway_limit SET
      version = l.version, told = l.told, names = l.names, ttl = l.ttl, credit = l.credit,
      keep = l.keep,
      expires = clock_timestamp() + make_interval(secs => least(needed * 2e-6, 3e9))
    WHERE key = limit_key;
  END IF;
  UPDATE headway_limit SET
    rules = l.rules, epoch = l.epoch, lost = l.lost, calls = l.calls, clock_offset = l.clock_offset,
    latest = l.latest, pause = l.pause, hold = l.hold, tag = l.tag, look = l.look,
    queued = l.queued, unstarted = l.unstarted, held = l.held, granted = l.granted,
    refused = l.refused, abandoned = l.abandoned, waited = l.waited
  WHERE key = limit_key;
  IF known THEN
    UPDATE headway_member m SET
      number = p.number, batch = p.batch, seen = p.seen, lease = p.lease, tag = p.tag,
      waiting = p.waiting, running = p.running, unstarted = p.unstarted, held = p.held,
      told = p.told, wanted = p.wanted, head = p.head
    WHERE m.limit_id = l.id AND m.member = asker;
  ELSE
    INSERT INTO headway_member VALUES (p.*);
  END IF;
  IF born OR looked THEN
    PERFORM headway_clean(l.id);
  END IF;
  RETURN answer;
END $$;
