#!/bin/bash
# Makes the captures of this folder with genuine clients and dnsmasq in two network namespaces.
# As root: ./capture.sh OUTPUT_FOLDER. Needs udhcpc, dhclient, dhcpcd, systemd-networkd, dnsmasq, tcpdump.
# The server's device stands for anygw: MAC aa:aa:aa:0d:fe:aa, address 10.13.0.1/16. Takes three minutes.
set -u
out=$(realpath "$1"); tmp=$(mktemp -d); S=acc-s C=acc-c
pids=()
cleanup() { for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done; ip netns del $S; ip netns del $C; rm -rf "$tmp"; }
trap cleanup EXIT; trap 'exit 1' INT TERM
ip netns add $S; ip netns add $C
ip -n $S link add anygw address aa:aa:aa:0d:fe:aa type veth peer name eth0 netns $C
ip -n $S addr add 10.13.0.1/16 dev anygw; ip -n $S link set anygw up; ip -n $S link set lo up
ip -n $C link set lo up
# "ip" becomes the command, so $! of a background job is the command's own process.
c="ip netns exec $C" s="ip netns exec $S"

serve() { # LEASE_TIME
    $s dnsmasq --no-daemon --conf-file=/dev/null --port=0 --interface=anygw --bind-interfaces --no-ping \
        --dhcp-range=10.13.0.2,10.13.255.254,255.255.0.0,"$1" --dhcp-option=option:mtu,1350 \
        --dhcp-option=option:dns-server,10.13.0.1 --domain=thisnode.info --dhcp-authoritative \
        --dhcp-leasefile="$tmp/leases" --dhcp-broadcast=tag:none >"$tmp/dnsmasq.log" 2>&1 &
    server=$!; pids+=($server); sleep 0.7
}
unserve() { kill $server; wait $server 2>/dev/null; }
client() { ip -n $C link set eth0 down; ip -n $C addr flush dev eth0; ip -n $C link set eth0 address "$1" up; }
record() { $c tcpdump -U -i eth0 -w "$out/$1.pcap" "${2:-udp port 67 or udp port 68}" 2>/dev/null & dump=$!; pids+=($dump); sleep 0.7; }
stop_record() { sleep 0.7; kill $dump; wait $dump 2>/dev/null; }

cat >"$tmp/udhcpc.sh" <<'X'
#!/bin/sh
case "$1" in
    bound|renew) ip addr flush dev eth0; ip addr add "$ip/$mask" dev eth0;;
    deconfig) ip addr flush dev eth0;;
esac
X
cat >"$tmp/dhclient.sh" <<'X'
#!/bin/sh
case "$reason" in
    BOUND|RENEW|REBIND|REBOOT) ip addr flush dev eth0; ip addr add "$new_ip_address/16" dev eth0;;
    RELEASE|EXPIRE|FAIL|STOP) ip addr flush dev eth0;;
esac
exit 0
X
chmod +x "$tmp"/*.sh

serve 3600
# udhcpc: DISCOVER, REQUEST, then a renewal (unicast) and a release
client 02:aa:00:00:00:01; record udhcpc
$c udhcpc -i eth0 -f -O mtu -O search -x hostname:phone1 -s "$tmp/udhcpc.sh" >/dev/null 2>&1 & u=$!; pids+=($u)
sleep 2; kill -USR1 $u; sleep 2; kill -USR2 $u; sleep 1; kill $u; stop_record

# dhclient: full exchange, then again with the lease file (INIT-REBOOT), then a release
client 52:54:00:aa:bb:01; record dhclient
echo 'send host-name "laptop2"; request subnet-mask, broadcast-address, routers, domain-name, domain-name-servers, interface-mtu;' >"$tmp/dhclient.conf"
dh() { $c dhclient -4 -1 -v -sf "$tmp/dhclient.sh" -lf "$tmp/dhclient.leases" -pf "$tmp/dhclient.pid" -cf "$tmp/dhclient.conf" "$@" eth0 >/dev/null 2>&1; }
touch "$tmp/dhclient.leases"; dh; kill "$(cat "$tmp/dhclient.pid")"; sleep 1; ip -n $C addr flush dev eth0
dh; sleep 1; dh -r; stop_record

# dhcpcd: probes the address before use (RFC 5227)
client a8:40:41:1f:73:a8; record dhcpcd "udp port 67 or udp port 68 or arp"
dc() { $c unshare -m sh -c 'mount -t tmpfs t /run; mkdir -p /var/lib/dhcpcd; mount -t tmpfs t /var/lib/dhcpcd; exec "$@"' sh \
    timeout -s INT 25 dhcpcd -B -d -4 -t 20 -C resolv.conf -f /dev/null -i dhcpcd-9.4.1 -h camera3 \
    -o domain_name_servers -o domain_name -o interface_mtu "$@" eth0 >"$tmp/dhcpcd.log" 2>&1; }
dc & d=$!; sleep 9; stop_record; wait $d
# dhcpcd meets somebody who already has its address, declines, and is given another one
client a8:40:41:1f:73:a9; : >"$tmp/leases"; unserve; serve 3600
record dhcpcd-decline "udp port 67 or udp port 68 or arp"
dc & d=$!
for i in $(seq 40); do # the intruder takes whatever is offered, as soon as dnsmasq logs it
    ip4=$(sed -n 's/.*DHCPOFFER(anygw) \([0-9.]*\).*/\1/p' "$tmp/dnsmasq.log" | head -1); [ -n "$ip4" ] && break; sleep 0.1
done
ip -n $S addr add "$ip4/32" dev anygw; sleep 14; stop_record; wait $d; ip -n $S addr del "$ip4/32" dev anygw

# systemd-networkd, as on many Linux phones and laptops
# (the server starts anew: after a DECLINE dnsmasq shifts its choice by one for everybody)
client 02:aa:00:00:00:05; unserve; : >"$tmp/leases"; serve 3600; record networkd
mkdir -p "$tmp/net"
printf '[Match]\nName=eth0\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\n[DHCPv4]\nUseMTU=yes\nClientIdentifier=mac\nHostname=tablet5\n' >"$tmp/net/10.network"
$c unshare -m sh -c 'mount -t tmpfs t /run; mkdir -p /run/systemd/network /run/systemd/netif; cp "$1"/net/* /run/systemd/network/
    mount --bind /sys /sys; mount -o remount,ro,bind /sys; exec timeout 6 /usr/lib/systemd/systemd-networkd' sh "$tmp" >"$tmp/networkd.log" 2>&1
stop_record; unserve

# udhcpc loses its server: renewals in vain, then REBINDING answered by a server that has no record of it
client 02:aa:00:00:00:07; serve 120; record udhcpc-rebind
$c udhcpc -i eth0 -f -s "$tmp/udhcpc.sh" >/dev/null 2>&1 & u=$!; pids+=($u)
sleep 3; unserve; sleep 90; : >"$tmp/leases"; serve 120; sleep 25; stop_record; kill $u
