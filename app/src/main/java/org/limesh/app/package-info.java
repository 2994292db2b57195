/**
 * The command {@code limesh}: reads files and arguments, calls the other rooms, prints.
 *
 * <p>Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 the answer is no,
 * 2 wrong use or wrong file, 3 this machine lacks something, 4 nothing runs to talk to, 130 interrupted.
 *
 * <pre>
 *  arguments ─→ command ─→ ConfigFiles ─→ engine | sim | lab | linux ─→ text or JSON
 * </pre>
 */
package org.limesh.app;
