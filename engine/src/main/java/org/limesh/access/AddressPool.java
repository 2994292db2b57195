package org.limesh.access;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;
import org.limesh.base.Invariant;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * Which address a new client gets: the one that dnsmasq would give.
 *
 * <p>Every node of a cloud computes the same address from the client's MAC, so nodes agree in nearly all
 * cases without talking, also with nodes that run dnsmasq. Among nodes that share the pool in slices, the
 * hash decides within the own slices only.
 */
final class AddressPool {
    private static final int CLASS_C_BITS = 0b110;

    private final Ip4Address first;
    private final long sizeAddresses;
    private final Set<Ip4Address> reserved;

    AddressPool(DhcpConfig config) {
        this.first = config.first();
        this.sizeAddresses = (config.last().bits() & 0xffff_ffffL) - (config.first().bits() & 0xffff_ffffL) + 1;
        Invariant.check(sizeAddresses >= 1, "the pool's first address is not behind its last");
        Invariant.check(sizeAddresses <= Integer.MAX_VALUE, "a pool is at most half of the Internet");
        this.reserved = new HashSet<>(config.reserved());
        reserved.add(config.server().address());
    }

    /** Addresses from the first to the last, reserved ones included. */
    long sizeAddresses() {
        return sizeAddresses;
    }

    /** Addresses that a client may get. */
    long usableAddresses() {
        return sizeAddresses - reserved.stream().filter(this::spans).count();
    }

    private boolean spans(Ip4Address address) {
        return (address.bits() - first.bits() & 0xffff_ffffL) < sizeAddresses;
    }

    /** True for an address that a client may get. */
    boolean contains(Ip4Address address) {
        return spans(address) && !reserved.contains(address);
    }

    /** SDBM hash over the octets of the MAC, unsigned 32 bit. */
    static long hash(MacAddress mac) {
        int hash = 0;
        for (int i = 0; i < MacAddress.LENGTH_OCTETS; i++) {
            hash = mac.octet(i) + (hash << 6) + (hash << 16) - hash;
        }
        return hash & 0xffff_ffffL;
    }

    /** The address that the hash points to, whether free or not. */
    Ip4Address preferred(MacAddress mac) {
        return first.plus((int) (hash(mac) % sizeAddresses));
    }

    /** Part of the pool, 0 to {@value Slices#COUNT} exclusive, that an address of the pool lies in. */
    int sliceOf(Ip4Address address) {
        return sliceAt(address.bits() - first.bits() & 0xffff_ffffL);
    }

    /** Place of an address in the pool. */
    int indexOf(Ip4Address address) {
        return address.bits() - first.bits();
    }

    private int sliceAt(long index) {
        return (int) (index * Slices.COUNT / sizeAddresses);
    }

    /** Index of the first address of a slice; that of the next slice when it has none. */
    private long firstOf(int slice) {
        return (slice * sizeAddresses + Slices.COUNT - 1) / Slices.COUNT;
    }

    /**
     * The first free address from the preferred one upwards, going round at the end; null when there is
     * none. Where the preferred one lies in a slice that may not be used, the walk begins in a usable slice,
     * which the same hash chooses, at the same place.
     *
     * @param taken places that are not free
     */
    Ip4Address choose(MacAddress mac, IntPredicate mayUse, BitSet taken) {
        long start = start(mac, mayUse);
        if (start < 0) {
            return null;
        }
        Ip4Address above = firstFree(start, sizeAddresses, mayUse, taken);
        return above != null ? above : firstFree(0, start, mayUse, taken);
    }

    private Ip4Address firstFree(long from, long to, IntPredicate mayUse, BitSet taken) {
        long index = from;
        while ((index = taken.nextClearBit((int) index)) < to) {
            int slice = sliceAt(index);
            Ip4Address candidate = first.plus((int) index);
            if (!mayUse.test(slice)) {
                index = firstOf(slice + 1);
            } else if (!reserved.contains(candidate) && !upsetsOldClients(candidate)) {
                return candidate;
            } else {
                index++;
            }
        }
        return null;
    }

    private long start(MacAddress mac, IntPredicate mayUse) {
        long hash = hash(mac);
        long preferred = hash % sizeAddresses;
        if (mayUse.test(sliceAt(preferred))) {
            return preferred;
        }
        int usable = 0;
        for (int slice = 0; slice < Slices.COUNT; slice++) {
            usable += isUsable(slice, mayUse) ? 1 : 0;
        }
        if (usable == 0) {
            return -1;
        }
        long nth = hash % usable;
        int slice = 0;
        while (!isUsable(slice, mayUse) || nth-- > 0) {
            slice++;
        }
        long offset = preferred - firstOf(sliceAt(preferred));
        return firstOf(slice) + offset % (firstOf(slice + 1) - firstOf(slice));
    }

    private boolean isUsable(int slice, IntPredicate mayUse) {
        return firstOf(slice + 1) > firstOf(slice) && mayUse.test(slice);
    }

    /** Some Windows versions refuse .0 and .255 in the old class C range, whatever the mask. */
    private static boolean upsetsOldClients(Ip4Address address) {
        int last = address.bits() & 0xff;
        return address.bits() >>> 29 == CLASS_C_BITS && (last == 0 || last == 0xff);
    }
}
