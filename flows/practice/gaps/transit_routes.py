"""The route tables of transit gateways: which attachments go by one, which bring their networks into it, and routes.

moto associates and propagates over and over, knows no propagated route, and takes a second route to the same network.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.core.responses import ActionResult

from flows.practice.gaps.transit_gateways import (
    PracticeAttachment,
    PracticeTable,
    associating,
    attachment,
    propagating,
)
from flows.practice.gaps.vpn_connections import PracticeConnection
from flows.practice.gaps.wire import Described, Response, answer_ec2, chosen, refuse


def _table(self: Response) -> PracticeTable:
    id = self._get_param("TransitGatewayRouteTableId")
    found = self.ec2_backend.transit_gateways_route_tables.get(id)
    if found is None or found.life.over:
        raise refuse("InvalidRouteTableID.NotFound", f"Transit Gateway Route Table {id} was deleted or does not exist.")
    assert isinstance(found, PracticeTable)
    return found


def _both(self: Response) -> tuple[PracticeTable, PracticeAttachment]:
    """The table and the attachment that a request names, of one gateway and ready."""
    table, found = _table(self), attachment(self.ec2_backend, self._get_param("TransitGatewayAttachmentId"))
    if table.gateway is not found.gateway:
        raise refuse("InvalidParameterValue", f"{found.id} and {table.id} are of different transit gateways.")
    if not found.life.ready:
        raise refuse("IncorrectState", f"{found.id} is in invalid state")
    return table, found


def _told(found: PracticeAttachment, table: PracticeTable, state: str) -> Described:
    return {**_thing(found), "TransitGatewayRouteTableId": table.id, "State": state}


def _thing(found: PracticeAttachment) -> Described:
    return {
        "TransitGatewayAttachmentId": found.id, "ResourceId": found.resource, "ResourceType": found.kind,
    }  # fmt: skip


def _associate(self: Response) -> ActionResult:
    table, found = _both(self)
    if found.table and not found.associated.over:
        raise refuse(
            "Resource.AlreadyAssociated",
            f"Transit Gateway Attachment {found.id} is already associated to a route table.",
        )
    found.table, found.associated = table.id, associating()
    return ActionResult({"Association": _told(found, table, found.associated.state)})


def _disassociate(self: Response) -> ActionResult:
    table, found = _both(self)
    if found.table != table.id or found.associated.ending is not None:
        raise refuse("InvalidAssociation.NotFound", f"{found.id} is not associated with {table.id}.")
    found.associated.end()
    return ActionResult({"Association": _told(found, table, found.associated.state)})


def _enable(self: Response) -> ActionResult:
    table, found = _both(self)
    if table.id in found.propagates and found.propagates[table.id].ending is None:
        raise refuse("TransitGatewayRouteTablePropagation.Duplicate", f"{found.id} propagates into {table.id} already.")
    found.propagates[table.id] = propagating()
    return ActionResult({"Propagation": _told(found, table, found.propagates[table.id].state)})


def _disable(self: Response) -> ActionResult:
    table, found = _both(self)
    if table.id not in found.propagates or found.propagates[table.id].ending is not None:
        raise refuse("TransitGatewayRouteTablePropagation.NotFound", f"{found.id} does not propagate into {table.id}.")
    found.propagates[table.id].end()
    return ActionResult({"Propagation": _told(found, table, found.propagates[table.id].state)})


FIELDS = {
    "resource-id": lambda one: one["ResourceId"],
    "resource-type": lambda one: one["ResourceType"],
    "transit-gateway-attachment-id": lambda one: one["TransitGatewayAttachmentId"],
}


def _associations(self: Response) -> ActionResult:
    table = _table(self)
    found = [
        {**_thing(each), "State": each.associated.state, "Tags": []}
        for each in self.ec2_backend.transit_gateway_attachments.values()
        if each.table == table.id and not each.associated.over
    ]
    return ActionResult({"Associations": [_without_tags(each) for each in chosen(found, self, FIELDS)]})


def _propagations(self: Response) -> ActionResult:
    table = _table(self)
    found = [
        {**_thing(each), "State": each.propagates[table.id].state, "Tags": []}
        for each in self.ec2_backend.transit_gateway_attachments.values()
        if table.id in each.propagates and not each.propagates[table.id].over
    ]
    listed = [_without_tags(each) for each in chosen(found, self, FIELDS)]
    return ActionResult({"TransitGatewayRouteTablePropagations": listed})


def _without_tags(each: Described) -> Described:
    return {key: value for key, value in each.items() if key != "Tags"}


def _create_route(self: Response) -> ActionResult:
    table, cidr = _table(self), _network(self._get_param("DestinationCidrBlock"))
    if cidr in table.routes:
        raise refuse("RouteAlreadyExists", f"Route {cidr} already exists in Transit Gateway Route Table {table.id}.")
    blackhole = str(self._get_param("Blackhole") or "").lower() == "true"
    if not blackhole:
        _both(self)
    table.routes[cidr] = "" if blackhole else str(self._get_param("TransitGatewayAttachmentId"))
    return ActionResult({"Route": _entered(self.ec2_backend, table, cidr)})


def _delete_route(self: Response) -> ActionResult:
    table, cidr = _table(self), _network(self._get_param("DestinationCidrBlock"))
    if cidr not in table.routes:
        raise refuse("InvalidRoute.NotFound", f"There is no route {cidr} in Transit Gateway Route Table {table.id}.")
    gone = _entered(self.ec2_backend, table, cidr) | {"State": "deleted"}
    del table.routes[cidr]
    return ActionResult({"Route": gone})


def _network(cidr: str) -> str:
    try:
        return str(ipaddress.ip_network(str(cidr)))
    except ValueError:
        raise refuse(
            "InvalidParameterValue", f"Value ({cidr}) for parameter destinationCidrBlock is invalid."
        ) from None


def _entered(backend: Any, table: PracticeTable, cidr: str) -> Described:
    to = backend.transit_gateway_attachments.get(table.routes[cidr])
    led = to is not None and to.life.ready
    return {
        "DestinationCidrBlock": cidr, "Type": "static", "State": "active" if led else "blackhole",
        **({"TransitGatewayAttachments": [_thing(to)]} if to is not None and not to.life.over else {}),
    }  # fmt: skip


def _propagated(backend: Any, table: PracticeTable) -> list[Described]:
    """A VPC brings its ranges, a connection by BGP what its device announces while a tunnel is up; of a static one AWS
    knows no networks."""
    found: dict[str, list[PracticeAttachment]] = {}
    for each in backend.transit_gateway_attachments.values():
        if each.life.ready and table.id in each.propagates and each.propagates[table.id].ready:
            for cidr in _networks_of(backend, each):
                found.setdefault(cidr, []).append(each)
    return [
        {
            "DestinationCidrBlock": cidr, "Type": "propagated", "State": "active",
            "TransitGatewayAttachments": [_thing(each) for each in to],
        }
        for cidr, to in found.items()
        if cidr not in table.routes
    ]  # fmt: skip


def _networks_of(backend: Any, each: PracticeAttachment) -> list[str]:
    if each.kind == "vpc":
        told = backend.vpcs[each.resource].get_cidr_block_association_set() if each.resource in backend.vpcs else []
        return [str(block["cidr_block"]) for block in told]
    it = backend.vpn_connections.get(each.resource)
    return it.leads_to if isinstance(it, PracticeConnection) and it.up and not it.static else []


def _search(self: Response) -> ActionResult:
    table, backend = _table(self), self.ec2_backend
    routes = [*(_entered(backend, table, cidr) for cidr in table.routes), *_propagated(backend, table)]
    filters = self._filters_from_querystring()
    if not filters:
        raise refuse("MissingParameter", "The request must contain the parameter Filters")
    fields = {
        "attachment.resource-id": lambda one: [to["ResourceId"] for to in one.get("TransitGatewayAttachments", [])],
        "attachment.transit-gateway-attachment-id": lambda one: [
            to["TransitGatewayAttachmentId"] for to in one.get("TransitGatewayAttachments", [])
        ],
        "route-search.exact-match": lambda one: one["DestinationCidrBlock"],
        "state": lambda one: one["State"],
        "type": lambda one: one["Type"],
    }
    found = [_without_tags(each) for each in chosen([{**each, "Tags": []} for each in routes], self, fields)]
    return ActionResult({"Routes": found, "AdditionalRoutesAvailable": False})


def install() -> None:
    answer_ec2(
        {
            "associate_transit_gateway_route_table": _associate,
            "disassociate_transit_gateway_route_table": _disassociate,
            "enable_transit_gateway_route_table_propagation": _enable,
            "disable_transit_gateway_route_table_propagation": _disable,
            "get_transit_gateway_route_table_associations": _associations,
            "get_transit_gateway_route_table_propagations": _propagations,
            "create_transit_gateway_route": _create_route,
            "delete_transit_gateway_route": _delete_route,
            "search_transit_gateway_routes": _search,
        }
    )
