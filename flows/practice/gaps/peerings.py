"""VPC peering connections, with the states, refusals and waiting that AWS has.

moto keeps one object for both sides; so does this. What each side is told of it differs: its own tags, and the other's
ranges only while it is active.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.vpc_peering_connections import VPCPeeringConnectionBackend
from moto.ec2.utils import random_vpc_peering_connection_id

from flows.practice.clock import CLOCK
from flows.practice.company.basics import FOUNDED
from flows.practice.gaps.wire import Described, Response, answer_ec2, chosen, refuse, tags_for

WEEK, TWO_HOURS, TWO_DAYS = 7 * 86400, 2 * 3600, 2 * 86400
NAMES, MULTIPATH = "AllowDnsResolutionFromRemoteVpc", "AllowMultipathResilience"
BLOCKS = ("associated", "associating")


@dataclass
class Party:
    """One of the two VPCs; `backend` is its account and region, `exists` whether the VPC is there."""

    vpc: str
    account: str
    region: str
    options: dict[str, bool] = field(default_factory=lambda: {NAMES: False})

    @property
    def backend(self) -> Any:
        return ec2_backends[self.account][self.region]

    @property
    def exists(self) -> bool:
        return self.vpc in self.backend.vpcs

    def ranges(self, *, ipv6: bool = False) -> list[str]:
        if not self.exists:
            return []
        told = self.backend.vpcs[self.vpc].get_cidr_block_association_set(ipv6=ipv6)
        return [each["cidr_block"] for each in told if each["cidr_block_state"]["state"] in BLOCKS]

    def at(self, backend: Any) -> bool:
        return (self.account, self.region) == (backend.account_id, backend.region_name)

    def described(self, *, shown: bool) -> Described:
        told: Described = {"VpcId": self.vpc, "OwnerId": self.account, "Region": self.region}
        four, six = (self.ranges(), self.ranges(ipv6=True)) if shown else ([], [])
        if four:
            told |= {"CidrBlock": four[0], "CidrBlockSet": [{"CidrBlock": each} for each in four]}
        if six:
            told["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": each} for each in six]
        return told | ({"PeeringOptions": dict(self.options)} if shown else {})


class PracticePeering(TaggedEC2Resource):
    def __init__(self, requester: Party, accepter: Party) -> None:
        self.id = random_vpc_peering_connection_id()
        self.ec2_backend = requester.backend
        self.requester, self.accepter = requester, accepter
        self.found = CLOCK.replaying == FOUNDED
        self.made = CLOCK.now()
        self.accepted: float | None = None
        self.ended: float | None = None
        self.end, self.why = "", ""

    @property
    def began(self) -> float:
        """When it was asked for; a request that the company has from the beginning is always a new one."""
        return CLOCK.now() - 2 if self.found else self.made

    @property
    def vpcs(self) -> set[str]:
        return {self.requester.vpc, self.accepter.vpc}

    @property
    def across(self) -> bool:
        return self.requester.region != self.accepter.region

    @property
    def state(self) -> str:
        if self.ended is not None:
            goes = self.end == "deleted" and self.across and not CLOCK.passed(self.ended, 1)
            return "deleting" if goes else self.end
        if self.accepted is not None:
            return "active" if CLOCK.passed(self.accepted, 1) else "provisioning"
        if CLOCK.now() - self.began > WEEK:
            return "expired"
        return "pending-acceptance" if CLOCK.passed(self.began, 1) else "initiating-request"

    @property
    def alive(self) -> bool:
        return self.ended is None and self.state != "expired"

    @property
    def active(self) -> bool:
        return self.state == "active"

    @property
    def forgotten(self) -> bool:
        if self.state == "expired":
            return CLOCK.now() - self.began > WEEK + TWO_DAYS
        return self.ended is not None and CLOCK.now() - self.ended > TWO_HOURS

    def close(self, how: str, why: str) -> None:
        self.ended, self.end, self.why = CLOCK.now(), how, why

    def joins(self, one: Party, other: Party) -> bool:
        """Whether it was asked for by the one, of the other."""
        return (self.requester.vpc, self.accepter.vpc) == (one.vpc, other.vpc)

    def between(self, other: PracticePeering) -> bool:
        """Whether it is between the same two, whoever asked."""
        return self.vpcs == other.vpcs

    def described(self, backend: Any) -> Described:
        state, pending = self.state, f"Pending Acceptance by {self.accepter.account}"
        message = {"active": "Active", "provisioning": "Provisioning", "pending-acceptance": pending}
        tags = backend.describe_tags(filters={"resource-id": [self.id]})
        told: Described = {
            "VpcPeeringConnectionId": self.id,
            "Status": {"Code": state, "Message": self.why or message.get(state, state.capitalize())},
            "RequesterVpcInfo": self.requester.described(shown=True),
            "AccepterVpcInfo": self.accepter.described(shown=self.active),
            "Tags": [{"Key": each["key"], "Value": each["value"]} for each in tags],
        }
        if state in ("initiating-request", "pending-acceptance"):
            ends = dt.datetime.fromtimestamp(self.began + WEEK, dt.UTC).replace(tzinfo=None)
            told["ExpirationTime"] = ends
        return told


def _create(self: Response) -> ActionResult:
    backend = self.ec2_backend
    own = Party(self._get_param("VpcId"), backend.account_id, backend.region_name)
    backend.get_vpc(own.vpc)
    account, region = self._get_param("PeerOwnerId"), self._get_param("PeerRegion")
    peer = Party(self._get_param("PeerVpcId"), account or backend.account_id, region or backend.region_name)
    if peer.account == own.account:
        peer.backend.get_vpc(peer.vpc)
    standing = [each for each in backend.vpc_pcxs.values() if each.alive]
    same = next((each for each in standing if each.joins(own, peer)), None)
    if same is None:
        options: Mapping[str, Any] = self._get_param("RequesterPeeringConnectionOptions", {})
        own.options |= {MULTIPATH: True} if options.get(MULTIPATH) else {}
        same = PracticePeering(own, peer)
        backend.vpc_pcxs[same.id] = same
        backend.create_tags([same.id], tags_for(self, "vpc-peering-connection"))
        if why := _never(own, peer):
            same.close("failed", why)
        else:
            peer.backend.vpc_pcxs[same.id] = same
    told = same.described(backend)
    if same.state != "active":
        told["Status"] = {"Code": "initiating-request", "Message": f"Initiating Request to {peer.account}"}
    return ActionResult({"VpcPeeringConnection": told})


def _never(own: Party, peer: Party) -> str:
    """Why a request fails at once; AWS does not tell a stranger which of the reasons it is."""
    four = [(one, other) for one in own.ranges() for other in peer.ranges()]
    six = [(one, other) for one in own.ranges(ipv6=True) for other in peer.ranges(ipv6=True)]
    shared = any(ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other)) for one, other in (*four, *six))
    if shared or not peer.exists:
        return "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"
    return ""


def _of_side(side: str, key: str) -> Callable[[Described], Any]:
    return lambda told: told[f"{side.capitalize()}VpcInfo"].get(key)


FIELDS: Mapping[str, Callable[[Described], Any]] = {
    "vpc-peering-connection-id": lambda told: told["VpcPeeringConnectionId"],
    "status-code": lambda told: told["Status"]["Code"],
    **{
        f"{side}-vpc-info.{name}": _of_side(side, key)
        for side in ("requester", "accepter")
        for name, key in (("vpc-id", "VpcId"), ("owner-id", "OwnerId"), ("cidr-block", "CidrBlock"))
    },
}


def _describe(self: Response) -> ActionResult:
    backend = self.ec2_backend
    there = {id: each for id, each in backend.vpc_pcxs.items() if not each.forgotten}
    ids = self._get_param("VpcPeeringConnectionIds", [])
    found = [_one(there, id) for id in ids] if ids else list(there.values())
    told = chosen([each.described(backend) for each in found], self, FIELDS)
    return ActionResult({"VpcPeeringConnections": told})


def _accept(self: Response) -> ActionResult:
    backend, one = self.ec2_backend, _asked(self)
    _mine(one, backend, one.accepter, "accept")
    if one.state != "pending-acceptance":
        raise _transition(one, "active")
    turned = next((each for each in backend.vpc_pcxs.values() if each.alive and each.between(one)), one)
    if turned is not one:  # of two requests only the first can be accepted
        raise refuse(
            "VpcPeeringConnectionAlreadyExists", f"The vpc peering connection identified by {one.id} already exists."
        )
    one.accepted = CLOCK.now()
    if one.requester.options.get(MULTIPATH):
        one.accepter.options[MULTIPATH] = True
    return ActionResult({"VpcPeeringConnection": one.described(backend)})


def _reject(self: Response) -> ActionResult:
    one = _asked(self)
    _mine(one, self.ec2_backend, one.accepter, "reject")
    if one.state != "pending-acceptance":
        raise _transition(one, "rejected")
    one.close("rejected", "Inactive")
    return ActionResult({"Return": True})


def _delete(self: Response) -> ActionResult:
    backend, one = self.ec2_backend, _asked(self)
    if one.state not in ("active", "pending-acceptance"):
        raise _transition(one, "deleted")
    if one.state == "pending-acceptance" and not one.requester.at(backend):
        raise refuse("OperationNotPermitted", f"User ({backend.account_id}) cannot delete peering {one.id}")
    one.close("deleted", f"Deleted by {backend.account_id}")
    return ActionResult({"Return": True})


def _options(self: Response) -> ActionResult:
    backend, one = self.ec2_backend, _asked(self)
    asked = {side: self._get_param(f"{side}PeeringConnectionOptions", {}) or {} for side in ("Requester", "Accepter")}
    if not one.active:
        raise refuse(
            "OperationNotPermitted",
            f"Peering {one.id} is not active. Peering options can be added only to active peerings.",
        )
    parties = {"Requester": one.requester, "Accepter": one.accepter}
    for side, options in asked.items():
        party = parties[side]
        if options and not party.at(backend):
            raise refuse("OperationNotPermitted", f"The options of the {side.lower()} belong to its owner.")
        if _on(options.get(NAMES)) and not all(
            each.backend.vpcs[each.vpc].enable_dns_hostnames in (True, "true") for each in parties.values()
        ):
            raise refuse(
                "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled", "DNS hostnames are disabled in a VPC."
            )
        party.options |= {name: _on(value) for name, value in options.items()}
    told = {f"{side}PeeringConnectionOptions": dict(parties[side].options) for side in asked if asked[side]}
    return ActionResult(told)


def _on(value: Any) -> bool:
    return str(value).lower() == "true"


def _encryption(self: Response) -> ActionResult:
    return ActionResult({"VpcEncryptionControls": []})


def _stale(self: Response) -> ActionResult:
    """The rules that name a group which is gone, or whose VPC is no longer connected."""
    backend, vpc = self.ec2_backend, self._get_param("VpcId")
    near = [each for each in backend.vpc_pcxs.values() if each.active and not each.across]
    parties = [p for each in near for p in (each.requester, each.accepter) if vpc in each.vpcs]
    known = {*backend.groups.get(vpc, {})}
    for party in parties:
        known |= {*party.backend.groups.get(party.vpc, {})}
    stale = []
    for group in backend.groups.get(vpc, {}).values():
        rules = [
            {
                "IpProtocol": rule.ip_protocol,
                "FromPort": rule.from_port,
                "ToPort": rule.to_port,
                "UserIdGroupPairs": [{"GroupId": rule.source_group["GroupId"]}],
            }
            for rule in group.ingress_rules
            if rule.source_group.get("GroupId") and rule.source_group["GroupId"] not in known
        ]
        if rules:
            told = {"GroupId": group.id, "GroupName": group.name, "VpcId": vpc, "StaleIpPermissions": rules}
            stale.append(told)
    return ActionResult({"StaleSecurityGroupSet": stale})


def _one(there: Mapping[str, Any], id: str) -> Any:
    if id not in there:
        raise refuse("InvalidVpcPeeringConnectionID.NotFound", f"The vpcPeeringConnection ID '{id}' does not exist")
    return there[id]


def _asked(self: Response) -> Any:
    return _one(self.ec2_backend.vpc_pcxs, self._get_param("VpcPeeringConnectionId"))


def _mine(one: PracticePeering, backend: Any, party: Party, what: str) -> None:
    """That is for its owner to do, in its region."""
    if party.account != backend.account_id:
        raise refuse("OperationNotPermitted", f"User ({backend.account_id}) cannot {what} peering {one.id}")
    if party.region != backend.region_name:
        raise refuse(
            "OperationNotPermitted",
            f"Incorrect region ({backend.region_name}) specified for this request. VPC peering connection {one.id} "
            f"must be {what}ed in region {party.region}",
        )


def _transition(one: PracticePeering, to: str) -> Exception:
    return refuse(
        "InvalidStateTransition",
        f"Invalid state transition for {one.id}, attempted to transition from {one.state} to {to}",
    )


def _known(self: Any, vpc_pcx_id: str) -> Any:
    return _one(self.vpc_pcxs, vpc_pcx_id)


def install() -> None:
    backend: Any = VPCPeeringConnectionBackend
    backend.get_vpc_peering_connection = _known
    answer_ec2(
        {
            "create_vpc_peering_connection": _create,
            "describe_vpc_peering_connections": _describe,
            "accept_vpc_peering_connection": _accept,
            "reject_vpc_peering_connection": _reject,
            "delete_vpc_peering_connection": _delete,
            "modify_vpc_peering_connection_options": _options,
            "describe_vpc_encryption_controls": _encryption,
            "describe_stale_security_groups": _stale,
        }
    )
