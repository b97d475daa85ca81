"""VPN connections: what moto keeps as a bare pair of gateways, with its options, routes, tunnels and keys."""

from __future__ import annotations

import datetime as dt
import ipaddress
import string
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import InvalidVpnConnectionIdError
from moto.ec2.models.vpn_connections import VPNConnection
from moto.ec2.utils import random_vpn_connection_id
from moto.moto_api._internal import mock_random

from flows.practice.clock import CLOCK, Life, resource
from flows.practice.gaps import vended
from flows.practice.gaps.document import Document, End, Tunnel
from flows.practice.gaps.gateways import (
    PracticeCustomerGateway,
    PracticeVpnGateway,
    customer_gateway,
    vpn_gateway,
)
from flows.practice.gaps.transit_gateways import (
    PracticeTransitGateway,
    attach_connection,
    detach_connection,
    transit_gateway,
)
from flows.practice.gaps.tunnel_options import LISTS, RESERVED, check_tunnel, described_tunnel, fit
from flows.practice.gaps.vpn_samples import DEVICES, sample
from flows.practice.gaps.wire import (
    Described,
    Response,
    answer_ec2,
    chosen,
    described_tags,
    not_part,
    refuse,
    tags_for,
)
from flows.practice.happenings import CALLS

CHANGING, RETURNING = 4, 6
"""Seconds for which a change of a tunnel's options takes, and until its device has called again."""
MAX_ROUTES, MAX_ON_A_GATEWAY, MAX_A_REGION = 100, 10, 50


class PracticeConnection(VPNConnection):
    def __init__(
        self,
        backend: Any,
        customer: PracticeCustomerGateway,
        gateway: PracticeVpnGateway | PracticeTransitGateway,
        static: bool,
        asked: list[Described],
    ) -> None:
        self.ec2_backend = backend
        self.id = random_vpn_connection_id()
        self.type = "ipsec.1"
        self.customer_gateway_id, self.end_id = customer.id, gateway.id
        transit = isinstance(gateway, PracticeTransitGateway)
        self.transit_gateway_id, self.vpn_gateway_id = (gateway.id, None) if transit else (None, gateway.id)
        self.life = resource(4, 2)
        self.static = static
        self.asked = asked
        self.routes: dict[str, Life] = {}
        self.tunnels: Any = [self._tunnel(customer, gateway, options) for options in asked]
        self.changed: dict[int, tuple[float, float]] = {}

    def _tunnel(self, customer: PracticeCustomerGateway, gateway: Any, asked: Described) -> Tunnel:
        cidr = asked.get("TunnelInsideCidr") or _free_inside_network(self.ec2_backend, gateway.id)
        asked["TunnelInsideCidr"] = cidr
        amazon, device = ipaddress.IPv4Network(cidr).hosts()
        # 198.18.0.0/15 is set aside for tests and routed nowhere, so nobody's firewall opens to a stranger.
        outside = f"198.{mock_random.randint(18, 19)}.{mock_random.randint(0, 255)}.{mock_random.randint(1, 254)}"
        letters = string.ascii_letters + string.digits + "._"
        key = asked.get("PreSharedKey") or "k" + "".join(mock_random.choice(letters) for _ in range(31))
        return Tunnel(
            End(customer.ip_address, str(device), customer.bgp_asn),
            End(outside, str(amazon), str(gateway.amazon_side_asn)),
            key,
        )

    @property
    def state(self) -> str:  # type: ignore[override]  # moto stores what we work out from the clock
        busy = any(not CLOCK.passed(began, CHANGING) for began, _ in self.changed.values())
        return "modifying" if busy and self.life.ready else self.life.state

    @property
    def document(self) -> Document:
        return Document(self.id, self.customer_gateway_id, self.end_id, self.static, self.tunnels)

    @property
    def up(self) -> bool:
        """Whether its device has called."""
        return self.life.ending is None and any(tag["key"] == CALLS for tag in self.get_tags())

    def is_up(self, number: int) -> bool:
        """Whether the device has called again since the tunnel was last changed, and may with what it speaks."""
        speaks = next((tag["value"] for tag in self.get_tags() if tag["key"] == CALLS), "yes")
        began, _ = self.changed.get(number, (0.0, 0.0))
        allowed = self.asked[number].get("IKEVersions", LISTS["IKEVersions"])
        return self.up and CLOCK.passed(began, RETURNING) and speaks in ("yes", *allowed)

    def change(self, number: int, options: Described) -> None:
        """AWS tells when its state changed by the second; two changes are never at the same."""
        _, last = self.changed.get(number, (0.0, self.life.began))
        self.changed[number] = (CLOCK.now(), max(CLOCK.now(), last + 1))
        self.asked[number].update(options)
        if key := options.get("PreSharedKey"):
            self.tunnels[number] = self.tunnels[number]._replace(key=key)

    @property
    def leads_to(self) -> list[str]:
        """The networks behind it, once it is up: those that are listed, or those that the device announces."""
        if self.static:  # at a transit gateway, its tables lead there
            return [cidr for cidr, life in self.routes.items() if life.ready]
        return " ".join(tag["value"] for tag in self.get_tags() if tag["key"].startswith(f"{CALLS}:")).split()

    def described(self) -> Described:
        shown: Described = {
            "VpnConnectionId": self.id,
            "CustomerGatewayId": self.customer_gateway_id,
            **({"TransitGatewayId": self.end_id} if self.transit_gateway_id else {"VpnGatewayId": self.end_id}),
            "State": self.state,
            "Type": self.type,
            "Category": "VPN",
            "GatewayAssociationState": "associated",
            "Options": {
                "EnableAcceleration": False,
                "StaticRoutesOnly": self.static,
                "LocalIpv4NetworkCidr": "0.0.0.0/0",
                "RemoteIpv4NetworkCidr": "0.0.0.0/0",
                "OutsideIpAddressType": "PublicIpv4",
                "TunnelInsideIpVersion": "ipv4",
                "TunnelOptions": [
                    described_tunnel(asked, tunnel) for asked, tunnel in zip(self.asked, self.tunnels, strict=True)
                ],
            },
            "Routes": [
                {"DestinationCidrBlock": cidr, "Source": "Static", "State": life.state}
                for cidr, life in self.routes.items()
                if not life.over
            ],
            "Tags": described_tags(self),
        }
        if self.life.ending is None:
            shown["CustomerGatewayConfiguration"] = self.document.xml()
            shown["VgwTelemetry"] = [
                {
                    "OutsideIpAddress": tunnel.amazon.outside,
                    "Status": "UP" if up else "DOWN",
                    "StatusMessage": "" if up else "IPSEC IS DOWN",
                    "AcceptedRouteCount": len(self.leads_to) if up else 0,
                    "LastStatusChange": dt.datetime.fromtimestamp(since, dt.UTC).replace(tzinfo=None),
                }
                for tunnel, up, since in (
                    (each, self.is_up(number), self.changed.get(number, (0.0, self.life.began))[1])
                    for number, each in enumerate(self.tunnels)
                )
            ]
        return shown


def _free_inside_network(backend: Any, gateway_id: str) -> str:
    taken = _inside_networks(backend, gateway_id) | RESERVED
    while True:
        third, quarter = mock_random.randint(6, 255), mock_random.randint(0, 63)
        cidr = f"169.254.{third}.{quarter * 4}/30"
        if cidr not in taken:
            return cidr


def _inside_networks(backend: Any, gateway_id: str) -> set[str]:
    return {
        options.get("TunnelInsideCidr", "")
        for tunnel in backend.vpn_connections.values()
        if tunnel.end_id == gateway_id and not tunnel.life.over
        for options in tunnel.asked
    }


def connection(backend: Any, connection_id: str) -> PracticeConnection:
    found = backend.vpn_connections.get(connection_id)
    if found is None or found.life.over:
        raise InvalidVpnConnectionIdError(connection_id)
    assert isinstance(found, PracticeConnection)
    return found


def _create_vpn_connection(self: Response) -> ActionResult:
    backend = self.ec2_backend
    transit = self._get_param("TransitGatewayId")
    if self._get_param("VpnConcentratorId") or not (transit or self._get_param("VpnGatewayId")):
        raise not_part("A VPN connection without a gateway")
    if transit and self._get_param("VpnGatewayId"):
        both = "The request must not contain both parameter vpnGatewayId and transitGatewayId"
        raise refuse("InvalidParameterCombination", both)
    if self._get_param("Type") != "ipsec.1":
        raise refuse("InvalidParameterValue", f"Value ({self._get_param('Type')}) for parameter type is invalid.")
    customer = customer_gateway(backend, self._get_param("CustomerGatewayId"))
    gateway: Any = (
        transit_gateway(backend, transit) if transit else vpn_gateway(backend, self._get_param("VpnGatewayId"))
    )
    for kind, thing in (("Customer", customer), ("Transit" if transit else "Vpn", gateway)):
        if not thing.life.ready:
            raise refuse(f"Invalid{kind}GatewayState", f"{thing.id} is not available; it is {thing.life.state}.")
    options = self._get_param("Options") or {}
    static = bool(options.get("StaticRoutesOnly", False))
    alive = [each for each in backend.vpn_connections.values() if each.life.ending is None]
    for each in () if transit else alive:  # a transit gateway takes several, and sends by all of them
        if (each.customer_gateway_id, each.vpn_gateway_id) == (customer.id, gateway.id):
            if each.static != static:
                raise refuse("InvalidOption.Conflict", f"{each.id} exists between these gateways, with other routing.")
            return ActionResult({"VpnConnection": each.described()})
    on_gateway = sum(each.vpn_gateway_id == gateway.id for each in alive)
    if len(alive) >= MAX_A_REGION or (on_gateway >= MAX_ON_A_GATEWAY and not transit):
        raise refuse("VpnConnectionLimitExceeded", "The maximum number of VPN connections has been reached.")
    asked = _checked_options(backend, gateway.id, options)
    if options.get("EnableAcceleration") and not transit:
        raise refuse("InvalidParameterCombination", "EnableAcceleration needs a transit gateway.")
    new = PracticeConnection(backend, customer, gateway, static, asked)
    backend.vpn_connections[new.id] = new
    new.add_tags(tags_for(self, "vpn-connection"))
    if transit:
        attach_connection(gateway, new.id)
    return ActionResult({"VpnConnection": new.described()})


def _checked_options(backend: Any, gateway: str, options: Described) -> list[Described]:
    asked = [dict(one) for one in options.get("TunnelOptions") or []]
    if len(asked) > 2:
        raise refuse("InvalidParameterValue", "A VPN connection has two tunnels.")
    asked += [{} for _ in range(2 - len(asked))]
    taken = _inside_networks(backend, gateway)
    for one in asked:
        check_tunnel(one)
        fit(one)
        vended.checked(backend, (one.get("LogOptions") or {}).get("CloudWatchLogOptions") or {})
        cidr = one.get("TunnelInsideCidr")
        if cidr in taken:
            raise refuse("InvalidParameterValue", f"TunnelInsideCidr {cidr} is in use on {gateway}.")
        if cidr:
            taken.add(cidr)
    return asked


def _describe_vpn_connections(self: Response) -> ActionResult:
    known = self.ec2_backend.vpn_connections
    wanted = self._get_param("VpnConnectionIds", [])
    for connection_id in wanted:
        if connection_id not in known or known[connection_id].life.forgotten():
            raise InvalidVpnConnectionIdError(connection_id)
    found = [
        each.described() for each in known.values() if not each.life.forgotten() and (not wanted or each.id in wanted)
    ]
    gateways = self.ec2_backend.customer_gateways
    fields = {
        "bgp-asn": lambda one: gateways[one["CustomerGatewayId"]].bgp_asn,
        "customer-gateway-id": lambda one: one["CustomerGatewayId"],
        "option.static-routes-only": lambda one: one["Options"]["StaticRoutesOnly"],
        "route.destination-cidr-block": lambda one: [route["DestinationCidrBlock"] for route in one["Routes"]],
        "state": lambda one: one["State"],
        "transit-gateway-id": lambda one: one.get("TransitGatewayId"),
        "type": lambda one: one["Type"],
        "vpn-connection-id": lambda one: one["VpnConnectionId"],
        "vpn-gateway-id": lambda one: one.get("VpnGatewayId"),
    }
    return ActionResult({"VpnConnections": chosen(found, self, fields)})


def _delete_vpn_connection(self: Response) -> ActionResult:
    gone = connection(self.ec2_backend, self._get_param("VpnConnectionId"))
    gone.life.end()
    detach_connection(self.ec2_backend, gone.id)
    return EmptyResult()


def _create_vpn_connection_route(self: Response) -> ActionResult:
    found, cidr = _connection_with_routes(self)
    if cidr not in found.routes or found.routes[cidr].ending is not None:
        if sum(not life.over for life in found.routes.values()) >= MAX_ROUTES:
            raise refuse("VpnConnectionRouteLimitExceeded", f"{found.id} already has {MAX_ROUTES} routes.")
        found.routes[cidr] = resource(1, 1)
    return EmptyResult()


def _delete_vpn_connection_route(self: Response) -> ActionResult:
    found, cidr = _connection_with_routes(self)
    if cidr not in found.routes or found.routes[cidr].ending is not None:
        raise refuse("InvalidRoute.NotFound", f"{found.id} has no route for {cidr}.")
    found.routes[cidr].end()
    return EmptyResult()


def _connection_with_routes(self: Response) -> tuple[PracticeConnection, str]:
    found = connection(self.ec2_backend, self._get_param("VpnConnectionId"))
    if not found.life.ready:
        raise refuse("InvalidVpnConnection.InvalidState", f"{found.id} is {found.state}, not available.")
    if not found.static:
        raise refuse("InvalidVpnConnection.InvalidType", f"{found.id} uses BGP.")
    if found.transit_gateway_id:
        raise refuse("InvalidVpnConnection.InvalidType", f"{found.id} is at a transit gateway, whose tables route.")
    cidr = str(self._get_param("DestinationCidrBlock"))
    try:
        return found, str(ipaddress.IPv4Network(cidr))
    except ValueError:
        problem = f"Value ({cidr}) for parameter destinationCidrBlock is invalid."
        raise refuse("InvalidParameterValue", problem) from None


def _device_types(self: Response) -> ActionResult:
    return ActionResult({"VpnConnectionDeviceTypes": DEVICES})


def _device_sample(self: Response) -> ActionResult:
    found = connection(self.ec2_backend, self._get_param("VpnConnectionId"))
    text = sample(
        found.document,
        self._get_param("VpnConnectionDeviceTypeId"),
        self._get_param("InternetKeyExchangeVersion") or "ikev1",
        self._get_param("SampleType") or "compatibility",
    )
    return ActionResult({"VpnConnectionDeviceSampleConfiguration": text})


def _tunnel_status(self: Response) -> ActionResult:
    found = connection(self.ec2_backend, self._get_param("VpnConnectionId"))
    outside = self._get_param("VpnTunnelOutsideIpAddress")
    if all(tunnel.amazon.outside != outside for tunnel in found.tunnels):
        raise refuse("InvalidParameterValue", f"{found.id} has no tunnel with the address {outside}.")
    began = max(found.life.began, *(began for began, _ in found.changed.values()), 0.0)
    status = {"ProvisioningStatus": "available" if CLOCK.passed(began, CHANGING) else "pending"}
    return ActionResult({"ActiveVpnTunnelStatus": status})


def install() -> None:
    answer_ec2(
        {
            "create_vpn_connection": _create_vpn_connection,
            "describe_vpn_connections": _describe_vpn_connections,
            "delete_vpn_connection": _delete_vpn_connection,
            "create_vpn_connection_route": _create_vpn_connection_route,
            "delete_vpn_connection_route": _delete_vpn_connection_route,
            "get_vpn_connection_device_types": _device_types,
            "get_vpn_connection_device_sample_configuration": _device_sample,
            "get_active_vpn_tunnel_status": _tunnel_status,
        }
    )
