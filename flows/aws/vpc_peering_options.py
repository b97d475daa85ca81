"""Options of a VPC peering connection: names that lead to private addresses, and what they rest on in a VPC."""

from __future__ import annotations

from collections.abc import Mapping

from flows.engine import Action, Call, Cloud, Late, Restore, Still, before

from .vpc_peering import NOT_FOUND, ONE, REFUSALS, described
from .vpc_peering_requests import Parties
from .vpcs import Vpc, shown

MODIFY = "ec2.ModifyVpcPeeringConnectionOptions"
NAMING: Mapping[str, str] = {"DNS resolution": "enableDnsSupport", "DNS hostnames": "enableDnsHostnames"}
"""The two attributes of a VPC on which its names rest, as the console calls them."""


def attribute(cloud: Cloud, vpc: str, name: str) -> bool:
    """One of the two attributes on which names rest: `enableDnsSupport`, `enableDnsHostnames`. Raises CloudError."""
    told = cloud.make(Call("ec2.DescribeVpcAttribute", {"VpcId": vpc, "Attribute": name}))
    return bool((told.get(name[0].upper() + name[1:]) or {}).get("Value"))


def names(
    id: Late, role: str, vpc: Vpc, peer: str, parties: Parties, after: tuple[str, ...], *, standing: bool
) -> Action:
    """Let the public names of a VPC's machines lead the other side to their private addresses.

    Only that member is sent: with the ones for ClassicLink beside it AWS refuses a connection of two regions
    (terraform-provider-aws issue 6730).

    Args:
        id: the connection's.
        role: what the VPC is in it: `Requester` or `Accepter`.
        vpc: the VPC whose names they are.
        peer: what the other is called.
        parties: the two, by their ARNs.
        after: what must be done first.
        standing: whether the connection was there before, so that undo puts the option back.
    """
    action = f"names-{vpc.id}"
    which, member = {"VpcPeeringConnectionId": id}, "AllowDnsResolutionFromRemoteVpc"
    place, options = f"{ONE}.{role}VpcInfo.PeeringOptions.{member}", f"{role}PeeringConnectionOptions"
    undo = Restore(
        described(id), place,
        put=Call(MODIFY, {**which, options: {member: before(action)}}),
        absent=NOT_FOUND,
    )  # fmt: skip
    return Action(
        action,
        f"Let public names of {shown(vpc)} lead {peer} to private addresses",
        Call(MODIFY, {**which, options: {member: True}}, known=parties.of(id)),
        undo=undo if standing else (),
        after=after,
        not_yet=("OperationNotPermitted: not active", "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled"),
        refusals=REFUSALS,
        stands=Still(described(id), f"{place} && 'on' || 'off'", "on", "Somebody switched it off since."),
        undone=f"The option for names of {shown(vpc)}",
    )


def hostnames(vpc: Vpc) -> Action:
    """Let new machines of a VPC have public names, where they have public addresses."""
    id = f"hostnames-{vpc.id}"
    which = {"VpcId": vpc.id}
    return Action(
        id,
        f"Switch DNS hostnames on in {shown(vpc)}",
        Call("ec2.ModifyVpcAttribute", {**which, "EnableDnsHostnames": {"Value": True}}),
        undo=Restore(
            Call("ec2.DescribeVpcAttribute", {**which, "Attribute": "enableDnsHostnames"}),
            "EnableDnsHostnames.Value",
            put=Call("ec2.ModifyVpcAttribute", {**which, "EnableDnsHostnames": {"Value": before(id)}}),
            absent=("InvalidVpcID.NotFound",),
        ),
        undone=f"DNS hostnames of {shown(vpc)}",
    )


def single_path(id: str, role: str) -> Action:
    """Switch multipath resilience off on one side: accepting a request that wants it switches it on, at a charge
    (botocore's model of EC2, AcceptVpcPeeringConnection, 1.44)."""
    return Action(
        "single-path",
        "Switch multipath resilience off on this side",
        Call(
            MODIFY,
            {"VpcPeeringConnectionId": id, f"{role}PeeringConnectionOptions": {"AllowMultipathResilience": False}},
        ),
        after=("accept",),
        not_yet=("OperationNotPermitted: not active",),
    )
