package org.limesh.linux.ffi;

/**
 * The world refuses: no permission, no such device, not in this kernel. The message is for people and says
 * what was tried, on what, and the kernel's reason.
 */
public final class HostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int errno;

    /** @param errno the kernel's number, or 0 when it was not a call that failed */
    public HostException(String message, int errno) {
        super(errno == 0 ? message : message + ": " + Libc.strerror(errno));
        this.errno = errno;
    }

    public HostException(String message) {
        this(message, 0);
    }

    public int errno() {
        return errno;
    }

    /**
     * @param result of a call: negative error number or a good value
     * @return the good value
     */
    static int check(int result, String what) {
        if (result < 0) {
            throw new HostException(what, -result);
        }
        return result;
    }
}
