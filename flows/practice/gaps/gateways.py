"""Customer gateways and virtual private gateways, with the refusals and the waiting that AWS has.

The gateways are moto's, so that tags, routes and `CreateTags` know them; their states and rules are ours.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import (
    InvalidCustomerGatewayIdError,
    InvalidVpnGatewayAttachmentError,
    InvalidVpnGatewayIdError,
)
from moto.ec2.models.customer_gateways import CustomerGateway
from moto.ec2.models.vpn_gateway import VpnGateway
from moto.ec2.utils import random_customer_gateway_id, random_vpn_gateway_id

from flows.practice.clock import Life, attachment, resource
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

AMAZONS_OWN = {None: {7224}, "eu-west-1": {9059}, "ap-northeast-1": {10124}, "ap-southeast-1": {17943}}
GATEWAYS_A_REGION = {"customer": 50, "vpn": 5}
DEFAULT_CUSTOMER_ASN, DEFAULT_AMAZON_ASN = "65000", "64512"


class PracticeCustomerGateway(CustomerGateway):
    def __init__(self, backend: Any, kind: str, ip: str, asn: str, device: str | None) -> None:
        self.ec2_backend = backend
        self.id = random_customer_gateway_id()
        self.type, self.ip_address, self.bgp_asn, self.device_name = kind, ip, asn, device
        self.life = resource(1, 1)

    @property
    def state(self) -> str:  # type: ignore[override]  # moto stores what we work out from the clock
        return self.life.state

    @property
    def identity(self) -> tuple[Any, ...]:
        return self.type, self.ip_address, self.bgp_asn, self.device_name

    def described(self) -> Described:
        number = "BgpAsnExtended" if int(self.bgp_asn) > 2147483647 else "BgpAsn"
        return {
            "CustomerGatewayId": self.id,
            "Type": self.type,
            "State": self.state,
            "IpAddress": self.ip_address,
            number: self.bgp_asn,
            **({"DeviceName": self.device_name} if self.device_name else {}),
            "Tags": described_tags(self),
        }


class PracticeVpnGateway(VpnGateway):
    def __init__(self, backend: Any, kind: str, asn: str, zone: str | None) -> None:
        self.ec2_backend = backend
        self.id = random_vpn_gateway_id()
        self.type, self.amazon_side_asn, self.availability_zone = kind, asn, zone
        self.life = resource(1, 1)
        self.attached: dict[str, Life] = {}

    @property
    def state(self) -> str:  # type: ignore[override]  # moto stores what we work out from the clock
        return self.life.state

    @property
    def attachments(self) -> dict[str, Any]:  # type: ignore[override]  # moto reads the VPCs from the keys
        return {vpc: life for vpc, life in self.attached.items() if not life.over}

    def is_attached_to(self, vpc: str) -> bool:
        return vpc in self.attached and self.attached[vpc].ready

    def described(self) -> Described:
        return {
            "VpnGatewayId": self.id,
            "Type": self.type,
            "State": self.state,
            "AmazonSideAsn": int(self.amazon_side_asn or DEFAULT_AMAZON_ASN),
            "VpcAttachments": [
                {"VpcId": vpc, "State": life.state}
                for vpc, life in self.attached.items()
                if not life.forgotten(after=60)
            ],
            "Tags": described_tags(self),
        }


def customer_gateway(backend: Any, gateway_id: str) -> PracticeCustomerGateway:
    gateway = backend.customer_gateways.get(gateway_id)
    if gateway is None or gateway.life.over:
        raise InvalidCustomerGatewayIdError(gateway_id)
    assert isinstance(gateway, PracticeCustomerGateway)
    return gateway


def vpn_gateway(backend: Any, gateway_id: str) -> PracticeVpnGateway:
    gateway = backend.vpn_gateways.get(gateway_id)
    if gateway is None or gateway.life.over:
        raise InvalidVpnGatewayIdError(gateway_id)
    assert isinstance(gateway, PracticeVpnGateway)
    return gateway


def _create_customer_gateway(self: Response) -> ActionResult:
    backend = self.ec2_backend
    kind = self._get_param("Type") or ""
    if kind != "ipsec.1":
        raise refuse("InvalidParameterValue", f"Value ({kind}) for parameter type is invalid.")
    if self._get_param("CertificateArn"):
        raise not_part("A customer gateway with a certificate")
    address = _address(self._get_param("IpAddress") or self._get_param("PublicIp"))
    asn = _customer_asn(self)
    new = PracticeCustomerGateway(backend, kind, address, asn, self._get_param("DeviceName"))
    alive = [gateway for gateway in backend.customer_gateways.values() if gateway.life.ending is None]
    for gateway in alive:
        if gateway.identity == new.identity:
            return ActionResult({"CustomerGateway": gateway.described()})
    if len(alive) >= GATEWAYS_A_REGION["customer"]:
        raise refuse("CustomerGatewayLimitExceeded", "The Region has its 50 customer gateways.")
    backend.customer_gateways[new.id] = new
    new.add_tags(tags_for(self, "customer-gateway"))
    return ActionResult({"CustomerGateway": new.described()})


def _address(text: str | None) -> str:
    if not text:
        raise refuse("MissingParameter", "The request must contain the parameter ipAddress")
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        raise refuse("InvalidParameterValue", f"Value ({text}) for parameter ipAddress is invalid.") from None
    if address.is_multicast or address.is_loopback or address.is_unspecified or address.is_link_local:
        raise refuse("InvalidParameterValue", f"Value ({text}) for parameter ipAddress is invalid.")
    return text


def _customer_asn(self: Response) -> str:
    short, long = self._get_param("BgpAsn"), self._get_param("BgpAsnExtended")
    if short is not None and long is not None:
        raise refuse("InvalidParameterCombination", "Specify either BgpAsn or BgpAsnExtended, not both.")
    number = int(short if short is not None else long if long is not None else DEFAULT_CUSTOMER_ASN)
    low, high = (2147483648, 4294967295) if long is not None else (1, 2147483647)
    if not low <= number <= high or number in AMAZONS_OWN[None] | AMAZONS_OWN.get(self.region, set()):
        raise refuse("InvalidParameterValue", f"Value ({number}) for parameter bgpAsn is invalid.")
    return str(number)


def _describe_customer_gateways(self: Response) -> ActionResult:
    known = self.ec2_backend.customer_gateways
    wanted = self._get_param("CustomerGatewayIds", [])
    for gateway_id in wanted:
        if gateway_id not in known or known[gateway_id].life.forgotten():
            raise InvalidCustomerGatewayIdError(gateway_id)
    found = [
        gateway.described()
        for gateway in known.values()
        if not gateway.life.forgotten() and (not wanted or gateway.id in wanted)
    ]
    fields = {
        "bgp-asn": lambda one: one.get("BgpAsn") or one.get("BgpAsnExtended"),
        "customer-gateway-id": lambda one: one["CustomerGatewayId"],
        "ip-address": lambda one: one["IpAddress"],
        "state": lambda one: one["State"],
        "type": lambda one: one["Type"],
    }
    return ActionResult({"CustomerGateways": chosen(found, self, fields)})


def _delete_customer_gateway(self: Response) -> ActionResult:
    gateway = customer_gateway(self.ec2_backend, self._get_param("CustomerGatewayId"))
    if any(
        tunnel.customer_gateway_id == gateway.id and not tunnel.life.over
        for tunnel in self.ec2_backend.vpn_connections.values()
    ):
        raise refuse("IncorrectState", "The customer gateway is in use.")
    gateway.life.end()
    return EmptyResult()


def _create_vpn_gateway(self: Response) -> ActionResult:
    backend = self.ec2_backend
    kind = self._get_param("Type") or ""
    if kind != "ipsec.1":
        raise refuse("InvalidParameterValue", f"Value ({kind}) for parameter type is invalid.")
    asn = int(self._get_param("AmazonSideAsn") or DEFAULT_AMAZON_ASN)
    if not (64512 <= asn <= 65534 or 4200000000 <= asn <= 4294967294):
        raise refuse("InvalidParameterValue", f"Value ({asn}) for parameter amazonSideAsn is invalid.")
    alive = [gateway for gateway in backend.vpn_gateways.values() if gateway.life.ending is None]
    if len(alive) >= GATEWAYS_A_REGION["vpn"]:
        raise refuse("VpnGatewayLimitExceeded", "The Region has its 5 virtual private gateways.")
    zone = self._get_param("AvailabilityZone")
    gateway = PracticeVpnGateway(backend, kind, str(asn), zone)  # type: ignore[abstract]  # as moto does
    backend.vpn_gateways[gateway.id] = gateway
    gateway.add_tags(tags_for(self, "vpn-gateway"))
    return ActionResult({"VpnGateway": gateway.described()})


def _describe_vpn_gateways(self: Response) -> ActionResult:
    known = self.ec2_backend.vpn_gateways
    wanted = self._get_param("VpnGatewayIds", [])
    for gateway_id in wanted:
        if gateway_id not in known or known[gateway_id].life.forgotten():
            raise InvalidVpnGatewayIdError(gateway_id)
    found = [
        gateway.described()
        for gateway in known.values()
        if not gateway.life.forgotten() and (not wanted or gateway.id in wanted)
    ]
    fields = {
        "amazon-side-asn": lambda one: one["AmazonSideAsn"],
        "attachment.state": lambda one: [each["State"] for each in one["VpcAttachments"]],
        "attachment.vpc-id": lambda one: [each["VpcId"] for each in one["VpcAttachments"]],
        "state": lambda one: one["State"],
        "type": lambda one: one["Type"],
        "vpn-gateway-id": lambda one: one["VpnGatewayId"],
    }
    return ActionResult({"VpnGateways": chosen(found, self, fields)})


def _attach_vpn_gateway(self: Response) -> ActionResult:
    backend = self.ec2_backend
    gateway = vpn_gateway(backend, self._get_param("VpnGatewayId"))
    vpc = backend.get_vpc(self._get_param("VpcId")).id
    if gateway.life.ending is not None:
        raise refuse("InvalidVpnGatewayState", f"The VPN gateway {gateway.id} is being deleted.")
    if any(other != vpc for other in gateway.attachments):
        raise refuse("VpnGatewayAttachmentLimitExceeded", f"The VPN gateway {gateway.id} is already attached to a VPC.")
    for other in backend.vpn_gateways.values():
        if other is not gateway and vpc in other.attachments:
            raise refuse(
                "InvalidVpcState",
                f"VPC {vpc} is currently attached to the Virtual Private Gateway {other.id}.",
            )
    if vpc not in gateway.attachments:
        gateway.attached[vpc] = attachment()
    elif gateway.attached[vpc].ending is not None:
        raise refuse("IncorrectState", f"The VPN gateway {gateway.id} is being detached from {vpc}.")
    return ActionResult({"VpcAttachment": {"VpcId": vpc, "State": gateway.attached[vpc].state}})


def _detach_vpn_gateway(self: Response) -> ActionResult:
    gateway = vpn_gateway(self.ec2_backend, self._get_param("VpnGatewayId"))
    vpc = self._get_param("VpcId")
    if vpc not in gateway.attachments:
        raise InvalidVpnGatewayAttachmentError(gateway.id, vpc)
    gateway.attached[vpc].end()
    return EmptyResult()


def _delete_vpn_gateway(self: Response) -> ActionResult:
    backend = self.ec2_backend
    gateway = vpn_gateway(backend, self._get_param("VpnGatewayId"))
    carries = any(
        tunnel.vpn_gateway_id == gateway.id and not tunnel.life.over for tunnel in backend.vpn_connections.values()
    )
    if gateway.attachments or carries:
        holder = "a VPN connection" if carries else "an attached VPC"
        raise refuse("IncorrectState", f"The VPN gateway {gateway.id} is in use: it has {holder}.")
    gateway.life.end()
    return EmptyResult()


def install() -> None:
    answer_ec2(
        {
            "create_customer_gateway": _create_customer_gateway,
            "describe_customer_gateways": _describe_customer_gateways,
            "delete_customer_gateway": _delete_customer_gateway,
            "create_vpn_gateway": _create_vpn_gateway,
            "describe_vpn_gateways": _describe_vpn_gateways,
            "attach_vpn_gateway": _attach_vpn_gateway,
            "detach_vpn_gateway": _detach_vpn_gateway,
            "delete_vpn_gateway": _delete_vpn_gateway,
        }
    )
