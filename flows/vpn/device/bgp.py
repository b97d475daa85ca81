"""Configuration of FRR, which speaks BGP with AWS over both tunnels.

Two of FRR's defaults would leave the session up and no network exchanged: it wants a policy for each
direction (RFC 8212), and it announces only what is already in its routing table. The first is met with
route maps that let through exactly the two sides' networks; the second is switched off, because an office
network may well lie behind the gateway's default route.

Both ends are told to prefer tunnel 1, so that a connection's two directions do not part.

Sources: AWS Site-to-Site VPN User Guide, "Route tables and VPN route priority" (2026-10), for the multi-exit
discriminator; FRR User Guide 8.4, "BGP".
"""

from flows.vpn.device.configuration import Configuration, Tunnel
from flows.vpn.device.site import Site
from flows.vpn.device.text import lines

PREFERENCE = {1: 200, 2: 100}
METRIC = {1: 100, 2: 200}


def frr_conf(configuration: Configuration, site: Site) -> str:
    """What FRR is told, beside whatever it does already: it sets nothing for all of FRR, and its names speak of AWS."""
    tunnels = configuration.tunnels
    return f"""\
! {configuration.connection_id}: {site.title}
! For "vtysh -f", beside what FRR does already; bgpd=yes must be set in /etc/frr/daemons.
!
{lines(f"ip prefix-list AWS-VPN-OFFICE permit {network}" for network in site.networks)}\
{lines(f"ip prefix-list AWS-VPN-NETWORKS permit {network}" for network in site.vpc_cidrs)}\
!
{"".join(_policy(tunnel) for tunnel in tunnels)}\
router bgp {tunnels[0].device_asn}
 no bgp network import-check
{"".join(_session(tunnel) for tunnel in tunnels)}\
 address-family ipv4 unicast
{lines(f"  network {network}" for network in site.networks)}\
{"".join(_exchange(tunnel) for tunnel in tunnels)}\
 exit-address-family
"""


def _policy(tunnel: Tunnel) -> str:
    number = tunnel.number
    return f"""\
route-map FROM-AWS{number} permit 10
 match ip address prefix-list AWS-VPN-NETWORKS
 set local-preference {PREFERENCE[number]}
!
route-map TO-AWS{number} permit 10
 match ip address prefix-list AWS-VPN-OFFICE
 set metric {METRIC[number]}
!
"""


def _session(tunnel: Tunnel) -> str:
    hold = tunnel.hold_time or 30
    return f"""\
 neighbor {tunnel.aws_inside} remote-as {tunnel.aws_asn}
 neighbor {tunnel.aws_inside} description AWS tunnel {tunnel.number}
 neighbor {tunnel.aws_inside} timers {max(1, hold // 3)} {hold}
"""


def _exchange(tunnel: Tunnel) -> str:
    return f"""\
  neighbor {tunnel.aws_inside} soft-reconfiguration inbound
  neighbor {tunnel.aws_inside} route-map FROM-AWS{tunnel.number} in
  neighbor {tunnel.aws_inside} route-map TO-AWS{tunnel.number} out
"""
