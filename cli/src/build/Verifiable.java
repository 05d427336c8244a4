import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gives the classes of a jar the stack maps that class files have since Java 7, where they have
 * none; their code stays as it is. The JVM keeps older classes in no cache, and verifies them in a
 * slow way at each start. The build runs it on picocli, which is compiled for Java 5.
 */
final class Verifiable {

  /** Moves each method with its code, so that its stack map is made anew. */
  private static final ClassTransform WITH_STACK_MAPS =
      ClassTransform.transformingMethods(MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL))
          .andThen((made, element) -> {
            if (element instanceof ClassFileVersion) {
              made.withVersion(ClassFile.JAVA_7_VERSION, 0);
            } else {
              made.with(element);
            }
          });

  private Verifiable() {}

  /** Does so with the jar that is named. */
  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    Path made = Files.copy(jar, Path.of(jar + ".made"), REPLACE_EXISTING);
    try (URLClassLoader classes = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
        FileSystem files = FileSystems.newFileSystem(made);
        Stream<Path> all = Files.walk(files.getPath("/"))) {
      ClassFile classFile =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(classes)
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      for (Path file : all.filter(path -> path.toString().endsWith(".class")).toList()) {
        ClassModel old = classFile.parse(Files.readAllBytes(file));
        if (old.majorVersion() < ClassFile.JAVA_7_VERSION) {
          Files.write(file, checked(classFile, classFile.transformClass(old, WITH_STACK_MAPS)));
        }
      }
    }
    Files.move(made, jar, REPLACE_EXISTING);
  }

  private static byte[] checked(ClassFile classFile, byte[] made) {
    List<VerifyError> faults = classFile.verify(made);
    if (!faults.isEmpty()) {
      throw new IllegalStateException("a class does not verify", faults.getFirst());
    }
    return made;
  }
}
