/**
 * Auto-configuration: LibreMesh's configuration layers plus SSID plus MAC give everything a node is.
 *
 * <p>Reads UCI text, lays defaults, community, MAC and node files over each other, fills in templates,
 * and yields a {@link org.limesh.lime.NodePlan}. Knows no engine and opens no file: text comes in,
 * a plan and diagnostics go out. No text makes it throw; sizes are limited by named constants of
 * {@link org.limesh.lime.UciReader}.
 *
 * <pre>
 *  ConfigSource ─→ UciReader ─→ UciFile ─┐
 *  built-in      (grammar, places)       ├─→ LimeConfig ─────→ AutoConfig ─→ NodePlan
 *  lime-community                        │  (layers, origin)    ↑    │
 *  lime-&lt;mac&gt;, lime-node   OptionCheck ──┘         DeviceSet ───┘    └─→ Diagnostic, Explanation
 *
 *  NetworkId   MD5 of a text and one line feed       Cloud        what follows from the SSID alone
 *  Template    %M %m %N %H                           NodeAddress  A/p, A/p/q, reserved addresses
 *  Hardifs     names, MACs, MTUs                     DhcpRange    addresses for clients
 * </pre>
 *
 * <pre>
 *  LimeConfig config = LimeConfig.of(sources, mac).with("lime.wifi.ap_ssid=Plaza");
 *  AutoConfig.Result result = AutoConfig.plan(config, DeviceSet.of(mac, List.of("wlan0-mesh"), List.of("lan1")));
 *  result.diagnostics().forEach(problem -> print(problem.render()));
 *  if (result.plan() != null) ...
 * </pre>
 */
package org.limesh.lime;
