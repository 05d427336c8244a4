package dev.headway.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.ext.gfm.tables.TableBody;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.text.TextContentRenderer;
import org.junit.jupiter.api.Test;

/** What the documents say is there. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path COMING_FROM = ROOT.resolve("docs/coming-from.md");
  private static final Path HTTP = ROOT.resolve("docs/http.md");

  private static final Path EXAMPLES = ROOT.resolve("examples/src");

  private static final List<String> PUBLISHED =
      List.of("core", "testkit", "http", "distributed", "redis", "postgres", "cli");

  private static final Pattern JAVADOC_BLOCK =
      Pattern.compile("<pre(?: class=\"(.*?)\")?>\\{@code\n(.*?)\n *\\* *}</pre>", Pattern.DOTALL);

  private static final Parser PARSER =
      Parser.builder().extensions(List.of(TablesExtension.create())).build();
  private static final TextContentRenderer TEXT =
      TextContentRenderer.builder().extensions(List.of(TablesExtension.create())).build();

  @Test
  void everyLinkToAFileLeadsToOne() {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      for (Link link : links(parse(document))) {
        if (isLocal(link) && !Files.exists(target(document, link))) {
          broken.add(ROOT.relativize(document) + ": " + link.getDestination());
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyRowForThoseWhoComeFromElsewhereNamesATestThatShowsIt() {
    List<String> unproven = new ArrayList<>();
    List<TableRow> rows = rows(parse(COMING_FROM));
    for (TableRow row : rows) {
      List<Link> tests = links(row.getLastChild());
      if (tests.isEmpty() || !tests.stream().allMatch(test -> namesATest(COMING_FROM, test))) {
        unproven.add(TEXT.render(row));
      }
    }
    assertThat(rows).hasSizeGreaterThan(150);
    assertThat(unproven).isEmpty();
  }

  @Test
  void everyRowOfWhatServersSayNamesATestThatShowsIt() {
    List<TableRow> rows = rows(parse(HTTP));
    assertThat(rows).hasSizeGreaterThan(60);
    assertThat(rows)
        .allSatisfy(row -> {
          List<Link> tests = links(row.getLastChild());
          assertThat(tests).as(TEXT.render(row)).isNotEmpty();
          assertThat(tests).allMatch(test -> namesATest(HTTP, test), TEXT.render(row));
        });
  }

  void everyPieceOfJavaIsPartOfAnExampleThatRuns() {
    assertThat(samples("java")).hasSizeGreaterThan(60);
    assertThat(samples("java")).filteredOn(sample -> !isInAnExample(sample)).isEmpty();
  }

  @Test
  void everyBlockOfPropertiesIsReadByAnExample() {
    assertThat(samples("properties")).hasSizeGreaterThan(1);
    assertThat(samples("properties")).filteredOn(sample -> !isInAnExample(sample)).isEmpty();
  }

  private static boolean isInAnExample(Sample sample) {
    return files(EXAMPLES, ".java").stream()
        .anyMatch(program -> condensed(read(program)).contains(condensed(sample.code())));
  }

  @Test
  void everyExampleIsRunByATest() {
    String test = read(EXAMPLES.resolve("test/java/dev/headway/examples/ExamplesTest.java"));
    List<String> programs =
        files(EXAMPLES.resolve("main"), ".java").stream()
            .filter(file -> read(file).contains("void main("))
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .toList();
    assertThat(programs).hasSizeGreaterThan(10);
    assertThat(programs).allSatisfy(name -> assertThat(test).contains(name + "::main"));
  }

  /** A block of code in a document or in Javadoc. */
  private record Sample(String place, String language, String code) {}

  private static List<Sample> samples(String language) {
    List<Sample> samples = new ArrayList<>();
    documents().forEach(document -> samples.addAll(blocks(document)));
    PUBLISHED.stream()
        .flatMap(module -> files(ROOT.resolve(module).resolve("src/main"), ".java").stream())
        .forEach(source -> samples.addAll(javadocBlocks(source)));
    return samples.stream().filter(sample -> sample.language().equals(language)).toList();
  }

  private static List<Sample> blocks(Path document) {
    List<Sample> samples = new ArrayList<>();
    String place = ROOT.relativize(document).toString();
    parse(document)
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(FencedCodeBlock block) {
                samples.add(new Sample(place, block.getInfo(), block.getLiteral()));
              }
            });
    return samples;
  }

  /** A block that is not Java says so: {@code <pre class="properties">}. */
  private static List<Sample> javadocBlocks(Path source) {
    String place = ROOT.relativize(source).toString();
    return JAVADOC_BLOCK
        .matcher(read(source))
        .results()
        .map(block ->
            new Sample(
                place,
                block.group(1) == null ? "java" : block.group(1),
                block.group(2).replaceAll("(?m)^ *\\* ?", "")))
        .toList();
  }

  /**
   * Code without its layout and its comments at line ends, in which samples and programs differ.
   */
  private static String condensed(String code) {
    return code.replaceAll("(?m)(^|\\s)//.*$", "").replaceAll("\\s+", "");
  }

  private static boolean namesATest(Path document, Link link) {
    Path file = target(document, link);
    String method = TEXT.render(link.getFirstChild()).replace("\"", "");
    return file.toString().endsWith("Test.java")
        && Files.exists(file)
        && read(file).contains("void " + method + "(");
  }

  private static List<TableRow> rows(Node document) {
    List<TableRow> rows = new ArrayList<>();
    document.accept(
        new AbstractVisitor() {
          @Override
          public void visit(CustomNode node) {
            if (node instanceof TableRow row && row.getParent() instanceof TableBody) {
              rows.add(row);
            }
            visitChildren(node);
          }
        });
    return rows;
  }

  private static List<Link> links(Node node) {
    List<Link> links = new ArrayList<>();
    node.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Link link) {
            links.add(link);
          }
        });
    return links;
  }

  private static boolean isLocal(Link link) {
    return !link.getDestination().matches("[a-z]+:.*|#.*");
  }

  private static Path target(Path document, Link link) {
    return document.resolveSibling(link.getDestination().replaceFirst("#.*", "")).normalize();
  }

  private static List<Path> documents() {
    try (Stream<Path> beside = Files.list(ROOT)) {
      List<Path> documents =
          new ArrayList<>(beside.filter(file -> file.toString().endsWith(".md")).toList());
      documents.addAll(files(ROOT.resolve("docs"), ".md"));
      return documents;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path folder, String ending) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Node parse(Path document) {
    return PARSER.parse(read(document));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
