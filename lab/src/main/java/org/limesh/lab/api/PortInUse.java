package org.limesh.lab.api;

import java.io.IOException;

/** Another program listens there. The message is for people. */
public final class PortInUse extends IOException {
    private static final long serialVersionUID = 1;

    PortInUse(int port, IOException cause) {
        super("port " + port + " is in use by another program. Use --port 0 for a free one.", cause);
    }
}
