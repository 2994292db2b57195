package org.limesh.batadv;

import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;

/** The last step: a client frame goes out of the mesh interface. */
final class ClientDelivery {
    private final Mesh mesh;
    private final GlobalTranslationTable global;
    private final Counter delivered;
    private final Counter meshInMesh;

    ClientDelivery(Mesh mesh, GlobalTranslationTable global) {
        this.mesh = mesh;
        this.global = global;
        this.delivered = mesh.counter("batadv.delivered");
        this.meshInMesh = mesh.counter("drop.batadv.mesh_in_mesh");
    }

    /**
     * Delivers what lies between {@code at} and {@code limit}.
     *
     * @param from originator to learn the frame's source from before it is announced ("speedy join"), or null
     */
    void deliver(Originator from, byte[] octets, int at, int limit, long nowNs) {
        if (InnerFrame.isMeshTraffic(octets, at, limit)) {
            meshInMesh.increment();
            return;
        }
        long source = InnerFrame.source(octets, at);
        if (from != null && source != 0 && !MacAddress.isMulticast(source)) {
            int ttvn = GlobalTranslationTable.tableOf(from).ttvn;
            global.add(from, TtKey.of(source, InnerFrame.vid(octets, at, limit)), TtFlags.TEMPORARY, ttvn,
                    nowNs);
        }
        delivered.increment();
        mesh.out.deliver(Frame.wrap(octets, at, limit - at));
    }
}
