package org.limesh.lime;

/**
 * One configuration file, already read by whoever may touch the disk.
 *
 * @param name what messages call it, e.g. {@code lime-community}; a leading folder is allowed and ignored
 *             when the layer is chosen
 * @param text the whole text; line ends may be LF or CRLF
 */
public record ConfigSource(String name, String text) {
    /** The file's name without folders: it decides the layer. */
    public String baseName() {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
