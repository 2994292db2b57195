package org.limesh.app;

import picocli.CommandLine.IVersionProvider;

/** Which limesh this is. */
final class Version implements IVersionProvider {
    static String text() {
        return "limesh " + org.limesh.lab.Version.TEXT + "   Java " + Runtime.version().feature() + "   "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
