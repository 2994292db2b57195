package org.limesh.lab.scenario;

/**
 * One thing that is wrong in a scenario file.
 *
 * @param file    as the user named it
 * @param message what is wrong, why, and what to do; may have more lines, which are indented
 */
public record Problem(String file, Position position, String message) {
    @Override
    public String toString() {
        return "error: " + file + ":" + position + ": " + message;
    }
}
