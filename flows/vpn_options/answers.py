"""What the answers come to: which tunnel gets which options, and what an answer must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from flows.aws import tunnel_options, vpn_tunnel_logs, vpn_tunnels
from flows.aws.vpn_tunnels import EVERY, LIFECYCLE, LOGS, Tunnel, Tunnels
from flows.engine import Caution, Cloud, Option, Refused

AS_IS, MODERN, COMPATIBLE, BOTH = "as-it-is", "modern", "compatible", "both"
WRITE, STOP, ANNOUNCED, ANY_TIME = "write", "stop", "announced", "any-time"
AS_NOW, AS_SAID = "as it is now", "as encryption says"
OWN: Mapping[str, str] = {
    "ike_versions": "IKEVersions",
    "phase_1_encryption": "Phase1EncryptionAlgorithms",
    "phase_2_encryption": "Phase2EncryptionAlgorithms",
    "phase_1_integrity": "Phase1IntegrityAlgorithms",
    "phase_2_integrity": "Phase2IntegrityAlgorithms",
    "phase_1_groups": "Phase1DHGroupNumbers",
    "phase_2_groups": "Phase2DHGroupNumbers",
}
"""The questions about lists of methods, each with what AWS calls it."""
TIMES: Mapping[str, str] = {
    "silent_after": "DPDTimeoutSeconds",
    "phase_1_lifetime": "Phase1LifetimeSeconds",
    "phase_2_lifetime": "Phase2LifetimeSeconds",
    "rekey_margin": "RekeyMarginTimeSeconds",
    "rekey_fuzz": "RekeyFuzzPercentage",
    "replay_window": "ReplayWindowSize",
}
CHOSEN: Mapping[str, str] = {"started_by": "StartupAction", "when_silent": "DPDTimeoutAction"}
Change = tuple[Tunnel, Mapping[str, Any]]


class Answers(Protocol):
    """The set-up as the functions here see it."""

    cloud: Cloud
    connection: Tunnels
    encryption: str
    logs: str
    tunnels: str
    lifecycle: str
    answers: dict[str, Any]


# -- which connection ------------------------------------------------------------------------------------------


def connections(cloud: Cloud) -> Iterator[Option[Tunnels]]:
    """Those that can be changed now, each with how its tunnels are."""
    for each, state in vpn_tunnels.connections(cloud):
        if state == "available":
            yield Option(each.id, each, each.called, f"{each.id}  {how(each)}")


def how(connection: Tunnels) -> str:
    """How its tunnels are, in a few words."""
    told = [f"tunnel {each.number} {'up' if each.up else 'down'}, {allowed(each)}" for each in connection.tunnels]
    return "; ".join(told) or "AWS tells of no tunnels"


def allowed(tunnel: Tunnel) -> str:
    """Which encryption a tunnel allows."""
    lists = {name: tunnel.options[name] for name in EVERY}
    if lists == _profile(vpn_tunnels.MODERN):
        return "modern methods"
    return "every method" if lists == _profile(EVERY) else "own methods"


def whole(connection: Tunnels, flow: Answers) -> None:
    if len(connection.tunnels) != 2:
        raise Refused(f"AWS tells of {len(connection.tunnels)} tunnels of {connection.called}; there must be two.")


# -- what is asked for -----------------------------------------------------------------------------------------


def number(name: str) -> Callable[[str], int | None]:
    """Reads a number that AWS takes for this option; nothing is as it is. Raises Refused."""
    read = tunnel_options.number(name)
    return lambda text: read(text.strip()) if text.strip() else None


def methods(name: str) -> dict[str, str]:
    """What a list may hold, to be picked from."""
    return {str(each): f"group {each}" if name.endswith("Numbers") else str(each) for each in EVERY[name]}


def strong(encryption: str, flow: Answers) -> Iterator[Caution]:
    if encryption == COMPATIBLE:
        yield Caution(
            "weak-encryption",
            "With everything allowed, old and weak methods are used if the device prefers them.",
            switch=MODERN,
        )


def log_there(logs: str, flow: Answers) -> Iterator[Caution]:
    if logs == WRITE and (into := [name for each in flow.connection.tunnels if (name := logged_into(each))]):
        yield Caution("logged-already", f"AWS writes into {into[0]} already. What is written there stays as it is.")


def logged_into(tunnel: Tunnel, kind: str = "") -> str:
    """The log group into which AWS writes what happens at a tunnel, or what BGP says; empty if into none."""
    told = tunnel.options[LOGS]["CloudWatchLogOptions"]
    return str(told.get(f"{kind}LogGroupArn") or "").partition(":log-group:")[2].removesuffix(":*")


# -- what it comes to ------------------------------------------------------------------------------------------


def wanted(flow: Answers, tunnel: Tunnel) -> dict[str, Any]:
    """The options that a tunnel should have, of those that were said, as AWS takes them."""
    said = flow.answers
    found: dict[str, Any] = {}
    if flow.encryption != AS_IS:
        found |= _profile(vpn_tunnels.MODERN if flow.encryption == MODERN else EVERY)
    for key, name in OWN.items():
        if picked := said.get(key):
            found[name] = vpn_tunnels.listed(int(each) if name.endswith("Numbers") else each for each in picked)
    found |= {name: said[key] for key, name in TIMES.items() if said.get(key) is not None}
    found |= {name: said[key] for key, name in CHOSEN.items() if said.get(key, AS_IS) != AS_IS}
    if flow.lifecycle != AS_IS:
        found[LIFECYCLE] = flow.lifecycle == ANNOUNCED
    if flow.logs != AS_IS:
        found[LOGS] = _logs(flow, tunnel)
    return found


def changes(flow: Answers) -> list[Change]:
    """Which tunnels change and how, in the order in which they do: one that carries nothing first."""
    both = sorted(flow.connection.tunnels, key=lambda each: (each.up, each.number))
    chosen = [each for each in both if flow.tunnels in (BOTH, str(each.number))]
    found = [(each, each.other_than(wanted(flow, each))) for each in chosen]
    return [(tunnel, other) for tunnel, other in found if other]


def new_log(flow: Answers) -> bool:
    """Whether a log is needed: not where AWS writes into one for all that changes already."""
    if flow.logs != WRITE:
        return False
    name = log_name(flow)
    return any(name in str(other.get(LOGS)) for _, other in changes(flow))


def log_name(flow: Answers) -> str:
    return vpn_tunnel_logs.name_of(flow.connection.called)


def _logs(flow: Answers, tunnel: Tunnel) -> dict[str, Any]:
    """What AWS writes down of a tunnel: nothing, or what it does into the log where it does so yet, and the rest into
    ours."""
    if flow.logs == STOP:
        return {"CloudWatchLogOptions": {"LogEnabled": False, "BgpLogEnabled": False}}
    ours = vpn_tunnel_logs.options(flow.cloud, flow.connection.called, bgp=flow.connection.bgp)
    now = tunnel.options[LOGS]["CloudWatchLogOptions"]
    kept = {name: value for name, value in now.items() if now["BgpLogEnabled" if "Bgp" in name else "LogEnabled"]}
    quiet = {"BgpLogEnabled": False}
    return {"CloudWatchLogOptions": {**quiet, **ours["LogOptions"]["CloudWatchLogOptions"], **kept}}


def _profile(methods: Mapping[str, list[str] | list[int]]) -> dict[str, Any]:
    return {name: vpn_tunnels.listed(values) for name, values in methods.items()}


# -- what is said of it ----------------------------------------------------------------------------------------


def in_words(name: str, value: Any) -> str:
    """What an option is, to be read."""
    if name in EVERY:
        given = [each["Value"] for each in value]
        return "everything" if given == sorted(EVERY[name]) else ", ".join(map(str, given))
    if name == LOGS:
        told = value["CloudWatchLogOptions"]
        kinds = [what for what, on in (("the tunnel's", "LogEnabled"), ("BGP's", "BgpLogEnabled")) if told.get(on)]
        return " and ".join(kinds) or "none"
    if name == LIFECYCLE:
        return "on" if value else "off"
    unit = " s" if name.endswith("Seconds") else " %" if name.endswith("Percentage") else ""
    return f"{value}{unit}"


def addresses(connection: Tunnels) -> str:
    return ", ".join(each.address for each in connection.tunnels)


def changed(changes: list[Change]) -> str:
    """What of which tunnel changes, in words."""
    return "; ".join(f"tunnel {tunnel.number}: {vpn_tunnels.spoken(other)}" for tunnel, other in changes)


def noted(changes: list[Change]) -> dict[str, Any]:
    """What a run notes, for its hand-over: what each tunnel was to have, by its address."""
    return {"wanted": {tunnel.address: dict(other) for tunnel, other in changes}}
