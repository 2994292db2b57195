/**
 * Scenario files: {@code *.lab.yaml} read into an immutable {@link org.limesh.lab.scenario.Scenario}.
 *
 * <p>Reads by the YAML 1.2 core rules and takes every scalar as its text, so that positions, MACs made of
 * digits and SSIDs like {@code no} survive unquoted. Collects every problem of a file in one run, each with
 * file, line, column and, where a word is close to a known one, a suggestion.
 *
 * <p>Refuses: to run anything, to know the simulator, to touch a file other than the scenario and what its
 * {@code community:} names.
 *
 * <pre>
 *  text ──→ YamlReader ──→ YamlValue tree with positions ──→ ScenarioReader ──→ Scenario
 *                                                       │   TopologyReader
 *                                                       │   TimelineReader       └→ Problems
 * </pre>
 */
package org.limesh.lab.scenario;
