"""Virtual private clouds: networks, route tables and security groups to pick from, and what to change on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from flows.engine import (
    Action,
    Call,
    Cloud,
    Find,
    Late,
    Option,
    Ref,
    Refused,
    Restore,
    Still,
    Undo,
    Use,
    Wait,
    before,
    join,
)
from flows.engine.listing import Narrow, by_filter, listed

from . import security_group_rules, vpn_dependents
from .addresses import MOST_DIGITS, Network, within
from .tags import name_of, of


@dataclass(frozen=True)
class Vpc:
    """A VPC. `networks` are all its IPv4 ranges and `networks6` the IPv6 ones, `ours` says whether this account owns
    it."""

    id: str
    name: str
    networks: tuple[IPv4Network, ...]
    is_default: bool
    owner: str
    ours: bool
    networks6: tuple[IPv6Network, ...] = ()

    @property
    def ranges(self) -> tuple[Network, ...]:
        """All its ranges."""
        return (*self.networks, *self.networks6)

    @property
    def called(self) -> str:
        """Its name, or else its id."""
        return self.name or self.id


@dataclass(frozen=True)
class Route:
    """One line of a route table. `target` is the id it leads to."""

    network: Network
    target: str
    state: str
    propagated: bool
    by: str = ""
    """By which of TARGETS it names that."""


@dataclass(frozen=True)
class RouteTable:
    """A route table. `subnets` are those that were given it by name; `lists` are its routes to prefix lists, each with
    its target; `routes` are those of IPv4, `routes6` those of IPv6."""

    id: str
    name: str
    main: bool
    subnets: tuple[str, ...]
    routes: tuple[Route, ...]
    propagating: tuple[str, ...]
    lists: tuple[tuple[str, str], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    routes6: tuple[Route, ...] = ()

    @property
    def ways(self) -> tuple[Route, ...]:
        """Its routes of both kinds."""
        return (*self.routes, *self.routes6)

    @property
    def shown(self) -> str:
        """As a part of a sentence; the main one, which often has no name, as that."""
        if self.name:
            return f"{self.name} ({self.id})"
        return f"{self.id} (the main one)" if self.main else self.id

    @property
    def public(self) -> bool:
        ways = (route for route in self.routes if route.state != "blackhole")
        return any(route.network.prefixlen == 0 and route.target.startswith("igw-") for route in ways)


@dataclass(frozen=True)
class Service:
    """Something that may be let in: a protocol and a range of ports (ICMP: type and code)."""

    name: str
    protocol: str
    first: int
    last: int

    def __str__(self) -> str:
        return self.name

    @property
    def told(self) -> str:
        """As people say it, whoever wrote it."""
        if self.name or self.protocol == "-1":
            return self.name or "everything"
        if self.protocol in ("icmp", "icmpv6"):
            ping = 8 if self.protocol == "icmp" else 128
            return {ping: "ping", -1: "all ICMP"}.get(self.first, f"ICMP of type {self.first}")
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol}/{ports}"


@dataclass(frozen=True)
class Rule:
    """Who may use what by being in a network."""

    service: Service
    network: Network

    @property
    def source(self) -> str:
        """Who that is, as part of a sentence."""
        return str(self.network)

    @property
    def key(self) -> str:
        return slug(self.network)

    @property
    def admitted(self) -> security_group_rules.Rule:
        """As EC2 takes it."""
        return security_group_rules.Rule(
            self.service.protocol, self.service.first, self.service.last,
            "IpRanges" if isinstance(self.network, IPv4Network) else "Ipv6Ranges", str(self.network),
            f"{self.service.name} from {self.network}",
        )  # fmt: skip


@dataclass(frozen=True)
class SecurityGroup:
    """A security group. `rules` are those for IPv4, `rules6` for IPv6 and `lists` for prefix lists; `told` is all of it
    as AWS tells it."""

    id: str
    name: str
    description: str
    rules: tuple[Rule, ...]
    lists: tuple[tuple[Service, str], ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict, hash=False)
    rules6: tuple[Rule, ...] = ()


VPC_NAMED = by_filter("vpc-id", "tag:Name")
TARGETS = (
    "GatewayId", "NatGatewayId", "InstanceId", "NetworkInterfaceId", "TransitGatewayId", "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn",
)  # fmt: skip
"""Where a route may lead (botocore's model of EC2's Route, 1.44)."""
ATTACH = "attach"
"""The id of the action that attaches an end of a VPN to a VPC."""
NOT_ATTACHED = {
    "VpnGatewayId": ("Gateway.NotAttached", "InvalidParameterValue: belong to different networks"),
    "TransitGatewayId": ("InvalidTransitGatewayID.NotFound",),
}
"""What AWS says of a route to an end of a VPN that the VPC has only just been attached to, by EC2's name of the end."""


# -- to pick from ----------------------------------------------------------------------------------------------


def vpcs(cloud: Cloud, narrow: Narrow = VPC_NAMED) -> Iterator[Option[Vpc]]:
    """The VPCs of the region that can carry anything."""
    account = cloud.identity.account
    for page in listed(cloud, Call("ec2.DescribeVpcs"), narrow):
        for vpc in page["Vpcs"] or []:
            if vpc.get("State", "available") != "available":
                continue
            found = _vpc(vpc, account)
            networks = ", ".join(str(network) for network in found.networks)
            hint = f"{networks}{', the default VPC' if found.is_default else ''}"
            yield Option(found.id, found, found.name or found.id, f"{found.id}  {hint}" if found.name else hint)


def vpc(cloud: Cloud, id: str) -> Vpc | None:
    """One VPC; None if AWS does not tell of it. Raises CloudError."""
    found = cloud.make(Call("ec2.DescribeVpcs", {"VpcIds": [id]})).get("Vpcs") or []
    return _vpc(found[0], cloud.identity.account) if found else None


def with_ranges(cloud: Cloud, networks: Iterable[IPv4Network]) -> list[Vpc]:
    """The VPCs that have one of these as a range of their own. Raises CloudError."""
    wanted = [str(each) for each in networks]
    asked = {"Filters": [{"Name": "cidr-block-association.cidr-block", "Values": wanted}]}
    found = [_vpc(each, cloud.identity.account) for each in cloud.make(Call("ec2.DescribeVpcs", asked))["Vpcs"]]
    return [each for each in found if any(str(own) in wanted for own in each.networks)]


def leading_to(cloud: Cloud, gateway: str) -> list[str]:
    """The ids of the VPCs in which a route leads to a gateway. Raises CloudError."""
    asked = {"Filters": [{"Name": "route.gateway-id", "Values": [gateway]}]}
    pages = cloud.pages(Call("ec2.DescribeRouteTables", asked))
    return list(dict.fromkeys(str(each["VpcId"]) for page in pages for each in page.get("RouteTables") or []))


def subnets(cloud: Cloud, vpc: Vpc) -> tuple[str, ...]:
    """The ids of a VPC's subnets. Raises CloudError."""
    pages = cloud.pages(Call("ec2.DescribeSubnets", _in_vpc(vpc.id)))
    return tuple(str(each["SubnetId"]) for page in pages for each in page.get("Subnets") or [])


def zones(cloud: Cloud, vpc: Vpc) -> dict[str, str]:
    """The ids of a VPC's subnets, each with its availability zone. Raises CloudError."""
    pages = cloud.pages(Call("ec2.DescribeSubnets", _in_vpc(vpc.id)))
    found = [each for page in pages for each in page.get("Subnets") or []]
    return {str(each["SubnetId"]): str(each.get("AvailabilityZone") or "") for each in found}


def route_tables(cloud: Cloud, vpc: Vpc) -> Iterator[Option[RouteTable]]:
    """The route tables of a VPC, those of private subnets first."""
    for table in sorted(tables(cloud, vpc.id), key=lambda table: table.public):
        kind = "public" if table.public else "private"
        subnets = f"{len(table.subnets)} subnet{'' if len(table.subnets) == 1 else 's'}"
        hint = f"{table.id}  {kind}, {subnets}{', main' if table.main else ''}"
        yield Option(table.id, table, table.name or table.id, hint)


def tables(cloud: Cloud, vpc: str) -> list[RouteTable]:
    """The route tables of the VPC of that id. Raises CloudError."""
    pages = cloud.pages(Call("ec2.DescribeRouteTables", _in_vpc(vpc)))
    return [_route_table(table) for page in pages for table in page["RouteTables"]]


def security_groups(cloud: Cloud, vpc: Vpc) -> Iterator[Option[SecurityGroup]]:
    """The security groups of a VPC."""
    asked = Call("ec2.DescribeSecurityGroups", _in_vpc(vpc.id))
    for page in listed(cloud, asked, by_filter("group-id", "group-name")):
        for group in page["SecurityGroups"]:
            found = _security_group(group)
            yield Option(found.id, found, found.name, f"{found.id}  {found.description}")


def service(text: str) -> Service:
    """What may be let in: a name (`ping`, `ssh`, `https`, `all` …), `tcp/8080` or `udp/5000-5010`. Raises Refused."""
    word = text.lower()
    if word in KNOWN:
        return KNOWN[word]
    protocol, slash, ports = word.partition("/")
    if not slash:
        protocol, ports = "tcp", word
    first, _, last = ports.partition("-")
    if protocol not in ("tcp", "udp") or not _digits(first) or (last and not _digits(last)):
        raise Refused(f"“{text}” is not a service. Enter {', '.join(KNOWN)}, or for example tcp/8080 or udp/5000-5010.")
    if max(len(first), len(last)) > MOST_DIGITS or int(first) > 65535 or int(last or first) > 65535:
        raise Refused(f"“{text[:MOST_DIGITS]}”: a port is a number from 0 to 65535.")
    low, high = int(first), int(last or first)
    if low > high:
        raise Refused(
            f"“{text}”: the first port must not be larger than the last.", suggestion=f"{protocol}/{last}-{first}"
        )
    return Service(word if slash else f"tcp/{word}", protocol, low, high)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


KNOWN = {
    "ping": Service("ping", "icmp", 8, -1),
    "ssh": Service("ssh", "tcp", 22, 22),
    "rdp": Service("rdp", "tcp", 3389, 3389),
    "http": Service("http", "tcp", 80, 80),
    "https": Service("https", "tcp", 443, 443),
    "mysql": Service("mysql", "tcp", 3306, 3306),
    "postgres": Service("postgres", "tcp", 5432, 5432),
    "sqlserver": Service("sqlserver", "tcp", 1433, 1433),
    "all": Service("all", "-1", 0, 65535),
}


def spoken(service: Service, network: Network) -> Service:
    """A service as it is in a network: ping is of another protocol in IPv6, its echo request type 128 (RFC 4443)."""
    if isinstance(network, IPv6Network) and service.protocol == "icmp":
        return replace(service, protocol="icmpv6", first={8: 128}.get(service.first, service.first))
    return service


def covers(rule: Rule, service: Service, network: Network) -> bool:
    """Whether a rule already lets this in."""
    if rule.service.protocol not in ("-1", service.protocol) or not within(network, rule.network):
        return False
    if rule.service.protocol == "-1":
        return True
    if service.protocol in ("icmp", "icmpv6"):
        return rule.service.first in (-1, service.first)
    return rule.service.first <= service.first and service.last <= rule.service.last


def missing_rules(
    group: SecurityGroup, services: Iterable[Service], networks: Iterable[Network]
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules that a group needs, and those it does not because an existing one covers them."""
    wanted = [Rule(spoken(service, network), network) for service in services for network in networks]
    there = (*group.rules, *group.rules6)
    covered = tuple(rule for rule in wanted if any(covers(old, rule.service, rule.network) for old in there))
    return tuple(rule for rule in wanted if rule not in covered), covered


# -- to change -------------------------------------------------------------------------------------------------


def ways(
    table: RouteTable,
    networks: Iterable[IPv4Network],
    gateway: Late,
    *,
    fixed: bool,
    after: tuple[str, ...],
    known: tuple[str, ...],
) -> list[Action | Use]:
    """Whatever a route table still needs in order to lead `networks` to a VPN gateway. A route that exists is left.

    `known` are the ids of the connections that the gateway has already.
    """
    if not fixed:
        if gateway in table.propagating:
            sentence = f"{table.shown} takes the office's routes over already"
            return [Use(f"propagate-{table.id}", sentence, "AWS::EC2::VPNGatewayRoutePropagation", table.id)]
        return [propagate(table, gateway, after, known)]
    taken = {route.network: route for route in table.routes if not route.propagated}
    return [
        Use(f"route-{table.id}-{slug(n)}", f"{table.shown} has a route to {n} already", "AWS::EC2::Route", table.id)
        if n in taken
        else route(table, n, gateway, after, known)
        for n in networks
    ]


def doors(
    group: SecurityGroup,
    services: Iterable[Service],
    networks: Iterable[IPv4Network],
    gateway: Late,
    known: tuple[str, ...],
) -> list[Action | Use]:
    """Whatever a security group still needs in order to let `networks`, behind a VPN gateway, use `services`. `known`
    are the ids of the connections that the gateway has already."""
    missing, covered = missing_rules(group, services, networks)
    kept: list[Action | Use] = [
        Use(
            f"rule-{group.id}-{rule.service.name}-{slug(rule.network)}",
            f"{group.name} ({group.id}) lets {rule.network} use {rule.service.name} already",
            "AWS::EC2::SecurityGroupIngress",
            group.id,
        )
        for rule in covered
    ]
    return [*kept, let_in(group, missing, gateway, known)] if missing else kept


def propagate(table: RouteTable, gateway: Late, after: tuple[str, ...], known: tuple[str, ...]) -> Action:
    """Let a VPN gateway enter its routes into a table. Other connections of that gateway have theirs by it as well.

    Terraform and CloudFormation both need it ordered after the attachment (aws-cloudformation coverage
    roadmap, issue 1039).
    """
    both = {"RouteTableId": table.id, "GatewayId": gateway}
    look = Call("ec2.DescribeRouteTables", {"RouteTableIds": [table.id]})
    here = join("RouteTables[0].PropagatingVgws[?GatewayId=='", gateway, "'] | [0].GatewayId")
    return Action(
        f"propagate-{table.id}",
        f"Let AWS enter the office's routes into {table.shown}",
        Call("ec2.EnableVgwRoutePropagation", both),
        undo=(
            Undo(
                Call("ec2.DisableVgwRoutePropagation", both),
                gone=("Gateway.NotAttached",),
                still=Still(look, here, gateway, ""),
            ),
        ),
        unless=_there_before(gateway, Find(look, here)),
        after=after,
        not_yet=("Gateway.NotAttached", "InvalidParameterValue: belong to different networks"),
        others=(vpn_dependents.connections("VpnGatewayId", gateway, known=known),),
        type="AWS::EC2::VPNGatewayRoutePropagation",
        undone=f"The propagation into {table.shown}",
    )


def route(
    table: RouteTable, network: IPv4Network, gateway: Late, after: tuple[str, ...], known: tuple[str, ...]
) -> Action:
    """Enter a fixed route to a VPN gateway or transit gateway."""
    end, to = vpn_dependents.aws_end(gateway), vpn_dependents.route_target(gateway)
    look = Call("ec2.DescribeRouteTables", {"RouteTableIds": [table.id]})
    here = f"RouteTables[0].Routes[?DestinationCidrBlock=='{network}'"
    destination = {"RouteTableId": table.id, "DestinationCidrBlock": str(network)}
    return Action(
        f"route-{table.id}-{slug(network)}",
        f"Send {network} from {table.shown} to the {'VPN' if to == 'GatewayId' else 'transit'} gateway",
        Call("ec2.CreateRoute", {**destination, to: gateway}),
        undo=(
            Undo(
                Call("ec2.DeleteRoute", destination),
                still=Still(
                    look, f"{here}] | [0].not_null({', '.join(TARGETS)})", gateway,
                    "It leads elsewhere now; somebody changed it since.",
                ),
            ),
        ),
        # a route has no tag: one to a gateway that this run has neither made nor attached may be anybody's
        find=Find(look, join(f"{here} && {to}=='", gateway, "'] | [0]"))
        if isinstance(gateway, Ref) or ATTACH in after
        else None,
        after=after,
        exists=("RouteAlreadyExists",),
        not_yet=NOT_ATTACHED[end],
        others=(vpn_dependents.connections(end, gateway, (network,), known),),
        type="AWS::EC2::Route",
        undone=f"The route to {network} in {table.shown}",
    )  # fmt: skip


def lead_elsewhere(table: RouteTable, taken: Route, gateway: str) -> Action:
    """Let a route that was entered lead to a VPN gateway, and back to where it led at undo."""
    return rerouted(
        f"lead-{table.id}-{slug(taken.network)}", table, taken, {"GatewayId": gateway}, "the VPN gateway"
    )  # fmt: skip


def rerouted(id: str, table: RouteTable, taken: Route, target: Mapping[str, Late], where: str) -> Action:
    """Let a route that is there lead to another target, and back to where it led at undo.

    Args:
        target: the parameter of ReplaceRoute that names it, such as `GatewayId`, with its id.
        where: the target in words.
    """
    to = destination(taken.network)
    which = {"RouteTableId": table.id, to: str(taken.network)}
    here = f"RouteTables[0].Routes[?{to}=='{taken.network}'] | [0]"
    return Action(
        id,
        f"Let {taken.network} in {table.shown} lead to {where}, and no longer to {taken.target}",
        Call("ec2.ReplaceRoute", {**which, **target}),
        undo=Restore(
            Call("ec2.DescribeRouteTables", {"RouteTableIds": [table.id]}),
            f"{here}.not_null({', '.join(TARGETS)})",
            put=Call("ec2.ReplaceRoute", {**which, taken.by: before(id)}),
            absent=("InvalidRouteTableID.NotFound",),
        ),
        type="AWS::EC2::Route",
        undone=f"The way to {taken.network} in {table.shown}",
    )


def _there_before(gateway: Late, find: Find) -> Find | None:
    """What may have been there before: nothing of a gateway that this run makes itself."""
    return None if isinstance(gateway, Ref) else find


def let_in(group: SecurityGroup, rules: tuple[Rule, ...], gateway: Late, known: tuple[str, ...]) -> Action:
    """Add rules to a security group, all or none; other connections of the gateway may bring the same networks."""
    end = vpn_dependents.aws_end(gateway)
    through = vpn_dependents.connections(end, gateway, {rule.network for rule in rules}, known)
    services = ", ".join(dict.fromkeys(rule.service.name for rule in rules))
    networks = ", ".join(dict.fromkeys(str(rule.network) for rule in rules))
    return security_group_rules.admit(
        f"let-in-{group.id}",
        f"Let {networks} use {services} on the servers in {group.name} ({group.id})",
        group.id,
        (rule.admitted for rule in rules),
        about="office",
        undone=f"The office's rules in {group.name} ({group.id})",
        others=(replace(through, remove=None),),
    )  # fmt: skip


def attached(gateway: Late, vpc: Vpc) -> Wait:
    """Wait until a VPN gateway is attached (terraform-provider-aws allows 15 minutes)."""
    return Wait(
        Call("ec2.DescribeVpnGateways", {"VpnGatewayIds": [gateway]}),
        ready=f"VpnGateways[0].VpcAttachments[?VpcId=='{vpc.id}' && State=='attached'] | [0]",
        now=f"VpnGateways[0].VpcAttachments[?VpcId=='{vpc.id}'] | [0].State",
        sentence=f"Waiting until the VPN gateway is attached to {vpc.called}",
        typical=40,
        limit=900,
    )


def destination(network: Network) -> str:
    """How EC2 calls the destination of a route there."""
    return "DestinationCidrBlock" if isinstance(network, IPv4Network) else "DestinationIpv6CidrBlock"


def slug(network: Network | IPv4Address | IPv6Address) -> str:
    """A network as part of an action's id."""
    return str(network).replace("/", "-").replace(":", "-")


def _in_vpc(vpc: str) -> dict[str, Any]:
    return {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}


def _vpc(vpc: dict[str, Any], account: str) -> Vpc:
    associated = [
        block["CidrBlock"]
        for block in vpc.get("CidrBlockAssociationSet") or []
        if (block.get("CidrBlockState") or {}).get("State", "associated") == "associated"
    ] or [vpc["CidrBlock"]]
    owner = str(vpc.get("OwnerId") or account)
    return Vpc(
        vpc["VpcId"],
        name_of(vpc),
        tuple(IPv4Network(cidr) for cidr in associated),
        bool(vpc.get("IsDefault")),
        owner,
        not account or owner == account,
        tuple(
            IPv6Network(block["Ipv6CidrBlock"])
            for block in vpc.get("Ipv6CidrBlockAssociationSet") or []
            if (block.get("Ipv6CidrBlockState") or {}).get("State", "associated") == "associated"
        ),
    )


def _route_table(table: dict[str, Any]) -> RouteTable:
    associations = table.get("Associations") or []
    told = table.get("Routes") or []
    by = [next((key for key in TARGETS if route.get(key)), "") for route in told]
    leads = [(route, str(route.get(key) or ""), key) for route, key in zip(told, by, strict=True)]

    def of_kind(to: str, kind: type[Network]) -> tuple[Route, ...]:
        return tuple(
            Route(
                kind(route[to]), target, route.get("State", "active"),
                route.get("Origin") == "EnableVgwRoutePropagation", key,
            )
            for route, target, key in leads
            if route.get(to)
        )  # fmt: skip

    return RouteTable(
        table["RouteTableId"],
        name_of(table),
        any(item.get("Main") for item in associations),
        tuple(item["SubnetId"] for item in associations if item.get("SubnetId")),
        of_kind("DestinationCidrBlock", IPv4Network),
        tuple(item["GatewayId"] for item in table.get("PropagatingVgws") or []),
        tuple(
            (str(r["DestinationPrefixListId"]), target) for r, target, _ in leads if r.get("DestinationPrefixListId")
        ),
        of(table),
        of_kind("DestinationIpv6CidrBlock", IPv6Network),
    )


def _security_group(group: dict[str, Any]) -> SecurityGroup:
    permissions = [
        (Service("", str(p["IpProtocol"]), int(p.get("FromPort") or 0), int(p.get("ToPort") or 0)), p)
        for p in group.get("IpPermissions") or []
    ]

    def of_kind(ranges: str, key: str, kind: type[Network]) -> tuple[Rule, ...]:
        return tuple(
            Rule(service, kind(allowed[key], strict=False))
            for service, permission in permissions
            for allowed in permission.get(ranges) or []
        )

    lists = tuple(
        (service, str(allowed["PrefixListId"]))
        for service, permission in permissions
        for allowed in permission.get("PrefixListIds") or []
    )
    return SecurityGroup(
        group["GroupId"], group.get("GroupName", ""), group.get("Description", ""),
        of_kind("IpRanges", "CidrIp", IPv4Network), lists, group, of_kind("Ipv6Ranges", "CidrIpv6", IPv6Network),
    )  # fmt: skip
