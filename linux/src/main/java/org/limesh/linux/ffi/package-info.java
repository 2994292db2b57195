/**
 * The kernel's door: system calls through {@code java.lang.foreign}. Everything that could break memory
 * stays in here; outside, a descriptor is a number inside an object and a buffer is a {@code byte[]}.
 *
 * <pre>
 *   PacketSocket   frames of a device, up to 64 per call        NetlinkChannel  questions to the kernel
 *   TapDevice      our end of a TAP or TUN interface            NftLibrary      libnftables, when there
 *   UdpSocket6     datagrams of one device                      RawSocket6      whole IPv6 packets
 *   Poller         sleeps until a descriptor or a wake-up       UdpHolder       a port that is only held
 * </pre>
 *
 * <p>Refuses: to know a protocol or a node. A call that the kernel refuses is a {@link HostException} when
 * it is part of setting up, and a negative error number when it is part of moving frames.
 */
package org.limesh.linux.ffi;
