"""Names of private hosted zones over a connection: each VPC resolves the zones that it is associated with, connected or
not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flows.aws import private_zones, vpc_peering_options
from flows.aws.private_zones import Zone
from flows.aws.vpcs import Vpc
from flows.engine import Action, Cloud, CloudError, Finding, Grade, Option, Refused, shell

from .sides import Pair, Side

if TYPE_CHECKING:
    from .seen import Seen


class Answers(Protocol):
    """The set-up as the functions here see it."""

    cloud: Cloud
    vpc: Vpc
    dns_hostnames: bool

    def there(self) -> Cloud: ...
    def peer(self) -> Vpc: ...


@dataclass(frozen=True)
class Shared:
    """A zone that one of the two VPCs resolves, and the other, `vpc`, is to resolve as well."""

    zone: Zone
    vpc: Vpc


def listed(flow: Answers) -> Iterator[Option[Shared]]:
    """The zones that one of the two VPCs resolves and the other does not, if one of the two accounts owns them."""
    clouds, vpcs = (flow.cloud, flow.there()), (flow.vpc, flow.peer())
    ours, theirs = (private_zones.of_vpc(cloud, vpc.id) for cloud, vpc in zip(clouds, vpcs, strict=True))
    accounts = {cloud.identity.account for cloud in clouds}
    for zone in (*ours, *theirs):
        if (zone in ours) != (zone in theirs) and zone.owner in accounts:
            vpc, other = vpcs if zone in ours else vpcs[::-1]
            hint = f"{zone.id}  resolved by {vpc.called}, not by {other.called}"
            yield Option(zone.id, Shared(zone, other), zone.name, hint)


def resolvable(zones: tuple[Shared, ...], flow: Answers) -> None:
    for each in zones:
        cloud = flow.cloud if each.vpc == flow.vpc else flow.there()
        try:
            had = private_zones.of_vpc(cloud, each.vpc.id)
            off = [
                what for what, attribute in vpc_peering_options.NAMING.items()
                if not vpc_peering_options.attribute(cloud, each.vpc.id, attribute)
            ]  # fmt: skip
        except CloudError:  # then AWS has the last word
            return
        same = [one.id for one in had if one.name == each.zone.name]
        same += [one.zone.id for one in zones if one != each and (one.zone.name, one.vpc) == (each.zone.name, each.vpc)]
        if same:
            raise Refused(
                f"{each.vpc.called} can resolve one zone called {each.zone.name}, and {same[0]} is one as well. Leave "
                f"{each.zone.id} out."
            )
        if off and not (off == ["DNS hostnames"] and flow.dns_hostnames):
            way = "Answer dns_hostnames=yes" if off == ["DNS hostnames"] else "Switch it on there first"
            raise Refused(
                f"Names of private hosted zones are not resolved: {' and '.join(off)} "
                f"{'is' if len(off) == 1 else 'are'} switched off in {each.vpc.called}. {way}, or leave zones empty."
            )


def steps(zones: tuple[Shared, ...], pair: Pair, ready: tuple[str, ...]) -> Iterator[Action]:
    """What lets the other VPC resolve each: of another account's zone its owner allows it first."""
    assert pair.theirs is not None, "nobody is asked for zones who cannot work on the other side"
    for each in zones:
        of_ours = each.vpc.id == pair.ours.vpc.id
        at: Side = pair.ours if of_ours else pair.theirs
        region = pair.who.region if of_ours else pair.region
        account = pair.who.account if of_ours else pair.account
        if each.zone.owner == account:
            yield at.globally(private_zones.associated(each.zone, each.vpc, region, ready))
            continue
        owner = pair.theirs if of_ours else pair.ours
        allowed = private_zones.authorized(each.zone, each.vpc, region, ready)
        yield owner.globally(allowed)
        yield at.globally(private_zones.associated(each.zone, each.vpc, region, (allowed.id,)))
        yield owner.globally(private_zones.withdrawn(each.zone, each.vpc, region))


def apart(one: Seen, other: Seen) -> Iterator[Finding]:
    """Which zones of each VPC the other does not resolve. Nobody needs that who uses addresses or public names."""
    try:
        ours, theirs = (private_zones.of_vpc(each.side.cloud, each.vpc) for each in (one, other))
    except CloudError as problem:
        yield Finding(
            "zones", Grade.NOT_CHECKED, "Which private hosted zones the two resolve could not be read.", problem.what,
            aside=True,
        )  # fmt: skip
        return
    for seen, has, wanted in ((one, ours, theirs), (other, theirs, ours)):
        lacking = [f"{zone.name} ({zone.id})" for zone in wanted if zone not in has and zone.owner]
        if lacking:
            zones = "zone" if len(lacking) == 1 else "zones"
            yield Finding(
                f"zones:{seen.vpc}", Grade.PROVED,
                f"{seen.vpc} does not resolve {len(lacking)} private hosted {zones} of {seen.peer}: "
                f"{', '.join(lacking[:3])}{' and more' if len(lacking) > 3 else ''}.", "ListHostedZonesByVPC",
                f"If it should: {shell.handrail('run', 'peering')} with zones; what exists is used.", aside=True,
            )  # fmt: skip
