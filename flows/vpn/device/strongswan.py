"""Configuration of strongSwan: the tunnels and their keys, in its current and in its older format.

The methods on offer follow from the answer about encryption, never from the XML, which shows the least
that AWS would accept. AWS takes the weakest method both sides know, whatever the order here.

Sources: AWS Site-to-Site VPN User Guide, "Tunnel options" and "Requirements for your customer gateway
device" (2026-10); swanctl.conf(5), ipsec.conf(5) and strongswan.conf(5) of strongSwan 5.9.8.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.vpn.device.configuration import Configuration, Tunnel
from flows.vpn.device.links import SCRIPT, VTI, XFRM
from flows.vpn.device.site import Site
from flows.vpn.device.text import lines


@dataclass(frozen=True)
class Methods:
    """What to offer AWS, strongest first, in strongSwan's own words."""

    swanctl_version: int
    keyexchange: str
    ike: tuple[str, ...]
    esp: tuple[str, ...]


METHODS = {
    "modern": Methods(
        2,
        "ikev2",
        ("aes256gcm16-prfsha384-ecp384", "aes256-sha256-modp2048"),
        ("aes256gcm16-ecp384", "aes256-sha256-modp2048"),
    ),
    "compatible": Methods(
        0,
        "ike",
        ("aes256-sha256-modp2048", "aes128-sha256-modp2048", "aes128-sha1-modp1024"),
        ("aes256-sha256-modp2048", "aes128-sha256-modp2048", "aes128-sha1-modp1024"),
    ),
}


def placeholder(tunnel: Tunnel) -> str:
    """What stands in the files where AWS did not hand out the key."""
    return f"PUT-THE-KEY-OF-TUNNEL-{tunnel.number}-HERE"


def swanctl_conf(configuration: Configuration, site: Site) -> str:
    """Both tunnels and their keys for `swanctl`."""
    connections = "".join(_connection(tunnel, configuration, site) for tunnel in configuration.tunnels)
    secrets = "".join(_swanctl_secret(tunnel) for tunnel in configuration.tunnels)
    return (
        f"{_head(configuration, site)}# For /etc/swanctl/conf.d/. It holds keys: only root may read it.\n"
        f"connections {{\n{connections}}}\nsecrets {{\n{secrets}}}\n"
    )


def ipsec_conf(configuration: Configuration, site: Site) -> str:
    """Both tunnels for the older `ipsec` command. Left is the office, right is AWS."""
    methods = METHODS[site.encryption]
    ours = site.startup == "device"
    connections = "\n".join(_conn(tunnel, configuration) for tunnel in configuration.tunnels)
    return f"""\
{_head(configuration, site)}# For /etc/ipsec.d/, included by /etc/ipsec.conf. Left is the office, right is AWS.
config setup
    # The tunnels share the office's identity; neither may push the other out.
    uniqueids = no

conn aws-tunnels
    type = tunnel
    keyexchange = {methods.keyexchange}
    authby = psk
    # The exclamation mark keeps strongSwan from offering its defaults as well.
    ike = {",".join(methods.ike)}!
    esp = {",".join(methods.esp)}!
    ikelifetime = 28800s
    lifetime = 3600s
    margintime = 540s
    reauth = no
    keyingtries = %forever
    dpdtimeout = 30s
    dpdaction = restart
    closeaction = {"restart" if ours else "none"}
    mobike = no
    fragmentation = yes
    replay_window = 1024
    left = %any
    leftid = {configuration.device_ip}
    # Everything may go through; the routing table decides what does.
    leftsubnet = 0.0.0.0/0
    rightsubnet = 0.0.0.0/0

{connections}"""


def strongswan_aws_conf(*, install_routes: bool) -> str:
    """Settings of the daemon itself, for /etc/strongswan.d/.

    Without the first two, a silent AWS end is noticed after 165 seconds: IKEv2 has no other timeout
    than that of its retransmissions (2.0 + 3.6 + 6.5 + 11.7 seconds with these).
    """
    routes = "" if install_routes else _NO_ROUTES
    return f"""\
# For /etc/strongswan.d/. Settings of the IPsec daemon for the AWS VPN.
charon {{
  # Notice a dead tunnel within 35 seconds instead of three minutes.
  retransmit_timeout = 2.0
  retransmit_tries = 3
{routes}  plugins {{
    # Where it is installed, it marks the encrypted packets too, and none of them gets through.
    forecast {{
      load = no
    }}
  }}
}}
"""


_NO_ROUTES = """\
  # The tunnels accept every address; a route for that would cut this machine off the internet.
  install_routes = no
"""


def _head(configuration: Configuration, site: Site) -> str:
    head = [f"# {configuration.connection_id}: {site.title}"]
    head += [
        f"# Tunnel {tunnel.number}: office {tunnel.device_outside} ({tunnel.device_inside}), "
        f"AWS {tunnel.aws_outside} ({tunnel.aws_inside})"
        for tunnel in configuration.tunnels
    ]
    return lines(head)


def _key(tunnel: Tunnel) -> str:
    return placeholder(tunnel) if tunnel.psk is None else tunnel.psk


def _connection(tunnel: Tunnel, configuration: Configuration, site: Site) -> str:
    methods = METHODS[site.encryption]
    return f"""\
  aws-tunnel{tunnel.number} {{
    version = {methods.swanctl_version}
    local_addrs = %any
    remote_addrs = {tunnel.aws_outside}
    proposals = {",".join(methods.ike)}
    mobike = no
    fragmentation = yes
    # AWS ends a session after 8 hours and a key after 1; this side renews them before.
    rekey_time = 7h
    reauth_time = 0
    dpd_delay = {tunnel.dpd_interval}s
    dpd_timeout = 30s
    keyingtries = 0
    # The tunnels share the office's identity; neither may push the other out.
    unique = never
    local {{
      auth = psk
      id = {configuration.device_ip}
    }}
    remote {{
      auth = psk
      id = {tunnel.aws_outside}
    }}
    children {{
      aws-tunnel{tunnel.number} {{
        # Everything may go through; the routing table decides what does.
        local_ts = 0.0.0.0/0
        remote_ts = 0.0.0.0/0
        if_id_in = {XFRM.key(tunnel)}
        if_id_out = {XFRM.key(tunnel)}
        esp_proposals = {",".join(methods.esp)}
        rekey_time = 50m
        replay_window = 1024
{lines(_behaviour(configuration, site), "        ")}\
      }}
    }}
  }}
"""


def _behaviour(configuration: Configuration, site: Site) -> Iterator[str]:
    yield "start_action = start"
    yield "dpd_action = restart"
    # Where AWS starts the tunnels too, it closes a double one; that must not be opened again. The timer
    # calls AWS where none is left.
    yield f"close_action = {'start' if site.startup == 'device' else 'none'}"
    if configuration.static:
        yield f"updown = {SCRIPT} routes"


def _swanctl_secret(tunnel: Tunnel) -> str:
    return f"""\
  ike-aws-tunnel{tunnel.number} {{
    id-1 = {tunnel.device_outside}
    id-2 = {tunnel.aws_outside}
    secret = "{_key(tunnel)}"
  }}
"""


def _conn(tunnel: Tunnel, configuration: Configuration) -> str:
    updown = f'    leftupdown = "{SCRIPT} routes"\n' if configuration.static else ""
    return f"""\
conn aws-tunnel{tunnel.number}
    also = aws-tunnels
    auto = start
    right = {tunnel.aws_outside}
    rightid = {tunnel.aws_outside}
    dpddelay = {tunnel.dpd_interval}s
    mark = {VTI.key(tunnel)}
{updown}"""
