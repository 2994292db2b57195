package org.limesh.batadv;

import java.util.Arrays;

/** All known originators: by MAC, and as a dense list for walks. */
final class OriginatorTable {
    private final LongMap<Originator> byMac = new LongMap<>();
    private Originator[] list = new Originator[16];
    private int count;
    private int planes = 1;

    Originator get(long mac) {
        return byMac.get(mac);
    }

    boolean isFull() {
        return count >= BatadvLimits.ORIGINATORS;
    }

    /** Adds one that is not there yet; the caller has checked {@link #isFull}. */
    Originator add(long mac, long nowNs) {
        Originator originator = new Originator(mac, planes, nowNs);
        if (count == list.length) {
            list = Arrays.copyOf(list, count * 2);
        }
        originator.index = count;
        list[count++] = originator;
        byMac.put(mac, originator);
        return originator;
    }

    /** Takes one out; the last of the list moves into its place. */
    void remove(Originator originator) {
        byMac.remove(originator.mac);
        Originator last = list[--count];
        list[originator.index] = last;
        last.index = originator.index;
        list[count] = null;
    }

    int count() {
        return count;
    }

    Originator at(int index) {
        return list[index];
    }

    int planes() {
        return planes;
    }

    void addPlane() {
        planes++;
        for (int i = 0; i < count; i++) {
            list[i].addPlane();
        }
    }
}
