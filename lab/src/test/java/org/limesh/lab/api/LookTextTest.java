package org.limesh.lab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Texts of the looking commands on a line of three nodes. */
class LookTextTest {
    private final SmallWorld small = SmallWorld.line();

    @Test
    void statusOfANodeIsOneScreen() {
        World world = small.world();
        World.NodeView plaza = world.findNode("plaza").orElseThrow();
        assertThat(StatusText.ofNode(world, plaza, small.node("plaza").orElseThrow())).isEqualTo("""
                plaza (02:ca:fe:00:00:01)   up 11.4s   cloud LibreMesh.org
                  addresses   10.13.0.51/16  fd0d:fe46:8ce0::1/64   anycast 10.13.0.1  fd0d:fe46:8ce0::1  aa:aa:aa:0d:fe:aa
                  layer 2     batman-adv IV on wlan0-mesh_29     1 neighbour  2 originators  1 client
                  layer 3     none: this node reaches its own cloud only
                  leases      1 given by this node
                """);
    }

    @Test
    void statusOfALabSaysTimeAndConvergence() {
        assertThat(StatusText.ofLab(small.world())).isEqualTo("""
                limesh 0.1.0   lab "barrio"   3 nodes  1 cloud  2 clients   seed 1
                  time        0:11.400   1x
                  state       converged after 11.4s   leases 2/2
                """);
    }

    @Test
    void clientsTellWhereTheyRoamed() throws LabControl.Refused {
        small.roam("ana-phone", "cuesta");
        small.advance(8_000_000_000L);
        assertThat(Tables.clients(small.world(), java.util.List.of()).toText(true)).isEqualTo("""
                CLIENT     MAC                IPV4         NODE     SINCE  LAST ROAM          GAP   RX/TX
                ana-phone  02:11:22:33:44:01  10.13.100.7  cuesta   8.0s   plaza>cuesta 8.0s  48ms  1.2M/90k
                beto       02:11:22:33:44:02  10.13.100.8  mercado  9.4s   -                  -     1.2M/90k
                """);
    }

    @Test
    void linksShowBothDirections() {
        assertThat(Tables.links(small.world(), java.util.List.of("mercado")).toText(false))
                .isEqualTo("cuesta-mercado  cuesta:wlan0-mesh_29  mercado:wlan0-mesh_29  radio  up  140/127  5.1%/12.0%\n");
    }

    @Test
    void nodesThatAreDownSaySo() {
        small.fail("cuesta");
        assertThat(Tables.nodes(small.world()).toText(false)).contains(
                "cuesta   02:ca:fe:00:00:02  A  down  10.13.0.52/16  fd0d:fe46:8ce0::2/64  0  0");
    }

    @Test
    void eventsAreOneLineEach() {
        assertThat(Tables.events(small.events().since(0, 10)).toText(true)).isEqualTo("""
                TIME      NODE   KIND              WHAT
                0:01.000  plaza  batadv.neighbour  hears cuesta on wlan0-mesh_29
                0:02.000  plaza  access.lease      gives 10.13.100.7 to ana-phone: new
                """);
    }

    @Test
    void csvQuotesWhatNeedsIt() {
        assertThat(new Table("A", "B").row("x,y", "say \"no\"").toCsv(true))
                .isEqualTo("A,B\n\"x,y\",\"say \"\"no\"\"\"\n");
    }

    @Test
    void aPathNamesEveryHopThereAndBack() {
        PathFinder.Result path = PathFinder.find(small, "ana-phone", "10.13.100.8");
        assertThat(path.reachable()).isTrue();
        assertThat(PathFinder.text(path)).isEqualTo("""
                going   ana-phone > plaza   attached here
                        > cuesta > mercado  layer 2 (batman-adv), TQ 221 255
                        > beto              client of mercado by translation table, TTVN 14
                back    beto > mercado    attached here
                        > cuesta > plaza  layer 2 (batman-adv), TQ 221 255
                        > ana-phone       client of plaza by translation table, TTVN 14
                """);
    }

    @Test
    void aPathToTheGatewayEndsAtTheNodeTheClientIsAttachedTo() {
        PathFinder.Result path = PathFinder.find(small, "ana-phone", "anycast");
        assertThat(path.reachable()).isTrue();
        assertThat(PathFinder.text(path)).startsWith("going   ana-phone > plaza  to anycast aa:aa:aa:0d:fe:aa, taken here");
    }

    @Test
    void aPathThatEndsInTheMiddleSaysWhere() {
        small.fail("link cuesta-mercado");
        PathFinder.Result path = PathFinder.find(small, "ana-phone", "beto");
        assertThat(path.reachable()).isFalse();
        assertThat(PathFinder.text(path)).contains("> mercado          plaza knows no way to mercado");
    }

    @Test
    void aPathOutOfTheCloudIsHonest() {
        assertThat(PathFinder.text(PathFinder.find(small, "ana-phone", "198.51.100.9")))
                .contains("198.51.100.9", "plaza has no layer 3: this node reaches its own cloud only");
        assertThatThrownBy(() -> PathFinder.find(small, "ana-fone", "beto"))
                .hasMessage("no node or client 'ana-fone' (did you mean 'ana-phone'?)");
    }

    @Test
    void durationsAndSizesReadLikeAPersonWouldSayThem() {
        assertThat(Units.duration(312_000_000)).isEqualTo("312ms");
        assertThat(Units.duration(8_200_000_000L)).isEqualTo("8.2s");
        assertThat(Units.duration(184_000_000_000L)).isEqualTo("3m04s");
        assertThat(Units.duration(7_500_000_000_000L)).isEqualTo("2h05m");
        assertThat(Units.duration(273_600_000_000_000L)).isEqualTo("3d04h");
        assertThat(Units.octets(90)).isEqualTo("90");
        assertThat(Units.octets(1_200_000)).isEqualTo("1.2M");
        assertThat(Units.octets(90_000)).isEqualTo("90k");
        assertThat(Units.octets(-1)).isEqualTo("-");
    }

    @Test
    void theLogForgetsTheOldestAndKeepsCounting() {
        EventLog log = new EventLog(3);
        for (int at = 1; at <= 5; at++) {
            log.append(at, "", "k", "event " + at);
        }
        assertThat(log.lastSeq()).isEqualTo(5);
        assertThat(log.since(0, 100)).extracting(EventRecord::seq).containsExactly(3L, 4L, 5L);
        assertThat(log.since(4, 100)).extracting(EventRecord::text).containsExactly("event 5");
        assertThat(log.since(0, 1)).extracting(EventRecord::seq).containsExactly(5L);
        assertThat(log.since(9, 100)).isEmpty();
    }
}
