"""VPC peering connections: which there are between two VPCs, and what making one takes.

Amazon VPC Peering Guide, "Basics" and "Lifecycle", and botocore's model of EC2, 1.44, 2026-11. One account asks, the
owner of the other VPC accepts, always in two calls, the second in the region of that VPC. AWS goes on telling of what
has ended for hours or days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
    Cloud,
    CloudError,
    Cost,
    Find,
    Late,
    Option,
    Others,
    Ref,
    Restore,
    Still,
    Undo,
    Wait,
    before,
    found,
    if_found,
    join,
)

from . import edits, security_group_rules
from .addresses import Network, slug
from .group_rules import NOT_YET, GroupRule
from .ip_permissions import Rule
from .regions import switched_on
from .route_tables import TARGETS, Route, RouteTable, destination, rerouted
from .security_groups import SecurityGroup
from .tags import OURS, as_name, name_of, of, others_tag, tagged, tags
from .vpcs import Vpc

ACTIVE, PENDING = "active", "pending-acceptance"
ALIVE = ("initiating-request", PENDING, "provisioning", ACTIVE)
ONE, MODIFY = "VpcPeeringConnections[0]", "ec2.ModifyVpcPeeringConnectionOptions"
NOT_FOUND = ("InvalidVpcPeeringConnectionID.NotFound", "InvalidVpcPeeringConnectionId.NotFound")
MADE = Ref("connect", "VpcPeeringConnection.VpcPeeringConnectionId")
NAMING: Mapping[str, str] = {"DNS resolution": "enableDnsSupport", "DNS hostnames": "enableDnsHostnames"}
"""The two attributes of a VPC on which its names rest, as the console calls them."""
TRAFFIC = "https://aws.amazon.com/ec2/pricing/on-demand/, US East (N. Virginia), not verified"
PER_VPC, WAITING, ROUTES = "L-7E9ECCDB", "L-DC9F7029", "L-93826ACB"
"""Quotas of the service `vpc`: active connections of a VPC, requests that wait, routes of a table."""
USUAL: Mapping[str, int] = {PER_VPC: 50, WAITING: 25, ROUTES: 500}
"""What they are where the account's own cannot be read (VPC Peering Guide, "Quotas", 2026-11)."""


@dataclass(frozen=True)
class End:
    """One of the two VPCs, as the connection tells of it. AWS tells the `networks`, IPv4 before IPv6, only while it is
    active."""

    vpc: str
    account: str
    region: str
    networks: tuple[Network, ...]
    names: bool
    """Whether the other side gets its private addresses for its public names."""
    multipath: bool


@dataclass(frozen=True)
class Connection:
    """A peering connection: `expires` is when a request ends that nobody accepts."""

    id: str
    name: str
    state: str
    message: str
    requester: End
    accepter: End
    expires: str
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def alive(self) -> bool:
        return self.state in ALIVE

    def end_of(self, vpc: str) -> End:
        """The side of that VPC."""
        return self.requester if self.requester.vpc == vpc else self.accepter

    def beyond(self, vpc: str) -> End:
        """The side of the other VPC."""
        return self.accepter if self.requester.vpc == vpc else self.requester

    def role(self, vpc: str) -> str:
        """What that VPC is in it, as EC2's parameters begin."""
        return "Requester" if self.requester.vpc == vpc else "Accepter"


def connection(told: Mapping[str, Any]) -> Connection:
    """One, as EC2 tells of it."""
    status, expires = told.get("Status") or {}, told.get("ExpirationTime")
    return Connection(
        str(told["VpcPeeringConnectionId"]), name_of(told), str(status.get("Code") or ""),
        str(status.get("Message") or ""), _end(told.get("RequesterVpcInfo") or {}),
        _end(told.get("AccepterVpcInfo") or {}),
        f"{expires:%Y-%m-%d %H:%M} UTC" if isinstance(expires, datetime) else str(expires or ""), of(told),
    )  # fmt: skip


def _end(told: Mapping[str, Any]) -> End:
    ranges = [each.get("CidrBlock") for each in told.get("CidrBlockSet") or []] or [told.get("CidrBlock")]
    six = [IPv6Network(each["Ipv6CidrBlock"]) for each in told.get("Ipv6CidrBlockSet") or []]
    options = told.get("PeeringOptions") or {}
    return End(
        str(told.get("VpcId") or ""), str(told.get("OwnerId") or ""), str(told.get("Region") or ""),
        (*(IPv4Network(each, strict=False) for each in ranges if each), *six),
        bool(options.get("AllowDnsResolutionFromRemoteVpc")), bool(options.get("AllowMultipathResilience")),
    )  # fmt: skip


# -- to look at ------------------------------------------------------------------------------------------------


def connections(cloud: Cloud, name: str = "") -> Iterator[Connection]:
    """All of the region, or those with that name, ended ones as well. Raises CloudError."""
    asked = {"Filters": [{"Name": "tag:Name", "Values": [name]}]} if name else {}
    for page in cloud.pages(Call("ec2.DescribeVpcPeeringConnections", asked)):
        found = (connection(each) for each in page.get("VpcPeeringConnections") or [])
        yield from (each for each in found if name in ("", each.name))  # an emulator may ignore the filter


def of_vpc(cloud: Cloud, vpc: str) -> tuple[Connection, ...]:
    """All that a VPC has or had. Raises CloudError."""
    seen: dict[str, Connection] = {}
    for side in ("requester", "accepter"):
        asked = {"Filters": [{"Name": f"{side}-vpc-info.vpc-id", "Values": [vpc]}]}
        for page in cloud.pages(Call("ec2.DescribeVpcPeeringConnections", asked)):
            for each in map(connection, page.get("VpcPeeringConnections") or []):
                if vpc in (each.requester.vpc, each.accepter.vpc):  # an emulator may ignore the filter
                    seen[each.id] = each
    return tuple(seen.values())


def between(cloud: Cloud, vpc: str, peer: str) -> tuple[Connection, ...]:
    """Those of two VPCs, whoever asked, the ones that are alive first and of these the active one. Raises CloudError.

    A second request in the other direction is taken by AWS and can never be accepted (terraform-provider-aws issue
    44315, 2025), so both directions are looked at.
    """
    found = [each for each in of_vpc(cloud, vpc) if peer in (each.requester.vpc, each.accepter.vpc)]
    return tuple(sorted(found, key=lambda each: (not each.alive, each.state != ACTIVE)))


def one(cloud: Cloud, id: str) -> Connection | None:
    """One by its id; None if there is none in the region. Raises CloudError."""
    try:
        found = cloud.make(Call("ec2.DescribeVpcPeeringConnections", {"VpcPeeringConnectionIds": [id]}))
    except CloudError as problem:
        if not problem.aws_code.startswith("InvalidVpcPeeringConnectionI"):
            raise
        return None
    told = found.get("VpcPeeringConnections") or []
    return connection(told[0]) if told else None


def regions(cloud: Cloud) -> list[Option[str]]:
    """Where the other VPC can be."""
    return switched_on(cloud, "the same region")


def attribute(cloud: Cloud, vpc: str, name: str) -> bool:
    """One of the two attributes on which names rest: `enableDnsSupport`, `enableDnsHostnames`. Raises CloudError."""
    told = cloud.make(Call("ec2.DescribeVpcAttribute", {"VpcId": vpc, "Attribute": name}))
    return bool((told.get(name[0].upper() + name[1:]) or {}).get("Value"))


def overlap(ours: Iterable[Network], theirs: Iterable[Network]) -> tuple[Network, Network] | None:
    """The first two ranges that share addresses: AWS connects no VPCs of which any do, of either kind (VPC Peering
    Guide, "Limitations", 2026-11)."""
    others = tuple(theirs)
    return next(((one, other) for one in ours for other in others if one.overlaps(other)), None)


# -- to make ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parties:
    """Who asks and who accepts, as IAM knows them: the permissions for what the connection is about follow from it.

    Args:
        requester: the ARN of the VPC of whoever asks.
        accepter: the ARN of the other.
    """

    requester: str
    accepter: str

    def of(self, id: Late) -> Mapping[str, tuple[str, ...]]:
        """What is known of a call about a connection; of one whose id is not known yet, it is any."""
        known = {"Requester": (self.requester,), "AcceptingVpc": (self.accepter.rpartition("/")[2],)}
        return known | ({"VpcPeeringConnectionId": ("*",)} if isinstance(id, Ref) else {})


def arn(partition: str, region: str, account: str, vpc: str) -> str:
    """The ARN of a VPC."""
    return f"arn:{partition}:ec2:{region}:{account}:vpc/{vpc}"


def ask(
    name: str, vpc: Vpc, peer: Vpc, account: str, region: str, parties: Parties, others: tuple[Others, ...]
) -> Action:
    """Ask the owner of another VPC to connect it.

    AWS knows no token for it: asked again in the same direction it answers with what exists, so at undo only what
    carries this run's tag is deleted.

    Args:
        name: the connection's.
        vpc: the one that is started from.
        peer: the other one.
        account: the other account; empty for the same.
        region: the other region; empty for the same.
        parties: the two, by their ARNs.
        others: what others may have let lead over it.
    """
    where = {**({"PeerOwnerId": account} if account else {}), **({"PeerRegion": region} if region else {})}
    look = _look(MADE)
    mine = join(f"VpcPeeringConnections[?contains({edits.literal(ALIVE)}, Status.Code) && ", OURS, "] | [0]")
    return Action(
        "connect",
        f"Ask to connect {shown(vpc)} with {shown(peer)}{_of(account, region)}",
        Call(
            "ec2.CreateVpcPeeringConnection",
            {"VpcId": vpc.id, "PeerVpcId": peer.id, **where, **tagged("vpc-peering-connection", name)},
            known={"Accepter": (parties.accepter,)},
        ),
        wait=Wait(
            look,
            ready=f"contains(['{PENDING}', 'provisioning', '{ACTIVE}'], {ONE}.Status.Code)",
            failed=f"contains(['failed', 'rejected', 'expired', 'deleted', 'deleting'], {ONE}.Status.Code)",
            now=f"join(': ', {ONE}.Status.[Code, Message || Code][?@] || `[]`)",
            sentence="Waiting until the request is there",
            typical=5, limit=120,
        ),
        undo=_deleted(MADE, made=True),
        find=Find(
            Call("ec2.DescribeVpcPeeringConnections", {"Filters": [{"Name": "tag:handrail:run", "Values": [RUN]}]}),
            join(mine, ".{VpcPeeringConnection: @}"),
        ),
        whose=others_tag("VpcPeeringConnection"),
        others=others,
        refusals=REFUSALS,
        type="AWS::EC2::VPCPeeringConnection",
        resource=MADE,
        costs=(traffic(between_regions=bool(region)),),
        undone="The connection",
    )  # fmt: skip


REFUSALS = {
    "VpcPeeringConnectionsPerVpcLimitExceeded": f"A VPC has as many connections as it may (quota {PER_VPC}).",
    "ActiveVpcPeeringConnectionPerVpcLimitExceeded": f"A VPC has as many connections as it may (quota {PER_VPC}).",
    "OutstandingVpcPeeringConnectionLimitExceeded": f"Too many requests wait for an answer (quota {WAITING}): delete "
    "old ones, or wait until they are accepted.",
    "PendingVpcPeeringConnectionLimitExceeded": f"Too many requests wait for an answer (quota {WAITING}): delete old "
    "ones, or wait until they are accepted.",
    "VpcPeeringConnectionAlreadyExists": "The two VPCs were connected meanwhile from the other side; this request can "
    "never be accepted. Undo it, and begin again: what exists is used then.",
    "InvalidStateTransition": "The request was refused, taken back or has ended meanwhile. Undo, and ask again.",
    "RouteAlreadyExists": "That route table got an entry for this network meanwhile, which leads elsewhere. Look at "
    "it, then undo and begin again.",
    "RouteLimitExceeded": f"The route table is full (quota {ROUTES}).",
    "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled": "DNS hostnames are switched off in one of the two VPCs: "
    "answer dns_hostnames=yes, or dns=no.",
}
"""Amazon EC2 API Reference, "Error codes", 2026-11, and reports of people who met them."""


def traffic(*, between_regions: bool) -> Cost:
    """What passes over a connection; the connection itself costs nothing. US East, from memory and not verified."""
    note = (
        "About 0.02 USD a GB between regions."
        if between_regions
        else "Nothing inside one Availability Zone; about 0.01 USD a GB on each side between two."
    )
    return Cost("Traffic over the connection", Decimal(0), "2026-11", TRAFFIC, note)


def accept(
    id: Late, who: str, parties: Parties, others: tuple[Others, ...] = (), costs: tuple[Cost, ...] = ()
) -> Action:
    """Accept a request, where its accepter is.

    Args:
        id: the connection's; a `Ref` where this run asked for it, and takes it back.
        who: whose request it is, where it was there before: to take that back is to delete the connection.
        parties: the two, by their ARNs.
        others: what others may have let lead over it, in that case.
        costs: what passes over it costs, in that case.
    """
    made = isinstance(id, Ref)
    return Action(
        "accept",
        "Accept the request on the other side" if made else f"Accept the request of {who}",
        Call("ec2.AcceptVpcPeeringConnection", {"VpcPeeringConnectionId": id}, known=parties.of(id)),
        wait=until_active(id),
        undo=() if made else _deleted(id, made=False),
        find=Find(
            _look(id),
            f"VpcPeeringConnections[?contains(['provisioning', '{ACTIVE}'], Status.Code)] | [0]"
            ".{VpcPeeringConnection: @}",
        ),
        not_yet=("InvalidStateTransition: from initiating-request",),
        others=others,
        refusals=REFUSALS,
        stands=Still(_look(id), f"{ONE}.Status.Code", ACTIVE, "It is not active any more."),
        costs=() if made else costs,
        undone="The connection that was accepted",
    )  # fmt: skip


def until_active(id: Late) -> Wait:
    """Wait until packets may pass."""
    return Wait(
        _look(id),
        ready=f"{ONE}.Status.Code=='{ACTIVE}'",
        failed=f"contains(['failed', 'rejected', 'expired', 'deleted', 'deleting'], {ONE}.Status.Code)",
        now=f"{ONE}.Status.Code",
        sentence="Waiting until the connection is active",
        typical=20,
        limit=180,
    )


def name_there(name: str, parties: Parties) -> Action:
    """Tags belong to one account and region: on the other side a connection has none until it is given some."""
    return Action(
        "name-there",
        "Give it its name on the other side",
        Call("ec2.CreateTags", {"Resources": [MADE], "Tags": tags(name)}, known=parties.of(MADE)),
        after=("accept",),
        of_new="connect",
        stands=Still(
            _look(MADE), f"{ONE}.Tags[?Key=='handrail:run'].Value | [0]", RUN,
            "It has no tag of this run there any more.",
        ),
    )  # fmt: skip


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
        _look(id), place,
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
        stands=Still(_look(id), f"{place} && 'on' || 'off'", "on", "Somebody switched it off since."),
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


def way(table: RouteTable, network: Network, id: Late, after: tuple[str, ...]) -> Action:
    """Enter a route to the other VPC. One that leads there is recognised; one that leads elsewhere is in the way."""
    look = Call("ec2.DescribeRouteTables", {"RouteTableIds": [table.id]})
    to = destination(network)
    here = f"RouteTables[0].Routes[?{to}=='{network}'"
    ours = Find(look, join(f"{here} && VpcPeeringConnectionId=='", id, "'] | [0]"))
    which = {"RouteTableId": table.id, to: str(network)}
    return Action(
        f"route-{table.id}-{slug(network)}",
        f"Send {network} from {table.shown} to the connection",
        Call("ec2.CreateRoute", {**which, "VpcPeeringConnectionId": id}),
        undo=(
            Undo(
                Call("ec2.DeleteRoute", which),
                gone=("InvalidRoute.NotFound",),
                still=Still(
                    look, f"{here}] | [0].not_null({', '.join(TARGETS)})", id,
                    "It leads elsewhere now; somebody changed it since.", absent=("InvalidRouteTableID.NotFound",),
                ),
            ),
        ),
        # a route has no tag: one to a connection that was there before may be anybody's
        find=ours if isinstance(id, Ref) else None,
        unless=None if isinstance(id, Ref) else ours,
        after=after,
        not_yet=("InvalidParameterValue: belong to different networks", *NOT_FOUND),
        refusals=REFUSALS,
        type="AWS::EC2::Route",
        undone=f"The route to {network} in {table.shown}",
    )  # fmt: skip


def way_instead(table: RouteTable, taken: Route, id: Late, after: tuple[str, ...]) -> Action:
    """Let a route that is there lead to the other VPC; back to where it led at undo."""
    way = rerouted(
        f"route-{table.id}-{slug(taken.network)}", table, taken, {"VpcPeeringConnectionId": id}, "the connection"
    )  # fmt: skip
    not_yet = ("InvalidParameterValue: belong to different networks", *NOT_FOUND)
    return replace(way, after=after, not_yet=not_yet, refusals=REFUSALS)


def let_in(group: SecurityGroup, rules: Iterable[Rule | GroupRule], peer: str, ready: tuple[str, ...] = ()) -> Action:
    """Add rules for the other VPC to a security group, all or none.

    Args:
        group: where they are added.
        rules: what they say.
        peer: what the other VPC is called.
        ready: after what its groups may be named, where they are.
    """
    rules = tuple(rules)
    services = ", ".join(dict.fromkeys(rule.service.name for rule in rules))
    sources = ", ".join(dict.fromkeys(rule.source for rule in rules))
    made = security_group_rules.admit(
        f"let-in-{group.id}",
        f"Let {sources} use {services} on what is in {group.name} ({group.id})",
        group.id,
        [rule.admitted for rule in rules],
        about=f"peering with {as_name(peer)}",
        undone=f"The rules for {peer} in {group.name} ({group.id})",
    )
    by_groups = any(isinstance(rule, GroupRule) for rule in rules)
    return replace(made, after=ready, not_yet=NOT_YET) if by_groups else made


def used_by(id: Late, vpc: str, tables: Iterable[str], networks: Iterable[Network]) -> Others:
    """The routes in a VPC that others let lead over a connection.

    Args:
        id: the connection's.
        vpc: the VPC.
        tables: the ids of those tables in which this run makes routes.
        networks: to what.
    """
    own = f"contains({edits.literal(list(tables))}, table) && contains({edits.literal([*map(str, networks)])}, to)"
    return Others(
        Call("ec2.DescribeRouteTables", {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}),
        join(
            "RouteTables[].beside(Routes[?VpcPeeringConnectionId=='", id,
            "'].{to: DestinationCidrBlock || DestinationIpv6CidrBlock, "
            "four: DestinationCidrBlock, six: DestinationIpv6CidrBlock, list: DestinationPrefixListId}, "
            f"{{table: RouteTableId}})[] | [?!({own})].[table, four, six, list]",
        ),
        "Routes of others lead over it",
        remove=Call(
            "ec2.DeleteRoute",
            {
                "RouteTableId": found("id"), "DestinationCidrBlock": if_found("[1]"),
                "DestinationIpv6CidrBlock": if_found("[2]"), "DestinationPrefixListId": if_found("[3]"),
            },
        ),
    )  # fmt: skip


def _deleted(id: Late, *, made: bool) -> tuple[Undo, ...]:
    """Either owner may delete it. What was refused or has ended cannot be, and is gone all the same."""
    ended = ("failed", "rejected", "expired", "deleted", "deleting")
    tag = "(Tags[?Key=='handrail:run'].Value | [0] || 'nobody')"
    alive = f"VpcPeeringConnections[?contains({edits.literal(ALIVE)}, Status.Code)] | [0]"
    ours = Still(
        _look(id), f"{alive} | @ && {tag}", RUN,
        "It does not carry this run's tag: it existed before this run.",
    )  # fmt: skip
    there = Still(_look(id), f"{alive}.VpcPeeringConnectionId", id, "")
    return (
        Undo(
            Call("ec2.DeleteVpcPeeringConnection", {"VpcPeeringConnectionId": id}),
            wait=Wait(
                _look(id),
                ready=f"!VpcPeeringConnections || contains({edits.literal(ended[:4])}, {ONE}.Status.Code)",
                now=f"{ONE}.Status.Code",
                gone=NOT_FOUND,
                sentence="Waiting until the connection is gone",
                typical=5,
            ),
            gone=(*NOT_FOUND, *(f"InvalidStateTransition: from {state}" for state in ended)),
            not_yet=("InvalidStateTransition: from initiating-request", "InvalidStateTransition: from provisioning"),
            still=ours if made else there,
        ),
    )


def _look(id: Late) -> Call:
    return Call("ec2.DescribeVpcPeeringConnections", {"VpcPeeringConnectionIds": [id]})


def shown(vpc: Vpc) -> str:
    """A VPC as a part of a sentence."""
    return f"{vpc.name} ({vpc.id})" if vpc.name else vpc.id


def _of(account: str, region: str) -> str:
    parts = [f"account {account}"] * bool(account) + [region] * bool(region)
    return f", {', '.join(parts)}" if parts else ""
