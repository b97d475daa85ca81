"""Changes of a tunnel's options, which moto lacks: one tunnel after the other, and what does not fit is refused."""

from __future__ import annotations

from moto.core.responses import ActionResult

from flows.practice.gaps import vended
from flows.practice.gaps.tunnel_options import check_tunnel, must
from flows.practice.gaps.vpn_connections import connection
from flows.practice.gaps.wire import Described, Response, answer_ec2, not_part, refuse


def _modify_tunnel(self: Response) -> ActionResult:
    """As AWS: one tunnel, a connection that is available, and options that fit with those that stay."""
    found = connection(self.ec2_backend, self._get_param("VpnConnectionId"))
    if found.state != "available":
        raise refuse("InvalidVpnConnection.InvalidState", f"{found.id} is {found.state}, not available.")
    outside, options = self._get_param("VpnTunnelOutsideIpAddress"), dict(self._get_param("TunnelOptions") or {})
    addresses = [tunnel.amazon.outside for tunnel in found.tunnels]
    if outside not in addresses:
        raise refuse("InvalidParameterValue", f"{found.id} has no tunnel with the address {outside}.")
    if not options:
        raise refuse("MissingParameter", "The request must contain the parameter TunnelOptions.")
    if "TunnelInsideCidr" in options or any("KeyExchanges" in name for name in options):
        raise not_part("Another inside network of a tunnel, or a further key exchange")
    number = addresses.index(outside)
    options = {name: value for name, value in options.items() if name != "LogOptions" or value}
    check_tunnel(options)
    whole = {**found.asked[number], **options}
    _fit(whole)
    vended.checked(self.ec2_backend, (options.get("LogOptions") or {}).get("CloudWatchLogOptions") or {})
    found.change(number, options)
    return ActionResult({"VpnConnection": found.described()})


def _fit(whole: Described) -> None:
    """What the options of a tunnel demand of each other."""
    first, second = (int(whole.get(f"Phase{phase}LifetimeSeconds", most)) for phase, most in ((1, 28800), (2, 3600)))
    must(second < first, "Phase2LifetimeSeconds", f"{second}, and phase 1 has {first}")
    margin = int(whole.get("RekeyMarginTimeSeconds", 270))
    must(margin <= second / 2, "RekeyMarginTimeSeconds", f"{margin}, more than half of {second}")
    if whole.get("StartupAction") == "start":
        must("ikev1" not in whole.get("IKEVersions", ["ikev1"]), "StartupAction", "start without ikev2 only")


def install() -> None:
    answer_ec2({"modify_vpn_tunnel_options": _modify_tunnel})
