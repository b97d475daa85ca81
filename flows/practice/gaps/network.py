"""Route tables, security groups and dry runs: what moto takes that AWS refuses, and route propagation."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import DryRunClientError, InvalidSecurityGroupNotFoundError, RouteAlreadyExistsError
from moto.ec2.models import vpcs
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.internet_gateways import InternetGateway
from moto.ec2.models.route_tables import Route, RouteTable
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses import EC2Response

from flows.practice.gaps import peer_groups
from flows.practice.gaps.gateways import PracticeVpnGateway, vpn_gateway
from flows.practice.gaps.peerings import PracticePeering
from flows.practice.gaps.transit_gateways import PracticeTransitGateway, attached
from flows.practice.gaps.vpn_connections import PracticeConnection
from flows.practice.gaps.wire import Response, answer_ec2, refuse


def _enable_propagation(self: Response) -> ActionResult:
    backend = self.ec2_backend
    table = backend.get_route_table(self._get_param("RouteTableId"))
    gateway = vpn_gateway(backend, self._get_param("GatewayId"))
    if not gateway.is_attached_to(table.vpc_id):
        raise refuse("Gateway.NotAttached", f"{gateway.id} is not attached to the network of {table.id}.")
    if gateway.id not in _propagating(table):
        table.propagating_vgws = [*getattr(table, "propagating_vgws", []), {"GatewayId": gateway.id}]
    return EmptyResult()


def _disable_propagation(self: Response) -> ActionResult:
    backend = self.ec2_backend
    table = backend.get_route_table(self._get_param("RouteTableId"))
    gateway_id = self._get_param("GatewayId")
    vpn_gateway(backend, gateway_id)
    if gateway_id in _propagating(table):
        table.propagating_vgws = [each for each in table.propagating_vgws if each["GatewayId"] != gateway_id]
    return EmptyResult()


def _propagating(table: Any) -> list[str]:
    return [each["GatewayId"] for each in getattr(table, "propagating_vgws", [])]


class Propagated(Route):
    """A route that a VPN gateway entered: there while a tunnel is up, and unless one of that network was entered."""

    origin = "EnableVgwRoutePropagation"


def _routes(self: Any) -> list[Route]:
    entered = list(self._routes.values())
    taken = {route.destination_cidr_block for route in entered}
    for connection in self.ec2_backend.vpn_connections.values():
        gateway = self.ec2_backend.vpn_gateways.get(connection.vpn_gateway_id)
        if not isinstance(connection, PracticeConnection) or not connection.up or gateway is None:
            continue
        if gateway.id in _propagating(self) and gateway.is_attached_to(self.vpc_id):
            fresh = [cidr for cidr in connection.leads_to if cidr not in taken]
            taken.update(fresh)
            entered += [Propagated(self, cidr, None, gateway=gateway) for cidr in fresh]  # type: ignore[abstract]  # as moto does
    return entered


def _guarded_route(original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    def create_route(self: Response) -> ActionResult:
        if six := self._get_param("DestinationIpv6CidrBlock"):
            table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
            if any(each.destination_ipv6_cidr_block == six for each in table.routes):
                raise RouteAlreadyExistsError(six)
        gateway_id = str(self._get_param("GatewayId") or "")
        peering = str(self._get_param("VpcPeeringConnectionId") or "")
        if peering:
            table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
            between = self.ec2_backend.get_vpc_peering_connection(peering)
            if table.vpc_id not in (between.requester.vpc, between.accepter.vpc):
                raise refuse(
                    "InvalidParameterValue",
                    f"route table {table.id} and network gateway {peering} belong to different networks",
                )
        if transit := self._get_param("TransitGatewayId"):
            table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
            there = attached(self.ec2_backend, transit, table.vpc_id)
            if there is None or not there.life.ready:
                raise refuse("InvalidTransitGatewayID.NotFound", f"The transitGateway ID '{transit}' does not exist.")
        if gateway_id.startswith("vgw-"):
            table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
            if not vpn_gateway(self.ec2_backend, gateway_id).is_attached_to(table.vpc_id):
                raise refuse(
                    "InvalidParameterValue",
                    f"route table {table.id} and network gateway {gateway_id} belong to different networks",
                )
        return original(self)

    return create_route


def _let_through(original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    """The default network ACL of a VPC that gets IPv6 lets it through, as it does IPv4."""

    def with_ipv6(self: Response) -> ActionResult:
        answer: Any = original(self)
        made = answer.result.get("Vpc")
        vpc = self.ec2_backend.get_vpc(made.id if made else self._get_param("VpcId"))
        for acl in self.ec2_backend.network_acls.values() if vpc.get_cidr_block_association_set(ipv6=True) else ():
            if acl.vpc_id == vpc.id and str(acl.default).lower() == "true" and not _has_ipv6(acl):
                for number, action in ((101, "allow"), (32768, "deny")):
                    for egress in ("true", "false"):
                        self.ec2_backend.create_network_acl_entry(
                            acl.id, number, "-1", action, egress, None, None, None, None, None, "::/0"
                        )
        return answer  # type: ignore[no-any-return]

    return with_ipv6


def _has_ipv6(acl: Any) -> bool:
    return any(each.ipv6_cidr_block for each in acl.network_acl_entries)


def _ipv6_range() -> str:
    """A range as AWS writes it, without zeros in front."""
    return str(ipaddress.IPv6Network(_random_range()))


def _kept_icmp(original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    def create_network_acl_entry(self: Response) -> ActionResult:
        answer = original(self)
        kind = self._get_param("IcmpTypeCode", {}) or {}
        which = int(self._get_param("RuleNumber")), str(self._get_param("Egress")).lower()
        for each in self.ec2_backend.get_network_acl(self._get_param("NetworkAclId")).network_acl_entries:
            if kind and (int(each.rule_number), str(each.egress).lower()) == which:
                each.icmp_type, each.icmp_code = int(kind["Type"]), int(kind["Code"])
        return answer

    return create_network_acl_entry


def _route_state(self: Any) -> str:
    gateway = self.gateway
    if isinstance(gateway, PracticeVpnGateway) and self.route_table.vpc_id not in gateway.attachments:
        return "blackhole"
    if isinstance(gateway, InternetGateway) and (gateway.vpc is None or gateway.vpc.id != self.route_table.vpc_id):
        return "blackhole"
    transit = self.transit_gateway
    if isinstance(transit, PracticeTransitGateway) and not attached(
        transit.ec2_backend, transit.id, self.route_table.vpc_id
    ):
        return "blackhole"
    return "blackhole" if isinstance(self.vpc_pcx, PracticePeering) and not self.vpc_pcx.active else "active"


def _description(self: Any) -> str | None:
    said: str | None = self.ip_range.get("Description") or self.source_group.get("Description")
    return said


def _authorize(direction: str) -> Callable[[Any], ActionResult]:
    def authorize(self: Response) -> ActionResult:
        backend = self.ec2_backend
        name = self._get_param("GroupId") or self._get_param("GroupName")
        group = backend.get_security_group_by_name_or_id(name)
        if group is None:
            raise InvalidSecurityGroupNotFoundError(name)
        asked = list(self._process_rules_from_querystring())
        for one in asked:
            _check_rule(one)
            peer_groups.named(backend, group, one["source_groups"])
        before = list(getattr(group, f"{direction}_rules"))
        made: list[Any] = []
        try:
            for one in asked:
                rules, _ = getattr(backend, f"authorize_security_group_{direction}")(**one)
                made += rules
        except Exception:
            setattr(group, f"{direction}_rules", before)
            raise
        return ActionResult({"Return": True, "SecurityGroupRules": made})

    return authorize


def _revoke(direction: str, original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    def revoke(self: Response) -> ActionResult:
        group = self.ec2_backend.get_security_group_by_name_or_id(self._get_param("GroupId") or "")
        rules = getattr(group, f"{direction}_rules", [])
        for rule_id in self._get_param("SecurityGroupRuleIds", []):
            if group is not None and all(rule.id != rule_id for rule in rules):
                message = f"The security group rule ID '{rule_id}' does not exist"
                raise refuse("InvalidSecurityGroupRuleId.NotFound", message)
        return original(self)

    return revoke


def _check_rule(one: dict[str, Any]) -> None:
    protocol = str(one["ip_protocol"]).lower()
    if protocol in ("tcp", "6", "udp", "17"):
        low, high = one["from_port"], one["to_port"]
        if low is None or high is None:
            raise refuse("InvalidParameterValue", "Invalid value for portRange. Must specify both from and to ports.")
        if not 0 <= int(low) <= int(high) <= 65535:
            raise refuse("InvalidParameterValue", f"Invalid value ({low}-{high}) for portRange.")
    if protocol in ("icmp", "1", "icmpv6", "58"):
        numbers = [-2 if one[end] is None else int(one[end]) for end in ("from_port", "to_port")]
        if not all(-1 <= number <= 255 for number in numbers):
            raise refuse("InvalidParameterValue", "ICMP code and type must be between -1 and 255.")
    for given in one["ip_ranges"]:
        cidr = given.get("CidrIp") or given.get("CidrIpv6")
        try:
            ipaddress.ip_network(cidr)
        except ValueError:
            raise refuse("InvalidParameterValue", f"CIDR block {cidr} is malformed") from None


def _dry_run_first(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def call_action(self: Response) -> Any:
        if str(self._get_param("DryRun") or "").lower() == "true":
            status, headers, body = self.serialized(ActionResult(DryRunClientError()))
            return status, headers, body
        return original(self)

    return call_action


def _whose_address(card: Any) -> dict[str, Any]:
    told: dict[str, Any] = _association.fget(card)
    return told | ({"ipOwnerId": "amazon"} if told and "allocationId" not in told else {})


_association: Any = NetworkInterface.association
_create_vpc: Any = EC2Response.create_vpc
_associate_range: Any = EC2Response.associate_vpc_cidr_block
_random_range: Any = vars(vpcs)["random_ipv6_cidr"]
_create_entry: Any = EC2Response.create_network_acl_entry
_create_route: Any = EC2Response.create_route
_revoke_ingress: Any = EC2Response.revoke_security_group_ingress
_revoke_egress: Any = EC2Response.revoke_security_group_egress
_call_action: Any = EC2Response.call_action


def _addresses(subnet: Any) -> Iterator[Any]:
    """moto reads on where it stopped, of which a subnet that was kept knows nothing: there it begins anew, and would
    hand out what is AWS's own.
    """
    for address in subnet._base_avail_ip_iterator():
        if address not in subnet._reserved_ips and address not in vars(subnet).get("aws_reserved_ips", ()):
            yield address


def install() -> None:
    answer_ec2(
        {
            "enable_vgw_route_propagation": _enable_propagation,
            "disable_vgw_route_propagation": _disable_propagation,
            "create_vpc": _let_through(_create_vpc),
            "associate_vpc_cidr_block": _let_through(_associate_range),
            "create_network_acl_entry": _kept_icmp(_create_entry),
            "create_route": _guarded_route(_create_route),
            "authorize_security_group_ingress": _authorize("ingress"),
            "authorize_security_group_egress": _authorize("egress"),
            "revoke_security_group_ingress": _revoke("ingress", _revoke_ingress),
            "revoke_security_group_egress": _revoke("egress", _revoke_egress),
            "call_action": _dry_run_first(_call_action),
        }
    )
    vars(vpcs)["random_ipv6_cidr"] = _ipv6_range
    NetworkInterface.association = property(_whose_address)  # type: ignore[assignment,method-assign]
    Subnet._subnet_ip_generator = property(_addresses)  # type: ignore[assignment,method-assign]
    SecurityGroupRule.description = property(_description)  # type: ignore[assignment,method-assign]
    RouteTable.routes = property(_routes)  # type: ignore[assignment,method-assign]
    Route.state = property(_route_state)  # type: ignore[assignment,method-assign]
