"""The README beside the device files: numbered steps for someone who has never set up a gateway.

Every line that is indented by four spaces is a command; each one must succeed as it stands, run by root
in the folder of the README, on a fresh Debian 12. The tests run them.

Sources: AWS Site-to-Site VPN User Guide, "Your customer gateway device" (2026-10); Amazon VPC User Guide,
"DNS attributes for your VPC" (2026-10); AWS VPN pricing, us-east-1 (2026-11).
"""

from collections.abc import Iterator

from flows.vpn.device.configuration import Configuration
from flows.vpn.device.interfaces import mtu
from flows.vpn.device.links import SCRIPT
from flows.vpn.device.site import Site
from flows.vpn.device.strongswan import placeholder
from flows.vpn.device.text import lines, paragraph

PACKAGES = {
    "swanctl": ("charon-systemd", "strongswan-swanctl"),
    "ipsec": ("strongswan-starter", "strongswan-charon"),
}
TOOLS = ("iproute2", "iputils-ping", "nftables")
KEYS = "swanctl/swanctl.conf"
"""The one file that holds the keys; what the older format needs of them is made from it where it is used."""
_OLDER_KEYS = '/id-[12] =/ {printf "%s ", $3} /secret =/ {print ": PSK " $3}'


def readme(configuration: Configuration, site: Site) -> str:
    """The text of README.txt. It names no key."""
    steps = "\n".join(
        paragraph(sentences, f"{number}. ") + (f"\n{_commands(commands)}" if commands else "")
        for number, (sentences, commands) in enumerate(_steps(configuration, site), 1)
    )
    notes = "".join(paragraph(note, "- ") for note in _notes(configuration, site))
    older = (
        *_install("ipsec", configuration, site),
        *_copy_ipsec(configuration),
        *_start("strongswan-starter", configuration),
    )
    return f"""\
VPN between the office and AWS: {site.title}
Connection {configuration.connection_id}, {"static routes" if configuration.static else "routes by BGP"}

{_overview(configuration, site)}
{paragraph(_FOREWORD)}
{steps}
GOOD TO KNOW

{notes}
IF THE GATEWAY ALREADY USES THE OLDER ipsec COMMAND

{paragraph(_OLDER)}
{_commands(older)}
Both tunnels should be ESTABLISHED and INSTALLED here:

{_commands([_STATUS])}"""


# Right after the start there is nothing to ask yet.
_STATUS = "timeout 30 sh -c 'until ipsec statusall; do sleep 1; done'"


_FOREWORD = (
    "These files are for a Linux gateway with Debian 12 or newer. Run the indented commands as root, "
    "one after the other, in the folder of this file."
)

_OLDER = (
    "Use the folder ipsec instead of swanctl, and the commands below instead of those that install, copy and "
    "start. They replace /etc/ipsec.conf and /etc/ipsec.secrets: if these already hold connections of yours, "
    "add the new contents by hand instead."
)


def _overview(configuration: Configuration, site: Site) -> str:
    return lines(
        (
            *(
                f"Tunnel {tunnel.number}: office {tunnel.device_outside} to AWS {tunnel.aws_outside}, "
                f"inside {tunnel.device_inside} to {tunnel.aws_inside}"
                for tunnel in configuration.tunnels
            ),
            f"Office networks: {', '.join(site.networks)}",
            f"VPC networks: {', '.join(site.vpc_cidrs)}",
        )
    )


def _steps(configuration: Configuration, site: Site) -> Iterator[tuple[str, list[str]]]:
    """Sentences and the commands below them."""
    first, second = configuration.tunnels
    if first.psk is None or second.psk is None:
        where = f", in {site.psk_secret_arn}" if site.psk_secret_arn else ""
        yield (
            f"AWS keeps the pre-shared keys in Secrets Manager{where}. Read them there and write them into "
            f"{KEYS}, in place of {placeholder(first)} and {placeholder(second)}. Until then the tunnels stay down.",
            [],
        )
    yield "Install the programs.", _install("swanctl", configuration, site)
    yield (
        f"Copy the files to their places. {KEYS} holds the keys, and no other of these files does, so only root may "
        "read it.",
        _copy_swanctl(configuration),
    )
    yield (
        "If there is a firewall on the gateway or before it, let UDP 500 and UDP 4500"
        f"{'' if site.behind_nat else ' and IP protocol 50 (ESP)'} through, to and from "
        f"{first.aws_outside} and {second.aws_outside}.",
        [],
    )
    if site.behind_nat:
        yield (
            "On the router before the gateway, forward UDP 500 and UDP 4500 to the gateway. In the files the "
            f"gateway calls itself {configuration.device_ip}, the router's public address, because AWS knows "
            "it by that; leave it so.",
            [],
        )
    yield "Start the tunnels.", _start("strongswan", configuration)
    yield (
        f"Check. Both tunnels should be ESTABLISHED and INSTALLED{_patience(site)}. "
        "The pings go to the AWS ends of the tunnels.",
        _check(configuration),
    )
    yield (
        f"In the office, give the router (or each machine) a route to {', '.join(site.vpc_cidrs)} through "
        "the gateway's address in the office network. The gateway, too, must know the way to all office "
        "networks. Then ping a server in the VPC from a machine in the office; the gateway's own pings leave "
        "with an inside address, which servers cannot answer.",
        [],
    )


def _patience(site: Site) -> str:
    return "; AWS starts them too, which can take a minute" if site.startup == "aws" else ""


def _notes(configuration: Configuration, site: Site) -> Iterator[str]:
    tunnel = configuration.tunnels[0]
    if configuration.static:
        yield (
            "Fail-over: traffic for the VPC takes tunnel 1 and, when that is down, tunnel 2. A dead tunnel "
            "is noticed within about 35 seconds. Only the tunnel is watched, not what lies behind it, and "
            "AWS chooses the tunnel of its own direction, so the two may differ. BGP does better."
        )
    else:
        yield (
            "Fail-over: both ends prefer tunnel 1. When it dies, BGP moves to tunnel 2 within about "
            f"{tunnel.hold_time} seconds. Networks that are added later must be added to frr.conf too."
        )
    yield (
        "With both tunnels down, packets for the VPC are thrown away; they never leave unencrypted. One of "
        f"the two rules for that names the network card {site.interface}; if yours is another, put its name "
        "into aws-tunnels.sh."
    )
    yield (
        "A tunnel that AWS refuses, because of a wrong key for example, is not tried again by itself. After "
        "correcting the files, restart strongSwan as above."
    )
    yield f"After the rules of the gateway's firewall were loaded anew, run {SCRIPT} up again."
    yield (
        f"Packets in the tunnels have at most {mtu(tunnel)} bytes. The script makes TCP connections that "
        f"pass the gateway keep to that (segments of {tunnel.mss} bytes)."
    )
    yield (
        "Names: the office cannot ask the VPC's own DNS server. For private names, make a Route 53 Resolver "
        "inbound endpoint in the VPC and forward to that."
    )
    yield "The files are for one connection; a second one on the same gateway needs other names and numbers."
    yield (
        "Cost: AWS charges for the connection by the hour, about 37 USD a month, also while the tunnels are "
        "down, until it is deleted."
    )


def _commands(commands: list[str] | tuple[str, ...]) -> str:
    return lines(commands, "    ")


def _install(folder: str, configuration: Configuration, site: Site) -> list[str]:
    packages = [*PACKAGES[folder], *TOOLS]
    if site.encryption == "modern":
        # AES-GCM and elliptic curves are in a package that is only recommended, so not always there.
        packages.append("libstrongswan-standard-plugins")
    if not configuration.static:
        packages.append("frr")
    return ["apt-get update", f"apt-get install -y {' '.join(packages)}"]


def _copy(folder: str, configuration: Configuration) -> list[str]:
    commands = [
        f"install -D -m 755 {folder}/aws-tunnels.sh {SCRIPT}",
        f"install -m 644 {folder}/aws-tunnels.service /etc/systemd/system/aws-tunnels.service",
        f"install -m 644 {folder}/strongswan-aws.conf /etc/strongswan.d/strongswan-aws.conf",
    ]
    if not configuration.static:
        commands += [
            "install -o frr -g frr -m 640 frr.conf /etc/frr/frr.conf",
            "sed -i s/^bgpd=no/bgpd=yes/ /etc/frr/daemons",
        ]
    return commands


def _copy_swanctl(configuration: Configuration) -> list[str]:
    target = f"/etc/swanctl/conf.d/{configuration.connection_id}.conf"
    return [*_copy("swanctl", configuration), f"install -m 600 {KEYS} {target}"]


def _copy_ipsec(configuration: Configuration) -> list[str]:
    return [
        *_copy("ipsec", configuration),
        "install -m 600 ipsec/ipsec.conf /etc/ipsec.conf",
        f"awk '{_OLDER_KEYS}' {KEYS} | install -m 600 /dev/stdin /etc/ipsec.secrets",
    ]


def _start(service: str, configuration: Configuration) -> list[str]:
    services = ["aws-tunnels", service] if configuration.static else ["aws-tunnels", service, "frr"]
    return [
        "systemctl daemon-reload",
        f"systemctl enable {' '.join(services)}",
        *(f"systemctl restart {name}" for name in services),
    ]


def _check(configuration: Configuration) -> list[str]:
    checks = [
        "swanctl --list-sas",
        *(f"ping -c 3 {tunnel.aws_inside}" for tunnel in configuration.tunnels),
    ]
    if not configuration.static:
        checks.append("vtysh -c 'show ip bgp summary'")
    return checks
