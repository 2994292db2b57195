package org.limesh.app;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.limesh.access.NameTable;
import org.limesh.dns.DnsConfig;
import org.limesh.dns.DnsServer;
import org.limesh.lime.NodePlan;
import org.limesh.linux.LinuxHost;
import org.limesh.linux.ffi.HostException;

/**
 * Keeps the DNS server of a node running, and its names and upstream servers up to date. Where another program
 * has the port, clients are told the configured resolvers meanwhile.
 */
final class DnsService implements AutoCloseable {
    /** How old a name may be here, mostly. */
    private static final int REFRESH_MS = 1000;
    private static final int SHARE_OF_TIME = 20;
    private static final int RETRY_MS = 10_000;

    private final NodePlan plan;
    private final DnsConfig config;
    private final LinuxHost host;
    private final Consumer<String> warnings;
    private final Thread thread = Thread.ofPlatform().daemon().name("limesh-names").unstarted(this::run);
    private volatile DnsServer server;
    private NameTable.Facts facts;
    private boolean warned;

    /** Before the host starts, so that the first client hears of the right server. */
    DnsService(NodePlan plan, LinuxHost host, Consumer<String> warnings) {
        this.plan = plan;
        this.config = DnsConfig.of(plan);
        this.host = host;
        this.warnings = warnings;
        host.setDnsServer(true);
        host.addCounters(() -> server == null ? Map.of() : server.counters());
    }

    /** After the host has made the addresses. */
    void start() {
        open();
        thread.start();
    }

    private boolean open() {
        try {
            // Not asked of the node: it may be busy while it starts, and clients come meanwhile.
            facts = ofPlan(plan);
            server = DnsServer.open(config, NameTable.of(facts));
            if (warned) {
                host.setDnsServer(true);
            }
            return true;
        } catch (IOException refused) {
            if (!warned) {
                warned = true;
                host.setDnsServer(false);
                warnings.accept("cannot answer DNS questions on " + refused.getMessage()
                        + ". Clients are told the configured resolvers and do not find names of this cloud."
                        + " Another DNS server on this machine has to leave these addresses alone (dnsmasq:"
                        + " bind-interfaces and except-interface=anygw).");
            }
            return false;
        }
    }

    /** What is known without any lease. */
    private static NameTable.Facts ofPlan(NodePlan plan) {
        return new NameTable.Facts(plan.domain(), plan.hostname(), plan.address4(), plan.address6(),
                plan.anycast().address4().address(), plan.anycast().address6().address(),
                plan.anycast().leaseTimeSeconds(), List.of(), Map.of(), Map.of());
    }

    private void run() {
        try {
            while (true) {
                if (server == null && !open()) {
                    Thread.sleep(RETRY_MS);
                } else {
                    long beginNs = System.nanoTime();
                    refresh();
                    // Thousands of leases take the node's thread some milliseconds: then less often.
                    long tookMs = (System.nanoTime() - beginNs) / 1_000_000;
                    Thread.sleep(Math.max(REFRESH_MS, SHARE_OF_TIME * tookMs));
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void refresh() {
        try {
            NameTable.Facts now = host.nameFacts();
            if (!now.equals(facts)) {
                facts = now;
                server.setNames(NameTable.of(now));
            }
            server.setUpstreams(host.upstreamResolvers());
        } catch (HostException busy) {
            // The names of a second ago will do.
            return;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
        if (server != null) {
            server.close();
        }
    }
}
