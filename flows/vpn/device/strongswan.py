"""Configuration of strongSwan: the tunnels and their keys, in its current and in its older format.

The methods on offer follow from the answer about encryption, never from the XML, which shows the least
that AWS would accept. AWS takes the weakest method both sides know, whatever the order here.

Sources: AWS Site-to-Site VPN User Guide, "Tunnel options" and "Requirements for your customer gateway
device" (2026-10); swanctl.conf(5), ipsec.conf(5) and strongswan.conf(5) of strongSwan 5.9.8.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
    session: int = 28800
    """Seconds after which AWS ends phase 1."""
    keys: int = 3600
    """Seconds after which AWS ends phase 2."""
    silence: int = 30
    """Seconds without an answer after which the other side is dead."""
    window: int = 1024
    """Packets that may come out of order."""


VERSIONS = {("ikev1",): (1, "ikev1"), ("ikev2",): (2, "ikev2")}
CIPHERS = {
    "AES256-GCM-16": "aes256gcm16", "AES256": "aes256", "AES128-GCM-16": "aes128gcm16", "AES128": "aes128",
}  # fmt: skip
HASHES = {"SHA2-512": "sha512", "SHA2-384": "sha384", "SHA2-256": "sha256", "SHA1": "sha1"}
GROUPS = {
    21: "ecp521", 20: "ecp384", 19: "ecp256", 18: "modp8192", 17: "modp6144", 16: "modp4096", 15: "modp3072",
    14: "modp2048", 24: "modp2048s256", 23: "modp2048s224", 5: "modp1536", 22: "modp1024s160", 2: "modp1024",
}  # fmt: skip
"""AWS's names, strongest first, as strongSwan says them (strongSwan documentation, "IKEv2 Cipher Suites", 2026-11). It
names each group that is not known to 5.9.8 otherwise or not at all."""

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


def methods_of(site: Site) -> Methods:
    """What to offer AWS. Raises `ValueError` for an option that is none of AWS's."""
    if not site.options:
        return METHODS[site.encryption]
    told = site.options
    version, exchange = VERSIONS.get(tuple(told["IKEVersions"]), (0, "ike"))
    return Methods(
        version,
        exchange,
        tuple(_proposals(told, 1, aead=version != 1)),
        tuple(_proposals(told, 2, aead=True)),
        *(int(told[name]) for name in (
            "Phase1LifetimeSeconds", "Phase2LifetimeSeconds", "DPDTimeoutSeconds", "ReplayWindowSize"
        )),
    )  # fmt: skip


def _proposals(told: Mapping[str, Any], phase: int, *, aead: bool) -> Iterator[str]:
    """At most two: methods that look after integrity themselves go with no others, and IKEv1 has none in phase 1."""
    ciphers, hashes, groups = (
        [name for each, name in names.items() if each in told[f"Phase{phase}{kind}"]]
        for names, kind in (
            (CIPHERS, "EncryptionAlgorithms"), (HASHES, "IntegrityAlgorithms"), (GROUPS, "DHGroupNumbers"),
        )
    )  # fmt: skip
    joint = [each for each in ciphers if "gcm" in each]
    if joint and aead:
        yield "-".join([*joint, *(f"prf{each}" for each in hashes if phase == 1), *groups])
    if apart := [each for each in ciphers if each not in joint]:
        yield "-".join([*apart, *hashes, *groups])


def _time(seconds: int) -> str:
    for size, unit in ((3600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


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
    methods = methods_of(site)
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
    ikelifetime = {methods.session}s
    lifetime = {methods.keys}s
    margintime = {min(540, methods.session // 4, methods.keys // 4)}s
    reauth = no
    keyingtries = %forever
    dpdtimeout = {methods.silence}s
    dpdaction = restart
    closeaction = {"restart" if ours else "none"}
    mobike = no
    fragmentation = yes
    replay_window = {methods.window}
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
    methods = methods_of(site)
    return f"""\
  aws-tunnel{tunnel.number} {{
    version = {methods.swanctl_version}
    local_addrs = %any
    remote_addrs = {tunnel.aws_outside}
    proposals = {",".join(methods.ike)}
    mobike = no
    fragmentation = yes
    # AWS ends a session after {_time(methods.session)} and a key after {_time(methods.keys)}; this side is earlier.
    rekey_time = {_time(methods.session * 7 // 8)}
    reauth_time = 0
    dpd_delay = {tunnel.dpd_interval}s
    dpd_timeout = {methods.silence}s
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
        rekey_time = {_time(methods.keys * 5 // 6)}
        replay_window = {methods.window}
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
