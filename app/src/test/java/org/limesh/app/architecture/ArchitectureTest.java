package org.limesh.app.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house of docs/architecture.md, held against the compiled classes: purity and allowed arrows. */
class ArchitectureTest {
    private static final String[] ENGINE = {
        "org.limesh.base..", "org.limesh.packet..", "org.limesh.host..", "org.limesh.lime..",
        "org.limesh.batadv..", "org.limesh.bmx7..", "org.limesh.access..", "org.limesh.alfred..", "org.limesh.gateway..",
        "org.limesh.guard..", "org.limesh.sharedstate..", "org.limesh.node.."
    };
    private static final String[] PURE = Stream.concat(Stream.of(ENGINE), Stream.of("org.limesh.sim.."))
            .toArray(String[]::new);
    /** Protocol packages never know one another. */
    private static final List<String> PROTOCOLS = List.of("batadv", "bmx7", "access", "alfred", "gateway",
            "sharedstate");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.limesh");

    private static final DescribedPredicate<JavaAccess<?>> HIDDEN_INPUT = new DescribedPredicate<>(
            "read a clock, an environment, unseeded randomness, or an order that is not the same in every run") {
        private static final Set<String> MEMBERS = Set.of(
                "java.lang.System.nanoTime", "java.lang.System.currentTimeMillis", "java.lang.System.getProperty",
                "java.lang.System.getenv", "java.lang.System.identityHashCode", "java.lang.System.out",
                "java.lang.System.err", "java.lang.System.in", "java.lang.Math.random", "java.util.Map.of",
                "java.util.Map.ofEntries", "java.util.Set.of", "java.util.Set.copyOf", "java.util.Map.copyOf",
                "java.util.Collection.parallelStream", "java.util.UUID.randomUUID", "java.lang.Math.sin",
                "java.lang.Math.cos", "java.lang.Math.tan", "java.lang.Math.exp", "java.lang.Math.log",
                "java.lang.Math.log10", "java.lang.Math.pow", "java.lang.Math.hypot", "java.lang.Math.atan2");

        @Override
        public boolean test(JavaAccess<?> access) {
            return MEMBERS.contains(access.getTargetOwner().getName() + "." + access.getName());
        }
    };

    @Test
    void pureModulesUseOnlyTheQuietPartOfJavaBase() {
        classes().that().resideInAnyPackage(PURE).should().onlyDependOnClassesThat(resideInAnyPackage(PURE)
                        .or(resideInAnyPackage("java.lang", "java.lang.annotation", "java.lang.invoke",
                                "java.lang.runtime", "java.util", "java.util.function", "java.util.stream",
                                "java.util.regex", "java.nio.charset", "java.math", "java.text"))
                        .or(nameMatching("java\\.nio\\.ByteOrder|java\\.security\\.(MessageDigest|"
                                + "NoSuchAlgorithmException)|java\\.util\\.zip\\.(CRC32C?|Inflater|Deflater|"
                                + "DataFormatException)|\\[*[BSIJZCDF]|void"))
                        .or(new DescribedPredicate<JavaClass>("are primitives or arrays of allowed classes") {
                            @Override
                            public boolean test(JavaClass type) {
                                return type.getBaseComponentType().isPrimitive()
                                        || type.isArray() && type.getBaseComponentType().getName().startsWith("org.limesh")
                                        || type.isArray() && type.getBaseComponentType().getName().startsWith("java.lang.");
                            }
                        }))
                .check(CLASSES);
    }

    @Test
    void pureModulesHaveNoThreadsAndNoHiddenInput() {
        noClasses().that().resideInAnyPackage(PURE).should()
                .dependOnClassesThat(nameMatching("java\\.lang\\.(Thread.*|InheritableThreadLocal|ProcessHandle|Process.*|"
                        + "Runtime|ScopedValue.*)|java\\.util\\.(Random|Timer.*|SplittableRandom|WeakHashMap|IdentityHashMap)"))
                .check(CLASSES);
        noClasses().that().resideInAnyPackage(PURE).should().accessTargetWhere(HIDDEN_INPUT).check(CLASSES);
    }

    @Test
    void protocolsDoNotKnowOneAnother() {
        for (String protocol : PROTOCOLS) {
            String[] others = PROTOCOLS.stream().filter(other -> !other.equals(protocol))
                    .map(other -> "org.limesh." + other + "..").toArray(String[]::new);
            noClasses().that().resideInAPackage("org.limesh." + protocol + "..")
                    .should().dependOnClassesThat().resideInAnyPackage(others).check(CLASSES);
            noClasses().that().resideInAPackage("org.limesh." + protocol + "..")
                    .should().dependOnClassesThat()
                    .resideInAnyPackage("org.limesh.node..", "org.limesh.lime..", "org.limesh.host..").check(CLASSES);
        }
    }

    @Test
    void lowerRoomsDoNotKnowHigherOnes() {
        onlyDependsOn("base");
        onlyDependsOn("packet", "base");
        onlyDependsOn("host", "base");
        onlyDependsOn("lime", "base");
        onlyDependsOn("guard", "base", "packet", "host");
        onlyDependsOn("node", "base", "packet", "host", "lime", "batadv", "bmx7", "access", "alfred", "gateway",
                "guard", "sharedstate");
        onlyDependsOn("sim", "base", "packet", "host", "lime", "batadv", "bmx7", "access", "alfred", "gateway",
                "guard", "sharedstate", "node");
        onlyDependsOn("linux", "base", "packet", "host", "lime", "batadv", "bmx7", "access", "alfred", "gateway",
                "guard", "sharedstate", "node");
        onlyDependsOn("sharedstate", "base");
        onlyDependsOn("dns", "base", "access", "lime");
        onlyDependsOn("statehttp", "base", "sharedstate");
        noClasses().that().resideInAPackage("org.limesh.lab..").should()
                .dependOnClassesThat().resideInAnyPackage("org.limesh.linux..", "org.limesh.app..").check(CLASSES);
    }

    private static void onlyDependsOn(String room, String... allowed) {
        DescribedPredicate<JavaClass> fine = resideInAPackage("org.limesh." + room + "..");
        for (String other : allowed) {
            fine = fine.or(resideInAPackage("org.limesh." + other + ".."));
        }
        noClasses().that().resideInAPackage("org.limesh." + room + "..").should()
                .dependOnClassesThat(resideInAPackage("org.limesh..").and(DescribedPredicate.not(fine)))
                .allowEmptyShould(true).check(CLASSES);
    }

    @Test
    void onlyTheDnsServerKnowsTheLibraryForItsMessages() {
        noClasses().that().resideOutsideOfPackage("org.limesh.dns..").should()
                .dependOnClassesThat().resideInAPackage("org.xbill..").check(CLASSES);
    }

    @Test
    void onlyTheLinuxModuleMakesNativeCalls() {
        noClasses().that().resideOutsideOfPackage("org.limesh.linux..").should()
                .dependOnClassesThat().resideInAPackage("java.lang.foreign..").check(CLASSES);
    }

    @Test
    void everyPackageSaysWhatItIsFor() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        try (Stream<Path> files = Files.walk(root)) {
            List<String> sources = files.map(Path::toString).filter(file -> file.endsWith(".java"))
                    .filter(file -> file.contains("/src/main/java/"))
                    .map(file -> file.substring(file.indexOf("/src/main/java/"))).toList();
            List<String> silent = sources.stream().map(file -> file.substring(0, file.lastIndexOf('/'))).distinct()
                    .filter(folder -> !sources.contains(folder + "/package-info.java")).toList();
            assertThat(silent).as("packages without package-info.java").isEmpty();
        }
    }
}
