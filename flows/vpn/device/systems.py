"""The commands that put the files onto a gateway and take them off again, for each system that they fit.

Sources: the packages of Debian 12 and 13 and Ubuntu 22.04; strongswan.spec of Fedora and EPEL (5.9.8), which keeps
its files under /etc/strongswan, and has swanctl, charon-systemd and AES-GCM in one package.
"""

from dataclasses import dataclass

from flows.vpn.device.configuration import Configuration
from flows.vpn.device.links import SCRIPT
from flows.vpn.device.site import Site

KEYS = "swanctl/swanctl.conf"
"""The one file that holds the keys; what the older format needs of them is made from it where it is used."""
OLDER_KEYS = '/id-[12] =/ {printf "%s ", $3} /secret =/ {print ": PSK " $3}'


@dataclass(frozen=True)
class System:
    """Where strongSwan is, and under which name."""

    folder: str
    """Of the two sets of files."""
    prepare: str
    get: str
    """What comes before the names of the packages."""
    packages: tuple[str, ...]
    gcm: tuple[str, ...]
    """The packages that AES-GCM and elliptic curves are in, where they are not in those."""
    etc: str
    service: str


_APT = "apt-get install -y --no-remove"
_TOOLS = ("iproute2", "iputils-ping", "nftables", "procps")
_GCM = ("libstrongswan-standard-plugins",)
DEBIAN = System(
    "swanctl", "apt-get update", _APT, ("charon-systemd", "strongswan-swanctl", *_TOOLS), _GCM, "/etc", "strongswan"
)
IPSEC = System(
    "ipsec", "apt-get update", _APT, ("strongswan-starter", "strongswan-charon", *_TOOLS), _GCM, "/etc",
    "strongswan-starter",
)  # fmt: skip
RED_HAT = System(
    "swanctl", "dnf install -y epel-release", "dnf install -y",
    ("strongswan", "iproute", "iputils", "nftables", "procps-ng"), (), "/etc/strongswan", "strongswan",
)  # fmt: skip


def install(system: System, configuration: Configuration, site: Site) -> list[str]:
    """The programs, unless strongSwan runs in the other way already: two would want the same ports."""
    other = "charon" if system.folder == "swanctl" else "charon-systemd"
    packages = [*system.packages]
    if site.encryption != "compatible":
        packages += system.gcm
    if not configuration.static:
        packages.append("frr")
    return [f"! pgrep -x {other}", system.prepare, f"{system.get} {' '.join(packages)}"]


def copy(system: System, configuration: Configuration) -> list[str]:
    """The files, beside those of others."""
    folder, name = system.folder, configuration.connection_id
    commands = [
        f"install -D -m 755 {folder}/aws-tunnels.sh {SCRIPT}",
        *(f"install -m 644 {folder}/{unit} /etc/systemd/system/{unit}" for unit in _UNITS),
        f"install -m 644 {folder}/strongswan-aws.conf {system.etc}/strongswan.d/strongswan-aws.conf",
    ]
    if system.folder == "swanctl":
        commands.append(f"install -D -m 600 {KEYS} {system.etc}/swanctl/conf.d/{name}.conf")
    else:
        commands += [
            f"install -D -m 600 ipsec/ipsec.conf /etc/ipsec.d/{name}.conf",
            f"awk '{OLDER_KEYS}' {KEYS} | install -m 600 /dev/stdin /etc/ipsec.d/{name}.secrets",
            *(_include(kind, name) for kind in ("conf", "secrets")),
        ]
    if not configuration.static:
        commands.append("sed -i s/^bgpd=no/bgpd=yes/ /etc/frr/daemons")
    return commands


def start(system: System, configuration: Configuration) -> list[str]:
    """Everything, now and at each start of the machine; without a restart that would drop what others need."""
    services = ["aws-tunnels", system.service, *([] if configuration.static else ["frr"])]
    return [
        "systemctl daemon-reload",
        f"systemctl enable {' '.join(services)}",
        "systemctl restart aws-tunnels",
        *(_SWANCTL_START if system.folder == "swanctl" else _IPSEC_START),
        *([] if configuration.static else _frr(configuration)),
        "systemctl enable --now aws-tunnels-keep.timer",
    ]


def remove(system: System, configuration: Configuration) -> list[str]:
    """Everything that `copy` and `start` made; the programs stay."""
    name = configuration.connection_id
    ours = [SCRIPT, *(f"/etc/systemd/system/{unit}" for unit in _UNITS)]
    ours.append(f"{system.etc}/strongswan.d/strongswan-aws.conf")
    if system.folder == "swanctl":
        ours.append(f"{system.etc}/swanctl/conf.d/{name}.conf")
        forget = ["if pgrep charon >/dev/null; then swanctl --load-all --noprompt; fi"]
        end = [f"swanctl --terminate --ike aws-tunnel{tunnel.number} || true" for tunnel in configuration.tunnels]
    else:
        ours += [f"/etc/ipsec.d/{name}.conf", f"/etc/ipsec.d/{name}.secrets"]
        forget = [
            f"sed -i '\\|^include /etc/ipsec.d/{name}[.]|d' /etc/ipsec.conf /etc/ipsec.secrets",
            "if pgrep charon >/dev/null; then ipsec rereadsecrets && ipsec update; fi",
        ]
        end = [f"ipsec down aws-tunnel{tunnel.number} || true" for tunnel in configuration.tunnels]
    return [
        "systemctl disable --now aws-tunnels-keep.timer",
        "systemctl disable --now aws-tunnels",
        f"{SCRIPT} down",
        f"rm -f {' '.join(ours)}",
        *forget,
        *end,
        *([] if configuration.static else [_frr_off(configuration)]),
        "systemctl daemon-reload",
    ]


_UNITS = ("aws-tunnels.service", "aws-tunnels-keep.service", "aws-tunnels-keep.timer")

_SWANCTL_START = (
    "if swanctl --list-sas 2>/dev/null | grep -q .; then swanctl --reload-settings && swanctl --load-all --noprompt; "
    "else systemctl restart strongswan; fi",
)
_IPSEC_START = (
    "! ip route show table 220 2>/dev/null | grep .",
    "systemctl restart strongswan-starter",
)


def _include(kind: str, name: str) -> str:
    line = f"include /etc/ipsec.d/{name}.{kind}"
    return f"grep -qsx '{line}' /etc/ipsec.{kind} || echo '{line}' >>/etc/ipsec.{kind}"


def _frr(configuration: Configuration) -> list[str]:
    there = f"grep -qs 'neighbor {configuration.tunnels[0].aws_inside} ' /etc/frr/frr.conf"
    return [
        "pgrep -x bgpd >/dev/null || systemctl restart frr",
        f"{there} || {{ vtysh -f frr.conf && vtysh -c 'write memory'; }}",
    ]


def _frr_off(configuration: Configuration) -> str:
    """Our neighbours alone; a router that others, too, are neighbours of stays."""
    first, second = configuration.tunnels
    told = " ".join(
        f"-c '{line}'"
        for line in (
            "configure terminal",
            f"router bgp {first.device_asn}",
            f"no neighbor {first.aws_inside}",
            f"no neighbor {second.aws_inside}",
            "end",
            "write memory",
        )
    )
    return f"vtysh {told}"
