package org.limesh.lab.api;

/**
 * Something that happened, with its reason, for people.
 *
 * @param seq    1, 2, 3 ... within one run
 * @param timeNs same clock as {@link World#timeNs}
 * @param node   name of the node, or empty when it concerns the whole
 * @param kind   dotted, stable, for filters: {@code batadv.route}, {@code access.lease}, {@code lab.roam}
 * @param text   one sentence without a final full stop
 */
public record EventRecord(long seq, long timeNs, String node, String kind, String text) {}
