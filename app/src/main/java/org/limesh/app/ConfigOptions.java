package org.limesh.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.limesh.base.MacAddress;
import org.limesh.lime.ConfigSource;
import org.limesh.lime.Diagnostic;
import org.limesh.lime.LimeConfig;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of all commands that read a node's configuration. */
final class ConfigOptions {
    static final int DONE = 0;
    static final int NO = 1;
    static final int WRONG_USE = 2;

    @Option(names = "--config", paramLabel = "DIR|FILE",
            description = "Read these instead of /etc/config, else /etc/limesh. Repeatable.")
    List<Path> places = new ArrayList<>();

    @Option(names = "--mac", paramLabel = "MAC", converter = MacConverter.class,
            description = "MAC of the primary interface. Default: that of the configured primary_interface.")
    MacAddress mac;

    @Option(names = "--set", paramLabel = "lime.SECTION.OPTION=VALUE",
            description = "Overlay a value on top of all files. Repeatable.")
    List<String> assignments = new ArrayList<>();

    /** Reads a MAC address. */
    static final class MacConverter implements ITypeConverter<MacAddress> {
        @Override
        public MacAddress convert(String text) {
            try {
                return MacAddress.parse(text);
            } catch (IllegalArgumentException fault) {
                throw new TypeConversionException(fault.getMessage());
            }
        }
    }

    /** The MAC given, else that of the configured primary interface if this machine has it. */
    Optional<MacAddress> primaryMac(List<ConfigSource> sources) {
        return mac != null ? Optional.of(mac)
                : ConfigFiles.macOf(load(sources, null).text("network", "primary_interface", ""));
    }

    /**
     * The effective configuration.
     *
     * @throws IllegalArgumentException when a {@code --set} is no assignment
     */
    LimeConfig load(List<ConfigSource> sources, MacAddress primaryMac) {
        LimeConfig config = LimeConfig.of(sources, primaryMac);
        for (String assignment : assignments) {
            config = config.with(assignment);
        }
        return config;
    }

    /**
     * The files.
     *
     * @throws IOException with a message for people, when one cannot be read
     */
    List<ConfigSource> sources() throws IOException {
        return ConfigFiles.read(places);
    }

    /** Prints errors and warnings, and with {@code notes} notes too; true when an error was among them. */
    static boolean print(List<Diagnostic> diagnostics, boolean notes, PrintWriter to) {
        for (Diagnostic diagnostic : diagnostics) {
            if (notes || diagnostic.severity() != Diagnostic.Severity.NOTE) {
                to.println(diagnostic.render());
            }
        }
        return diagnostics.stream().anyMatch(Diagnostic::isError);
    }
}
