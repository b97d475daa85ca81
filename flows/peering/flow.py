"""Connect two VPCs: ask, accept on the other side, and let routes and security groups of both know each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows.aws import accounts, addresses, ip_permissions, tags, vpc_peering, vpcs
from flows.aws import route_tables as vpc_tables
from flows.aws import security_groups as vpc_groups
from flows.aws.vpcs import Vpc
from flows.engine import (
    Action,
    Caution,
    Choice,
    Cloud,
    Finding,
    Flow,
    Handover,
    Many,
    Picks,
    Plan,
    Text,
    Yes,
)  # fmt: skip
from flows.engine.elsewhere import There

from . import answers, by_groups, checks, diagnosis, dual_stack, handover, private_names, repairs, steps, why
from .answers import MINE, OWNER, PROFILE
from .consents import CONSENTS
from .picture import PICTURE
from .sides import LEAVE, REPLACE, Pair, Side
from .which import WhichConnection


class Peering(Flow):
    """Let two VPCs reach each other, in two regions or accounts as well."""

    title = "Connect two VPCs"
    words = ("vpc peering", "pcx", "other account", "other region", "private network", "route", "cross-account")
    check = WhichConnection
    came_for = ("connection",)
    consents = CONSENTS
    beyond = repairs.BEYOND
    matters = why.WHY
    picture = PICTURE

    vpc = Choice(
        "Which VPC do you start from?",
        lambda flow: vpcs.vpcs(flow.cloud),
        check=answers.owned,
        label="VPC",
        why="A VPC is a private network inside AWS. The connection makes two of them reachable from each other by "
        "their private addresses.",
        empty="There is no VPC in this region. Create one first, or choose another region with --region.",
    )
    whose = Choice(
        "Whose is the other VPC?",
        {
            MINE: "Mine, in this account",
            PROFILE: "In another account that I can sign in to (an AWS profile)",
            OWNER: "Somebody else's; its owner accepts the request",
        },
        default=MINE,
        label="Other side",
        why="Somebody has to accept on the other side. With access to it, Handrail does both sides; else you get the "
        "exact commands to hand over.",
    )
    peer_profile = Text(
        "Which AWS profile belongs to the other account?",
        str,
        wanted="A profile",
        check=answers.theirs,
        when=whose.is_(PROFILE),
        label="Their profile",
        example="partner",
        why="A name from your AWS configuration. It is used only for the other VPC's side.",
    )
    peer_account = Text(
        "What is the other account's number?",
        accounts.number,
        wanted="An account number",
        check=answers.another,
        when=whose.is_(OWNER),
        label="Their account",
        example="210987654321",
        why="AWS accounts are identified by this number of 12 digits. The request goes to exactly this one.",
    )
    peer_region = Choice(
        "In which region is the other VPC?",
        lambda flow: vpc_peering.regions(flow.signed_in_there()),
        check=answers.reachable,
        default=lambda flow: flow.cloud.identity.region,
        label="Their region",
        why="The request is accepted in the region of the other VPC. Inside one region, traffic costs less.",
        empty="No region is switched on in that account.",
    )
    peer_vpc = Choice(
        "Which VPC should it be connected to?",
        answers.others,
        check=answers.connectable,
        when=whose.is_(MINE, PROFILE),
        label="Other VPC",
        why="The two must not share a single address: AWS connects no VPCs of which any ranges overlap.",
        empty="There is no other VPC in that region of that account. Choose another region.",
    )
    peer_vpc_id = Text(
        "What is the id of their VPC?",
        answers.vpc_id,
        wanted="An id",
        check=answers.another_vpc,
        when=whose.is_(OWNER),
        label="Other VPC",
        example="vpc-0123456789abcdef0",
        why="You cannot look into their account. Its owner finds the id in the VPC console.",
    )
    peer_networks = Many(
        "Which networks does their VPC have?",
        addresses.any_network,
        check=answers.apart,
        when=whose.is_(OWNER),
        label="Their networks",
        example="10.40.0.0/16",
        why="Your routes and security groups need them, and AWS tells them only once the request is accepted.",
    )
    security_groups = Picks(
        "Which security groups of your VPC should let the other one in?",
        lambda flow: vpc_groups.security_groups(flow.cloud, flow.vpc),
        check=answers.some_groups,
        default=[],
        label="Security groups",
        why="A security group is the firewall of what is in it. One rule is added for each network of the other side "
        "and each service: ping alone, if you do not choose otherwise.",
    )
    peer_security_groups = Picks(
        "Which security groups of the other VPC should let yours in?",
        lambda flow: vpc_groups.security_groups(flow.there(), flow.peer()),
        check=answers.some_groups_there,
        default=[],
        when=whose.is_(MINE, PROFILE),
        label="Their groups",
        why="The same for what is on the other side.",
    )

    name = Text(
        "What should the connection be called?",
        tags.name,
        wanted="A name",
        default=answers.called,
        fine_tuning=True,
        label="Name",
        example="shop-analytics",
        why="The connection carries this name on both sides, so that you and others recognise it later.",
    )
    route_tables = Picks(
        "Which route tables of your VPC should know the way to the other?",
        lambda flow: vpc_tables.route_tables(flow.cloud, flow.vpc),
        default=answers.tables,
        least=1,
        fine_tuning=True,
        label="Route tables",
        why="Route tables tell machines where packets go. Each table that serves a subnet needs the way, or what is "
        "in there neither asks nor answers.",
        empty="Without at least one route table nothing finds the way.",
    )
    peer_route_tables = Picks(
        "Which route tables of the other VPC should know the way to yours?",
        lambda flow: vpc_tables.route_tables(flow.there(), flow.peer()),
        default=answers.tables_there,
        least=1,
        when=whose.is_(MINE, PROFILE),
        fine_tuning=True,
        label="Their tables",
        why="Without a route there, their answers do not come back.",
        empty="Without at least one route table nothing there finds the way.",
    )
    ipv6 = Yes(
        "Should IPv6 use the connection as well?",
        check=dual_stack.possible,
        default=dual_stack.usual,
        fine_tuning=True,
        label="IPv6",
        why="Where both VPCs have IPv6 ranges, machines can reach each other by those addresses, too. They take routes "
        "and rules of their own.",
    )
    our_ranges = Picks(
        "Which of your VPC's networks may the other side route to?",
        lambda flow: dual_stack.listed(flow.vpc, flow),
        default=lambda flow: [str(each) for each in dual_stack.ranges(flow.vpc, flow)],
        least=1,
        fine_tuning=True,
        label="Our ranges",
        why="Fewer keep the rest out of their route tables; it is no firewall.",
    )
    their_ranges = Picks(
        "Which of the other VPC's networks may yours route to?",
        lambda flow: dual_stack.listed(flow.peer(), flow),
        default=lambda flow: [str(each) for each in dual_stack.ranges(flow.peer(), flow)],
        least=1,
        when=whose.is_(MINE, PROFILE),
        fine_tuning=True,
        label="Their ranges",
        why="Fewer keep the rest out of your route tables; it is no firewall.",
    )
    allow = Many(
        "What may the other side use on what is in your security groups?",
        ip_permissions.service,
        check=answers.closed_enough,
        default="ping",
        fine_tuning=True,
        label="Let in",
        example="postgres",
        why="Each is one rule per network of the other side: ping, ssh, rdp, http, https, mysql, postgres, sqlserver, "
        "all, or for example tcp/8080. Ping is enough to see that it works.",
    )
    peer_allow = Many(
        "What may your VPC use on what is in their security groups?",
        ip_permissions.service,
        check=answers.closed_enough_there,
        default="ping",
        when=whose.is_(MINE, PROFILE),
        fine_tuning=True,
        label="Let in there",
        example="postgres",
        why="The same for the other side's security groups.",
    )
    by = Choice(
        "By what do the rules say who may come in?",
        {
            by_groups.NETWORKS: "By the other side's networks: all that is in them",
            by_groups.GROUPS: "By the security groups chosen on the other side: only what is in those",
        },
        check=by_groups.usable,
        default=by_groups.NETWORKS,
        when=whose.is_(MINE, PROFILE),
        fine_tuning=True,
        label="Let in by",
        why="A group lets in fewer than a whole network, and whatever joins it later as well. AWS takes it in one "
        "region only.",
    )
    dns_hostnames = Yes(
        "Switch DNS hostnames on where they are off?",
        check=answers.more_names,
        default="no",
        when=whose.is_(MINE, PROFILE),
        fine_tuning=True,
        label="DNS hostnames",
        why="Names lead to private addresses only if both VPCs give their machines names at all.",
    )
    dns = Yes(
        "Should public names of machines lead the other side to private addresses?",
        check=answers.resolvable,
        default=answers.names_work,
        when=whose.is_(MINE, PROFILE),
        fine_tuning=True,
        label="Names",
        why="Else a machine's public name leads to its public address also from the other side, and that traffic "
        "takes the internet instead of the connection.",
    )
    zones = Picks(
        "Which private hosted zones of one VPC should the other resolve as well?",
        private_names.listed,
        check=private_names.resolvable,
        default=[],
        when=whose.is_(MINE, PROFILE),
        fine_tuning=True,
        label="Private zones",
        why="Names of a private hosted zone are known only in the VPCs that it is associated with. A connection alone "
        "changes nothing of that.",
        empty="Neither VPC resolves a private hosted zone that the other lacks.",
    )
    replace_routes = Choice(
        "What should become of routes to the same networks that lead elsewhere?",
        {LEAVE: "Leave those entries", REPLACE: "Let them lead to the connection"},
        default=answers.replacing,
        fine_tuning=True,
        label="Taken routes",
        why="A route table has one entry for a network. Where it leads elsewhere, that traffic does not use the "
        "connection; undo puts back what was replaced.",
    )

    # -- the other side ----------------------------------------------------------------------------------------

    def signed_in_there(self) -> Cloud:
        """The other account, in the run's own region."""
        return There(self.cloud, profile=self.peer_profile) if self.whose == PROFILE else self.cloud

    def there(self) -> Cloud:
        """The other account and region."""
        other = "" if self.peer_region == self.cloud.identity.region else self.peer_region
        profile = self.peer_profile if self.whose == PROFILE else ""
        return There(self.cloud, other, profile) if other or profile else self.cloud

    def peer(self) -> Vpc:
        """The other VPC, as it is seen or as it was told."""
        if self.whose != OWNER:
            return self.peer_vpc
        return dual_stack.told(self.peer_vpc_id, self.peer_account, self.peer_networks)

    def account_there(self) -> str:
        """The number of the other account."""
        return self.peer_account if self.whose == OWNER else self.there().identity.account

    def pair(self) -> Pair:
        """The two, with what there is between them already."""
        ours = Side(
            self.cloud, self.vpc, self.route_tables, self.security_groups, self.allow, self.our_ranges,
            self.replace_routes,
        )  # fmt: skip
        peer, theirs, account = self.peer(), None, self.account_there()
        wanted = dual_stack.ranges(peer, self)
        if self.whose != OWNER:
            theirs = Side(
                self.there(), self.peer_vpc, self.peer_route_tables, self.peer_security_groups, self.peer_allow,
                self.their_ranges, self.replace_routes,
            )  # fmt: skip
            wanted = self.their_ranges
            if self.by == by_groups.GROUPS:
                ours, theirs = by_groups.naming(ours, theirs)
        had = vpc_peering.between(self.cloud, self.vpc.id, peer.id)
        standing = next((each for each in had if each.alive), None)
        return Pair(self.cloud.identity, ours, theirs, peer, account, self.peer_region, wanted, standing)

    # -- the plan ----------------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        pair = self.pair()
        link = steps.link(pair, self.name)
        ready = tuple(each.id for each in link if isinstance(each, Action) and each.id in ("connect", "accept"))[-1:]
        things = [*link, *steps.ways(pair, ready), *steps.doors(pair, ready)]
        if self.whose != OWNER and (self.dns or self.zones):
            on = steps.hostnames(pair, names=self.dns) if self.dns_hostnames else []
            after = (*ready, *(each.id for each in on))
            things += [*on, *(steps.names(pair, after) if self.dns else ())]
            things += private_names.steps(self.zones, pair, after)
        return Plan.of(
            things,
            outputs={"connection": pair.id, "vpc": self.vpc.id, "peer_vpc": pair.peer.id},
            facts={
                **pair.facts(),
                "whose": self.whose,
                "name": self.name,
                "peer_profile": self.peer_profile if self.whose == PROFILE else "",
            },
            reads=handover.READS,
        )

    def checks(self) -> Iterable[Finding | Caution]:
        yield from checks.beforehand(self.pair())

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def stops(cls, cloud: Cloud, outputs: Mapping[str, str]) -> Iterable[str]:
        return handover.stops(cloud, outputs.get("connection", ""))

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return diagnosis.diagnose(cloud, subject)
