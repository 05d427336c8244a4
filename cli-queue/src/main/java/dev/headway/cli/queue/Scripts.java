package dev.headway.cli.queue;

/**
 * What is asked of Redis, each at one instant. Redis says who an entry is with, so that each asks
 * for that first; each may be sent again after a connection broke.
 *
 * <p>In all of them {@code KEYS} are the stream and {@link QueueName#writing}, and {@code ARGV}
 * begins with the group and, where there is one, the worker.
 */
final class Scripts {

  private static final String OWNER =
      """
      local function owner(id)
        local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)
        return pending[1] and pending[1][2]
      end
      local function keep(id)
        redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'JUSTID')
      end
      local function remove(id)
        redis.call('XACK', KEYS[1], ARGV[1], id)
        redis.call('XDEL', KEYS[1], id)
        redis.call('HDEL', KEYS[2], id)
      end
      """;

  /** A worker begins. Answers with how many requests there are; with none it need not begin. */
  static final String JOIN =
      """
      local left = redis.call('XLEN', KEYS[1])
      if left > 0 then
        redis.call('XGROUP', 'CREATECONSUMER', KEYS[1], ARGV[1], ARGV[2])
      end
      return left
      """;

  /**
   * Hands out at most so many entries (3): if a lease (4, in milliseconds) is given, first those of
   * workers that have not reported for so long. Answers with how many are not done, and with the id
   * and the fields of each, and where its result was being written if it was.
   */
  static final String TAKE =
      """
      local most = tonumber(ARGV[3])
      local taken = {}
      if tonumber(ARGV[4]) > 0 then
        local cursor = '0-0'
        repeat
          local found = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[4], cursor,
              'COUNT', most - #taken)
          cursor = found[1]
          for _, entry in ipairs(found[2]) do
            if entry and entry[2] then
              table.insert(taken, {entry[1], entry[2], redis.call('HGET', KEYS[2], entry[1])})
              redis.call('HDEL', KEYS[2], entry[1])
            end
          end
        until cursor == '0-0' or #taken >= most
      end
      if #taken < most then
        local new = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', most - #taken,
            'STREAMS', KEYS[1], '>')
        for _, entry in ipairs(new and new[1][2] or {}) do
          table.insert(taken, {entry[1], entry[2], false})
        end
      end
      return {redis.call('XLEN', KEYS[1]), taken}
      """;

  /**
   * Begins to write the result of an entry (3) at a place (4). Answers with 1, or with 0 if the
   * entry is not the worker's.
   */
  static final String WRITE =
      OWNER
          + """
          if owner(ARGV[3]) ~= ARGV[2] then
            return 0
          end
          keep(ARGV[3])
          redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
          return 1
          """;

  /**
   * The result of an entry (3) is written. Once all is done, what is left goes by itself after a
   * while (4, in milliseconds), since those who are gone never leave. Answers with how many are not
   * done.
   */
  static final String WRITTEN =
      OWNER
          + """
          if owner(ARGV[3]) == ARGV[2] then
            remove(ARGV[3])
          end
          local left = redis.call('XLEN', KEYS[1])
          if left == 0 then
            redis.call('PEXPIRE', KEYS[1], ARGV[4])
          end
          return left
          """;

  /** Says that the worker is still at work on entries (3 and on). */
  static final String RENEW =
      OWNER
          + """
          for i = 3, #ARGV do
            if owner(ARGV[i]) == ARGV[2] then
              keep(ARGV[i])
            end
          end
          return 1
          """;

  /**
   * A worker ends: what it has not done goes to the end of the stream as something new, which those
   * who wait are told of at once. Once all is done, the last to leave takes everything away.
   * Answers with how many were given back.
   */
  static final String LEAVE =
      OWNER
          + """
          local mine = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 100000, ARGV[2])
          local back = 0
          for _, pending in ipairs(mine) do
            local entry = redis.call('XRANGE', KEYS[1], pending[1], pending[1])[1]
            if entry then
              redis.call('XADD', KEYS[1], '*', unpack(entry[2]))
              back = back + 1
            end
            remove(pending[1])
          end
          redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
          if redis.call('XLEN', KEYS[1]) == 0
              and #redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1]) == 0 then
            redis.call('DEL', KEYS[1], KEYS[2])
          end
          return back
          """;

  /** The results that a worker is writing, or was: the id and the fields of each, and where. */
  static final String DOUBTFUL =
      """
      local doubtful = {}
      for _, id in ipairs(redis.call('HKEYS', KEYS[2])) do
        local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
        if entry then
          table.insert(doubtful, {id, entry[2], redis.call('HGET', KEYS[2], id)})
        end
      end
      return doubtful
      """;

  /** The result of an entry (2) was written before. */
  static final String SETTLE =
      """
      redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
      redis.call('HDEL', KEYS[2], ARGV[2])
      return redis.call('XDEL', KEYS[1], ARGV[2])
      """;

  /**
   * What was filled (a third key) with so many requests (2) becomes the queue, in the place of one
   * that is not done if that is wanted (3, as 1). Answers with 0; with how many requests of another
   * are not done; or with -1 if not all of it is there any more.
   */
  static final String PUBLISH =
      """
      if redis.call('XLEN', KEYS[3]) ~= tonumber(ARGV[2]) then
        return -1
      end
      local left = redis.call('XLEN', KEYS[1])
      if left > 0 and ARGV[3] ~= '1' then
        return left
      end
      redis.call('UNLINK', KEYS[1], KEYS[2])
      redis.call('RENAME', KEYS[3], KEYS[1])
      redis.call('PERSIST', KEYS[1])
      redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], 0)
      return 0
      """;

  private Scripts() {}
}
