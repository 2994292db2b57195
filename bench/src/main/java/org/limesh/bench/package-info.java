/**
 * Measurements of the whole program beside peers, in one run and as ratios: absolute figures depend on the machine.
 *
 * <pre>
 *   bench/run             all, as one Markdown table
 *   bench/run sim queue   some: sim, queue, ogm, data
 * </pre>
 *
 * <p>Refuses: to be part of any test run; to print a figure without saying what it is compared with.
 */
package org.limesh.bench;
