package org.limesh.dns;

import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;

/**
 * Keeps the platform's own look-up of host names. dnsjava registers itself as the resolver of the whole
 * virtual machine; of that library only the reading and writing of messages is wanted here. The platform
 * takes the first provider on the class path, and the program's own archive comes first.
 */
public final class PlatformLookup extends InetAddressResolverProvider {
    @Override
    public InetAddressResolver get(Configuration configuration) {
        return configuration.builtinResolver();
    }

    @Override
    public String name() {
        return "platform";
    }
}
