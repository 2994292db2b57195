package org.limesh.linux.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * System calls. Each returns what C returns, or the negative error number.
 *
 * <p>Pointers travel as {@code long}, so that a call makes no objects. A handle is linked at the first use of
 * its function: linking is most of what a start costs.
 */
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout STATE_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno")).withInvokeExactBehavior();
    /** One per thread: what a call left in errno is read before the thread makes the next call. */
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE_LAYOUT));

    private Libc() {}

    private static MethodHandle link(String name, FunctionDescriptor shape, Linker.Option... options) {
        Linker.Option[] all = new Linker.Option[options.length + 1];
        all[0] = Linker.Option.captureCallState("errno");
        System.arraycopy(options, 0, all, 1, options.length);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, all);
    }

    private static FunctionDescriptor ints(int arguments) {
        MemoryLayout[] layouts = new MemoryLayout[arguments];
        java.util.Arrays.fill(layouts, JAVA_INT);
        return FunctionDescriptor.of(JAVA_INT, layouts);
    }

    private static int errno(MemorySegment state) {
        return -(int) ERRNO.get(state, 0L);
    }

    private static AssertionError impossible(Throwable thrown) {
        return new AssertionError("a call of libc threw", thrown);
    }

    private static final class Socket {
        static final MethodHandle CALL = link("socket", ints(3));
    }

    static int socket(int family, int type, int protocol) {
        MemorySegment state = STATE.get();
        try {
            int result = (int) Socket.CALL.invokeExact(state, family, type, protocol);
            return result < 0 ? errno(state) : result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Bind {
        static final MethodHandle CALL =
                link("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    }

    static int bind(int fd, MemorySegment address) {
        MemorySegment state = STATE.get();
        try {
            int result = (int) Bind.CALL.invokeExact(state, fd, address.address(), (int) address.byteSize());
            return result < 0 ? errno(state) : result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Connect {
        static final MethodHandle CALL =
                link("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    }

    static int connect(int fd, MemorySegment address) {
        MemorySegment state = STATE.get();
        try {
            int result = (int) Connect.CALL.invokeExact(state, fd, address.address(),
                    (int) address.byteSize());
            return result < 0 ? errno(state) : result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Setsockopt {
        static final MethodHandle CALL = link("setsockopt",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    }

    static int setsockopt(int fd, int level, int option, MemorySegment value) {
        MemorySegment state = STATE.get();
        try {
            int result = (int) Setsockopt.CALL.invokeExact(
                    state, fd, level, option, value.address(), (int) value.byteSize());
            return result < 0 ? errno(state) : result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Recvmmsg {
        static final MethodHandle CALL = link("recvmmsg",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
    }

    static int recvmmsg(int fd, long vector, int count, int flags) {
        MemorySegment state = STATE.get();
        try {
            int result = (int) Recvmmsg.CALL.invokeExact(state, fd, vector, count, flags, 0L);
            return result < 0 ? errno(state) : result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Sendmmsg {
        static final MethodHandle CALL = link("sendmmsg",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    }

    static int sendmmsg(int fd, long vector, int count, int flags) {
        MemorySegment state = STATE.get();
        try {
            int result = (int) Sendmmsg.CALL.invokeExact(state, fd, vector, count, flags);
            return result < 0 ? errno(state) : result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final FunctionDescriptor TRANSFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

    private static final class Read {
        static final MethodHandle CALL = link("read", TRANSFER);
    }

    static int read(int fd, long buffer, long lengthOctets) {
        MemorySegment state = STATE.get();
        try {
            long result = (long) Read.CALL.invokeExact(state, fd, buffer, lengthOctets);
            return result < 0 ? errno(state) : (int) result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Write {
        static final MethodHandle CALL = link("write", TRANSFER);
    }

    static int write(int fd, long buffer, long lengthOctets) {
        MemorySegment state = STATE.get();
        try {
            long result = (long) Write.CALL.invokeExact(state, fd, buffer, lengthOctets);
            return result < 0 ? errno(state) : (int) result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Open {
        static final MethodHandle CALL =
                link("open", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
    }

    static int open(MemorySegment path, int flags) {
        MemorySegment state = STATE.get();
        try {
            int result = (int) Open.CALL.invokeExact(state, path.address(), flags, 0);
            return result < 0 ? errno(state) : result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Ioctl {
        static final MethodHandle CALL =
                link("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(2));
    }

    static int ioctl(int fd, long request, long argument) {
        MemorySegment state = STATE.get();
        try {
            int result = (int) Ioctl.CALL.invokeExact(state, fd, request, argument);
            return result < 0 ? errno(state) : result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Poll {
        static final MethodHandle CALL =
                link("poll", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    }

    static int poll(long vector, int count, int timeoutMs) {
        MemorySegment state = STATE.get();
        try {
            int result = (int) Poll.CALL.invokeExact(state, vector, (long) count, timeoutMs);
            return result < 0 ? errno(state) : result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Eventfd {
        static final MethodHandle CALL = link("eventfd", ints(2));
    }

    static int eventfd(int flags) {
        MemorySegment state = STATE.get();
        try {
            int result = (int) Eventfd.CALL.invokeExact(state, 0, flags);
            return result < 0 ? errno(state) : result;
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Close {
        static final MethodHandle CALL = link("close", ints(1));
    }

    static void close(int fd) {
        try {
            // After close there is nothing left that could be done about an error.
            int unused = (int) Close.CALL.invokeExact(STATE.get(), fd);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    private static final class Strerror {
        static final MethodHandle CALL = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    /** The kernel's words for an error number, with a small letter at the beginning. */
    static String strerror(int errno) {
        try {
            MemorySegment text = (MemorySegment) Strerror.CALL.invokeExact(errno);
            String words = text.reinterpret(256).getString(0);
            return Character.toLowerCase(words.charAt(0)) + words.substring(1);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }
}
