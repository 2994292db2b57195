package org.limesh.lime;

/**
 * LibreMesh's own values for every general option, as configuration text. They are the lowest layer, so a
 * node without any file is a member of the cloud "LibreMesh.org".
 */
final class LimeDefaults {
    /** The name that {@code config show --origin} prints for these values. */
    static final String NAME = "built-in";

    static final ConfigSource SOURCE = new ConfigSource(NAME, """
            config lime 'system'
                option hostname 'LiMe-%M4%M5%M6'
                option domain 'thisnode.info'
                option keep_on_upgrade 'libremesh dropbear minimum-essential /etc/sysupgrade.conf'
                option root_password_policy 'DO_NOTHING'
                option firstbootwizard_configured 'false'
                option firstbootwizard_dismissed 'false'

            config lime 'network'
                option primary_interface 'eth0'
                option main_ipv4_address '10.%N1.0.0/16'
                option main_ipv6_address 'fd%N1:%N2%N3:%N4%N5::/64'
                option anygw_dhcp_start '2'
                option anygw_dhcp_limit '0'
                option anygw_mac 'aa:aa:aa:%N1:%N2:aa'
                list protocols 'ieee80211s'
                list protocols 'lan'
                list protocols 'anygw'
                list protocols 'batadv:%N1'
                list protocols 'olsr:14'
                list protocols 'olsr6:15'
                list protocols 'olsr2:16'
                list protocols 'babeld:17'
                list protocols 'bmx7:18'
                list resolvers '4.2.2.2'
                list resolvers '141.1.1.1'
                list resolvers '2001:470:20::2'
                option bmx7_mtu '1500'
                option bmx7_publish_ownip 'false'
                option bmx7_over_batman 'false'
                option bmx7_pref_gw 'none'
                option bmx7_wifi_rate_max 'auto'
                option bmx7_enable_pki 'false'
                option batadv_orig_interval '2000'
                option batadv_routing_algo 'BATMAN_IV'
                option use_odhcpd 'false'

            config lime 'wifi'
                list modes 'ap'
                list modes 'apname'
                list modes 'ieee80211s'
                option ap_ssid 'LibreMesh.org'
                option apname_ssid 'LibreMesh.org/%H'
                option adhoc_ssid 'LiMe'
                option adhoc_bssid 'ca:fe:00:c0:ff:ee'
                option ieee80211s_mesh_id 'LiMe'
                option ieee80211s_mesh_fwding '0'
                option ieee80211s_mesh_nolearn '1'
                option apup_ssid 'LibreMesh.org'
                option unstuck_interval '10'
                option unstuck_timeout '300'
                option distance_use_auto_if_available 'true'

            config lime-wifi-band '2ghz'
                option channel '11'
                option htmode 'HT20'
                option distance '1000'
                option adhoc_mcast_rate '24000'
                option ieee80211s_mcast_rate '24000'

            config lime-wifi-band '5ghz'
                list channel '48'
                list channel '157'
                option htmode 'HT40'
                option distance '10000'
                option adhoc_mcast_rate '6000'
                option ieee80211s_mcast_rate '6000'
            """);

    /** Read once: a laboratory makes hundreds of nodes from it. */
    static final UciFile FILE = UciReader.read(SOURCE);

    private LimeDefaults() {}
}
