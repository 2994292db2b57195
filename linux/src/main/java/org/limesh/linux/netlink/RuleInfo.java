package org.limesh.linux.netlink;

import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;

/** "Packets from this source look into that table." Exactly one of the sources is set. */
public record RuleInfo(Ip4Prefix from4, Ip6Prefix from6, int table) {}
