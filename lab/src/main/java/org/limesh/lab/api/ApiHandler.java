package org.limesh.lab.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.node.NodeSnapshot;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers every path of the interface, for every transport.
 *
 * <p>A table is asked for as {@code format=json} (the default), {@code table}, {@code csv}, and the tables of
 * batman-adv also as {@code batctl} and {@code batctl-json}. Text is made here and not in the command line,
 * so that a looking command starts fast and both always agree.
 */
final class ApiHandler {
    private static final String ROOT = "/api/v1";
    private static final int EVENT_LIMIT = 1000;
    private static final int FORBIDDEN = 403;
    private static final int WRONG_CONTENT_TYPE = 415;

    private final WorldView view;
    private final BooleanSupplier closed;
    private final AtomicLong denied = new AtomicLong();
    private volatile String token;

    /** @param closed true when streams have to end */
    ApiHandler(WorldView view, BooleanSupplier closed) {
        this.view = view;
        this.closed = closed;
    }

    ApiResponse handle(ApiRequest request) {
        try {
            AccessRules.check(request, token);
            return request.isGet() ? get(request) : post(request);
        } catch (Problem problem) {
            if (!request.trusted() && (problem.status() == FORBIDDEN || problem.status() == WRONG_CONTENT_TYPE)) {
                denied.incrementAndGet();
            }
            return problem(request, problem);
        }
    }

    /** Orders over TCP have to bring this from now on. */
    void requireToken(String secret) {
        token = secret;
    }

    private static ApiResponse problem(ApiRequest request, Problem problem) {
        String accept = request.headers().getOrDefault("accept", "");
        if (accept.startsWith("text/plain")) {
            byte[] text = ("error: " + problem.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
            return ApiResponse.whole(problem.status(), ApiResponse.TEXT, text);
        }
        ObjectNode json = Json.object().put("type", "about:blank").put("title", problem.title())
                .put("status", problem.status()).put("detail", problem.getMessage())
                .put("where", request.path());
        return ApiResponse.whole(problem.status(), "application/problem+json", Json.bytes(json));
    }

    private ApiResponse get(ApiRequest request) {
        String path = request.path();
        if (path.startsWith(ROOT + "/")) {
            return getApi(request, path.substring(ROOT.length()));
        }
        return switch (path) {
            case "/metrics" -> ApiResponse.whole(200, Metrics.TYPE,
                    Metrics.of(view, denied.get()).getBytes(StandardCharsets.UTF_8))
                    .with("Access-Control-Allow-Origin", "*");
            case "/export/netjson.json" -> ApiResponse.json(NetJson.of(view.world()))
                    .with("Access-Control-Allow-Origin", "*");
            default -> {
                ApiResponse file = StaticFiles.find(path);
                if (file == null) {
                    throw Problem.notFound("there is nothing at " + path);
                }
                yield file;
            }
        };
    }

    private ApiResponse getApi(ApiRequest request, String path) {
        World world = view.world();
        return switch (path) {
            case "/" -> ApiResponse.json(WorldJson.about(world, view));
            case "/status" -> status(request, world);
            case "/nodes" -> table(request, "nodes", WorldJson.nodes(world), () -> Tables.nodes(world));
            case "/links" -> table(request, "links", WorldJson.links(world),
                    () -> Tables.links(world, request.params("node")));
            case "/clouds" -> table(request, "clouds", WorldJson.clouds(world), () -> Tables.clouds(world));
            case "/clients" -> table(request, "clients", WorldJson.clients(world),
                    () -> Tables.clients(world, request.params("node")));
            case "/leases" -> leases(request, world);
            case "/exits" -> world.kind() == World.Kind.NODE ? nodePart(request, world, node(world, "-"), "exits")
                    : table(request, "exits", WorldJson.exits(world), () -> Tables.exits(world));
            case "/topology" -> ApiResponse.json(WorldJson.snapshot(world, view));
            case "/path" -> path(request);
            case "/events" -> events(request, world);
            case "/stream" -> ApiResponse.stream("text/event-stream", new LiveStream(view, closed))
                    .with("Cache-Control", "no-store");
            case "/capture" -> capture(request, world);
            default -> getOne(request, world, path.substring(1).split("/"));
        };
    }

    private ApiResponse getOne(ApiRequest request, World world, String[] parts) {
        if (parts.length == 2 && parts[0].equals("clients")) {
            World.ClientView client = world.findClient(parts[1]).orElseThrow(() -> Problem.unknown(
                    "client", parts[1],
                    world.clients().stream().map(World.ClientView::name).toList()));
            return ApiResponse.json(WorldJson.client(client));
        }
        if (parts.length >= 2 && parts.length <= 3 && parts[0].equals("nodes")) {
            World.NodeView node = node(world, parts[1]);
            return nodePart(request, world, node, parts.length == 2 ? "status" : parts[2]);
        }
        throw Problem.notFound("there is nothing at " + request.path());
    }

    /** The node of this name; {@code -} is the only one that can be meant. */
    private static World.NodeView node(World world, String name) {
        List<World.NodeView> own = world.nodes().stream().filter(node -> node.plan() != null).toList();
        if (name.equals("-")) {
            if (own.size() != 1) {
                throw Problem.badRequest("say which node: -n NAME   ("
                        + own.stream().map(World.NodeView::name)
                        .limit(12).collect(Collectors.joining(" ")) + (own.size() > 12 ? " ..." : "") + ")");
            }
            return own.getFirst();
        }
        World.NodeView node = world.findNode(name).orElseThrow(() -> Problem.unknown("node", name,
                own.stream().map(World.NodeView::name).toList()));
        if (node.plan() == null) {
            throw Problem.notFound(name
                    + " is another machine: ask it itself, this node knows only what it announces");
        }
        return node;
    }

    private NodeSnapshot snapshot(World.NodeView node) {
        return view.node(node.name()).orElseThrow(() -> new Problem(503, "node is down",
                node.name() + " is down: it has no tables"));
    }

    private ApiResponse nodePart(ApiRequest request, World world, World.NodeView node, String part) {
        NodeSnapshot snapshot = snapshot(node);
        return switch (part) {
            case "status" -> format(request).equals("json")
                    ? ApiResponse.json(WorldJson.status(world, node, snapshot))
                    : ApiResponse.text(StatusText.ofNode(world, node, snapshot));
            case "originators", "neighbours", "translation-local", "translation-global" ->
                    batadv(request, world, node, layer2(node, snapshot), part);
            case "leases" -> {
                List<Leases.Row> rows = Leases.of(world, snapshot, request.flag("all"));
                yield table(request, "leases", WorldJson.leases(snapshot, rows), () -> {
                    Table table = Tables.leases();
                    Tables.addLeases(table, rows);
                    return table;
                });
            }
            case "exits" -> exits(request, world, snapshot);
            case "routes" -> table(request, "routes", RoutedAnswers.routes(RoutedAnswers.checked(snapshot),
                    RoutedAnswers.names(world)), () -> Tables.routes(snapshot, RoutedAnswers.names(world)));
            case "bmx7" -> bmx7(request, snapshot);
            case "config" -> ApiResponse.json(WorldJson.config(snapshot.plan()));
            case "counters" -> format(request).equals("json") ? ApiResponse.json(WorldJson.counters(snapshot))
                    : tableText(request, Tables.counters(snapshot));
            default -> throw Problem.notFound("a node has no '" + part + "'");
        };
    }

    private static ApiResponse exits(ApiRequest request, World world, NodeSnapshot snapshot) {
        RoutedAnswers.withGateway(snapshot);
        return format(request).equals("json")
                ? ApiResponse.json(RoutedAnswers.exits(snapshot, RoutedAnswers.names(world)))
                : tableText(request, Tables.exits(snapshot, RoutedAnswers.names(world)));
    }

    private static ApiResponse bmx7(ApiRequest request, NodeSnapshot snapshot) {
        List<String> tables = request.params("table");
        List<String> wanted = tables.isEmpty() ? List.of("status") : tables;
        return format(request).equals("json") ? ApiResponse.json(Bmx7Answers.json(snapshot, wanted))
                : ApiResponse.text(Bmx7Answers.text(snapshot, wanted, !request.flag("H")));
    }

    private static BatadvSnapshot layer2(World.NodeView node, NodeSnapshot snapshot) {
        if (snapshot.batadv() == null) {
            throw Problem.notFound(node.name() + " runs no batman-adv");
        }
        return snapshot.batadv();
    }

    private ApiResponse batadv(
            ApiRequest request, World world, World.NodeView node, BatadvSnapshot state, String part) {
        ArrayNode rows = switch (part) {
            case "originators" -> BatctlJson.originators(state);
            case "neighbours" -> BatctlJson.neighbours(state);
            case "translation-local" -> BatctlJson.translationLocal(state);
            default -> BatctlJson.translationGlobal(state);
        };
        if (format(request).equals("batctl-json")) {
            return ApiResponse.json(rows);
        }
        if (format(request).equals("json")) {
            ObjectNode json = Json.object().put("node", node.name());
            json.set(part.replace('-', '_'), rows);
            return ApiResponse.json(json);
        }
        Names names = Names.of(world);
        BatctlText text = new BatctlText("limesh-" + world.version(), !request.flag("H"),
                request.flag("n") ? MacAddress::toString : names::of);
        BatctlText.Casts casts = request.flag("u") ? BatctlText.Casts.UNICAST
                : request.flag("m") ? BatctlText.Casts.MULTICAST : BatctlText.Casts.ALL;
        return ApiResponse.text(switch (part) {
            case "originators" -> text.originators(state, request.number("timeout_ms", Long.MAX_VALUE));
            case "neighbours" -> text.neighbours(state);
            case "translation-local" -> text.translationLocal(state, casts);
            default -> text.translationGlobal(state, casts);
        });
    }

    private ApiResponse status(ApiRequest request, World world) {
        if (world.kind() == World.Kind.NODE) {
            return nodePart(request, world, node(world, "-"), "status");
        }
        if (!format(request).equals("json")) {
            return ApiResponse.text(StatusText.ofLab(world));
        }
        ObjectNode json = WorldJson.about(world, view);
        json.set("time", WorldJson.time(world));
        return ApiResponse.json(json.put("nodes", world.nodes().size()).put("clouds", world.clouds().size())
                .put("clients", world.clients().size()));
    }

    private ApiResponse leases(ApiRequest request, World world) {
        Map<World.NodeView, NodeSnapshot> tables = new LinkedHashMap<>();
        for (World.NodeView node : world.nodes()) {
            if (node.plan() != null) {
                view.node(node.name()).ifPresent(snapshot -> tables.put(node, snapshot));
            }
        }
        ArrayNode rows = Json.array();
        Table table = Tables.leases();
        Set<Ip4Address> told = new HashSet<>();
        tables.values().forEach(snapshot -> snapshot.leases().forEach(lease -> told.add(lease.address())));
        tables.forEach((node, snapshot) -> {
            // What several nodes know of another is one lease, not several.
            List<Leases.Row> leases = Leases.of(world, snapshot, request.flag("all")).stream()
                    .filter(row -> row.here() || told.add(row.lease().address())).toList();
            for (JsonNode lease : WorldJson.leases(snapshot, leases)) {
                rows.add(((ObjectNode) lease).put("node", node.name()));
            }
            Tables.addLeases(table, leases);
        });
        return table(request, "leases", rows, () -> table);
    }

    private ApiResponse path(ApiRequest request) {
        String from = request.param("from", null);
        String to = request.param("to", null);
        if (from == null || to == null) {
            throw Problem.badRequest("a path needs 'from' and 'to'");
        }
        PathFinder.Result path = PathFinder.find(view, from, to);
        ApiResponse response = format(request).equals("json") ? ApiResponse.json(WorldJson.path(path))
                : ApiResponse.text(PathFinder.text(path));
        return path.reachable() ? response : response.with("Limesh-Exit", "1");
    }

    private ApiResponse events(ApiRequest request, World world) {
        int limit = Math.clamp(request.number("limit", EVENT_LIMIT), 1, EventLog.DEFAULT_LIMIT);
        List<String> nodes = request.params("node");
        String kind = request.param("kind", "");
        List<EventRecord> events = new ArrayList<>();
        for (EventRecord event : view.events().since(request.number("since", 0), EventLog.DEFAULT_LIMIT)) {
            if ((nodes.isEmpty() || nodes.contains(event.node())) && event.kind().startsWith(kind)) {
                events.add(event);
            }
        }
        List<EventRecord> last = events.subList(Math.max(0, events.size() - limit), events.size());
        return table(request, "events", WorldJson.events(world, last), () -> Tables.events(last))
                .with("Limesh-Last-Event", Long.toString(view.events().lastSeq()));
    }

    private ApiResponse capture(ApiRequest request, World world) {
        List<String> nodes = request.params("node").stream().map(name -> node(world, name).name()).toList();
        CaptureFilter filter = new CaptureFilter(nodes, request.params("iface"));
        return ApiResponse.stream("application/x-pcapng", new CaptureStream(view, filter,
                request.number("count", Long.MAX_VALUE), request.number("duration_ms", Long.MAX_VALUE), closed))
                .with("Cache-Control", "no-store");
    }

    private static ApiResponse table(ApiRequest request, String name, ArrayNode rows, Supplier<Table> table) {
        if (format(request).equals("json")) {
            ObjectNode json = Json.object();
            json.set(name, rows);
            return ApiResponse.json(json);
        }
        return tableText(request, table.get());
    }

    private static ApiResponse tableText(ApiRequest request, Table table) {
        boolean header = !request.flag("H");
        return format(request).equals("csv")
                ? ApiResponse.whole(200, "text/csv; charset=utf-8",
                        table.toCsv(header).getBytes(StandardCharsets.UTF_8))
                : ApiResponse.text(table.toText(header));
    }

    private static String format(ApiRequest request) {
        String format = request.param("format", "json");
        if (!List.of("json", "table", "csv", "plain", "batctl", "batctl-json").contains(format)) {
            throw Problem.badRequest("unknown format '" + format + "': json, table, csv or plain");
        }
        return format;
    }

    private ApiResponse post(ApiRequest request) {
        ObjectNode order = Json.parse(request.body());
        try {
            switch (request.path()) {
                case ROOT + "/time" -> Orders.time(control(), order);
                case ROOT + "/actions" -> {
                    if (Orders.isChoice(order)) {
                        Orders.choose(view.exitControl().orElseThrow(() -> new Problem(405, "no choice",
                                "this node chooses no exit: it has no layer 3")), order);
                    } else {
                        Orders.action(control(), order);
                    }
                }
                default -> throw Problem.notFound("nothing to order at " + request.path());
            }
        } catch (LabControl.Refused refused) {
            throw new Problem(409, "refused", refused.getMessage());
        }
        return ApiResponse.json(Json.object().put("done", true).put("last_event", view.events().lastSeq()));
    }

    private LabControl control() {
        return view.control().orElseThrow(() -> new Problem(405, "not in a laboratory",
                "this is a real node: time and faults cannot be ordered here"));
    }
}
