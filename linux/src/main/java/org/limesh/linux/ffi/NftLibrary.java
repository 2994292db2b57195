package org.limesh.linux.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** {@code libnftables}: runs nft commands without starting a program. One thread. */
public final class NftLibrary {
    private final MethodHandle run;
    private final MethodHandle output;
    private final MethodHandle error;
    private final MemorySegment context;

    /**
     * @param good   whether the command was carried out, whole
     * @param output what it printed
     * @param error  why not
     */
    public record Outcome(boolean good, String output, String error) {}

    private NftLibrary(SymbolLookup library) throws Throwable {
        run = link(library, "nft_run_cmd_from_buffer", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        output = link(library, "nft_ctx_get_output_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
        error = link(library, "nft_ctx_get_error_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
        context = (MemorySegment) link(library, "nft_ctx_new", FunctionDescriptor.of(ADDRESS, JAVA_INT))
                .invokeExact(0);
        for (String buffered : new String[] {"nft_ctx_buffer_output", "nft_ctx_buffer_error"}) {
            int unused = (int) link(library, buffered, FunctionDescriptor.of(JAVA_INT, ADDRESS))
                    .invokeExact(context);
        }
    }

    private static MethodHandle link(SymbolLookup library, String name, FunctionDescriptor shape) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), shape);
    }

    /** The library of this machine, if it has one. It stays loaded until the program ends. */
    public static Optional<NftLibrary> load() {
        try {
            return Optional.of(new NftLibrary(SymbolLookup.libraryLookup("libnftables.so.1",
                    Arena.global())));
        } catch (IllegalArgumentException missing) {
            return Optional.empty();
        } catch (Throwable thrown) {
            throw new AssertionError("libnftables threw", thrown);
        }
    }

    /** Carries out commands as one transaction. */
    public Outcome run(String commands) {
        try (Arena scratch = Arena.ofConfined()) {
            int result = (int) run.invokeExact(context, scratch.allocateFrom(commands));
            // Both buffers are emptied by being fetched.
            return new Outcome(result == 0, text((MemorySegment) output.invokeExact(context)),
                    text((MemorySegment) error.invokeExact(context)));
        } catch (Throwable thrown) {
            throw new AssertionError("libnftables threw", thrown);
        }
    }

    private static String text(MemorySegment pointer) {
        return pointer.equals(MemorySegment.NULL) ? ""
                : pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }
}
