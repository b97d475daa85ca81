"""The script that gives the tunnels their interfaces, addresses and routes, and puts back what goes missing of them.

Routes follow one rule: a tunnel has a route exactly while the kernel holds its keys. strongSwan calls
the script whenever a tunnel came up or went down, and the script looks rather than counts, so events
that come twice, or never, cannot leave a route into a dead tunnel. With BGP, FRR does that part.

Below all of them lies a blackhole route for each network of the VPC. Without it the packets would follow
the default route, unencrypted, as soon as both tunnels are down. Its metric keeps it last; to FRR the top
byte of a metric is a distance, and a distance of 255 means that BGP's own route is always the better one.

Sources: AWS Site-to-Site VPN User Guide, "Best practices for your customer gateway device" (2026-10), for
MSS and MTU, and "Tunnel initiation options" (2026-10); ip-link(8), ip-xfrm(8) and nft(8) of Debian 12; FRR User
Guide 8.4, "Zebra: Administrative Distance".
"""

from flows.vpn.device import firewall, proof
from flows.vpn.device.configuration import Configuration, Tunnel
from flows.vpn.device.links import Links
from flows.vpn.device.site import Site
from flows.vpn.device.text import lines

LAST_METRIC = 0xFF002000

TUNNEL_ROUTES = {1: 100, 2: 200}
"""The metric of the routes into each tunnel: the first is preferred."""

TCP_AND_IP_HEADERS = 40


def aws_tunnels_sh(configuration: Configuration, site: Site, links: Links) -> str:
    """The interface script: `up`, `check`, `down`, `keep` for the timer, and `routes` for strongSwan to call."""
    tunnels = configuration.tunnels
    names = " ".join(links.interface(tunnel) for tunnel in tunnels)
    return f"""\
#!/bin/sh
# {configuration.connection_id}: {site.title}
# aws-tunnels.sh up      make the tunnel interfaces, their routes and rules; may be repeated at any time
# aws-tunnels.sh check   see whether it works, and what does not
# aws-tunnels.sh keep    put back what is missing, call AWS where a tunnel is missing (a timer does this)
# aws-tunnels.sh routes  a tunnel came up or went down (strongSwan calls this, with static routing)
# aws-tunnels.sh down    remove all that "up" made; packets for the VPC then follow the default route.
#                        Stop aws-tunnels-keep.timer before, which would put it back
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

# has_keys KEY AWS-ADDRESS: whether the kernel holds keys for the tunnel
has_keys() {{
  ip xfrm state list dst "$2" | grep -q "$(printf '{links.trace}' "$1")"
}}
{_routes(configuration, links)}{firewall.functions(configuration, site, links)}
up() {{
  echo 1 >/proc/sys/net/ipv4/ip_forward
  # Last resort: with both tunnels down, packets for the VPC must not leave unencrypted.
  for network in $vpc; do
    ip route replace blackhole "$network" metric {LAST_METRIC}
  done
{lines((_interface(tunnel, links) for tunnel in tunnels), "  ")}\
  nft -f - <<'RULES'
{firewall.rules(configuration, site, links)}RULES
  open_firewall
{lines(["  routes"] if configuration.static else [])}\
}}

# call CONNECTION: unless it stands, or somebody is calling
call() {{
  {links.standing} 2>/dev/null | grep -Eq 'CONNECTING|INSTALLED' ||
    {links.calling} >/dev/null 2>&1 || true
}}

keep() {{
  if ! nft list table ip aws_vpn >/dev/null 2>&1 || [ -n "$(closed)" ]; then
    up
  fi
{lines(["  routes"] if configuration.static else [])}\
{lines((f"call aws-tunnel{tunnel.number}" for tunnel in tunnels), "  ")}\
}}
{proof.functions(configuration, site, links)}\

down() {{
  for name in {names}; do
    ip link delete "$name" 2>/dev/null || true
  done
  leave_firewall
  nft delete table ip aws_vpn 2>/dev/null || true
  for network in $vpc; do
    ip route delete blackhole "$network" metric {LAST_METRIC} 2>/dev/null || true
  done
}}

case "${{1:-}}" in
up) up ;;
check) check ;;
keep) keep ;;
{_events(configuration)}\
down) down ;;
*)
  echo "usage: $0 up|check|keep|down" >&2
  exit 2
  ;;
esac
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
  if has_keys "$2" "$3"; then
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
