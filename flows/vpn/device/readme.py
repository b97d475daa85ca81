"""The README beside the device files: numbered steps for someone who has never set up a gateway.

Every line that is indented by four spaces is a command; each one must succeed as it stands, run by root
in the folder of the README, on a fresh Debian 12. The tests run them. What stands on the gateway already is
kept, or the step says what becomes of it.

Sources: AWS Site-to-Site VPN User Guide, "Your customer gateway device" (2026-10); Amazon VPC User Guide,
"DNS attributes for your VPC" (2026-10); AWS VPN pricing, us-east-1 (2026-11); swanctl(8), vtysh(8).
"""

from collections.abc import Iterator

from flows.vpn.device import systems
from flows.vpn.device.configuration import Configuration
from flows.vpn.device.interfaces import mtu
from flows.vpn.device.links import SCRIPT, VTI, XFRM
from flows.vpn.device.site import Site
from flows.vpn.device.strongswan import placeholder
from flows.vpn.device.systems import DEBIAN, IPSEC, KEYS, RED_HAT
from flows.vpn.device.text import lines, paragraph

CHECK = f"timeout 300 {SCRIPT} check"


def readme(configuration: Configuration, site: Site) -> str:
    """The text of README.txt. It names no key."""
    steps = "\n".join(
        paragraph(sentences, f"{number}. ") + (f"\n{_commands(commands)}" if commands else "")
        for number, (sentences, commands) in enumerate(_steps(configuration, site), 1)
    )
    notes = "".join(paragraph(note, "- ") for note in _notes(configuration, site))
    older = (
        *systems.install(IPSEC, configuration, site),
        *systems.copy(IPSEC, configuration),
        *systems.start(IPSEC, configuration),
    )
    red_hat = (*systems.install(RED_HAT, configuration, site), *systems.copy(RED_HAT, configuration))
    return f"""\
VPN between the office and AWS: {site.title}
Connection {configuration.connection_id}, {"static routes" if configuration.static else "routes by BGP"}

{_overview(configuration, site)}
{paragraph(_FOREWORD)}
{steps}
WHEN A TUNNEL STAYS DOWN

{paragraph(_DOWN)}
TO TAKE IT OFF AGAIN

{paragraph(_REMOVAL + _router_stays(configuration))}
{_commands(systems.remove(DEBIAN, configuration))}
GOOD TO KNOW

{notes}
FIREWALLS THAT HAVE TO BE TOLD

{_told(configuration)}
IF THE GATEWAY ALREADY USES THE OLDER ipsec COMMAND

{paragraph(_OLDER)}
{_commands(older)}
Then see whether it works:

{_commands([CHECK])}
To take it off again:

{_commands(systems.remove(IPSEC, configuration))}
IF THE GATEWAY RUNS RHEL, ROCKY OR ALMALINUX

{paragraph(_RED_HAT)}
{_commands(red_hat)}
To take it off again:

{_commands(systems.remove(RED_HAT, configuration))}
IF THE GATEWAY USES LIBRESWAN, OR RUNS AMAZON LINUX 2023

{paragraph(_LIBRESWAN)}"""


_FOREWORD = (
    "These files are for a Linux gateway with strongSwan: Debian 12, Ubuntu 22.04 or newer; for others see the "
    "end. Copy this folder to the gateway, for example with scp -r, log in there as root, and run the indented "
    "commands one after the other in the copy. Nothing here needs aws-sample.txt or the .xml file: they are AWS's "
    "own sample and its description of the connection, to compare with."
)

_OLDER = (
    "Use the folder ipsec instead of swanctl, and the commands below instead of those that install, copy and "
    "start; the first fails where swanctl's strongSwan runs. Your /etc/ipsec.conf and /etc/ipsec.secrets stay; "
    "each gets one more line, which includes a file of its own. But strongswan-aws.conf holds for all "
    "connections: strongSwan makes no more routes for any of them (the command with table 220 shows those it "
    "made, and fails; make them yourself before you go on), gives up a silent one after 24 seconds, and uniqueids "
    "becomes no. The start interrupts the others for some seconds. Why a tunnel stays down is in journalctl -u "
    "strongswan-starter."
)

_RED_HAT = (
    "strongSwan comes from EPEL (on RHEL itself, install EPEL's release package as EPEL says) and keeps its files "
    "under /etc/strongswan. Use the commands below instead of those that install and copy; all else is the same. "
    "It was not tried with SELinux: when check says that packets do not go into a tunnel, ausearch -m avc -ts "
    "recent tells whether SELinux forbids strongSwan to run the script; the timer does its part within a minute."
)

_LIBRESWAN = (
    "These files are not for it: Libreswan reads other words. Amazon Linux 2023 has Libreswan and no strongSwan, "
    "and EPEL is not made for it. AWS has samples for Openswan and Libreswan; aws-sample.txt may be one, else "
    "download it in the AWS console at the connection, and put the keys into it."
)

_DOWN = (
    "journalctl -u strongswan -n 50 says why. AUTHENTICATION_FAILED: the key or the gateway's public address is "
    "not the one that AWS knows. NO_PROPOSAL_CHOSEN: the two sides have no method in common; compare the proposals "
    "with the connection's tunnel options. “Giving up after 3 retransmits”: no answer from AWS; something before "
    "the gateway holds up UDP 500 or 4500. After correcting a file, run swanctl --load-all; the timer calls AWS "
    "within a minute."
)

_OWN_RULES = (
    "firewalld, where it keeps its rules to itself (NftablesTableOwner=yes in firewalld.conf, the default of newer "
    "versions). The last line forgets what was never made permanent:"
)

_LEGACY = "iptables of the older kind (iptables-legacy) with a policy DROP; keep these lines as you keep the others:"

_REMOVAL = (
    "Without this the gateway calls AWS for ever, also when the connection is deleted. The programs stay, and "
    "so do other connections; where strongSwan did nothing else, disable it with systemctl disable --now strongswan."
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
    yield (
        "Install the programs. The first command finds, and fails where, the older ipsec command runs strongSwan "
        "here; then the section about that further down is yours. Nothing is removed for it: apt-get stops instead.",
        systems.install(DEBIAN, configuration, site),
    )
    yield (
        f"Copy the files to their places. {KEYS} holds the keys, and no other of these files does, so only root may "
        "read it. Other connections' files stay; strongswan-aws.conf holds for all of them, though: a silent one is "
        "given up after 24 seconds instead of 165, and the plugin forecast is not loaded.",
        systems.copy(DEBIAN, configuration),
    )
    yield (
        "If there is a firewall before the gateway, let UDP 500 and UDP 4500"
        f"{'' if site.behind_nat else ' and IP protocol 50 (ESP)'} through, to and from "
        f"{first.aws_outside} and {second.aws_outside}. In the gateway's own firewall (nftables, iptables, ufw, "
        "Docker, firewalld) the script opens the way itself, from now on and after each change of it: for "
        f"{_what_is_opened(configuration, site)}. What goes into the tunnels keeps its address, also where the gateway "
        "translates others. Some firewalls have to be told by you, which the check below finds: the lines stand "
        "further down.",
        [],
    )
    if site.behind_nat:
        yield (
            "On the router before the gateway, forward UDP 500 and UDP 4500 to the gateway. In the files the "
            f"gateway calls itself {configuration.device_ip}, the router's public address, because AWS knows "
            "it by that; leave it so.",
            [],
        )
    yield _start_sentence(configuration), systems.start(DEBIAN, configuration)
    yield (
        "See whether it works. It waits for the tunnels, names what is wrong and fails then. Both tunnels should be "
        f"ESTABLISHED and INSTALLED in swanctl --list-sas{_patience(site)}.",
        [CHECK],
    )
    yield (
        f"In the office, give the router (or each machine) a route to {', '.join(site.vpc_cidrs)} through "
        "the gateway's address in the office network. The gateway, too, must know the way to all office "
        "networks. Then let a machine in the office ping a server in the VPC, and check again meanwhile: it now "
        "says whether the pings go into a tunnel. The gateway's own pings leave with an inside address, which "
        "servers cannot answer.",
        [],
    )


def _what_is_opened(configuration: Configuration, site: Site) -> str:
    bgp = "" if configuration.static else ", for BGP (TCP) from AWS's inside addresses"
    return (
        f"{', '.join(site.networks)} to and from {', '.join(site.vpc_cidrs)} through the tunnels{bgp}, and for "
        "UDP and ESP from AWS's two addresses"
    )


def _router_stays(configuration: Configuration) -> str:
    if configuration.static:
        return ""
    asn = configuration.tunnels[0].device_asn
    return f" FRR's BGP stays, without AWS; where it has no other neighbour, tell vtysh “no router bgp {asn}” too."


def _start_sentence(configuration: Configuration) -> str:
    start = "Start the tunnels. strongSwan is not restarted where it has connections, which would drop them."
    if configuration.static:
        return start
    asn = configuration.tunnels[0].device_asn
    return (
        f"{start} FRR keeps its configuration and gets that of frr.conf beside it; it is restarted only where its "
        "bgpd did not run yet. “BGP is already running; AS is …” means that it speaks BGP under another number than "
        f"{asn}: then nothing is saved; make the connection again with that number. Where it has other BGP "
        "neighbours, these are announced the office's networks too, unless a policy of theirs forbids it."
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
            f"{tunnel.hold_time} seconds. Networks that are added later must be added to FRR's configuration too."
        )
    yield (
        "With both tunnels down, packets for the VPC are thrown away; they never leave unencrypted. One of "
        f"the two rules for that names the network card {site.interface}; if yours is another, put its name "
        "into aws-tunnels.sh."
    )
    yield (
        "A timer (aws-tunnels-keep) looks every minute: it calls AWS where a tunnel is missing, for example after "
        "AWS replaced its end, and puts the script's rules back where another program took them away."
    )
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
        "Cost: AWS charges for the connection by the hour, about 36.50 USD a month (US East, 2026-11), also while "
        "the tunnels are down, until it is deleted."
    )


def _told(configuration: Configuration) -> str:
    """Lines for the firewalls that the script cannot open; they stand two spaces in, since few need them."""
    names = [links.interface(tunnel) for links in (XFRM, VTI) for tunnel in configuration.tunnels]
    permanent = "firewall-cmd --permanent"
    return f"""\
{paragraph(_OWN_RULES)}
{
        lines(
            (
                f"{permanent} --new-zone=aws-vpn",
                f"{permanent} --zone=aws-vpn {' '.join(f'--add-interface={name}' for name in names)}",
                *([] if configuration.static else [f"{permanent} --zone=aws-vpn --add-port=179/tcp"]),
                f"{permanent} --new-policy=aws-vpn-out",
                f"{permanent} --policy=aws-vpn-out --add-ingress-zone=ANY",
                f"{permanent} --policy=aws-vpn-out --add-egress-zone=aws-vpn",
                f"{permanent} --policy=aws-vpn-out --set-target=ACCEPT",
                f"{permanent} --new-policy=aws-vpn-in",
                f"{permanent} --policy=aws-vpn-in --add-ingress-zone=aws-vpn",
                f"{permanent} --policy=aws-vpn-in --add-egress-zone=ANY",
                f"{permanent} --policy=aws-vpn-in --set-target=ACCEPT",
                "firewall-cmd --reload",
            ),
            "  ",
        )
    }
{paragraph(_LEGACY)}
{
        lines(
            (
                f"iptables-legacy -I FORWARD {way} '{links.stem}+' -j ACCEPT"
                for links in (XFRM, VTI)
                for way in ("-o", "-i")
            ),
            "  ",
        )
    }"""


def _commands(commands: list[str] | tuple[str, ...]) -> str:
    return lines(commands, "    ")
