package org.limesh.linux.reconcile;

import org.limesh.host.HostState.Link;

/**
 * Makes interfaces whose other end is this program: the mesh, and what the kernel could do itself but this
 * one
 * does not.
 */
public interface DeviceMaker {
    /** Makes the interface that our batman-adv engine is behind. */
    void mesh(String name);

    /** Makes a TAP whose frames leave with the VLAN's tag on the parent. */
    void vlan(Link.Vlan wanted);

    /** Makes a TUN whose packets are wrapped and unwrapped by us. */
    void tunnel(Link.Tunnel wanted);

    /** The outer addresses of a TUN that is there may have changed. */
    void change(Link.Tunnel wanted);

    /** Gives up the other end: then the interface goes away. */
    void remove(String name);
}
