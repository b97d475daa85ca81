"""How VPN connections of other people stand: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from datetime import timedelta

from vpn.at_a_hub import AT_A_HUB
from vpn.standing import (
    DOWN,
    OFFICE,
    OUT,
    SINCE,
    State,
    a_list_elsewhere,
    acl,
    acl_of,
    both,
    by_a_table_of_its_own,
    by_list,
    connected,
    dead,
    denied,
    entries,
    for_linux_alone,
    group,
    halves_elsewhere,
    listing,
    made_long_ago,
    made_then,
    measured,
    networks,
    nobody,
    options,
    parts,
    starting,
    table,
    taking_over,
    to,
    told,
    tunnels,
    without_the_office,
)

SPEECHLESS = tunnels("DOWN", "DOWN", message="IPSEC IS UP")
SWALLOWED = connected(networks("10.0.5.0/24"))
LATER = tunnels("DOWN", "DOWN", message="IPSEC IS DOWN", since=(SINCE, SINCE + timedelta(days=9)))
AT_ITS_GATEWAY = {
    # as it should be, each in its way
    "static, fixed routes": State(connected(), "works"),
    "BGP": State(connected(), "works", bgp=True),
    "new, by BGP": State(DOWN, "waiting", "tunnels", "Install", bgp=True),
    "propagated": State(
        {**connected(), "DescribeRouteTables": table("shop-private", to(OFFICE, Origin="EnableVgwRoutePropagation"))},
        "works",
    ),
    "a summary that contains the VPC": State(
        {**connected(networks("10.0.0.0/8")), "DescribeRouteTables": table("shop-private", to("10.0.0.0/8")),
         "DescribeSecurityGroups": group("app", "10.0.0.0/8")}, "works",
    ),
    "everything goes to the office": State(
        {**connected(networks("0.0.0.0/0")), "DescribeRouteTables": table("shop-private", to("0.0.0.0/0"))}, "works",
    ),
    "a wider route": State(
        {**connected(), "DescribeRouteTables": table("shop-private", to("192.168.0.0/16"))}, "works",
    ),
    "by prefix lists": State(
        {**connected(), "DescribeRouteTables": table("shop-private", by_list), "GetManagedPrefixListEntries": entries,
         "DescribeSecurityGroups": group("app", PrefixListIds=[{"PrefixListId": "pl-1"}])}, "works",
    ),
    "the office's network in two parts": State(
        {**connected(), "DescribeRouteTables": table("shop-private", parts)}, "works",
    ),
    "of a stack": State(
        connected(told(Tags=[{"Key": "aws:cloudformation:stack-name", "Value": "office"}])), "works",
    ),
    "AWS says no word of its state": State(connected(tunnels("UP", "UP", message="")), "works"),
    "the other table's servers are not meant": State(
        {**connected(), "DescribeRouteTables": table("shop-private-b", without_the_office)}, "works_but",
        "route-tables", "route propagation",
    ),
    "one tunnel down": State(
        connected(tunnels("UP", "DOWN", message="IPSEC IS DOWN")), "works_but", "tunnel", "Configure this tunnel too",
    ),
    "only where everybody may": State(
        {**connected(), "DescribeSecurityGroups": both(group("app", "0.0.0.0/0"), group("web", "0.0.0.0/0"),
                                                       group("database", "0.0.0.0/0"), group("default", "0.0.0.0/0"))},
        "works_but", "security-groups", "everybody need not",
    ),
    "answers go out to the ports of some clients": State(
        {**connected(), "DescribeNetworkAcls": for_linux_alone}, "works_but", "network-acls", "both directions",
    ),
    "new": State(DOWN, "waiting", "tunnels", "Install the configuration"),
    "new, CloudWatch closed": State(
        {**DOWN, "GetMetricData": denied, "LookupEvents": made_then}, "waiting", "tunnels", "Install",
    ),
    "the network ACL in two halves of the office, and of the ports": State(
        {**connected(), "DescribeNetworkAcls": acl_of(
            "in tcp 0-1023 192.168.10.0/25", "in tcp 22 192.168.10.128/25", "out tcp 1024-32767 0.0.0.0/0",
            "out tcp 32768-65535 0.0.0.0/0")}, "works",
    ),
    "the network ACL knows only those who may come in": State(
        {**connected(), "DescribeSecurityGroups": group("app", "192.168.10.7/32"),
         "DescribeNetworkAcls": acl_of("in tcp 22 192.168.10.0/28", OUT)}, "works",
    ),
    "the group lets everything in, and the network ACL one port": State(
        {**connected(), "DescribeSecurityGroups": group("app", OFFICE, IpProtocol="-1"),
         "DescribeNetworkAcls": acl_of("in tcp 22 192.168.10.0/24", OUT)}, "works_but", "network-acls",
    ),
    "a redirect is kept away, and ping is not": State(
        {**connected(), "DescribeSecurityGroups": group("app", OFFICE, IpProtocol="icmp", FromPort=8, ToPort=-1),
         "DescribeNetworkAcls": acl_of("no in icmp 5 0.0.0.0/0", "in icmp 8 0.0.0.0/0", "out icmp 0 0.0.0.0/0")},
        "works",
    ),
    "a network of the office that no server lets in has no route": State(
        connected(networks(OFFICE, "172.16.0.0/16")), "works_but", "route-tables",
    ),
    "the tables lead only to those who may come in": State(
        connected(networks("192.168.0.0/16")), "works_but", "route-tables", "as a whole",
    ),
    # and what is not
    "the tables lead to a part of the office, and others may come in": State(
        {**connected(networks("192.168.0.0/16")), "DescribeSecurityGroups": group("app", "192.168.99.0/24")},
        "broken", "route-tables", "as a whole",
    ),
    "the network ACL lets the echo in, and no ping": State(
        {**connected(), "DescribeSecurityGroups": group("app", OFFICE, IpProtocol="icmp", FromPort=8, ToPort=-1),
         "DescribeNetworkAcls": acl_of("in icmp 0 0.0.0.0/0", "out icmp 0 0.0.0.0/0")}, "broken", "network-acls",
        "Allow it",
    ),
    "a summary that contains the VPC, and only the VPC is let in": State(
        {**connected(networks("10.0.0.0/8")), "DescribeRouteTables": table("shop-private", to("10.0.0.0/8")),
         "DescribeSecurityGroups": group("app", "10.0.0.0/16")}, "broken", "security-groups",
    ),
    "both halves of the office go elsewhere": State(
        {**connected(), "DescribeRouteTables": table("shop-private", halves_elsewhere)}, "broken", "route-tables",
        "Remove them",
    ),
    "the gateway leads what comes in to a firewall": State(
        {**connected(), "DescribeRouteTables": by_a_table_of_its_own("active")}, "works"
    ),
    "the gateway leads what comes in to a firewall that is gone": State(
        {**connected(), "DescribeRouteTables": by_a_table_of_its_own("blackhole")}, "broken", "ways-in", "take it away"
    ),
    "both halves of the office go elsewhere by a prefix list": State(
        {
            **connected(),
            "DescribeRouteTables": table("shop-private", a_list_elsewhere),
            "GetManagedPrefixListEntries": listing("192.168.10.0/25", "192.168.10.128/25"),
        },
        "broken",
        "route-tables",
        "Remove them",
    ),
    "a part of the office goes elsewhere by a prefix list": State(
        {
            **connected(),
            "DescribeRouteTables": table("shop-private", a_list_elsewhere),
            "GetManagedPrefixListEntries": listing("192.168.10.128/25"),
        },
        "works_but",
        "more-specific-route",
        "Remove that route",
    ),
    "an appliance that is gone": State(
        {**connected(), "DescribeRouteTables": table(
            "shop-private-a", to(OFFICE, GatewayId="", NetworkInterfaceId="eni-1", State="blackhole"))},
        "broken", "route-tables", "lead to vgw-",
    ),
    "the servers' own table": State(
        {**connected(), "DescribeRouteTables": table("shop-private-a", without_the_office)}, "broken", "route-tables",
        "route propagation",
    ),
    "no table": State(
        {**connected(), "DescribeRouteTables": table("shop", without_the_office), "DescribeNetworkInterfaces": nobody},
        "broken", "route-tables", "route propagation",
    ),
    "propagation, and nothing comes": State(
        {**connected(), "DescribeRouteTables": table("shop-private-a", taking_over)}, "broken", "route-tables",
        "100 routes at most",
    ),
    "a dead route": State(
        {**connected(), "DescribeRouteTables": table("shop-private-a", dead)}, "broken", "route-tables", "Attach",
    ),
    "to a peering": State(
        {**connected(), "DescribeRouteTables": table(
            "shop-private-a", to(OFFICE, GatewayId="", VpcPeeringConnectionId="pcx-1"))},
        "broken", "route-tables", "lead to vgw-",
    ),
    "the servers' group is closed": State(
        {**connected(), "DescribeSecurityGroups": group("app", "10.9.0.0/16")}, "broken", "security-groups",
        "in their security group",
    ),
    "a group that nothing is in": State(
        {**connected(), "DescribeSecurityGroups": both(group("app", "10.9.0.0/16"), group("database", OFFICE)),
         "DescribeNetworkInterfaces": lambda answer: answer.update(NetworkInterfaces=[
             each for each in answer["NetworkInterfaces"] if "database" not in str(each["Groups"])])},
        "broken", "security-groups", "in their security group",
    ),
    "the VPC's own range": State(SWALLOWED, "broken", "overlap", "One side must use other addresses"),
    "the numbers do not agree": State(
        {"DescribeVpnConnections": SPEECHLESS}, "broken", "tunnels", "65010", bgp=True,
    ),
    "nothing announced": State(
        connected(tunnels("UP", "UP", routes=0)), "broken", "announced", "by BGP", bgp=True,
    ),
    "too much is nearly announced": State(
        connected(tunnels("UP", "UP", routes=100)), "works_but", "announced", "fewer", bgp=True,
    ),
    "it was up before": State({**DOWN, "GetMetricData": measured}, "broken", "tunnels", "device runs"),
    "one tunnel changed long after the other": State(
        {"DescribeVpnConnections": LATER, "GetMetricData": denied}, "broken", "tunnels", "device runs",
    ),
    "it changed long after it was made": State(
        {**DOWN, "GetMetricData": denied, "LookupEvents": made_long_ago}, "broken", "tunnels", "device runs",
    ),
    "nobody may say whether it was up": State(
        {**DOWN, "GetMetricData": denied, "LookupEvents": denied}, "unknown", "tunnels", "If it did",
    ),
    "the way in is blocked": State({**connected(), "DescribeNetworkAcls": acl()}, "broken", "network-acls", "Allow it"),
    "the answers are blocked": State(
        {**connected(), "DescribeNetworkAcls": acl(Egress=True)}, "broken", "network-acls", "both directions",
    ),
    "narrowed to another network": State(
        connected(options(LocalIpv4NetworkCidr="192.168.77.0/24")), "broken", "selectors", "0.0.0.0/0",
    ),
    "no network of the office": State(connected(networks()), "broken", "static-routes", "static routes"),
    "no gateway": State(connected(told(VpnGatewayId="")), "broken", "gateway", "transit gateway"),
    "Cloud WAN": State(connected(told(VpnGatewayId="", CoreNetworkArn="arn:x")), "unknown", "gateway", "segment"),
    "one of two tunnels announces nothing": State(
        connected(lambda answer: answer["VpnConnections"][0]["VgwTelemetry"][1].update(AcceptedRouteCount=0)),
        "works_but", "silent", "through both tunnels", bgp=True,
    ),
    "nothing of what is announced has come": State(
        {**connected(), "DescribeRouteTables": table("shop-private", taking_over)}, "broken", "route-tables", "by BGP",
        bgp=True,
    ),
    "through a firewall between": State(
        {**connected(), "DescribeRouteTables": table("shop-private-a", to(OFFICE, GatewayId="vpce-1"))}, "unknown",
        "route-tables", "forwards it",
    ),
    "AWS is to start what speaks IKEv1 alone": State(connected(starting("ikev1")), "works_but", "startup", "IKEv2"),
    "AWS starts, and both versions are allowed": State(connected(starting("ikev1", "ikev2")), "works", ""),
    "gateways closed to the eye": State({**connected(), "DescribeVpnGateways": denied}, "unknown", "attachment"),
    "networks closed to the eye": State({**connected(), "DescribeVpcs": denied}, "unknown", "vpc"),
    "servers closed to the eye": State(
        {**connected(), "DescribeNetworkInterfaces": denied}, "unknown", "security-groups",
    ),
    "network ACLs closed to the eye": State({**connected(), "DescribeNetworkAcls": denied}, "unknown", "network-acls"),
}  # fmt: skip
STATES = {**AT_A_HUB, **AT_ITS_GATEWAY}
