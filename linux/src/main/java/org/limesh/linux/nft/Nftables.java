package org.limesh.linux.nft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.limesh.host.FilterRule;
import org.limesh.host.HostState;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.ffi.NftLibrary;

/** The filter rules in force. Uses libnftables, else the program nft. One thread. */
public final class Nftables {
    private static final String LIST = "list table bridge " + NftCompiler.TABLE;

    private final Optional<NftLibrary> library = NftLibrary.load();

    /** How rules are loaded, for people. */
    public String how() {
        return library.isPresent() ? "libnftables" : "the program nft";
    }

    /**
     * Loads the rules and reads them back.
     *
     * @param ports of our bridge
     * @return the table as the kernel has it now
     * @throws HostException when they cannot be loaded, or what is in force is something else
     */
    public NftTable load(List<FilterRule> rules, Set<String> ports) {
        NftLibrary.Outcome outcome = run(NftCompiler.compile(rules, ports));
        if (!outcome.good()) {
            throw new HostException(
                    "the filter rules were refused, so the node would leak its anycast gateway:\n  "
                    + outcome.error().strip().replace("\n", "\n  "));
        }
        NftTable table = read().orElseThrow(
                () -> new HostException("the filter rules were loaded but are not there"));
        String fault = table.differsFrom(rules);
        if (fault != null) {
            throw new HostException("the filter rules in force are not those that were loaded: " + fault);
        }
        return table;
    }

    /** Our table, or empty when there is none. */
    public Optional<NftTable> read() {
        NftLibrary.Outcome outcome = run(LIST);
        return outcome.good() ? Optional.of(NftTable.parse(outcome.output())) : Optional.empty();
    }

    /** Removes our table if it is there. */
    public void remove() {
        run("add table bridge " + NftCompiler.TABLE + "\ndelete table bridge " + NftCompiler.TABLE + "\n");
    }

    /**
     * Loads the rules for forwarded packets and reads them back.
     *
     * @throws HostException when they cannot be loaded, or what is in force is something else
     */
    public NatTable loadNat(HostState desired) {
        String text = NatTable.compile(desired);
        removeMarks();
        NftLibrary.Outcome outcome = run(text);
        if (!outcome.good()) {
            throw new HostException("the rules for forwarded packets were refused:\n  "
                    + outcome.error().strip().replace("\n", "\n  ")
                    + "\n  modprobe nft_masq nf_nat nft_chain_nat     (kernel options CONFIG_NFT_MASQ, "
                    + "CONFIG_NFT_NAT)");
        }
        List<String> there = readNat(text).orElseThrow(
                () -> new HostException("the rules for forwarded packets were loaded but are not there"));
        List<String> names = NatTable.names(text);
        if (!names.equals(NatTable.names(String.join("\n", there)))) {
            throw new HostException(
                    "the rules for forwarded packets in force are not those that were loaded");
        }
        return new NatTable(text, names, there);
    }

    /** What is left of that text as printed, counts left out; empty when a table of it is gone. */
    public Optional<List<String>> readNat(String text) {
        List<String> lines = new ArrayList<>();
        // One by one: nft does not find tables of two families in one go.
        for (String table : NatTable.tables(text)) {
            NftLibrary.Outcome outcome = run("list table " + table);
            if (!outcome.good()) {
                return Optional.empty();
            }
            lines.addAll(NatTable.lines(outcome.output()));
        }
        return Optional.of(lines);
    }

    /** Removes it if it is there. */
    public void removeNat() {
        run("add table " + NatTable.TABLE + "\ndelete table " + NatTable.TABLE + "\n");
        removeMarks();
    }

    private void removeMarks() {
        run("delete table " + NatTable.MARKS);
    }

    /** Whether the kernel can translate addresses; asks without changing anything that lasts. */
    public Optional<String> whyNoNat() {
        String probe = "inet limesh_probe";
        NftLibrary.Outcome outcome = run("table " + probe
                + " {\n  chain c {\n    type nat hook postrouting priority 100;\n"
                + "    oifname \"/none\" masquerade\n  }\n}\ndelete table " + probe + "\n");
        return outcome.good() ? Optional.empty() : Optional.of(outcome.error().strip());
    }

    /** Whether the kernel takes a rule of family bridge at all; asks without loading anything. */
    public Optional<String> whyNot() {
        String probe = "limesh_probe";
        NftLibrary.Outcome outcome = run("table bridge " + probe
                + " {\n  chain c {\n    type filter hook forward priority 0;\n"
                + "    iifname \"x\" counter drop\n  }\n}\ndelete table bridge " + probe + "\n");
        return outcome.good() ? Optional.empty() : Optional.of(outcome.error().strip());
    }

    private NftLibrary.Outcome run(String commands) {
        return library.isPresent() ? library.get().run(commands) : runProgram(commands);
    }

    private static NftLibrary.Outcome runProgram(String commands) {
        try {
            Process nft = new ProcessBuilder(List.of("nft", "-f", "-")).start();
            nft.getOutputStream().write(commands.getBytes(StandardCharsets.UTF_8));
            nft.getOutputStream().close();
            String output = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String error = new String(nft.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            return new NftLibrary.Outcome(nft.waitFor() == 0, output, error);
        } catch (IOException absent) {
            return new NftLibrary.Outcome(false, "",
                    "neither libnftables.so.1 nor the program nft is here: apt install nftables");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new NftLibrary.Outcome(false, "", "interrupted");
        }
    }
}
