package org.limesh.lab.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Server-Sent Events of one viewer: a {@code snapshot}, then what changed since the picture this viewer
 * has. A slow reader delays its own next comparison and so gets fewer, larger deltas: there is no queue
 * that could grow.
 *
 * <pre>
 *   snapshot  the whole picture                 at the start and when nodes, links or clients come or go
 *   delta     links [i, tq there, tq back, up], nodes [i, up, x, y], clients [i, object]   at most 20/s
 *   event     one line of the log; of a flood of one kind only the last ones
 *   time      the clock                          once a second and when it changed
 * </pre>
 */
final class LiveStream implements ApiResponse.Stream {
    private static final long TICK_MS = 50;
    /** Counters of octets change all the time; nobody reads them faster. */
    private static final int TICKS_PER_SECOND = (int) (1000 / TICK_MS);
    /** Pictures of a changing shape are large; four a second look smooth enough. */
    private static final int TICKS_PER_SNAPSHOT = TICKS_PER_SECOND / 4;
    private static final int TICKS_PER_COMMENT = 15 * TICKS_PER_SECOND;
    private static final int EVENTS_PER_TICK = 2000;
    /**
     * Of one kind, per tick: in a large cloud that settles, thousands of routes change in a second, and
     * nobody can read that. The whole log is one request away.
     */
    private static final int EVENTS_OF_A_KIND_PER_TICK = 3;

    private final WorldView view;
    private final BooleanSupplier closed;
    private World sent;
    private World.Clock sentClock;
    private long sentEvent;
    private long sequence;

    /** @param closed true when the server ends */
    LiveStream(WorldView view, BooleanSupplier closed) {
        this.view = view;
        this.closed = closed;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        sentEvent = view.events().lastSeq();
        sendSnapshot(out, view.world());
        int snapshotTick = 0;
        for (int tick = 1; !closed.getAsBoolean(); tick++) {
            boolean second = tick % TICKS_PER_SECOND == 0;
            World world = view.world();
            if (world != sent) {
                if (!sameShape(sent, world)) {
                    if (tick - snapshotTick >= TICKS_PER_SNAPSHOT) {
                        sendSnapshot(out, world);
                        snapshotTick = tick;
                    }
                } else {
                    sendDelta(out, world, second);
                }
            }
            if (second || !world.clock().equals(sentClock)) {
                send(out, "time", WorldJson.time(world));
                sentClock = world.clock();
            }
            sendEvents(out, world);
            if (tick % TICKS_PER_COMMENT == 0) {
                out.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
            }
            out.flush();
            pause();
        }
    }

    private void sendEvents(OutputStream out, World world) throws IOException {
        List<EventRecord> events = view.events().since(sentEvent, EVENTS_PER_TICK);
        Map<String, Integer> left = new LinkedHashMap<>();
        events.forEach(event -> left.merge(event.kind(), 1, Integer::sum));
        for (EventRecord event : events) {
            if (left.merge(event.kind(), -1, Integer::sum) < EVENTS_OF_A_KIND_PER_TICK
                    || event.kind().startsWith("lab.")) {
                send(out, "event", WorldJson.event(world, event));
            }
            sentEvent = event.seq();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(TICK_MS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException("the server ends", ended);
        }
    }

    private void sendSnapshot(OutputStream out, World world) throws IOException {
        ObjectNode json = WorldJson.snapshot(world, view);
        json.put("last_event", sentEvent);
        send(out, "snapshot", json);
        sent = world;
        sentClock = world.clock();
    }

    private void sendDelta(OutputStream out, World world, boolean second) throws IOException {
        ObjectNode json = Json.object();
        addLinks(json.putArray("links"), world);
        addNodes(json.putArray("nodes"), world);
        addClients(json.putArray("clients"), world, second);
        if (!world.layer3().equals(sent.layer3())) {
            json.set("layer3", WorldJson.layer3(world));
        }
        if (!json.has("layer3") && json.get("links").isEmpty() && json.get("nodes").isEmpty() && json.get("clients").isEmpty()) {
            // Octet counters wait for the full second: keep comparing with the picture that was sent.
            return;
        }
        send(out, "delta", json);
        sent = second ? world : withClientsOf(world, sent);
    }

    /** What the viewer has now: all of the new picture but for the clients' counters that were left out. */
    private static World withClientsOf(World world, World old) {
        List<World.ClientView> clients = new ArrayList<>(world.clients());
        for (int at = 0; at < clients.size(); at++) {
            if (sameClient(old.clients().get(at), clients.get(at))) {
                clients.set(at, old.clients().get(at));
            }
        }
        return new World(world.kind(), world.name(), world.version(), world.seed(), world.timeNs(),
                world.epochMs(),
                world.clock(), world.convergedNs(), world.clouds(), world.nodes(), world.links(), clients,
                world.layer3());
    }

    private void addLinks(ArrayNode rows, World world) {
        for (int at = 0; at < world.links().size(); at++) {
            World.LinkView link = world.links().get(at);
            if (!link.equals(sent.links().get(at))) {
                rows.addArray().add(at).add(link.tqThere()).add(link.tqBack()).add(link.up());
            }
        }
    }

    private void addNodes(ArrayNode rows, World world) {
        for (int at = 0; at < world.nodes().size(); at++) {
            World.NodeView node = world.nodes().get(at);
            World.NodeView old = sent.nodes().get(at);
            if (node != old && !node.equals(old)) {
                ArrayNode row = rows.addArray().add(at).add(node.up());
                if (!Double.isNaN(node.x())) {
                    row.add(node.x()).add(node.y());
                }
            }
        }
    }

    private void addClients(ArrayNode rows, World world, boolean second) {
        for (int at = 0; at < world.clients().size(); at++) {
            World.ClientView client = world.clients().get(at);
            World.ClientView old = sent.clients().get(at);
            if (second ? !client.equals(old) : !sameClient(client, old)) {
                rows.addArray().add(at).add(WorldJson.client(client));
            }
        }
    }

    /** Equal but for the octet counters. */
    private static boolean sameClient(World.ClientView left, World.ClientView right) {
        return left == right || Objects.equals(left.address(), right.address())
                && Objects.equals(left.node(), right.node()) && left.sinceNs() == right.sinceNs()
                && left.lastRoamNs() == right.lastRoamNs() && left.longestGapNs() == right.longestGapNs();
    }

    private static boolean sameShape(World left, World right) {
        if (!left.clouds().equals(right.clouds()) || left.nodes().size() != right.nodes().size()
                || left.links().size() != right.links().size()
                        || left.clients().size() != right.clients().size()) {
            return false;
        }
        for (int at = 0; at < left.nodes().size(); at++) {
            if (!left.nodes().get(at).name().equals(right.nodes().get(at).name())) {
                return false;
            }
        }
        for (int at = 0; at < left.links().size(); at++) {
            if (!left.links().get(at).id().equals(right.links().get(at).id())) {
                return false;
            }
        }
        for (int at = 0; at < left.clients().size(); at++) {
            World.ClientView client = left.clients().get(at);
            if (!client.mac().equals(right.clients().get(at).mac())
                    || !client.name().equals(right.clients().get(at).name())) {
                return false;
            }
        }
        return true;
    }

    private void send(OutputStream out, String event, ObjectNode data) throws IOException {
        sequence++;
        out.write(("id: " + sequence + "\nevent: " + event + "\ndata: " + Json.text(data) + "\n\n")
                .getBytes(StandardCharsets.UTF_8));
    }
}
