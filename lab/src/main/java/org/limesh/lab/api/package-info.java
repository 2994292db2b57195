/**
 * The one interface to look at a laboratory or at a node: everything that page, command line, exports and
 * programs read goes through here, and a node shows the same screens as a laboratory.
 *
 * <pre>
 *   lab session ┐                       ┌─ HTTP on loopback   (page, curl, Prometheus)
 *               ├─ WorldView ─ ApiHandler
 *   node daemon ┘   LabControl          └─ unix socket limesh.sock (command line)
 * </pre>
 *
 * <p>Refuses: to touch live tables. Whoever implements {@link org.limesh.lab.api.WorldView} hands out
 * immutable records; the threads of readers never meet the thread that runs the mesh.
 */
package org.limesh.lab.api;
