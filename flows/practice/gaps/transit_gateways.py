"""Transit gateways and what is attached to them, with the states, refusals and waiting that AWS has.

moto has both as bare records: an attachment is there at once, whatever its subnets, and associated with a table that it
may not have. Its stores are used, so that tags know them; what is in them is ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import (
    random_transit_gateway_attachment_id,
    random_transit_gateway_id,
    random_transit_gateway_route_table_id,
)

from flows.practice.clock import Life, resource
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

DEFAULTS = {
    "AmazonSideAsn": 64512,
    "AutoAcceptSharedAttachments": "disable",
    "DefaultRouteTableAssociation": "enable",
    "DefaultRouteTablePropagation": "enable",
    "VpnEcmpSupport": "enable",
    "DnsSupport": "enable",
    "SecurityGroupReferencingSupport": "disable",
    "MulticastSupport": "disable",
}
GATEWAYS_A_REGION = 5
NOT_OFFERED = (
    "delete_transit_gateway", "modify_transit_gateway", "delete_transit_gateway_route_table",
    "modify_transit_gateway_vpc_attachment", "create_transit_gateway_peering_attachment",
)  # fmt: skip


class PracticeTransitGateway(TaggedEC2Resource):
    """Its default route table is both tables that new attachments get, unless they are switched off."""

    def __init__(self, backend: Any, description: str, options: Described) -> None:
        self.ec2_backend = backend
        self.id = random_transit_gateway_id()
        self.description = description
        self.options = {**DEFAULTS, **options}
        self.life = resource(2, 2)
        self.association_table = self.propagation_table = ""

    @property
    def amazon_side_asn(self) -> int:
        return int(self.options["AmazonSideAsn"])

    def switched_on(self, what: str) -> bool:
        return bool(self.options[f"DefaultRouteTable{what}"] == "enable")

    def described(self) -> Described:
        tables = {
            "AssociationDefaultRouteTableId": self.association_table,
            "PropagationDefaultRouteTableId": self.propagation_table,
        }
        backend = self.ec2_backend
        home = f"arn:{backend.partition}:ec2:{backend.region_name}:{backend.account_id}"
        return {
            "TransitGatewayId": self.id,
            "TransitGatewayArn": f"{home}:transit-gateway/{self.id}",
            "State": self.life.state,
            "OwnerId": backend.account_id,
            "Description": self.description,
            "CreationTime": _time(self.life),
            "Options": {**self.options, **{name: table for name, table in tables.items() if table}},
            "Tags": described_tags(self),
        }


class PracticeTable(TaggedEC2Resource):
    """A route table of one. `routes` are those that were entered: to an attachment, or to "" for a blackhole."""

    def __init__(self, gateway: PracticeTransitGateway) -> None:
        self.ec2_backend = gateway.ec2_backend
        self.id = random_transit_gateway_route_table_id()
        self.gateway = gateway
        self.life = resource(1, 1)
        self.routes: dict[str, str] = {}

    def described(self) -> Described:
        return {
            "TransitGatewayRouteTableId": self.id,
            "TransitGatewayId": self.gateway.id,
            "State": self.life.state,
            "DefaultAssociationRouteTable": self.id == self.gateway.association_table,
            "DefaultPropagationRouteTable": self.id == self.gateway.propagation_table,
            "CreationTime": _time(self.life),
            "Tags": described_tags(self),
        }


class PracticeAttachment(TaggedEC2Resource):
    """A VPC or a VPN connection at one. `table` is the one it is associated with, `propagates` those into which it
    brings its networks."""

    def __init__(self, gateway: PracticeTransitGateway, kind: str, thing: str, takes: float) -> None:
        self.ec2_backend = gateway.ec2_backend
        self.id = random_transit_gateway_attachment_id()
        self.gateway, self.kind, self.resource = gateway, kind, thing
        self.subnets: list[str] = []
        self.life = resource(takes, 2)
        self.table, self.associated = "", associating(takes)
        self.propagates: dict[str, Life] = {}
        if gateway.association_table:
            self.table = gateway.association_table
        if gateway.propagation_table:
            self.propagates[gateway.propagation_table] = propagating(takes)

    def end(self) -> None:
        for life in (self.life, self.associated, *self.propagates.values()):
            life.end()

    @property
    def association(self) -> Described:
        if not self.table or self.associated.over:
            return {}
        return {"Association": {"TransitGatewayRouteTableId": self.table, "State": self.associated.state}}

    def described(self) -> Described:
        account = self.ec2_backend.account_id
        return {
            "TransitGatewayAttachmentId": self.id,
            "TransitGatewayId": self.gateway.id,
            "TransitGatewayOwnerId": account,
            "ResourceOwnerId": account,
            "ResourceType": self.kind,
            "ResourceId": self.resource,
            "State": self.life.state,
            **self.association,
            "CreationTime": _time(self.life),
            "Tags": described_tags(self),
        }

    def of_vpc(self) -> Described:
        return {
            "TransitGatewayAttachmentId": self.id,
            "TransitGatewayId": self.gateway.id,
            "VpcId": self.resource,
            "VpcOwnerId": self.ec2_backend.account_id,
            "State": self.life.state,
            "SubnetIds": self.subnets,
            "CreationTime": _time(self.life),
            "Options": {"DnsSupport": "enable", "Ipv6Support": "disable", "ApplianceModeSupport": "disable"},
            "Tags": described_tags(self),
        }


def associating(takes: float = 1) -> Life:
    return Life(("associating", "associated", "disassociating", "disassociated"), takes, 1)


def propagating(takes: float = 1) -> Life:
    return Life(("enabling", "enabled", "disabling", "disabled"), takes, 1)


def transit_gateway(backend: Any, gateway_id: str) -> PracticeTransitGateway:
    found = backend.transit_gateways.get(gateway_id)
    if found is None or found.life.over:
        raise refuse("InvalidTransitGatewayID.NotFound", f"Transit Gateway {gateway_id} was deleted or does not exist.")
    assert isinstance(found, PracticeTransitGateway)
    return found


def attachment(backend: Any, attachment_id: str) -> PracticeAttachment:
    found = backend.transit_gateway_attachments.get(attachment_id)
    if found is None or found.life.over:
        raise refuse(
            "InvalidTransitGatewayAttachmentID.NotFound",
            f"Transit Gateway Attachment {attachment_id} was deleted or does not exist.",
        )
    assert isinstance(found, PracticeAttachment)
    return found


def attached(backend: Any, gateway_id: str, vpc: str) -> PracticeAttachment | None:
    """That of a VPC which is there, whether it is ready or not."""
    return next(
        (
            each for each in backend.transit_gateway_attachments.values()
            if (each.gateway.id, each.resource) == (gateway_id, vpc) and each.life.ending is None
        ),
        None,
    )  # fmt: skip


def attach_connection(gateway: PracticeTransitGateway, connection: str) -> None:
    """A connection that ends at one is attached to it by that."""
    made = PracticeAttachment(gateway, "vpn", connection, 4)
    gateway.ec2_backend.transit_gateway_attachments[made.id] = made


def detach_connection(backend: Any, connection: str) -> None:
    for each in backend.transit_gateway_attachments.values():
        if each.resource == connection:
            each.end()


def _create(self: Response) -> ActionResult:
    backend = self.ec2_backend
    options = {key: value for key, value in (self._get_param("Options") or {}).items() if value is not None}
    alive = [each for each in backend.transit_gateways.values() if each.life.ending is None]
    if len(alive) >= GATEWAYS_A_REGION:
        raise refuse("TransitGatewayLimitExceeded", "The Region has its 5 transit gateways.")
    asn = int(options.get("AmazonSideAsn", DEFAULTS["AmazonSideAsn"]))
    if not (64512 <= asn <= 65534 or 4200000000 <= asn <= 4294967294):
        raise refuse("InvalidParameterValue", f"Value ({asn}) for parameter amazonSideAsn is invalid.")
    made = PracticeTransitGateway(backend, self._get_param("Description") or "", options | {"AmazonSideAsn": asn})
    backend.transit_gateways[made.id] = made
    made.add_tags(tags_for(self, "transit-gateway"))
    if made.switched_on("Association") or made.switched_on("Propagation"):
        table = _new_table(made)
        made.association_table = table.id if made.switched_on("Association") else ""
        made.propagation_table = table.id if made.switched_on("Propagation") else ""
    return ActionResult({"TransitGateway": made.described()})


def _describe(self: Response) -> ActionResult:
    backend = self.ec2_backend
    wanted = self._get_param("TransitGatewayIds", [])
    for each in wanted:
        transit_gateway(backend, each)
    found = _listed(backend.transit_gateways, wanted)
    fields = {
        "transit-gateway-id": lambda one: one["TransitGatewayId"],
        "owner-id": lambda one: one["OwnerId"],
        "state": lambda one: one["State"],
        "options.amazon-side-asn": lambda one: one["Options"]["AmazonSideAsn"],
    }
    return ActionResult({"TransitGateways": chosen(found, self, fields)})


def _new_table(gateway: PracticeTransitGateway) -> PracticeTable:
    made = PracticeTable(gateway)
    gateway.ec2_backend.transit_gateways_route_tables[made.id] = made
    return made


def _create_table(self: Response) -> ActionResult:
    gateway = transit_gateway(self.ec2_backend, self._get_param("TransitGatewayId"))
    made = _new_table(gateway)
    made.add_tags(tags_for(self, "transit-gateway-route-table"))
    return ActionResult({"TransitGatewayRouteTable": made.described()})


def _describe_tables(self: Response) -> ActionResult:
    wanted = self._get_param("TransitGatewayRouteTableIds", [])
    found = _listed(self.ec2_backend.transit_gateways_route_tables, wanted)
    fields = {
        "default-association-route-table": lambda one: one["DefaultAssociationRouteTable"],
        "default-propagation-route-table": lambda one: one["DefaultPropagationRouteTable"],
        "state": lambda one: one["State"],
        "transit-gateway-id": lambda one: one["TransitGatewayId"],
        "transit-gateway-route-table-id": lambda one: one["TransitGatewayRouteTableId"],
    }
    return ActionResult({"TransitGatewayRouteTables": chosen(found, self, fields)})


def _attach_vpc(self: Response) -> ActionResult:
    backend = self.ec2_backend
    gateway = transit_gateway(backend, self._get_param("TransitGatewayId"))
    vpc = backend.get_vpc(self._get_param("VpcId")).id
    subnets = [backend.get_subnet(each) for each in self._get_param("SubnetIds", [])]
    if not gateway.life.ready:
        raise refuse("IncorrectState", f"{gateway.id} is in invalid state")
    if attached(backend, gateway.id, vpc):
        raise refuse("DuplicateTransitGatewayAttachment", f"{gateway.id} has a Transit Gateway Attachment to {vpc}.")
    if not subnets or any(each.vpc_id != vpc for each in subnets):
        raise refuse("InvalidParameterValue", f"The subnets must be in {vpc}, at least one of them.")
    if len({each.availability_zone for each in subnets}) < len(subnets):
        raise refuse("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")
    made = PracticeAttachment(gateway, "vpc", vpc, 3)
    made.subnets = [each.id for each in subnets]
    backend.transit_gateway_attachments[made.id] = made
    made.add_tags(tags_for(self, "transit-gateway-attachment"))
    return ActionResult({"TransitGatewayVpcAttachment": made.of_vpc()})


def _describe_attachments(self: Response) -> ActionResult:
    backend = self.ec2_backend
    wanted = self._get_param("TransitGatewayAttachmentIds", [])
    for each in wanted:
        attachment(backend, each)
    fields = {
        "association.transit-gateway-route-table-id": lambda one: one.get("Association", {}).get(
            "TransitGatewayRouteTableId"
        ),
        "resource-id": lambda one: one["ResourceId"],
        "resource-type": lambda one: one["ResourceType"],
        "state": lambda one: one["State"],
        "transit-gateway-attachment-id": lambda one: one["TransitGatewayAttachmentId"],
        "transit-gateway-id": lambda one: one["TransitGatewayId"],
    }
    found = _listed(backend.transit_gateway_attachments, wanted)
    return ActionResult({"TransitGatewayAttachments": chosen(found, self, fields)})


def _describe_vpc_attachments(self: Response) -> ActionResult:
    backend = self.ec2_backend
    wanted = self._get_param("TransitGatewayAttachmentIds", [])
    for each in wanted:
        attachment(backend, each)
    of_vpcs = [each for each in _there(backend.transit_gateway_attachments, wanted) if each.kind == "vpc"]
    fields = {
        "state": lambda one: one["State"],
        "transit-gateway-attachment-id": lambda one: one["TransitGatewayAttachmentId"],
        "transit-gateway-id": lambda one: one["TransitGatewayId"],
        "vpc-id": lambda one: one["VpcId"],
    }
    found = [each.of_vpc() for each in of_vpcs]
    return ActionResult({"TransitGatewayVpcAttachments": chosen(found, self, fields)})


def _detach_vpc(self: Response) -> ActionResult:
    found = attachment(self.ec2_backend, self._get_param("TransitGatewayAttachmentId"))
    if not found.life.ready or found.kind != "vpc":
        raise refuse("IncorrectState", f"{found.id} is in invalid state")
    found.end()
    return ActionResult({"TransitGatewayVpcAttachment": found.of_vpc()})


def _there(known: Any, wanted: list[str]) -> list[Any]:
    return [each for each in known.values() if not each.life.forgotten() and (not wanted or each.id in wanted)]


def _listed(known: Any, wanted: list[str]) -> list[Described]:
    return [each.described() for each in _there(known, wanted)]


def _time(life: Life) -> dt.datetime:
    return dt.datetime.fromtimestamp(life.began, dt.UTC).replace(tzinfo=None)


def _left_out(operation: str) -> Callable[[Response], ActionResult]:
    def answer(self: Response) -> ActionResult:
        raise not_part(operation.replace("_", " ").capitalize())

    return answer


def install() -> None:
    answer_ec2(
        {
            "create_transit_gateway": _create,
            "describe_transit_gateways": _describe,
            "create_transit_gateway_route_table": _create_table,
            "describe_transit_gateway_route_tables": _describe_tables,
            "create_transit_gateway_vpc_attachment": _attach_vpc,
            "describe_transit_gateway_attachments": _describe_attachments,
            "describe_transit_gateway_vpc_attachments": _describe_vpc_attachments,
            "delete_transit_gateway_vpc_attachment": _detach_vpc,
            **{operation: _left_out(operation) for operation in NOT_OFFERED},
        }
    )
