package org.limesh.linux.reconcile;

/**
 * One thing that was changed on this machine.
 *
 * @param text   for people
 * @param repair true when it was wanted before already: somebody else had changed it, or it had gone away
 */
public record Change(String text, boolean repair) {}
