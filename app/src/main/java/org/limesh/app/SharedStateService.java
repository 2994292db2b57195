package org.limesh.app;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.limesh.base.Decoded;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.linux.LinuxHost;
import org.limesh.linux.ffi.HostException;
import org.limesh.node.HostPlan;
import org.limesh.sharedstate.LeaseEntry;
import org.limesh.sharedstate.StateDocument;
import org.limesh.sharedstate.StateExchange;
import org.limesh.statehttp.StateClient;
import org.limesh.statehttp.StateJson;
import org.limesh.statehttp.StateServer;

/**
 * Carries {@code shared-state} for a node: asks whom it wants asked, and answers at the link-local address of its
 * bridge. While another program has that port, the node asks only; exchanges go both ways all the same.
 */
final class SharedStateService implements AutoCloseable {
    /** The bridge is made anew now and then, and its address with it. */
    private static final int LOOK_MS = 5000;
    private static final int INTERFACE_OCTETS = 8;

    private final LinuxHost host;
    private final Inet6Address address;
    private final Consumer<String> warnings;
    private final StateClient client = new StateClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread keeper = Thread.ofPlatform().daemon().name("limesh-shared-state").unstarted(this::keep);
    private StateServer server;
    private int listensOn;
    private boolean warned;

    /** Before the host starts. */
    SharedStateService(LinuxHost host, MacAddress bridge, Consumer<String> warnings) {
        this.host = host;
        this.address = addressOf(Ip6Address.linkLocalOf(bridge));
        this.warnings = warnings;
        StateServer.prepare();
        host.setStateCarrier(this::exchange);
    }

    private static Inet6Address addressOf(Ip6Address address) {
        byte[] octets = ByteBuffer.allocate(Ip6Address.LENGTH_OCTETS).putLong(0, address.high())
                .putLong(INTERFACE_OCTETS, address.low()).array();
        try {
            return (Inet6Address) InetAddress.getByAddress(octets);
        } catch (java.net.UnknownHostException never) {
            throw new IllegalStateException(never);
        }
    }

    /** After the host has made the bridge. */
    void start() {
        keeper.start();
    }

    private void keep() {
        try {
            while (true) {
                listen();
                Thread.sleep(LOOK_MS);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** 0 where there is none just now. */
    private static int bridgeIndex() {
        try {
            NetworkInterface bridge = NetworkInterface.getByName(HostPlan.BRIDGE);
            return bridge == null ? 0 : bridge.getIndex();
        } catch (java.net.SocketException refused) {
            return 0;
        }
    }

    private void listen() {
        try {
            int index = bridgeIndex();
            if (server != null && index != listensOn) {
                server.close();
                server = null;
            }
            if (server == null && index != 0) {
                server = StateServer.open(Inet6Address.getByAddress(null, address.getAddress(), index), StateServer.PORT,
                        this::question);
                listensOn = index;
                warned = false;
            }
        } catch (java.net.BindException taken) {
            // Right after the bridge came up its address is still being checked.
            if (!warned && taken.getMessage().contains("in use")) {
                warned = true;
                warnings.accept("cannot answer shared-state: port " + StateServer.PORT + " of " + address.getHostAddress()
                        + " on " + HostPlan.BRIDGE + " is in use by another program. This node asks its neighbours"
                        + " still; who only waits to be asked by others does not find it."
                        + "\n  Which one: ss -ltnp sport = :" + StateServer.PORT
                        + "     Let it listen on the addresses it needs instead of all");
            }
        } catch (IOException notYet) {
            return;
        }
    }

    private List<LeaseEntry> question(Ip6Address peer, Decoded<StateDocument> told) {
        try {
            return host.onStateQuestion(peer, told);
        } catch (HostException busy) {
            return null;
        }
    }

    /** On the node's thread. */
    private void exchange(StateExchange exchange) {
        byte[] map = StateJson.emit(exchange.entries());
        for (Ip6Address neighbour : exchange.neighbours()) {
            threads.execute(() -> ask(exchange.round(), neighbour, neighbour.toString(),
                    StateClient.of(neighbour, bridgeIndex()), map));
        }
        for (String candidate : exchange.candidates()) {
            URI peer = StateClient.of(candidate);
            threads.execute(() -> ask(exchange.round(), null, peer.getHost(), peer, map));
        }
    }

    private void ask(int round, Ip6Address neighbour, String name, URI peer, byte[] map) {
        try {
            host.onStateAnswer(round, neighbour, name, client.exchange(peer, map));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        keeper.interrupt();
        try {
            keeper.join();
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
        if (server != null) {
            server.close();
        }
        threads.shutdownNow();
        client.close();
    }
}
