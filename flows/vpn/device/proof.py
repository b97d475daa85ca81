"""The script's answer to “does it work?”: each thing on the way is looked at, and the first that is wrong is named.

That strongSwan shows a tunnel as established says nothing about what passes through it. So the script asks AWS's end
for an answer, the routing table for the way, the firewall's chains for an opening, and at last what came and went.
"""

from collections.abc import Iterator

from flows.vpn.device.configuration import Configuration
from flows.vpn.device.firewall import from_the_office
from flows.vpn.device.links import Links
from flows.vpn.device.site import Site
from flows.vpn.device.text import lines


def functions(configuration: Configuration, site: Site, links: Links) -> str:
    """The function `check` and what it needs; it ends with 1 if anything is wrong."""
    into = from_the_office(configuration, site, links)
    names = "|".join(links.interface(tunnel) for tunnel in configuration.tunnels)
    return f"""
wrong() {{
  echo "WRONG: $1"
  bad=1
}}

# within SECONDS COMMAND...: whether it comes true by then
within() {{
  left=$1
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$left" -gt 0 ] || return 1
    left=$((left - 1))
    sleep 1
  done
}}

# tunnel_works NUMBER KEY AWS-ADDRESS AWS-INSIDE-ADDRESS
tunnel_works() {{
  if ! within 60 has_keys "$2" "$3"; then
    wrong "tunnel $1 is down. README.txt says where to read why."
  elif ! within 10 ping -n -c 1 -W 1 "$4"; then
    wrong "tunnel $1 is up, but its AWS end $4 does not answer."
  else
    echo "Right: tunnel $1 is up, and AWS answers through it."
  fi
}}
{_bgp(configuration)}
leads_into_a_tunnel() {{
  ip route get "$1" | grep -Eq 'dev ({names})( |$)'
}}

# counted NAME: how many packets
counted() {{
  nft list counter ip aws_vpn_check "$1" | awk '/packets/ {{ print $2 }}'
}}

any_came() {{
  [ "$(counted came)" -gt 0 ]
}}

# What comes from the office for the tunnels before the gateway's firewall, and what is left of it behind
passes() {{
  nft -f - <<'RULES'
table ip aws_vpn_check
delete table ip aws_vpn_check
table ip aws_vpn_check {{
  counter came {{
  }}
  counter went {{
  }}
  chain before {{
    type filter hook forward priority mangle
    {into} counter name came
  }}
  chain behind {{
    type filter hook postrouting priority filter
    {into} counter name went
  }}
}}
RULES
  if ! within 10 any_came; then
    echo "Not yet: no packet came from the office for the VPC. Ping a server from a machine there while this runs."
  elif sleep 1 && [ "$(counted went)" -eq 0 ]; then
    wrong "packets come from the office, and none goes into a tunnel: the gateway's firewall drops them."
  else
    echo "Right: packets from the office go into the tunnels."
  fi
  nft delete table ip aws_vpn_check
}}

check() {{
  bad=0
{lines(_looks(configuration, links), "  ")}\
  for network in $vpc; do
    within 5 leads_into_a_tunnel "${{network%/*}}" || wrong "packets for $network do not go into a tunnel."
  done
  [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || wrong "this machine forwards nothing: net.ipv4.ip_forward is 0."
  nft list table ip aws_vpn >/dev/null 2>&1 || wrong "the rules of the tunnels are gone; run $0 up."
  for chain in $(closed); do
    wrong "the firewall's chain $chain is closed for the tunnels; run $0 up, or see README.txt."
  done
  if grep -qsx filter /proc/net/ip_tables_names && iptables-legacy -S FORWARD | grep -q -e '^-P FORWARD DROP' &&
    ! iptables-legacy -S FORWARD | grep -q aws; then
    wrong "iptables-legacy forwards nothing by default, and nothing there lets the tunnels through; see README.txt."
  fi
  passes
  exit "$bad"
}}
"""


def _looks(configuration: Configuration, links: Links) -> Iterator[str]:
    for tunnel in configuration.tunnels:
        yield f"tunnel_works {tunnel.number} {links.key(tunnel)} {tunnel.aws_outside} {tunnel.aws_inside}"
    if not configuration.static:
        for tunnel in configuration.tunnels:
            yield f"bgp_works {tunnel.number} {tunnel.aws_inside}"


def _bgp(configuration: Configuration) -> str:
    if configuration.static:
        return ""
    return """
speaks() {
  vtysh -c "show bgp neighbors $1" | grep -q 'BGP state = Established'
}

# bgp_works NUMBER AWS-INSIDE-ADDRESS
bgp_works() {
  if within 60 speaks "$2"; then
    echo "Right: BGP speaks through tunnel $1."
  else
    wrong "BGP does not speak with $2 through tunnel $1; vtysh -c 'show bgp neighbors $2' says why."
  fi
}
"""
