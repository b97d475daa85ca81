"""Changes of a tunnel's options, which moto lacks: one tunnel after the other, and what does not fit is refused."""

from __future__ import annotations

from moto.core.responses import ActionResult

from flows.practice.gaps import vended
from flows.practice.gaps.tunnel_options import check_tunnel, fit
from flows.practice.gaps.vpn_connections import connection
from flows.practice.gaps.wire import Response, answer_ec2, not_part, refuse


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
    fit(whole)
    vended.checked(self.ec2_backend, (options.get("LogOptions") or {}).get("CloudWatchLogOptions") or {})
    found.change(number, options)
    return ActionResult({"VpnConnection": found.described()})


def install() -> None:
    answer_ec2({"modify_vpn_tunnel_options": _modify_tunnel})
