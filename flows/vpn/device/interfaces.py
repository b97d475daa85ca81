"""The script that gives the tunnels their interfaces, addresses and routes, and the unit that runs it.

Routes follow one rule: a tunnel has a route exactly while the kernel holds its keys. strongSwan calls
the script whenever a tunnel came up or went down, and the script looks rather than counts, so events
that come twice, or never, cannot leave a route into a dead tunnel. With BGP, FRR does that part.

Below all of them lies a blackhole route for each network of the VPC. Without it the packets would follow
the default route, unencrypted, as soon as both tunnels are down. Its metric keeps it last; to FRR the top
byte of a metric is a distance, and a distance of 255 means that BGP's own route is always the better one.

Sources: AWS Site-to-Site VPN User Guide, "Best practices for your customer gateway device" (2026-10), for
MSS and MTU; ip-link(8), ip-xfrm(8) and nft(8) of Debian 12; FRR User Guide 8.4, "Zebra: Administrative
Distance".
"""

from flows.vpn.device.configuration import Configuration, Tunnel
from flows.vpn.device.links import SCRIPT, Links
from flows.vpn.device.site import Site
from flows.vpn.device.text import lines

LAST_METRIC = 0xFF002000

TUNNEL_ROUTES = {1: 100, 2: 200}
"""The metric of the routes into each tunnel: the first is preferred."""

TCP_AND_IP_HEADERS = 40


def aws_tunnels_sh(configuration: Configuration, site: Site, links: Links) -> str:
    """The interface script: `up`, `down`, and `routes` for strongSwan to call."""
    tunnels = configuration.tunnels
    names = " ".join(links.interface(tunnel) for tunnel in tunnels)
    return f"""\
#!/bin/sh
# {configuration.connection_id}: {site.title}
# aws-tunnels.sh up      make the tunnel interfaces and their routes; may be repeated at any time
# aws-tunnels.sh routes  a tunnel came up or went down (strongSwan calls this)
# aws-tunnels.sh down    remove all that "up" made; packets for the VPC then follow the default route
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin

vpc='{" ".join(site.vpc_cidrs)}'

# interface NAME KEY INSIDE-ADDRESS AWS-ADDRESS MTU
interface() {{
  ip link show dev "$1" >/dev/null 2>&1 || ip link add "$1" {links.kind}
  ip address replace "$3" dev "$1"
  # Answers may come back through the other tunnel.
  echo 2 >"/proc/sys/net/ipv4/conf/$1/rp_filter"
{lines(f'  echo 1 >"/proc/sys/net/ipv4/conf/$1/{setting}"' for setting in links.settings)}\
  ip link set "$1" mtu "$5" up
}}
{_routes(configuration, links)}
up() {{
  echo 1 >/proc/sys/net/ipv4/ip_forward
  # Last resort: with both tunnels down, packets for the VPC must not leave unencrypted.
  for network in $vpc; do
    ip route replace blackhole "$network" metric {LAST_METRIC}
  done
{lines((_interface(tunnel, links) for tunnel in tunnels), "  ")}\
  nft -f - <<'RULES'
{_rules(configuration, site, links)}RULES
{lines(["  routes"] if configuration.static else [])}\
}}

down() {{
  for name in {names}; do
    ip link delete "$name" 2>/dev/null || true
  done
  nft delete table ip aws_vpn 2>/dev/null || true
  for network in $vpc; do
    ip route delete blackhole "$network" metric {LAST_METRIC} 2>/dev/null || true
  done
}}

case "${{1:-}}" in
up) up ;;
{_events(configuration)}\
down) down ;;
*)
  echo "usage: $0 up|down" >&2
  exit 2
  ;;
esac
"""


def aws_tunnels_service() -> str:
    """The unit that makes the interfaces at every start of the machine, and its rules again after nftables' own.

    It begins before the network does: FRR's unit comes before network.target, so one that came after that and
    before FRR would close a circle, and systemd would leave it out without a word.
    """
    return f"""\
[Unit]
Description=Interfaces and routes of the AWS VPN
After=network-pre.target nftables.service
Before=strongswan.service strongswan-starter.service frr.service
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={SCRIPT} up
ExecReload={SCRIPT} up

[Install]
WantedBy=multi-user.target
"""


def mtu(tunnel: Tunnel) -> int:
    """The largest packet that fits into the tunnel, from the largest TCP segment AWS names."""
    return tunnel.mss + TCP_AND_IP_HEADERS


def _interface(tunnel: Tunnel, links: Links) -> str:
    return (
        f"interface {links.interface(tunnel)} {links.key(tunnel)} "
        f"{tunnel.device_inside}/{tunnel.prefix} {tunnel.aws_outside} {mtu(tunnel)}"
    )


def _routes(configuration: Configuration, links: Links) -> str:
    """How a tunnel's routes come and go with its keys, for static routing."""
    if not configuration.static:
        return ""
    calls = lines(
        f"  tunnel_routes {links.interface(tunnel)} {links.key(tunnel)} {tunnel.aws_outside} "
        f"{TUNNEL_ROUTES[tunnel.number]}"
        for tunnel in configuration.tunnels
    )
    return f"""
# tunnel_routes NAME KEY AWS-ADDRESS METRIC: a route while the kernel holds keys for the tunnel, else none
tunnel_routes() {{
  if ip xfrm state list dst "$3" | grep -q "$(printf '{links.trace}' "$2")"; then
    change=replace
  else
    change=delete
  fi
  for network in $vpc; do
    ip route $change "$network" dev "$1" metric "$4" 2>/dev/null || true
  done
}}

routes() {{
{calls}}}
"""


def _events(configuration: Configuration) -> str:
    """What strongSwan's call does: nothing to do for it with BGP.

    strongSwan waits for the script and calls it before it removes the keys of a dead tunnel, hence the
    second look a moment later, in the background.
    """
    if not configuration.static:
        return ""
    return """\
routes)
  routes
  # At "down" the kernel still has the keys; strongSwan removes them once this script has returned.
  (sleep 1 && routes) </dev/null >/dev/null 2>&1 &
  ;;
"""


def _rules(configuration: Configuration, site: Site, links: Links) -> str:
    clamps = lines(
        f'    {direction} "{links.interface(tunnel)}" tcp flags & (syn | rst) == syn '
        f"tcp option maxseg size set {tunnel.mss}"
        for tunnel in configuration.tunnels
        for direction in ("oifname", "iifname")
    )
    # The kernel shows this hook each packet before it is encrypted, too; "rt ipsec missing" tells them apart.
    drops = lines(
        f'    oifname "{site.interface}" rt ipsec missing ip daddr {network} drop' for network in site.vpc_cidrs
    )
    return f"""\
table ip aws_vpn
delete table ip aws_vpn
table ip aws_vpn {{
  # Larger segments do not fit into the tunnels; downloads would hang.
  chain segment_size {{
    type filter hook forward priority mangle
{clamps}  }}
  # A second lock on the same door as the blackhole routes.
  chain never_unencrypted {{
    type filter hook postrouting priority filter
{drops}  }}
}}
"""
