"""What the tunnels need of the gateway's own firewall: to be let through, and with the office's own addresses.

A tunnel that stands carries nothing where the firewall forwards nothing by default, as many do and as Docker, ufw and
firewalld make it. An accept in a table of ours would not help, since another table may still drop; so the script puts
one jump to a chain of ours at the head of each chain that a packet of the tunnels has to pass, whoever's it is.
The rules there are such as the `iptables` command, too, can show and keep: no sets and no ports.

Translation is simpler: the kernel translates a connection once, and our chain comes before those of others. What it
"translates" keeps its address.

Sources: nft(8) of Debian 12; iptables-nft(8) 1.8.9; firewalld.conf(5), "NftablesTableOwner"; Docker, "Packet filtering
and firewalls" (2026-10); the kernel's nf_nat_inet_fn(), which asks no further chain once an address is chosen.
"""

from collections.abc import Iterable, Iterator

from flows.vpn.device.configuration import Configuration
from flows.vpn.device.links import Links
from flows.vpn.device.site import Site
from flows.vpn.device.text import lines


def rules(configuration: Configuration, site: Site, links: Links) -> str:
    """Our own table, for `nft -f`: segments that fit, nothing in clear, and addresses that stay."""
    names = [links.interface(tunnel) for tunnel in configuration.tunnels]
    office, vpc = _set(site.networks), _set(site.vpc_cidrs)
    clamps = lines(
        f'    {direction} "{name}" tcp flags & (syn | rst) == syn tcp option maxseg size set {tunnel.mss}'
        for name, tunnel in zip(names, configuration.tunnels, strict=True)
        for direction in ("oifname", "iifname")
    )
    into = from_the_office(configuration, site, links)
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
  # The two sides see each other's own addresses, whatever else the gateway translates.
  chain keep_addresses {{
    type nat hook postrouting priority srcnat - 1
    {into} snat to ip saddr
    ip saddr {vpc} ip daddr {office} snat to ip saddr
  }}
}}
"""


def from_the_office(configuration: Configuration, site: Site, links: Links) -> str:
    """What nft calls a packet from the office that goes into a tunnel."""
    names = _set(f'"{links.interface(tunnel)}"' for tunnel in configuration.tunnels)
    return f"oifname {names} ip saddr {_set(site.networks)}"


def functions(configuration: Configuration, site: Site, links: Links) -> str:
    """The script's functions that open the chains of others, find those that are not open, and leave them again."""
    return f"""
# needed HOOK: what the tunnels need of the gateway's own firewall there
needed() {{
  case $1 in
  forward)
    cat <<'RULES'
{lines(_forward(configuration, site, links))}\
RULES
    ;;
  input)
    cat <<'RULES'
{lines(_input(configuration, links))}\
RULES
    ;;
  esac
}}
{_CHAINS}"""


_CHAINS = r"""
# The chains of the firewall that packets of the tunnels have to pass: FAMILY TABLE CHAIN HOOK
chains() {
  nft list chains | awk '
    $1 == "table" { family = $2; table = $3 }
    $1 == "chain" { chain = $2 }
    $1 == "type" && $2 == "filter" && ($4 == "forward" || $4 == "input") && $6 !~ /^(raw|mangle)/ &&
      (family == "ip" || family == "inet") && table != "aws_vpn" { print family, table, chain, $4 }'
}

# Those among them that do not begin with a look at what the tunnels need
closed() {
  chains | while read -r family table chain hook; do
    nft list chain "$family" "$table" "$chain" | grep -q "jump aws-vpn-$hook\$" && continue
    # firewalld may keep its rules to itself; then it has to be told in its own way.
    [ "$table" = firewalld ] && firewall-cmd --get-policies 2>/dev/null | grep -qw aws-vpn-out && continue
    echo "$family/$table/$chain"
  done
}

open_firewall() {
  chains | while read -r family table chain hook; do
    ours=aws-vpn-$hook
    {
      echo "add chain $family $table $ours"
      echo "flush chain $family $table $ours"
      needed "$hook" | sed "s/^/add rule $family $table $ours /"
      nft list chain "$family" "$table" "$chain" | grep -q "jump $ours\$" ||
        echo "insert rule $family $table $chain jump $ours"
    } | nft -f - 2>/dev/null || true # "check" tells of what stays closed
  done
}

leave_firewall() {
  chains | while read -r family table chain hook; do
    ours=aws-vpn-$hook
    nft -a list chain "$family" "$table" "$chain" |
      sed -n "s/.*jump $ours # handle \([0-9]*\)\$/delete rule $family $table $chain handle \1/p" | nft -f -
    nft delete chain "$family" "$table" "$ours" 2>/dev/null || true
  done
}
"""


def _forward(configuration: Configuration, site: Site, links: Links) -> Iterator[str]:
    for tunnel in configuration.tunnels:
        for office in site.networks:
            for vpc in site.vpc_cidrs:
                name = links.interface(tunnel)
                yield f'oifname "{name}" ip saddr {office} ip daddr {vpc} accept'
                yield f'iifname "{name}" ip saddr {vpc} ip daddr {office} accept'


def _input(configuration: Configuration, links: Links) -> Iterator[str]:
    for tunnel in configuration.tunnels:
        # IKE, and ESP within UDP or by itself.
        yield f"ip saddr {tunnel.aws_outside} ip protocol udp accept"
        yield f"ip saddr {tunnel.aws_outside} ip protocol esp accept"
        if not configuration.static:
            yield f'iifname "{links.interface(tunnel)}" ip saddr {tunnel.aws_inside} ip protocol tcp accept'


def _set(members: Iterable[str]) -> str:
    return f"{{ {', '.join(members)} }}"
