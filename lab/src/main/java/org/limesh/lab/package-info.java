/**
 * The laboratory: scenarios run in virtual time and judged, or in real time and watched.
 *
 * <pre>
 *  Scenario ──→ Laboratory (simulation + names) ──→ ScenarioRunner ──→ ScenarioResult ──→ ResultText, JUnitXml
 *                    │                                  └ Judge per assertion
 *                    └──→ LabSession (one thread, RealTimePacer) ──→ World records, events, commands
 * </pre>
 *
 * <p>Refuses: to decide anything that a node decides; to touch a simulation from a second thread.
 */
package org.limesh.lab;
