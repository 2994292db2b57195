package org.limesh.linux.netlink;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.ffi.NetlinkChannel;
import org.limesh.linux.ffi.NetlinkWire;

/**
 * Questions and orders to the kernel. Each waits for the kernel's answer, some ten microseconds. One thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>
 */
public final class Rtnetlink implements AutoCloseable {
    /** Groups whose events tell that somebody changed links, addresses, routes or rules. */
    public static final int CHANGE_GROUPS = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400 | 0x4_0000;

    private static final int NEW_LINK = 16;
    private static final int DELETE_LINK = 17;
    private static final int GET_LINK = 18;
    private static final int NEW_ADDRESS = 20;
    private static final int DELETE_ADDRESS = 21;
    private static final int GET_ADDRESS = 22;
    private static final int NEW_ROUTE = 24;
    private static final int DELETE_ROUTE = 25;
    private static final int GET_ROUTE = 26;
    private static final int NEW_RULE = 32;
    private static final int DELETE_RULE = 33;
    private static final int GET_RULE = 34;
    private static final int REQUEST = 1;
    private static final int ACK = 4;
    private static final int DUMP = 0x300;
    private static final int CREATE_EXCLUSIVE = 0x400 | 0x200;
    private static final int CREATE_OR_REPLACE = 0x400 | 0x100;
    private static final int TYPE_ERROR = 2;
    private static final int TYPE_DONE = 3;

    private static final int AF_UNSPEC = 0;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IFF_UP = 1;
    private static final int IFF_LOWER_UP = 0x1_0000;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_IFALIAS = 20;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_BR_STP_STATE = 5;
    private static final int IFLA_BR_MCAST_SNOOPING = 23;
    private static final int IFLA_MACVLAN_MODE = 1;
    private static final int MACVLAN_MODE_BRIDGE = 4;
    private static final int IFLA_VLAN_ID = 1;
    private static final int IFLA_VLAN_PROTOCOL = 5;
    private static final int IFLA_IPTUN_LOCAL = 2;
    private static final int IFLA_IPTUN_REMOTE = 3;
    private static final int IFLA_IPTUN_TTL = 4;
    private static final int IFLA_IPTUN_ENCAP_LIMIT = 6;
    private static final int IFLA_IPTUN_FLAGS = 8;
    private static final int IFLA_IPTUN_PROTO = 9;
    private static final int IP6_TNL_F_IGN_ENCAP_LIMIT = 1;
    private static final int TUNNEL_HOP_LIMIT = 64;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_CACHEINFO = 6;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_RT_PRIORITY = 9;
    private static final int IFA_F_NODAD = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_TABLE = 15;
    private static final int RTPROT_STATIC = 4;
    private static final int RTN_UNICAST = 1;
    private static final int SCOPE_LINK = 253;
    private static final int SCOPE_NOWHERE = 255;
    private static final int FRA_SRC = 2;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_TABLE = 15;
    private static final int FR_ACT_TO_TABLE = 1;
    /** Table numbers above this need the attribute instead of the octet. */
    private static final int SMALL_TABLES = 255;

    private final NetlinkWire channel;
    private int seq = 1;

    public Rtnetlink() {
        this(NetlinkChannel.open());
    }

    /** With something in the kernel's place. */
    public Rtnetlink(NetlinkWire channel) {
        this.channel = channel;
    }

    // Links

    public List<LinkInfo> links() {
        List<LinkInfo> links = new ArrayList<>();
        for (ByteBuffer body : dump(linkHeader(GET_LINK, REQUEST | DUMP, 0, 0, 0), NEW_LINK)) {
            Map<Integer, ByteBuffer> attributes = NetlinkReader.attributes(body, 16);
            Map<Integer, ByteBuffer> info = nested(attributes, IFLA_LINKINFO);
            String kind = NetlinkReader.text(info, IFLA_INFO_KIND);
            ByteBuffer mac = attributes.get(IFLA_ADDRESS);
            int flags = body.getInt(8);
            links.add(new LinkInfo(body.getInt(4), NetlinkReader.text(attributes, IFLA_IFNAME),
                    (flags & IFF_UP) != 0, (flags & (IFF_UP | IFF_LOWER_UP)) == (IFF_UP | IFF_LOWER_UP),
                    NetlinkReader.u32(attributes, IFLA_MTU, 0),
                    mac == null || mac.limit() != MacAddress.LENGTH_OCTETS ? null : mac(mac),
                    NetlinkReader.u32(attributes, IFLA_MASTER, 0),
                    NetlinkReader.u32(attributes, IFLA_LINK, 0), kind,
                    NetlinkReader.text(attributes, IFLA_IFALIAS), ends(kind, info)));
        }
        return links;
    }

    private static Map<Integer, ByteBuffer> nested(Map<Integer, ByteBuffer> attributes, int type) {
        ByteBuffer value = attributes.get(type);
        return value == null ? Map.of() : NetlinkReader.attributes(value, 0);
    }

    private static LinkInfo.Ends ends(String kind, Map<Integer, ByteBuffer> info) {
        Map<Integer, ByteBuffer> data = kind.equals("ip6tnl") ? nested(info, IFLA_INFO_DATA) : Map.of();
        ByteBuffer local = data.get(IFLA_IPTUN_LOCAL);
        ByteBuffer remote = data.get(IFLA_IPTUN_REMOTE);
        return local == null || remote == null ? null : new LinkInfo.Ends(address6(local), address6(remote));
    }

    private static MacAddress mac(ByteBuffer octets) {
        long bits = 0;
        for (int i = 0; i < MacAddress.LENGTH_OCTETS; i++) {
            bits = bits << 8 | octets.get(i) & 0xff;
        }
        return new MacAddress(bits);
    }

    /**
     * Makes a bridge, down. Without spanning tree: a mesh has no loops to find in it and a new port forwards
     * at once. Without multicast snooping: it would stop multicast to nodes from which no membership report
     * comes, and nobody in the cloud sends the queries that would make them come.
     */
    public void createBridge(String name, MacAddress mac, int mtuOctets, String alias) {
        NetlinkWriter writer = newLink(name, mac, mtuOctets);
        int info = writer.begin(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "bridge");
        int data = writer.begin(IFLA_INFO_DATA);
        writer.attribute32(IFLA_BR_STP_STATE, 0).attribute8(IFLA_BR_MCAST_SNOOPING, 0);
        writer.end(data).end(info);
        order(writer, "cannot make the bridge " + name);
        setAlias(name, alias);
    }

    /** Makes a macvlan in bridge mode, down. */
    public void createMacvlan(String name, int parentIndex, MacAddress mac, int mtuOctets, String alias) {
        NetlinkWriter writer = newLink(name, mac, mtuOctets).attribute32(IFLA_LINK, parentIndex);
        int info = writer.begin(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "macvlan");
        int data = writer.begin(IFLA_INFO_DATA);
        writer.attribute32(IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE);
        writer.end(data).end(info);
        order(writer, "cannot make the macvlan " + name);
        setAlias(name, alias);
    }

    /**
     * Makes a VLAN device, down.
     *
     * @throws HostException {@link Errno#EOPNOTSUPP} when this kernel has no VLAN devices (module 8021q)
     */
    public void createVlan(String name, int parentIndex, VlanTag tag, MacAddress mac, int mtuOctets,
            String alias) {
        NetlinkWriter writer = newLink(name, mac, mtuOctets).attribute32(IFLA_LINK, parentIndex);
        int info = writer.begin(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "vlan");
        int data = writer.begin(IFLA_INFO_DATA);
        writer.attribute(IFLA_VLAN_ID, ByteBuffer.allocate(2).order(java.nio.ByteOrder.nativeOrder())
                .putShort((short) tag.id()).array());
        writer.attribute(IFLA_VLAN_PROTOCOL, ByteBuffer.allocate(2).putShort((short) tag.tpid()).array());
        writer.end(data).end(info);
        order(writer, "cannot make the VLAN device " + name);
        setAlias(name, alias);
    }

    /**
     * Makes a tunnel of IPv4 and IPv6 in IPv6, down, without the option that limits encapsulation: that would
     * be a header more than BMX7 nodes send.
     *
     * @throws HostException {@link Errno#EOPNOTSUPP} when this kernel has no such tunnels (module ip6_tunnel)
     */
    public void createTunnel(String name, Ip6Address local, Ip6Address remote, int mtuOctets, String alias) {
        NetlinkWriter writer = linkHeader(NEW_LINK, REQUEST | ACK | CREATE_EXCLUSIVE, 0, 0, 0)
                .attributeText(IFLA_IFNAME, name).attribute32(IFLA_MTU, mtuOctets);
        int info = writer.begin(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "ip6tnl");
        int data = writer.begin(IFLA_INFO_DATA);
        writer.attribute(IFLA_IPTUN_LOCAL, octets(local)).attribute(IFLA_IPTUN_REMOTE, octets(remote))
                .attribute8(IFLA_IPTUN_TTL, TUNNEL_HOP_LIMIT).attribute8(IFLA_IPTUN_ENCAP_LIMIT, 0)
                .attribute32(IFLA_IPTUN_FLAGS, IP6_TNL_F_IGN_ENCAP_LIMIT).attribute8(IFLA_IPTUN_PROTO, 0);
        writer.end(data).end(info);
        order(writer, "cannot make the tunnel " + name);
        setAlias(name, alias);
    }

    private NetlinkWriter newLink(String name, MacAddress mac, int mtuOctets) {
        return linkHeader(NEW_LINK, REQUEST | ACK | CREATE_EXCLUSIVE, 0, 0, 0)
                .attributeText(IFLA_IFNAME, name)
                .attribute(IFLA_ADDRESS, octets(mac)).attribute32(IFLA_MTU, mtuOctets);
    }

    /** The alias is how a later run knows an interface as ours. */
    public void setAlias(String name, String alias) {
        order(linkHeader(NEW_LINK, REQUEST | ACK, 0, 0, 0).attributeText(IFLA_IFNAME, name)
                .attributeText(IFLA_IFALIAS, alias), "cannot set the alias of " + name);
    }

    public void setUp(int index, String name, boolean up) {
        order(linkHeader(NEW_LINK, REQUEST | ACK, index, up ? IFF_UP : 0, IFF_UP),
                "cannot bring " + name + (up ? " up" : " down"));
    }

    public void setMtu(int index, String name, int mtuOctets) {
        order(linkHeader(NEW_LINK, REQUEST | ACK, index, 0, 0).attribute32(IFLA_MTU, mtuOctets),
                "cannot set the MTU of " + name + " to " + mtuOctets);
    }

    public void setMac(int index, String name, MacAddress mac) {
        order(linkHeader(NEW_LINK, REQUEST | ACK, index, 0, 0).attribute(IFLA_ADDRESS, octets(mac)),
                "cannot set the MAC of " + name + " to " + mac);
    }

    /** @param masterIndex bridge, or 0 to take it out of one */
    public void setMaster(int index, String name, int masterIndex) {
        order(linkHeader(NEW_LINK, REQUEST | ACK, index, 0, 0).attribute32(IFLA_MASTER, masterIndex),
                "cannot make " + name + " a port of the bridge");
    }

    public void deleteLink(int index, String name) {
        order(linkHeader(DELETE_LINK, REQUEST | ACK, index, 0, 0), "cannot remove " + name);
    }

    private NetlinkWriter linkHeader(int type, int flags, int index, int values, int changed) {
        return message(type, flags).u8(AF_UNSPEC).u8(0).u16(0).u32(index).u32(values).u32(changed);
    }

    // Addresses

    public List<AddressInfo> addresses() {
        List<AddressInfo> addresses = new ArrayList<>();
        NetlinkWriter question = message(GET_ADDRESS, REQUEST | DUMP).u8(AF_UNSPEC).u8(0).u8(0).u8(0).u32(0);
        for (ByteBuffer body : dump(question, NEW_ADDRESS)) {
            Map<Integer, ByteBuffer> attributes = NetlinkReader.attributes(body, 8);
            ByteBuffer local = attributes.getOrDefault(IFA_LOCAL, attributes.get(IFA_ADDRESS));
            if (local != null) {
                long metric = NetlinkReader.u32(attributes, IFA_RT_PRIORITY, 0) & 0xffff_ffffL;
                addresses.add(new AddressInfo(body.getInt(4), prefix4(body.get(0), local, body.get(1)),
                        prefix6(body.get(0), local, body.get(1)), metric));
            }
        }
        return addresses;
    }

    public void addAddress4(int index, String name, Ip4Prefix address, long metric) {
        NetlinkWriter writer = address(NEW_ADDRESS, CREATE_EXCLUSIVE, AF_INET, address.lengthBits(), index)
                .attribute(IFA_LOCAL, octets(address.address()))
                .attribute(IFA_ADDRESS, octets(address.address()))
                .attribute(IFA_BROADCAST, octets(address.broadcast()));
        order(withMetric(writer, metric), "cannot give " + name + " the address " + address);
    }

    /** @param deprecated true for an address that the kernel shall never choose as a source by itself */
    public void addAddress6(int index, String name, Ip6Prefix address, long metric,
            boolean skipDuplicateCheck,
            boolean deprecated) {
        NetlinkWriter writer = address(NEW_ADDRESS, CREATE_EXCLUSIVE, AF_INET6, address.lengthBits(), index)
                .attribute(IFA_LOCAL, octets(address.address()))
                .attribute(IFA_ADDRESS, octets(address.address()));
        if (skipDuplicateCheck) {
            writer.attribute32(IFA_FLAGS, IFA_F_NODAD);
        }
        if (deprecated) {
            // Preferred for no time, valid for ever; the two stamps are the kernel's.
            writer.attribute(IFA_CACHEINFO, ByteBuffer.allocate(16).putInt(0).putInt(-1).array());
        }
        order(withMetric(writer, metric), "cannot give " + name + " the address " + address);
    }

    private static NetlinkWriter withMetric(NetlinkWriter writer, long metric) {
        return metric == 0 ? writer : writer.attribute32(IFA_RT_PRIORITY, (int) metric);
    }

    public void deleteAddress4(int index, String name, Ip4Prefix address) {
        order(address(DELETE_ADDRESS, 0, AF_INET, address.lengthBits(), index)
                .attribute(IFA_LOCAL, octets(address.address())), "cannot take " + address + " from " + name);
    }

    public void deleteAddress6(int index, String name, Ip6Prefix address) {
        order(address(DELETE_ADDRESS, 0, AF_INET6, address.lengthBits(), index)
                .attribute(IFA_LOCAL, octets(address.address())), "cannot take " + address + " from " + name);
    }

    private NetlinkWriter address(int type, int flags, int family, int lengthBits, int index) {
        return message(type, REQUEST | ACK | flags).u8(family).u8(lengthBits).u8(0).u8(0).u32(index);
    }

    // Routes

    /** Routes of one table. */
    public List<RouteInfo> routes(int wantedTable) {
        List<RouteInfo> routes = new ArrayList<>();
        for (int family : new int[] {AF_INET, AF_INET6}) {
            NetlinkWriter question = route(GET_ROUTE, DUMP, family, 0, wantedTable, 0, 0, 0);
            for (ByteBuffer body : dump(question, NEW_ROUTE)) {
                Map<Integer, ByteBuffer> attributes = NetlinkReader.attributes(body, 12);
                int table = NetlinkReader.u32(attributes, RTA_TABLE, body.get(4) & 0xff);
                if (table == wantedTable && (body.get(7) & 0xff) == RTN_UNICAST) {
                    routes.add(routeInfo(body, attributes, table));
                }
            }
        }
        return routes;
    }

    private static RouteInfo routeInfo(ByteBuffer body, Map<Integer, ByteBuffer> attributes, int table) {
        boolean four = body.get(0) == AF_INET;
        // The default route has no destination.
        ByteBuffer destination = attributes.getOrDefault(RTA_DST, ByteBuffer.allocate(16));
        ByteBuffer via = attributes.get(RTA_GATEWAY);
        return new RouteInfo(prefix4(body.get(0), destination, body.get(1)),
                prefix6(body.get(0), destination, body.get(1)), via == null || !four ? null : address4(via),
                via == null || four ? null : address6(via), NetlinkReader.u32(attributes, RTA_OIF, 0), table,
                NetlinkReader.u32(attributes, RTA_PRIORITY, 0) & 0xffff_ffffL);
    }

    public void addRoute(RouteInfo route, String name) {
        order(routeOf(route, NEW_ROUTE, CREATE_EXCLUSIVE | ACK), "cannot add the route to "
                + route.text(name));
    }

    /** Puts the route in the place of one with the same {@link RouteInfo#key}, without a moment between. */
    public void replaceRoute(RouteInfo route, String name) {
        order(routeOf(route, NEW_ROUTE, CREATE_OR_REPLACE | ACK), "cannot change the route to "
                + route.text(name));
    }

    /** Removes a route by its key and device. */
    public void deleteRoute(RouteInfo route, String name) {
        order(routeOf(route, DELETE_ROUTE, ACK), "cannot remove the route to " + route.text(name));
    }

    private NetlinkWriter routeOf(RouteInfo route, int type, int flags) {
        boolean four = route.destination4() != null;
        NetlinkWriter writer = route(type, flags, four ? AF_INET : AF_INET6,
                four ? route.destination4().lengthBits() : route.destination6().lengthBits(), route.table(),
                RTPROT_STATIC, four ? scope4(route, type) : 0, RTN_UNICAST);
        writer.attribute(RTA_DST, four ? octets(route.destination4().network())
                : octets(route.destination6().network()))
                .attribute32(RTA_OIF, route.index());
        if (route.via4() != null) {
            writer.attribute(RTA_GATEWAY, octets(route.via4()));
        }
        if (route.via6() != null) {
            writer.attribute(RTA_GATEWAY, octets(route.via6()));
        }
        if (route.metric() != 0) {
            writer.attribute32(RTA_PRIORITY, (int) route.metric());
        }
        return writer;
    }

    /** To remove a route its scope does not matter. */
    private static int scope4(RouteInfo route, int type) {
        return type == DELETE_ROUTE ? SCOPE_NOWHERE : route.via4() == null ? SCOPE_LINK : 0;
    }

    private NetlinkWriter route(
            int type, int flags, int family, int lengthBits, int table, int protocol, int scope, int kind) {
        NetlinkWriter writer = message(type, REQUEST | flags).u8(family).u8(lengthBits).u8(0).u8(0)
                .u8(table <= SMALL_TABLES ? table : 0).u8(protocol).u8(scope).u8(kind).u32(0);
        return writer.attribute32(RTA_TABLE, table);
    }

    // Rules

    public List<RuleInfo> rules() {
        List<RuleInfo> rules = new ArrayList<>();
        for (int family : new int[] {AF_INET, AF_INET6}) {
            for (ByteBuffer body : dump(rule(GET_RULE, DUMP, family, 0, 0, 0), NEW_RULE)) {
                Map<Integer, ByteBuffer> attributes = NetlinkReader.attributes(body, 12);
                // A rule for every source has none.
                ByteBuffer source = attributes.getOrDefault(FRA_SRC, ByteBuffer.allocate(16));
                rules.add(new RuleInfo(prefix4(body.get(0), source, body.get(2)),
                        prefix6(body.get(0), source, body.get(2)),
                        NetlinkReader.u32(attributes, FRA_TABLE, body.get(4) & 0xff),
                        NetlinkReader.u32(attributes, FRA_PRIORITY, 0)));
            }
        }
        return rules;
    }

    public void addRule(RuleInfo rule) {
        order(ruleOf(rule, NEW_RULE, CREATE_EXCLUSIVE | ACK), "cannot add the policy rule " + rule.text());
    }

    public void deleteRule(RuleInfo rule) {
        order(ruleOf(rule, DELETE_RULE, ACK), "cannot remove the policy rule " + rule.text());
    }

    private NetlinkWriter ruleOf(RuleInfo rule, int type, int flags) {
        boolean four = rule.from4() != null;
        int sourceBits = four ? rule.from4().lengthBits() : rule.from6().lengthBits();
        NetlinkWriter writer = rule(type, flags, four ? AF_INET : AF_INET6, sourceBits, rule.table(),
                FR_ACT_TO_TABLE);
        if (sourceBits > 0) {
            writer.attribute(FRA_SRC, four ? octets(rule.from4().address()) : octets(rule.from6().address()));
        }
        if (rule.priority() != 0) {
            writer.attribute32(FRA_PRIORITY, rule.priority());
        }
        return writer.attribute32(FRA_TABLE, rule.table());
    }

    private NetlinkWriter rule(int type, int flags, int family, int sourceBits, int table, int action) {
        return message(type, REQUEST | flags).u8(family).u8(0).u8(sourceBits).u8(0)
                .u8(table <= SMALL_TABLES ? table : 0).u8(0).u8(0).u8(action).u32(0);
    }

    // Octets

    private static Ip4Prefix prefix4(int family, ByteBuffer octets, int lengthBits) {
        return family != AF_INET ? null : new Ip4Prefix(address4(octets), lengthBits & 0xff);
    }

    private static Ip6Prefix prefix6(int family, ByteBuffer octets, int lengthBits) {
        return family != AF_INET6 ? null : new Ip6Prefix(address6(octets), lengthBits & 0xff);
    }

    private static Ip4Address address4(ByteBuffer octets) {
        return new Ip4Address(octets.order(java.nio.ByteOrder.BIG_ENDIAN).getInt(0));
    }

    private static Ip6Address address6(ByteBuffer octets) {
        octets.order(java.nio.ByteOrder.BIG_ENDIAN);
        return new Ip6Address(octets.getLong(0), octets.getLong(8));
    }

    private static byte[] octets(MacAddress mac) {
        byte[] octets = new byte[MacAddress.LENGTH_OCTETS];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) mac.octet(i);
        }
        return octets;
    }

    private static byte[] octets(Ip4Address address) {
        return ByteBuffer.allocate(Ip4Address.LENGTH_OCTETS).putInt(address.bits()).array();
    }

    private static byte[] octets(Ip6Address address) {
        return ByteBuffer.allocate(Ip6Address.LENGTH_OCTETS).putLong(address.high()).putLong(address.low())
                .array();
    }

    // Exchange

    private NetlinkWriter message(int type, int flags) {
        return new NetlinkWriter(type, flags, ++seq);
    }

    /** Sends an order and waits until it is carried out. */
    private void order(NetlinkWriter writer, String what) {
        channel.send(writer.toBytes());
        while (true) {
            for (NetlinkReader.Message message : received()) {
                if (message.seq() == seq && message.type() == TYPE_ERROR) {
                    int error = message.body().getInt(0);
                    if (error != 0) {
                        throw new HostException(what, -error);
                    }
                    return;
                }
            }
        }
    }

    private List<ByteBuffer> dump(NetlinkWriter question, int wanted) {
        channel.send(question.toBytes());
        List<ByteBuffer> bodies = new ArrayList<>();
        while (true) {
            for (NetlinkReader.Message message : received()) {
                if (message.seq() != seq) {
                    continue;
                }
                if (message.type() == TYPE_DONE) {
                    return bodies;
                }
                if (message.type() == TYPE_ERROR) {
                    int error = -message.body().getInt(0);
                    // The table does not exist, or the kernel has no IPv6: there is nothing to list.
                    if (error == Errno.ENOENT || error == Errno.EOPNOTSUPP || error == Errno.EAFNOSUPPORT) {
                        return bodies;
                    }
                    throw new HostException("cannot list the kernel's network configuration", error);
                }
                if (message.type() == wanted) {
                    bodies.add(message.body());
                }
            }
        }
    }

    private List<NetlinkReader.Message> received() {
        byte[] packet = channel.receive();
        if (packet == null) {
            throw new HostException("the kernel's answer (netlink) was longer than its buffer");
        }
        return NetlinkReader.messages(packet);
    }

    @Override
    public void close() {
        channel.close();
    }
}
