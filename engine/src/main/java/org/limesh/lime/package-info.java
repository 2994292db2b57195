/**
 * Auto-configuration: LibreMesh's configuration layers plus SSID plus MAC give everything a node is.
 *
 * <p>Reads UCI text, lays defaults, community, MAC and node files over each other, fills in templates,
 * and yields a {@link org.limesh.lime.NodePlan}. Knows no engine and opens no file: text comes in,
 * a plan and diagnostics go out.
 *
 * <pre>
 *  lime-defaults ─┐
 *  lime-community ├─ layers ─→ effective options ─┐
 *  lime-&lt;mac&gt;     │                              ├─ AutoConfig ─→ NodePlan
 *  lime-node ─────┘          primary MAC, devices ┘
 * </pre>
 */
package org.limesh.lime;
