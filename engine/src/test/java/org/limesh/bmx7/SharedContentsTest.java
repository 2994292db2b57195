package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.bmx7.TestMesh.Node;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.TrustEntry;

/** Contents are named by their hash, so descriptions of several nodes may refer to the very same ones. */
class SharedContentsTest {
    /** The same long list on every node of a community: too long for a description, so it becomes contents. */
    @Test
    void nodesWithTheSameListOfTrustedNodesAreAllLearntThoughTheListIsAskedForOnce() {
        TestMesh mesh = new TestMesh();
        TestMesh.Link switched = new TestMesh.Link(mesh, LinkLayer.LAN, 0);
        List<TrustEntry> community = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            switched.join(mesh.node());
            community.add(new TrustEntry(mesh.get(i).key.publicKey().nodeId(), 2));
        }
        for (int i = 0; i < 120; i++) {
            community.add(new TrustEntry(Hash.of(new byte[] {(byte) i}), 2));
        }
        mesh.nodes.forEach(node -> node.trusts = community);
        mesh.nodes.forEach(Node::start);
        assertThat(mesh.secondsUntil(mesh::allRoutes, 30)).isBetween(0.0, 30.0);
    }
}
