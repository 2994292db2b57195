package org.limesh.lime;

/** One value of an option or list, with the place it was written at. */
public record UciValue(String text, Origin origin) {}
