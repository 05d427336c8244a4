package dev.headway.tests.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.headway.distributed.SharedThrottle;
import dev.headway.distributed.SharedThrottleBuilder;
import dev.headway.distributed.Store;
import dev.headway.distributed.StoreRequest;
import dev.headway.distributed.StoreResponse;
import dev.headway.distributed.StoreUnavailableException;
import dev.headway.postgres.PostgresThrottle;
import dev.headway.testkit.Windows;
import dev.headway.throttle.Permit;
import dev.headway.throttle.Throttle;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What befalls a PostgreSQL, and what is in it. */
class PostgresTest {

  private static final Duration LONG = Duration.ofSeconds(15);

  private final String schema = "headway_" + UUID.randomUUID().toString().replace("-", "");
  private final DataSource source =
      Servers.postgres("&currentSchema=" + schema + "&ApplicationName=" + schema);
  private final List<SharedThrottle> open = new ArrayList<>();

  PostgresTest() throws SQLException {
    execute(Servers.postgres(), "CREATE SCHEMA " + schema);
  }

  @AfterEach
  void close() throws SQLException {
    closeThrottles();
    execute(Servers.postgres(), "DROP SCHEMA IF EXISTS " + schema + " CASCADE");
  }

  private void closeThrottles() {
    open.forEach(SharedThrottle::close);
    open.clear();
  }

  @ParameterizedTest
  @ValueSource(strings = {"permission denied", "read-only", "does not exist"})
  void anErrorThatPostgresAnswersWithIsReportedAtOnce(String error) throws Exception {
    String role = "r" + schema;
    execute(
        Servers.postgres(),
        "CREATE ROLE " + role + " LOGIN PASSWORD 'weak'",
        "GRANT USAGE ON SCHEMA " + schema + " TO " + role);
    PGSimpleDataSource source =
        Servers.postgres(
            "&currentSchema="
                + schema
                + (error.equals("read-only")
                    ? "&options=-c%20default_transaction_read_only=on"
                    : ""));
    if (error.equals("permission denied")) {
      source.setUser(role);
      source.setPassword("weak");
    } else if (error.equals("does not exist")) {
      source.setDatabaseName("nowhere");
    }
    try (SharedThrottle throttle =
        PostgresThrottle.builder(source, "refused")
            .rate("20/s")
            .timeout(Duration.ofMinutes(5))
            .build()) {
      CompletableFuture<Permit> waiting = throttle.acquireAsync();

      assertThat(waiting)
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableThat()
          .withCauseInstanceOf(StoreUnavailableException.class)
          .withMessageContaining(error);
    }
    execute(Servers.postgres(), "DROP OWNED BY " + role, "DROP ROLE " + role);
  }

  private static void execute(DataSource source, String... commands) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      for (String command : commands) {
        statement.execute(command);
      }
    }
  }

  /** As another process has it: throttles on one source share their connections. */
  private static DataSource separate(DataSource source) {
    return (DataSource)
        Proxy.newProxyInstance(
            PostgresTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> method.invoke(source, arguments));
  }

  private static long count(DataSource source, String query) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private SharedThrottle throttle(SharedThrottleBuilder builder) {
    SharedThrottle throttle = builder.build();
    open.add(throttle);
    return throttle;
  }

  private SharedThrottle throttle(String name, String rate) {
    return throttle(builder(name).rate(rate));
  }

  private SharedThrottleBuilder builder(String name) {
    return PostgresThrottle.builder(separate(source), name).timeout(LONG);
  }

  private static String script() throws IOException {
    try (InputStream in = PostgresThrottle.class.getResourceAsStream("headway.sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void manyMayBeginAtOnceWhereThereIsNothing() throws Exception {
    assertThat(granted(source, 12, 1, "8/h")).isEqualTo(8);
  }

  @Test
  void theDatabasesIsolationDoesNotMatter() throws Exception {
    DataSource serializable =
        Servers.postgres(
            "&currentSchema="
                + schema
                + "&options=-c%20default_transaction_isolation=serializable");
    assertThat(granted(serializable, 4, 20, "79/h")).isEqualTo(79);
  }

  /** How many permits several members get that all try so often, while nothing may fail. */
  private int granted(DataSource from, int members, int times, String rate) throws Exception {
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    int granted = 0;
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> done = new ArrayList<>();
      for (int i = 0; i < members; i++) {
        Store store = new Overheard(PostgresThrottle.store(separate(from)), failures);
        Throttle throttle = throttle(SharedThrottleBuilder.on(store, "x").rate(rate));
        done.add(
            callers.submit(() -> {
              int own = 0;
              for (int j = 0; j < times; j++) {
                own += throttle.tryAcquire(Duration.ofSeconds(1)).isPresent() ? 1 : 0;
              }
              return own;
            }));
      }
      for (Future<Integer> one : done) {
        granted += one.get();
      }
    }
    assertThat(failures).isEmpty();
    return granted;
  }

  /** A store whose failures, other than that it took too long, are noted. */
  private record Overheard(Store store, List<Throwable> failures) implements Store {

    @Override
    public CompletionStage<StoreResponse> decide(String limit, StoreRequest question) {
      CompletionStage<StoreResponse> answer = store.decide(limit, question);
      var unused =
          answer.whenComplete((decided, failure) -> {
            if (failure != null && !(failure instanceof CancellationException)) {
              failures.add(failure);
            }
          });
      return answer;
    }

    @Override
    public void listen(String member, Consumer<String> wake) {
      store.listen(member, wake);
    }

    @Override
    public void close() {
      store.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP SCHEMA {} CASCADE; CREATE SCHEMA {}",
        "DROP FUNCTION headway_decide",
        "DROP FUNCTION headway_parse; DELETE FROM headway_limit",
        "DROP TABLE headway_entry",
        "DROP TABLE headway_limit, headway_member, headway_entry CASCADE",
        "TRUNCATE headway_limit, headway_member, headway_entry",
        "DELETE FROM headway_entry; DELETE FROM headway_member",
      })
  void whateverIsLostIsMadeAgainAndNothingIsExceeded(String loss) throws Exception {
    Throttle throttle = throttle("x", "3/700ms");
    List<Long> starts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      start(throttle, starts);
    }
    execute(source, loss.replace("{}", schema));
    for (int i = 0; i < 6; i++) {
      start(throttle, starts);
    }
    // A busy machine may delay a thread between its start and its look at the clock.
    assertThat(fullest(starts, Duration.ofMillis(690))).isLessThanOrEqualTo(3);
  }

  private static void start(Throttle throttle, List<Long> starts) throws InterruptedException {
    try (Permit permit = throttle.acquire()) {
      starts.add(System.nanoTime());
    }
  }

  private static int fullest(List<Long> starts, Duration period) {
    return Windows.fullest(starts.stream().mapToLong(Long::longValue).toArray(), period);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "'; DROP TABLE headway_limit; --",
        "\"double\" $$ \\ % ? {fn now()} :name",
        "\uD83D\uDE80 \u00E9\u4E2D \u0000 \uD800 end",
      })
  void aNameMayBeAnyText(String name) throws Exception {
    aNameIsOneLimit(name);
  }

  @Test
  void aNameMayBeLong() throws Exception {
    aNameIsOneLimit("\uD83D\uDE80long".repeat(2_000));
  }

  private void aNameIsOneLimit(String name) throws Exception {
    Duration lease = Duration.ofMinutes(1);
    Throttle one = throttle(builder(name).name("x").concurrency(1).lease(lease));
    Throttle same = throttle(builder(name).name("x").concurrency(1).lease(lease));
    Throttle other = throttle(builder(name + "!").name("x").concurrency(1).lease(lease));
    Permit held = one.acquire();
    assertThat(same.tryAcquire()).isEmpty();
    assertThat(other.tryAcquire()).isPresent();
    CompletableFuture<Permit> waiting = same.acquireAsync();
    held.close();
    waiting.get(LONG.toSeconds(), TimeUnit.SECONDS).close();
  }

  @Test
  void whoWaitsForAnothersPermitIsWokenAlsoAfterItsConnectionsWereCut() throws Exception {
    Duration lease = Duration.ofHours(1);
    Throttle one = throttle(builder("x").concurrency(1).lease(lease));
    Throttle other = throttle(builder("x").concurrency(1).lease(lease));
    for (int i = 0; i < 3; i++) {
      Permit held = one.acquire();
      CompletableFuture<Permit> waiting = other.acquireAsync();
      assertThat(other.isLocked()).isTrue();
      assertThat(waiting).isNotDone();
      if (i > 0) {
        execute(
            source,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                + " AND application_name = '"
                + schema
                + "'");
      }
      held.close();
      waiting.get(LONG.toSeconds(), TimeUnit.SECONDS).close();
    }
  }

  @Test
  void nobodyWaitsForAConnectionThatHangs() throws Exception {
    PGSimpleDataSource through = Servers.postgres("&currentSchema=" + schema);
    try (Cable cable = new Cable(through.getPortNumbers()[0])) {
      through.setServerNames(new String[] {"127.0.0.1"});
      through.setPortNumbers(new int[] {cable.port()});
      Throttle throttle =
          throttle(PostgresThrottle.builder(through, "x").rate("1000000000/s").timeout(LONG));
      Throttle impatient =
          throttle(
              PostgresThrottle.builder(through, "x")
                  .rate("1000000000/s")
                  .timeout(Duration.ofMillis(500)));
      throttle.acquire().close();
      impatient.acquire().close();
      cable.swallow();
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(() -> impatient.acquire(1_000_000));
      CompletableFuture<Permit> patient = throttle.acquireAsync(1_000_000);
      cable.mend();
      patient.get(LONG.toSeconds(), TimeUnit.SECONDS).close();
      // Two are for questions and two for wake-ups; those that hung have been let go.
      until(() -> cable.connections() <= 4);
      cable.cut();
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(() -> impatient.acquire(1_000_000));
      cable.mend();
      throttle.acquire(1_000_000).close();
      closeThrottles();
    }
  }

  @Test
  void aServerThatCrashesAndComesBackHasExceededNothing(@TempDir Path folder) throws Exception {
    Path data = folder.resolve("data");
    Duration period = Duration.ofSeconds(2);
    List<Long> starts = new ArrayList<>();
    EmbeddedPostgres before = server(data, Servers.freePort());
    DataSource there = before.getPostgresDatabase();
    EmbeddedPostgres after;
    try (SharedThrottle throttle =
        PostgresThrottle.builder(there, "x").rate("5/2s").timeout(LONG).build()) {
      for (int i = 0; i < 5; i++) {
        start(throttle, starts);
      }
      throttle.snapshot();
      String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst();
      new ProcessBuilder("kill", "-QUIT", pid).inheritIO().start().waitFor();
      until(() -> !Files.exists(data.resolve("postmaster.pid")));
      before.close();
      after = server(data, before.getPort());
      for (int i = 0; i < 7; i++) {
        start(throttle, starts);
      }
    }
    assertThat(count(there, "SELECT calls FROM headway_limit")).isPositive();
    assertThat(fullest(starts, period)).isLessThanOrEqualTo(5);
    after.close();
  }

  private static EmbeddedPostgres server(Path data, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPort(port)
        .start();
  }

  @Test
  void nothingIsKeptBeyondItsUse() throws Exception {
    try (SharedThrottle throttle =
        PostgresThrottle.builder(source, "old").rate("5/s").rate("2000/s").concurrency(3).build()) {
      for (int i = 0; i < 4; i++) {
        throttle.acquire().close();
      }
      throttle.snapshot();
    }
    assertThat(count(source, "SELECT count(*) FROM headway_entry")).isPositive();
    assertThat(count(source, "SELECT extract(epoch FROM expires - now()) FROM headway_limit"))
        .isBetween(10L, 600L);
    execute(source, "UPDATE headway_limit SET expires = now() - interval '1 second'");
    throttle("new", "5/s").acquire().close();
    assertThat(count(source, "SELECT count(*) FROM headway_limit")).isOne();
    assertThat(count(source, "SELECT count(*) FROM headway_member")).isOne();
    assertThat(count(source, "SELECT count(*) FROM headway_entry")).isZero();
  }

  @Test
  void aWindowOfMillionsIsAThousandRowsAtMost() throws Exception {
    Throttle throttle = throttle("x", "10000000/s");
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
    while (System.nanoTime() < end) {
      throttle.acquire(10).close();
    }
    assertThat(count(source, "SELECT count(*) FROM headway_entry")).isBetween(2L, 1_001L);
  }

  @Test
  void aUserWhoMayNotCreateAnythingIsToldWhatToDoAndThenNeedsNoMore() throws Exception {
    String user = schema;
    execute(
        source,
        "CREATE ROLE " + user + " LOGIN PASSWORD 'sesame'",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA " + schema + " TO " + user);
    try {
      PGSimpleDataSource lesser = Servers.postgres("&currentSchema=" + schema);
      lesser.setUser(user);
      lesser.setPassword("sesame");
      Throttle throttle =
          throttle(
              PostgresThrottle.builder(lesser, "x").rate("5/h").timeout(Duration.ofMillis(300)));
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(throttle::acquire)
          .havingCause()
          .withMessageContaining("headway.sql")
          .withMessageContaining("permission denied")
          .withMessageNotContaining("sesame");
      execute(
          source,
          script(),
          "GRANT SELECT, INSERT, UPDATE, DELETE ON headway_limit, headway_member, headway_entry TO "
              + user);
      for (int i = 0; i < 5; i++) {
        assertThat(throttle.tryAcquire(LONG)).isPresent();
      }
      assertThat(throttle.tryAcquire()).isEmpty();
    } finally {
      close();
      execute(Servers.postgres(), "DROP OWNED BY " + user, "DROP ROLE " + user);
    }
  }

  @Test
  void theScriptMayBeRunAgainAndAnOlderVersionIsReplaced() throws Exception {
    Throttle first = throttle("x", "5/h");
    first.acquire(2).close();
    execute(source, script(), script());
    execute(
        source,
        "CREATE OR REPLACE FUNCTION headway_version() RETURNS integer LANGUAGE sql AS 'SELECT 0'");
    throttle("x", "5/h").acquire(2).close();
    assertThat(count(source, "SELECT headway_version()")).isPositive();
    assertThat(first.tryAcquire(2)).isEmpty();
    assertThat(first.tryAcquire()).isPresent();
  }

  @Test
  void whatIsBorrowedIsGivenBackAsItWas() throws Exception {
    AtomicInteger borrowed = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger changed = new AtomicInteger();
    DataSource counting =
        wrapped(
            connection -> {
              connection.setAutoCommit(false);
              connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
              most.accumulateAndGet(borrowed.incrementAndGet(), Math::max);
            },
            connection -> {
              if (!connection.isClosed()
                  && (connection.getAutoCommit()
                      || connection.getTransactionIsolation()
                          != Connection.TRANSACTION_SERIALIZABLE)) {
                changed.incrementAndGet();
              }
              borrowed.decrementAndGet();
            });
    try (SharedThrottle throttle = PostgresThrottle.builder(counting, "x").rate("1000/s").build()) {
      for (int i = 0; i < 5; i++) {
        throttle.acquire().close();
        throttle.snapshot();
      }
      assertThat(most.get()).isBetween(1, 2);
      assertThat(borrowed.get()).isBetween(1, 2);
      until(() -> borrowed.get() == 0);
      throttle.acquire().close();
      throttle.snapshot();
    }
    until(() -> borrowed.get() == 0);
    assertThat(changed).as("given back otherwise than they were").hasValue(0);
  }

  @Test
  void connectionsThatDoNotSayWhoseTheyAreAreEnough() throws Exception {
    DataSource disguised = wrapped(connection -> {}, connection -> {});
    Duration lease = Duration.ofMillis(600);
    Throttle one = throttle(PostgresThrottle.builder(disguised, "x").concurrency(1).lease(lease));
    Throttle other = throttle(PostgresThrottle.builder(disguised, "x").concurrency(1).lease(lease));
    Permit held = one.acquire();
    CompletableFuture<Permit> waiting = other.acquireAsync();
    assertThat(other.isLocked()).isTrue();
    held.close();
    waiting.get(LONG.toSeconds(), TimeUnit.SECONDS).close();
  }

  /** Waits for what is to come by itself. */
  private static void until(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(10);
    }
  }

  /** Does something with a connection. */
  private interface Use {
    void with(Connection connection) throws SQLException;
  }

  /**
   * Connections that cannot be unwrapped; something is done when each is borrowed, and given back.
   */
  private DataSource wrapped(Use borrowed, Use givenBack) {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              Connection connection = source.getConnection();
              borrowed.with(connection);
              AtomicBoolean isGivenBack = new AtomicBoolean();
              return Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (self, called, given) -> {
                    if (called.getName().equals("isWrapperFor")) {
                      return false;
                    }
                    // One that takes too long is given back by two threads, which is allowed.
                    if (called.getName().equals("close") && !isGivenBack.getAndSet(true)) {
                      givenBack.with(connection);
                    }
                    try {
                      return called.invoke(connection, given);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
            });
  }

  @Test
  void noMessageTellsThePassword() {
    PGSimpleDataSource wrong = new PGSimpleDataSource();
    wrong.setUrl("jdbc:postgresql://127.0.0.1:" + Servers.freePort() + "/x?user=u&password=sesame");
    Throttle throttle =
        throttle(PostgresThrottle.builder(wrong, "x").rate("5/s").timeout(Duration.ofMillis(200)));
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(throttle::acquire)
        .satisfies(failure -> {
          for (Throwable each = failure; each != null; each = each.getCause()) {
            assertThat(each.toString()).doesNotContain("sesame");
          }
        });
    assertThat(throttle.toString()).doesNotContain("sesame");
  }
}
