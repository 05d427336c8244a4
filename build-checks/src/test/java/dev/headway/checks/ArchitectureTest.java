package dev.headway.checks;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between and within the modules are those of the design, and no others. */
class ArchitectureTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** Modules, by folder, that may use any other; every other module may use core alone. */
  private static final Set<String> APPLICATIONS = Set.of("cli", "cli-queue", "bench", "examples");

  private static final Set<String> NOT_PUBLISHED = Set.of("bench", "examples");

  /** Modules that need nothing but the JDK and, where they are not core, core. */
  private static final Set<String> JDK_ALONE = Set.of("core", "testkit", "http");

  /** Modules besides core that a module may use. */
  private static final Map<String, Set<String>> ALSO =
      Map.of("redis", Set.of("distributed"), "postgres", Set.of("distributed"));

  /** The packages of the core, the lowest first. */
  private static final List<String> TOWER =
      List.of(
          "dev.headway.time",
          "dev.headway.limit",
          "dev.headway.throttle.spi",
          "dev.headway.throttle",
          "dev.headway");

  /** Packages whose classes form no cycle. */
  private static final Set<String> WITHOUT_CYCLES =
      Set.of("dev.headway", "dev.headway.limit", "dev.headway.throttle", "dev.headway.time");

  /** Factories without the name of what they make, and that. */
  private static final Map<String, String> FACTORIES =
      Map.of(
          // makes a throttle for each key; any throttle makes one
          "KeyedThrottle", "dev.headway.throttle.Throttle",
          // makes a configuration too, which makes it
          "ThrottleBuilder", "dev.headway.throttle.ThrottleConfig",
          // has the permit that Permit.current() returns
          "PermitScope", "dev.headway.throttle.Permit");

  private static final Map<String, Path> MODULES = compiledModules();
  private static final JavaClasses CLASSES = new ClassFileImporter().importPaths(MODULES.values());

  @Test
  void everyModuleIsLookedAt() {
    assertThat(MODULES.keySet()).contains("core", "testkit", "http", "cli");
    assertThat(MODULES.keySet())
        .allSatisfy(module ->
            assertThat(CLASSES.stream().map(ArchitectureTest::moduleOf)).contains(module));
  }

  @Test
  void packagesOfTheCoreFormATower() {
    assertThat(
            dependencies(dependency ->
                moduleOf(dependency.getOriginClass()).equals("core")
                    && isOurs(dependency)
                    && level(target(dependency)) > level(dependency.getOriginClass())))
        .as("Uses of a package from one below it; from the top: %s", TOWER.reversed())
        .isEmpty();
  }

  @Test
  void classesOfAPackageFormNoCycle() {
    assertThat(WITHOUT_CYCLES.stream().flatMap(name -> cycles(name).stream()))
        .as("Classes of one package that refer to each other in a circle")
        .isEmpty();
  }

  /** The strongly connected components of a package: its classes that reach each other. */
  private static Set<Set<String>> cycles(String packageName) {
    Map<String, Set<String>> arrows = arrows(packageName);
    assertThat(arrows).as("The classes of %s that use others", packageName).isNotEmpty();
    Map<String, Set<String>> reached = new TreeMap<>();
    arrows.keySet().forEach(type -> reached.put(type, reached(type, arrows)));
    return reached.entrySet().stream()
        .filter(entry -> entry.getValue().contains(entry.getKey()))
        .map(entry ->
            entry.getValue().stream()
                .filter(other -> reached.getOrDefault(other, Set.of()).contains(entry.getKey()))
                .collect(Collectors.toCollection(TreeSet::new)))
        .collect(Collectors.toSet());
  }

  private static Set<String> reached(String from, Map<String, Set<String>> arrows) {
    Set<String> all = new TreeSet<>();
    Deque<String> next = new ArrayDeque<>(arrows.getOrDefault(from, Set.of()));
    while (!next.isEmpty()) {
      String type = next.remove();
      if (all.add(type)) {
        next.addAll(arrows.getOrDefault(type, Set.of()));
      }
    }
    return all;
  }

  /** Which top-level classes of a package each of them uses, as the bytecode says. */
  private static Map<String, Set<String>> arrows(String packageName) {
    return CLASSES.stream()
        .filter(type -> type.getPackageName().equals(packageName))
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .filter(dependency -> target(dependency).getPackageName().equals(packageName))
        .filter(dependency ->
            !makes(topLevel(dependency.getOriginClass()), topLevel(target(dependency))))
        .collect(
            Collectors.groupingBy(
                dependency -> topLevel(dependency.getOriginClass()).getSimpleName(),
                TreeMap::new,
                Collectors.mapping(
                    dependency -> topLevel(target(dependency)).getSimpleName(),
                    Collectors.toCollection(TreeSet::new))));
  }

  /** Whether a type may know another that knows it: itself, its factories and its subtypes. */
  private static boolean makes(JavaClass type, JavaClass other) {
    return other.isAssignableTo(type.getName())
        || other.getSimpleName().equals(type.getSimpleName() + "Builder")
        || Optional.ofNullable(FACTORIES.get(other.getSimpleName()))
            .filter(type::isAssignableTo)
            .isPresent();
  }

  private static JavaClass topLevel(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::topLevel).orElse(type);
  }

  @Test
  void noSimpleNameIsUsedTwiceInPublishedModules() {
    Map<String, List<String>> names =
        CLASSES.stream()
            .filter(type -> type.isTopLevelClass() && !NOT_PUBLISHED.contains(moduleOf(type)))
            .filter(type -> !type.getSimpleName().endsWith("-info"))
            .collect(
                Collectors.groupingBy(
                    JavaClass::getSimpleName,
                    Collectors.mapping(JavaClass::getName, Collectors.toList())));
    assertThat(names.values()).filteredOn(same -> same.size() > 1).isEmpty();
  }

  private static int level(JavaClass type) {
    assertThat(TOWER).as("The packages of the core").contains(type.getPackageName());
    return TOWER.indexOf(type.getPackageName());
  }

  @Test
  void coreAndTestkitNeedTheJdkAloneAndHttpMethanolBesides() {
    assertThat(
            dependencies(dependency ->
                JDK_ALONE.contains(moduleOf(dependency.getOriginClass()))
                    && !isOurs(dependency)
                    && !isOfTheJdk(dependency)
                    && !isForJfrWherePresent(dependency)
                    && !isMethanolInHttp(dependency)))
        .as("Uses of other libraries in %s", JDK_ALONE)
        .isEmpty();
  }

  private static boolean isMethanolInHttp(Dependency dependency) {
    return moduleOf(dependency.getOriginClass()).equals("http")
        && dependency.getTargetClass().getPackageName().equals("com.github.mizosoft.methanol");
  }

  @Test
  void everyArrowPointsToCore() {
    assertThat(
            dependencies(dependency ->
                isOurs(dependency)
                    && crossesModules(dependency)
                    && !APPLICATIONS.contains(moduleOf(dependency.getOriginClass()))
                    && !mayUse(
                        moduleOf(dependency.getOriginClass()), moduleOf(target(dependency)))))
        .as("Uses of a module other than core outside %s and %s", APPLICATIONS, ALSO)
        .isEmpty();
  }

  private static boolean mayUse(String user, String used) {
    return used.equals("core") || ALSO.getOrDefault(user, Set.of()).contains(used);
  }

  @Test
  void nothingUsesTheCommandLine() {
    assertThat(
            dependencies(dependency ->
                isOurs(dependency)
                    && crossesModules(dependency)
                    && moduleOf(target(dependency)).startsWith("cli")
                    && !moduleOf(dependency.getOriginClass()).equals("cli-queue")))
        .as("Uses of cli elsewhere")
        .isEmpty();
  }

  @Test
  void packagesOfTheCommandLineFormNoCycle() {
    slices().matching("dev.headway.cli.(*)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theCommandLineNeedsNoDriverOfAStore() {
    assertThat(
            dependencies(dependency ->
                moduleOf(dependency.getOriginClass()).equals("cli")
                    && Stream.of("io.lettuce.", "org.postgresql.", "dev.headway.distributed.")
                        .anyMatch(target(dependency).getName()::startsWith)))
        .as("Uses of stores in cli")
        .isEmpty();
  }

  @Test
  void modulesUseOnlyWhatOthersExport() {
    assertThat(
            dependencies(dependency ->
                isOurs(dependency)
                    && crossesModules(dependency)
                    && !moduleOf(dependency.getOriginClass()).equals("cli-queue")
                    && !isExported(dependency)))
        .as("Uses of packages that their module does not export")
        .isEmpty();
  }

  private static List<String> dependencies(Predicate<Dependency> which) {
    return CLASSES.stream()
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .filter(which)
        .map(Dependency::getDescription)
        .sorted()
        .toList();
  }

  private static boolean isOurs(Dependency dependency) {
    return target(dependency).getPackageName().matches("dev\\.headway(\\..*)?");
  }

  /** The module jdk.jfr is optional, and these classes alone refer to it. */
  private static boolean isForJfrWherePresent(Dependency dependency) {
    return target(dependency).getPackageName().equals("jdk.jfr")
        && dependency
            .getOriginClass()
            .getName()
            .matches(
                "dev\\.headway\\.throttle\\.(JfrRecorder|QueuedPermit|ThrottleJfrEvent)(\\$.*)?");
  }

  private static boolean isOfTheJdk(Dependency dependency) {
    JavaClass target = target(dependency);
    return target.isPrimitive()
        || isExportedByTheJdk(target.getPackageName())
        || target.getPackageName().equals("org.jspecify.annotations");
  }

  /** Whether a package is part of Java SE, such as java.util or javax.net.ssl. */
  private static boolean isExportedByTheJdk(String packageName) {
    return ModuleLayer.boot().modules().stream()
        .filter(module -> module.getName().startsWith("java."))
        .anyMatch(module -> module.isExported(packageName));
  }

  private static boolean crossesModules(Dependency dependency) {
    return !moduleOf(dependency.getOriginClass()).equals(moduleOf(target(dependency)));
  }

  private static boolean isExported(Dependency dependency) {
    String user = nameOf(moduleOf(dependency.getOriginClass()));
    JavaClass target = target(dependency);
    return descriptor(moduleOf(target)).stream()
        .flatMap(descriptor -> descriptor.exports().stream())
        .filter(exports -> exports.source().equals(target.getPackageName()))
        .anyMatch(exports -> !exports.isQualified() || exports.targets().contains(user));
  }

  private static JavaClass target(Dependency dependency) {
    return dependency.getTargetClass().getBaseComponentType();
  }

  /** The folder of the module that {@code type} was compiled in. */
  private static String moduleOf(JavaClass type) {
    Path file =
        type.getSource()
            .map(source -> Path.of(source.getUri()))
            .orElseThrow(() -> new AssertionError(type.getName() + " belongs to no module"));
    return MODULES.entrySet().stream()
        .filter(module -> file.startsWith(module.getValue()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new AssertionError(file + " belongs to no module"));
  }

  /** Folders of classes, by the folder of the module that they are in. */
  private static Map<String, Path> compiledModules() {
    try (Stream<Path> folders = Files.list(ROOT)) {
      Map<String, Path> modules = new TreeMap<>();
      folders
          .filter(folder -> Files.isDirectory(folder.resolve("src/main/java")))
          .forEach(folder ->
              modules.put(folder.getFileName().toString(), folder.resolve("target/classes")));
      return modules;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String nameOf(String module) {
    return descriptor(module).map(ModuleDescriptor::name).orElse("");
  }

  private static Optional<ModuleDescriptor> descriptor(String module) {
    Path file = MODULES.get(module).resolve("module-info.class");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(ModuleDescriptor.read(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
