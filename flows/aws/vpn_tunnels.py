"""Site-to-Site VPN: the options of one tunnel, as AWS takes and tells them, and how they are changed.

Facts: EC2 API Reference, ModifyVpnTunnelOptions, ModifyVpnTunnelOptionsSpecification and VgwTelemetry (botocore's
model, 1.44); Site-to-Site VPN User Guide, "Tunnel options" and "Tunnel endpoint replacements", 2026-11. One call
changes the options of one tunnel. That what it does not name stays is documented nowhere; Terraform relies on it
(terraform-provider-aws, `expandModifyVPNTunnelOptionsSpecification`, 2026-11). AWS replaces that tunnel's end then, so
it is away for minutes, and takes no further change of the connection before it is available again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.engine import Action, Call, Cloud, Restore, Wait, before, expressions, join, seen
from flows.engine.settings import digest

from . import edits, tags
from .site_to_site_vpn import ENDED
from .tunnel_options import LISTS
from .tunnel_options import NUMBERS as LIMITS

CONNECTION = "AWS::EC2::VPNConnection"
MODERN: dict[str, list[str] | list[int]] = {
    "IKEVersions": ["ikev2"],
    "Phase1EncryptionAlgorithms": ["AES256", "AES256-GCM-16"],
    "Phase2EncryptionAlgorithms": ["AES256", "AES256-GCM-16"],
    "Phase1IntegrityAlgorithms": ["SHA2-256", "SHA2-384", "SHA2-512"],
    "Phase2IntegrityAlgorithms": ["SHA2-256", "SHA2-384", "SHA2-512"],
    "Phase1DHGroupNumbers": [14, 15, 16, 19, 20, 21],
    "Phase2DHGroupNumbers": [14, 15, 16, 19, 20, 21],
}
"""AWS picks the lowest method that both sides allow, so weak ones must not be on the list."""
EVERY: dict[str, list[str] | list[int]] = {name: sorted(LISTS[name]) for name in MODERN}
"""All that AWS knows, which it allows where no list is told of. There is no call that takes a list away: whoever wants
that sends all of it."""
USUAL: Mapping[str, int] = {
    "Phase1LifetimeSeconds": 28800,
    "Phase2LifetimeSeconds": 3600,
    "RekeyMarginTimeSeconds": 270,
    "RekeyFuzzPercentage": 100,
    "ReplayWindowSize": 1024,
    "DPDTimeoutSeconds": 30,
}
NUMBERS: Mapping[str, tuple[int, int, int]] = {name: (*LIMITS[name][:2], usual) for name, usual in USUAL.items()}
"""The least, the most, and what AWS takes where nothing is said."""
WORDS: Mapping[str, str] = {"DPDTimeoutAction": "clear", "StartupAction": "add"}
"""What AWS takes where nothing is said."""
LIFECYCLE, LOGS = "EnableTunnelLifecycleControl", "LogOptions"
TOLD = {
    "IKEVersions": "IkeVersions", "DPDTimeoutSeconds": "DpdTimeoutSeconds", "DPDTimeoutAction": "DpdTimeoutAction",
}  # fmt: skip
"""What AWS calls otherwise where it tells of it."""
OPTIONS = (*EVERY, *NUMBERS, *WORDS, LIFECYCLE, LOGS)
SPOKEN: Mapping[str, str] = {
    "IKEVersions": "IKE versions",
    "Phase1EncryptionAlgorithms": "phase 1 encryption",
    "Phase2EncryptionAlgorithms": "phase 2 encryption",
    "Phase1IntegrityAlgorithms": "phase 1 integrity",
    "Phase2IntegrityAlgorithms": "phase 2 integrity",
    "Phase1DHGroupNumbers": "phase 1 groups",
    "Phase2DHGroupNumbers": "phase 2 groups",
    "Phase1LifetimeSeconds": "phase 1 lifetime",
    "Phase2LifetimeSeconds": "phase 2 lifetime",
    "RekeyMarginTimeSeconds": "rekey margin",
    "RekeyFuzzPercentage": "rekey fuzz",
    "ReplayWindowSize": "replay window",
    "DPDTimeoutSeconds": "DPD timeout",
    "DPDTimeoutAction": "what follows a DPD timeout",
    "StartupAction": "who starts it",
    LIFECYCLE: "lifecycle control",
    LOGS: "logs",
}
AGREED = (*EVERY, "Phase1LifetimeSeconds", "Phase2LifetimeSeconds")
"""What the device's configuration says as well; all else is AWS's own affair."""
BUSY = ("InvalidVpnConnection.InvalidState", "IncorrectState")
"""What AWS answers while it is still at another change of the connection."""
TYPICAL, LIMIT = 300, 1800
"""Seconds: a change takes several minutes (User Guide, "AWS Site-to-Site VPN logs", 2026-11)."""


@dataclass(frozen=True)
class Tunnel:
    """One of the two tunnels of a connection.

    Args:
        number: 1 or 2, in AWS's order.
        address: AWS's outside address of it, by which it is known.
        up: whether it is up.
        since: when that last changed, as AWS tells it; "null" where it does not.
        options: each of OPTIONS as AWS takes it, with what it takes by itself where it tells of none.
    """

    number: int
    address: str
    up: bool
    since: str
    options: Mapping[str, Any] = field(hash=False)

    @property
    def called(self) -> str:
        return f"tunnel {self.number} ({self.address})"

    def other_than(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """What of these options it does not have yet."""
        return {name: value for name, value in wanted.items() if self.options.get(name) != value}


@dataclass(frozen=True)
class Tunnels:
    """A connection with its two tunnels. `device` is the address of the office's device, empty if it has none; `bgp`
    whether BGP is spoken through them."""

    id: str
    name: str
    customer_gateway: str
    bgp: bool
    tunnels: tuple[Tunnel, ...]
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def called(self) -> str:
        return self.name or self.id

    def beside(self, tunnel: Tunnel) -> Tunnel | None:
        """The other one."""
        return next((each for each in self.tunnels if each.number != tunnel.number), None)


# -- look-ups --------------------------------------------------------------------------------------------------


def connections(cloud: Cloud) -> Iterator[tuple[Tunnels, str]]:
    """The connections of the region that have not ended, each with its state. Raises CloudError."""
    for found in cloud.make(Call("ec2.DescribeVpnConnections")).get("VpnConnections") or []:
        if found.get("State") not in ENDED:
            yield read(found), str(found.get("State") or "unknown")


def read(found: Mapping[str, Any]) -> Tunnels:
    """One connection out of AWS's answer; never with its keys."""
    tunnels, answer = list[Tunnel](), {"VpnConnections": [found]}
    told = (found.get("Options") or {}).get("TunnelOptions") or []
    addresses = [str(each.get("OutsideIpAddress") or "") for each in told]
    for number, address in enumerate(sorted(addresses, key=_place(found)), 1):
        if address:
            up, since = (expressions.part(path, answer) for path in (is_up(address), since_when(address)))
            options = expressions.part(former(address, OPTIONS), answer)
            tunnels.append(Tunnel(number, address, bool(up), str(since or "null"), options))
    return Tunnels(
        found["VpnConnectionId"], tags.name_of(found), str(found.get("CustomerGatewayId") or ""),
        not (found.get("Options") or {}).get("StaticRoutesOnly"), tuple(tunnels), tags.of(found),
    )  # fmt: skip


def _place(found: Mapping[str, Any]) -> Callable[[str], int]:
    """Where a tunnel stands in what AWS hands out for the device, by which the tunnels are numbered."""
    handed_out = str(found.get("CustomerGatewayConfiguration") or "")
    return lambda address: handed_out.find(f">{address}<")


def _telemetry(address: str) -> str:
    return f"(VpnConnections[0].VgwTelemetry[?OutsideIpAddress=='{address}'] | [0]"


def is_up(address: str) -> str:
    """JMESPath: whether a tunnel is up."""
    return f"{_telemetry(address)}.Status)=='UP'"


def since_when(address: str) -> str:
    """JMESPath to when a tunnel's state last changed, as text."""
    return f"to_string({_telemetry(address)}.LastStatusChange))"


def former(address: str, names: Iterable[str]) -> str:
    """JMESPath to options of a tunnel as AWS takes them back: what it does not tell of is what it takes by itself."""
    tunnel = f"VpnConnections[?{tags.ALIVE}] | [0].Options.TunnelOptions[?OutsideIpAddress=='{address}'] | [0]"
    return f"{tunnel}.{{{', '.join(f'{name}: {_taken(name)}' for name in names)}}}"


def _taken(name: str) -> str:
    told = TOLD.get(name, name)
    if name in EVERY:
        return f"{told} && sort_by({told}[?Value].{{Value: Value}}, &Value) || {edits.literal(listed(EVERY[name]))}"
    if name == LOGS:
        kinds = [_logged(f"{LOGS}.CloudWatchLogOptions", kind) for kind in ("", "Bgp")]
        return f"{{CloudWatchLogOptions: merge({', '.join(kinds)})}}"
    usual = False if name == LIFECYCLE else NUMBERS[name][2] if name in NUMBERS else WORDS[name]
    return f"{told} || {edits.literal(usual)}"


def _logged(told: str, kind: str) -> str:
    """Which group and form is told of only where it is on: of one that is off AWS may go on telling."""
    on = f"{told}.{kind}LogEnabled"
    into = f"{kind}LogGroupArn: {told}.{kind}LogGroupArn, {kind}LogOutputFormat: {told}.{kind}LogOutputFormat || 'json'"
    return f"{{{kind}LogEnabled: {on} || `false`}}, {on} && {{{into}}} || `{{}}`"


def listed(values: Iterable[Any]) -> list[dict[str, str | int]]:
    """Methods as AWS takes them, in the order in which they are compared."""
    return [{"Value": value} for value in sorted(values)]


# -- changing --------------------------------------------------------------------------------------------------


def see_up(connection: Tunnels, tunnel: Tunnel, other: Tunnel) -> Action:
    """See that the other tunnel is still up before one is touched that carries as well."""
    look = Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection.id]})
    return Action(
        f"see-{other.number}",
        f"See that tunnel {other.number} is up, before tunnel {tunnel.number} is touched",
        look,
        wait=Wait(
            look, ready=f"VpnConnections[0].State=='available' && {is_up(other.address)}", now=_now(other.address),
            sentence=f"Waiting for tunnel {other.number}: tunnel {tunnel.number} is not touched while it is down",
            typical=5, limit=300,
        ),
    )  # fmt: skip


def change(
    connection: Tunnels, tunnel: Tunnel, wanted: Mapping[str, Any], after: tuple[str, ...], copies: tuple[str, ...]
) -> Action:
    """Change options of a tunnel, and wait until it is up again if it was up; put back at undo, each for itself.

    Args:
        connection: whose tunnel it is.
        tunnel: as it is until then.
        wanted: the options that change, as AWS takes them.
        after: the ids of what comes before.
        copies: those of them that have nothing to do with it but their turn.
    """
    id, which = f"tunnel-{tunnel.number}", {
        "VpnConnectionId": connection.id, "VpnTunnelOutsideIpAddress": tunnel.address,
    }  # fmt: skip
    look = Call("ec2.DescribeVpnConnections", {"VpnConnectionIds": [connection.id]})
    path, since = former(tunnel.address, wanted), since_when(tunnel.address)
    whole, kinds, other = "VpnConnections[0].State=='available'", spoken(wanted), connection.beside(tunnel)
    proved = f" && {is_up(tunnel.address)}" if tunnel.up else ""
    again = f"Waiting until tunnel {tunnel.number} is {'up' if tunnel.up else 'there'} again"
    anew = "" if not tunnel.up else f" && {since}!={edits.literal(tunnel.since)}"
    back = join(f"{whole}{proved} && {since}!='", seen(id, since), "'") if tunnel.up else whole
    alone = Wait(
        look, ready=f"{whole} && (!{is_up(tunnel.address)} || {is_up(other.address)})", now=_now(other.address),
        sentence=f"Waiting for tunnel {other.number}: tunnel {tunnel.number} is not touched while it carries alone",
        typical=5, limit=300,
    ) if other and other.up else None  # fmt: skip
    return Action(
        id,
        f"Change tunnel {tunnel.number} ({tunnel.address}): {kinds}",
        Call("ec2.ModifyVpnTunnelOptions", {**which, "TunnelOptions": dict(wanted)}),
        wait=Wait(
            look, ready=f"{whole}{proved}{anew}", now=_now(tunnel.address), sentence=again, typical=TYPICAL, limit=LIMIT
        ),
        undo=Restore(
            look, path, Call("ec2.ModifyVpnTunnelOptions", {**which, "TunnelOptions": before(id)}),
            first=alone,
            wait=Wait(look, ready=back, now=_now(tunnel.address), sentence=again, typical=TYPICAL, limit=LIMIT),
            apart=True,
        ),
        after=after,
        copies=copies,
        not_yet=BUSY,
        decided=digest({name: tunnel.options[name] for name in wanted}),
        undone=f"How tunnel {tunnel.number} of {connection.called} is: {kinds}",
    )  # fmt: skip


def _now(address: str) -> str:
    return f"join(', ', [VpnConnections[0].State, {_telemetry(address)}.Status)][?@])"


def spoken(names: Iterable[str]) -> str:
    """Options in words: the methods as one, if all of them are meant."""
    told = list(names)
    if set(EVERY) <= set(told):
        return ", ".join(["methods of encryption", *(SPOKEN[name] for name in told if name not in EVERY)])
    return ", ".join(SPOKEN[name] for name in told)
