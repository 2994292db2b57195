#!/bin/bash
# Makes dnsmasq.pcap with dnsmasq, the Linux kernel, rdisc6 and dhclient in two network namespaces.
# As root: ./capture.sh OUTPUT_FOLDER. Needs dnsmasq, ndisc6, isc-dhcp-client, tcpdump. Takes half a minute.
# The server's device stands for anygw: MAC aa:aa:aa:0d:fe:aa, address fd0d:fe46:8ce8::1/64.
set -u
out=$(realpath "$1"); tmp=$(mktemp -d); S=ra-s C=ra-c
pids=()
cleanup() { for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done; ip netns del $S; ip netns del $C; rm -rf "$tmp"; }
trap cleanup EXIT; trap 'exit 1' INT TERM
ip netns add $S; ip netns add $C
ip -n $S link add anygw address aa:aa:aa:0d:fe:aa type veth peer name eth0 netns $C
ip -n $C link set eth0 address 02:aa:00:00:00:01
ip -n $S link set anygw up; ip -n $S link set lo up; ip -n $C link set lo up
ip -n $S addr add fd0d:fe46:8ce8::1/64 dev anygw nodad
s="ip netns exec $S" c="ip netns exec $C"
$s sysctl -qw net.ipv6.conf.all.forwarding=1
$s tcpdump -U -i anygw -w "$out/dnsmasq.pcap" \
    '(icmp6 and (ip6[40] == 133 or ip6[40] == 134)) or udp port 547' 2>/dev/null & pids+=($!)
$s dnsmasq --no-daemon --conf-file=/dev/null --interface=anygw --bind-dynamic --no-resolv --no-hosts --leasefile-ro \
    --enable-ra --domain=thisnode.info --dhcp-range=fd0d:fe46:8ce8::,ra-stateless,ra-names,64,24h \
    --ra-param=anygw,mtu:1350,120 --dhcp-option=option6:domain-search,thisnode.info >"$tmp/log" 2>&1 & pids+=($!)
sleep 1; ip -n $C link set eth0 up; sleep 6
$c rdisc6 -1 -w 2000 eth0
dh="-1 -v -d -sf /bin/true -cf /dev/null"
$c timeout 20 dhclient -6 -S $dh -lf "$tmp/l1" -pf "$tmp/p1" eth0
$c timeout 4 dhclient -6 -N $dh -lf "$tmp/l2" -pf "$tmp/p2" eth0
sleep 1
