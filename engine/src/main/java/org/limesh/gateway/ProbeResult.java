package org.limesh.gateway;

/**
 * What came of a {@link Probe}.
 *
 * @param id      of the probe
 * @param ok      whether the answer is what the Internet would say
 * @param afterMs how long it took
 * @param detail  for people, e.g. {@code no answer in 2 s} or {@code a portal answered: 302 to http://login.example/}
 */
public record ProbeResult(int id, boolean ok, long afterMs, String detail) {}
