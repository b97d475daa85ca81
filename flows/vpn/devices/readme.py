"""The README beside AWS's sample: what to enter into a device that is no Linux gateway, and how to see that it works.

It is for a network engineer who knows the device and not AWS. Lines that are indented by four spaces are commands of
the device, but for the last. It names no key.

Sources: AWS Site-to-Site VPN User Guide, "Your customer gateway device", "Best practices for your customer gateway
device" and "Firewall rules" (2026-11); AWS VPN pricing, us-east-1 (2026-11).
"""

from collections.abc import Iterator
from dataclasses import replace

from flows.aws.vpn_devices import COMPATIBILITY, IKEV2, RECOMMENDED, VpnDevice
from flows.engine import shell
from flows.vpn.device.configuration import Configuration, Tunnel
from flows.vpn.device.interfaces import mtu
from flows.vpn.device.site import Site
from flows.vpn.device.text import lines, paragraph

from . import makers
from .allowed import Allowed, Phase
from .samples import Sample

VERSIONS = {"ikev1": "IKEv1", "ikev2": "IKEv2"}


def readme(
    configuration: Configuration, site: Site, device: VpnDevice, allowed: Allowed, sample: Sample, keys: str, named: str
) -> str:
    """The text of README.txt.

    Args:
        configuration: both tunnels.
        site: what is known of the office.
        device: the device in the office.
        allowed: what the tunnels allow.
        sample: what AWS gave for it.
        keys: the name of the file that holds the keys; empty where AWS keeps them in Secrets Manager.
        named: the name of the sample's file; empty if there is none.
    """
    maker = makers.of(device)
    if sample.device != device:  # its words are about lines that AWS did not give
        maker = replace(maker, enter=makers.IN_WORDS, look=makers.ANY.look)
    steps = "\n".join(
        paragraph(sentences, f"{number}. ") + (f"\n{lines(commands, '    ')}" if commands else "")
        for number, (sentences, commands) in enumerate(_steps(configuration, site, maker, keys, named), 1)
    )
    return f"""\
VPN between the office and AWS: {site.title}
Connection {configuration.connection_id}, {"static routes" if configuration.static else "routes by BGP"}
Device: {device.name}

{paragraph(_foreword(device, sample, allowed, keys, named))}
VALUES

{_values(configuration, site, allowed)}
STEPS

{steps}
WHEN A TUNNEL STAYS DOWN

{paragraph(_down(maker))}
TO TAKE IT OFF AGAIN

{paragraph(f"{maker.off} Do so also when the connection is deleted: the device calls AWS for ever otherwise.")}
GOOD TO KNOW

{"".join(paragraph(note, "- ") for note in _notes(configuration, site))}"""


def sentence(device: VpnDevice, sample: Sample, allowed: Allowed) -> str:
    """What AWS gave, in plain words."""
    wanted, why = VERSIONS[allowed.samples[0][0]], f" ({sample.refused.rstrip('.')})" if sample.refused else ""
    if not sample.text:
        return f"AWS gave no sample for the {device.called}{why}: what to enter stands in README.txt alone."
    methods = "with the stronger methods" if sample.kind == RECOMMENDED else "with the oldest methods"
    given = f"{VERSIONS[sample.ike]}, {methods}"
    if sample.device != device:
        return (
            f"AWS gave no sample with {wanted} for the {device.called}{why}. This is its sample for any device "
            f"({given}): values in words, to be entered as the device's own manual says."
        )
    if VERSIONS[sample.ike] != wanted:
        return f"AWS gave no sample with {wanted} for it{why}. This one is for {given}."
    return f"AWS's own sample for it ({given})."


def _foreword(device: VpnDevice, sample: Sample, allowed: Allowed, keys: str, named: str) -> str:
    told = f"{named}: {sentence(device, sample, allowed)}" if named else sentence(device, sample, allowed)
    if sample.kind == COMPATIBILITY and not allowed.least:
        told += (
            "Its methods (AES-128, SHA-1, Diffie-Hellman group 2) are weaker than this connection allows: with them "
            "the device is refused (NO_PROPOSAL_CHOSEN). Put those under VALUES in their place."
        )
    if sample.text and sample.ike == IKEV2 and not sample.device.has_ikev2:
        told += " AWS's guide names none with IKEv2 for it: see that it speaks of IKEv2."
    if keys:
        holder = "It" if keys == named else keys
        told += f" {holder} holds the keys of both tunnels, and no other file here does: hand it on like a password."
    return f"{told} The .xml file is AWS's description of the connection; no device needs it."


def _values(configuration: Configuration, site: Site, allowed: Allowed) -> str:
    ike = " or ".join(VERSIONS[each] for each in allowed.ike)
    rows = [
        ("The device's public address, and its identity", configuration.device_ip),
        ("Office networks", ", ".join(site.networks)),
        ("VPC networks", ", ".join(site.vpc_cidrs)),
        ("Carried by each tunnel (traffic selectors)", "0.0.0.0/0 on both sides, one pair"),
        ("IKE", f"{ike}{'' if ike == 'IKEv2' else ' (IKEv1: main mode)'}, with a pre-shared key"),
        *_methods("Phase 1 (IKE)", allowed.first),
        *_methods("Phase 2 (IPsec, ESP, tunnel mode)", allowed.second),
        ("Perfect forward secrecy", "on, with a group of phase 2"),
    ]
    for tunnel in configuration.tunnels:
        rows += _tunnel(tunnel)
    return lines(f"{name + ':':<50}{value}" for name, value in rows)


def _methods(name: str, phase: Phase) -> Iterator[tuple[str, str]]:
    yield f"{name}, one choice", f"{phase.one}; {phase.lifetime} seconds"
    yield "  allowed", f"{', '.join(phase.encryption)}; {', '.join(phase.integrity)}"
    yield "  Diffie-Hellman groups", ", ".join(map(str, phase.groups))


def _tunnel(tunnel: Tunnel) -> Iterator[tuple[str, str]]:
    name = f"Tunnel {tunnel.number}"
    yield f"{name}, AWS's address, and its identity", tunnel.aws_outside
    yield "  inside, the device's", f"{tunnel.device_inside}/{tunnel.prefix}"
    yield "  inside, AWS's", f"{tunnel.aws_inside}/{tunnel.prefix}"
    yield "  dead peer detection", f"every {tunnel.dpd_interval} seconds"
    yield "  largest packet, TCP segments", f"{mtu(tunnel)}, {tunnel.mss} bytes"
    if tunnel.device_asn is not None:
        yield "  BGP, the device's number", str(tunnel.device_asn)
        yield (
            "  BGP, AWS as neighbour",
            f"{tunnel.aws_asn} at {tunnel.aws_inside}, hold time {tunnel.hold_time} seconds",
        )


def _steps(
    configuration: Configuration, site: Site, maker: makers.Maker, keys: str, named: str
) -> Iterator[tuple[str, list[str]]]:
    """Sentences and the commands below them."""
    if not keys:
        where = f", in {site.psk_secret_arn}" if site.psk_secret_arn else ""
        yield (
            f"AWS keeps the pre-shared keys in Secrets Manager{where}. Read them there, and enter them as the keys.",
            [],
        )
    sample = f"Read {named} once to its end beside the values above. {maker.look}" if named else maker.look
    yield (
        f"{sample} Both tunnels are to be configured: AWS takes one away now and then for maintenance.",
        [],
    )  # fmt: skip
    yield maker.enter, []
    yield _firewall(configuration, site), []
    networks = ", ".join(site.vpc_cidrs)
    if configuration.static:
        yield (
            f"Routes: {networks} into the interface of tunnel 1 and, with a worse metric, of tunnel 2, each watched "
            "(by dead peer detection, or a ping to AWS's inside address), so that a dead one is not used.",
            [],
        )
    else:
        yield (
            f"BGP: announce {', '.join(site.networks)} through both tunnels, and take {networks} from both. Prefer "
            "tunnel 1 in both directions, if the device does not keep them together itself. AWS takes 100 networks at "
            "most.",
            [],
        )
    yield (
        f"In the device's firewall, let {', '.join(site.networks)} and {networks} reach each other through both "
        "tunnels, and translate nothing of it (no NAT). In the office, the way to the VPC must lead to the device.",
        [],
    )
    bgp = [maker.bgp] if maker.bgp and not configuration.static else []
    pages = f" {maker.pages}." if maker.pages else ""
    yield (
        "See whether it works: let a machine of the office ping a server in the VPC (the device's own pings leave "
        f"with an inside address, which servers cannot answer).{pages}",
        [*maker.commands, *bgp],
    )
    yield (
        "See how AWS finds it, on the machine where Handrail is:",
        [shell.handrail("check", "vpn", connection=configuration.connection_id)],
    )


def _firewall(configuration: Configuration, site: Site) -> str:
    first, second = configuration.tunnels
    esp = "" if site.behind_nat else " and IP protocol 50 (ESP)"
    told = (
        f"Let UDP 500 and UDP 4500{esp} through, to and from {first.aws_outside} and {second.aws_outside}, on the "
        "device and before it."
    )
    if site.behind_nat:
        told += (
            "On the router before the device, forward UDP 500 and UDP 4500 to it, and switch NAT traversal on. The "
            "device's "
            f"identity is {configuration.device_ip}, the router's public address, because AWS knows it by that."
        )
    if site.startup == "aws":
        return f"{told} AWS starts the tunnels, too: the device must answer, not only call."
    return (
        f"{told} AWS starts nothing: the device must start both tunnels and keep them up, for example by a ping every "
        "5 to 10 seconds to AWS's inside addresses."
    )


def _down(maker: makers.Maker) -> str:
    where = f"Where the device says why: {maker.log}. " if maker.log else ""
    return (
        f"{where}An authentication failure: the key, or the device's identity or address, is not the one that AWS "
        "knows. No proposal chosen: IKE version or methods are not among those above. No answer at all: something on "
        "the way holds up UDP 500 or 4500. Up, and nothing goes through: routes, the firewall's rules or NAT. “IPSEC "
        "IS UP” in AWS and the tunnel is down: BGP does not speak; compare both numbers and inside addresses."
    )


def _notes(configuration: Configuration, site: Site) -> Iterator[str]:
    if configuration.static:
        yield (
            "AWS chooses the tunnel of its own direction, so that packets may come back by the other one: the device "
            "must allow that (asymmetric routing), or BGP does better."
        )
    tunnel = configuration.tunnels[0]
    yield (
        f"Packets in the tunnels have at most {mtu(tunnel)} bytes: let the device keep TCP segments to {tunnel.mss} "
        "(MSS) and fragment before it encrypts."
    )
    yield (
        "Let the device ask for one pair of networks, 0.0.0.0/0 on both sides. One that asks for a pair for each "
        "network (policy-based, crypto maps) loses all but the last."
    )
    yield (
        "Names: the office cannot ask the VPC's own DNS server. For private names, make a Route 53 Resolver "
        "inbound endpoint in the VPC and forward to that."
    )
    yield (
        "Cost: AWS charges for the connection by the hour, about 36.50 USD a month (US East, 2026-11), also while "
        "the tunnels are down, until it is deleted."
    )
