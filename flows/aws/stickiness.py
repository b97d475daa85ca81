"""Visitors who stay with one server: by which cookie a target group keeps them, and changing that.

Facts: Application Load Balancers guide, "Edit target group attributes" (Sticky sessions), "Target groups" and "Action
types"; Elastic Load Balancing API Reference, TargetGroupAttribute and TargetGroupStickinessConfig, 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.engine import Action, Call, Cloud, Kept, Restore, Use, before

from . import edits
from .listener_actions import again
from .listener_rule_changes import RULE, answer_of_rule
from .listeners import LISTENER, default_answer
from .load_balancers import DEFAULT, Listener, LoadBalancer, forwards_to, listeners, raw_rules, weight
from .load_balancers import rule as read_rule

GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
APPLICATION, BALANCER = "app_cookie", "lb_cookie"
"""By which cookie: one that the application sets, or one that the load balancer makes."""
RESERVED = "AWSALB"
"""How the names begin that belong to the load balancer: AWSALB, AWSALBCORS, AWSALBAPP-0, AWSALBTG."""
LONGEST = 604800
"""Seconds, a week; the shortest is one second."""
USUAL = 86400
ENABLED, KIND = "stickiness.enabled", "stickiness.type"
NAME, APPLICATION_SECONDS = "stickiness.app_cookie.cookie_name", "stickiness.app_cookie.duration_seconds"
BALANCER_SECONDS = "stickiness.lb_cookie.duration_seconds"
AT_ONCE = 20
"""Target groups that are asked for in one call."""
REFUSALS = {
    "InvalidConfigurationRequest": "AWS does not keep the visitors of this target group like that.",
    "TargetGroupNotFound": "The target group was deleted meanwhile. Undo, and plan again.",
}
"""What AWS may say to changed attributes (Elastic Load Balancing API Reference, ModifyTargetGroupAttributes)."""


@dataclass(frozen=True)
class Group:
    """A target group. `kind` is instance, ip, lambda or alb; `version` HTTP1, HTTP2, GRPC or empty; `optimized`
    whether the target optimizer picks its servers."""

    arn: str
    name: str
    protocol: str
    port: int
    kind: str
    version: str
    optimized: bool


@dataclass(frozen=True)
class Keeping:
    """How a target group picks a server for a visitor.

    Args:
        enabled: whether a visitor stays with one.
        kind: by which cookie, APPLICATION or BALANCER.
        cookie: the name of the application's cookie; it may be noted also where it is not the kind.
        seconds: for how long after the last request.
        across: whether servers of every availability zone are picked.
        algorithm: how a server is picked, such as round_robin.
    """

    enabled: bool
    kind: str
    cookie: str
    seconds: int
    across: bool = True
    algorithm: str = "round_robin"

    @property
    def by(self) -> str:
        """By which cookie, as the middle of a sentence."""
        return (
            f"by the application's cookie {self.cookie}"
            if self.kind == APPLICATION
            else "by the load balancer's cookie"
        )

    def same(self, wanted: Keeping) -> bool:
        """Whether it keeps them just as is wanted."""
        return (self.enabled, self.by, self.seconds) == (wanted.enabled, wanted.by, wanted.seconds)

    def __str__(self) -> str:
        return f"kept {self.by}, for {lasting(self.seconds)} after the last request" if self.enabled else "not kept"


@dataclass(frozen=True)
class Forwarding:
    """What a listener does by default, or one of its rules, where that hands requests to servers. `arn` is that of the
    listener or of the rule, `found` the rule as AWS tells it."""

    listener: Listener
    arn: str
    priority: int
    actions: tuple[Mapping[str, Any], ...]
    found: Mapping[str, Any] = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        return f"{self.listener.name}, rule {self.priority}" if self.priority else self.listener.name

    @property
    def groups(self) -> tuple[str, ...]:
        """The ARNs of the target groups that get requests."""
        given = (arn for action in self.actions for arn in forwards_to(action) if weight(action, arn))
        return tuple(dict.fromkeys(given))

    @property
    def divides(self) -> bool:
        """Whether visitors are divided among several groups, by weight."""
        return len(self.groups) > 1

    @property
    def keeps(self) -> bool:
        """Whether a visitor stays with one of the groups."""
        configs = ((each.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {} for each in self.actions)
        return any(config.get("Enabled") for config in configs)


# -- look-ups --------------------------------------------------------------------------------------------------


def forwardings(cloud: Cloud, balancer: LoadBalancer) -> Iterator[Forwarding]:
    """Where a load balancer hands requests to servers, in the order in which it looks. Raises CloudError."""
    for listener in listeners(cloud, balancer):
        for found in raw_rules(cloud, listener):
            if found["Priority"] == DEFAULT:
                each = Forwarding(listener, listener.arn, 0, listener.actions, found)
            else:
                each = Forwarding(listener, found["RuleArn"], int(found["Priority"]), tuple(found["Actions"]), found)
            if each.groups:
                yield each


def groups(cloud: Cloud, used: Iterable[Forwarding]) -> list[Group]:
    """The target groups that get requests, in the order of their names. Raises CloudError."""
    arns = list(dict.fromkeys(arn for each in used for arn in each.groups))
    found = [
        _group(each)
        for start in range(0, len(arns), AT_ONCE)
        for each in _described(cloud, arns[start : start + AT_ONCE])
    ]
    return sorted(found, key=lambda group: group.name)


def keeping(cloud: Cloud, arn: str) -> Keeping:
    """How a target group keeps visitors now. Raises CloudError."""
    found = cloud.make(Call("elbv2.DescribeTargetGroupAttributes", {"TargetGroupArn": arn})).get("Attributes") or []
    told = {str(each["Key"]): str(each.get("Value") or "") for each in found}
    kind = told.get(KIND) or BALANCER
    seconds = told.get(APPLICATION_SECONDS if kind == APPLICATION else BALANCER_SECONDS) or USUAL
    return Keeping(
        told.get(ENABLED) == "true", kind, told.get(NAME, ""), int(seconds),
        across=told.get("load_balancing.cross_zone.enabled") != "false",
        algorithm=told.get("load_balancing.algorithm.type") or "round_robin",
    )  # fmt: skip


def hindered(group: Group, now: Keeping) -> tuple[str, str]:
    """Why AWS keeps no visitors of a target group whatever is set, and what to do; empty if it can."""
    if group.kind == "lambda":
        return f"{group.name} is a function. There is only one, so nobody needs to be kept with it.", "Leave it out."
    if not now.across:
        what = f"{group.name} has cross-zone load balancing switched off; AWS keeps no visitors then."
        return what, "Switch it on there first."
    if now.algorithm == "weighted_random":
        what = f"{group.name} picks servers at random with weights; AWS keeps no visitors then."
        return what, "Choose round robin there first."
    if group.optimized:
        return f"{group.name} uses the target optimizer; AWS keeps no visitors then.", "Leave it out."
    return "", ""


def _described(cloud: Cloud, arns: list[str]) -> list[Mapping[str, Any]]:
    return list(cloud.make(Call("elbv2.DescribeTargetGroups", {"TargetGroupArns": arns}))["TargetGroups"])


def _group(found: Mapping[str, Any]) -> Group:
    return Group(
        found["TargetGroupArn"], found["TargetGroupName"], str(found.get("Protocol") or ""),
        int(found.get("Port") or 0), str(found.get("TargetType") or "instance"),
        str(found.get("ProtocolVersion") or ""), bool(found.get("TargetControlPort")),
    )  # fmt: skip


# -- changing --------------------------------------------------------------------------------------------------


def attributes(wanted: Keeping) -> list[dict[str, str]]:
    """What says so, as AWS takes it: in one call, as a kind without its name is refused. In the order of the keys."""
    said = {ENABLED: "true", KIND: wanted.kind}
    if wanted.kind == APPLICATION:
        said |= {NAME: wanted.cookie, APPLICATION_SECONDS: str(wanted.seconds)}
    else:
        said |= {BALANCER_SECONDS: str(wanted.seconds)}
    return [{"Key": key, "Value": said[key]} for key in sorted(said)]


def keep(group: Group, now: Keeping, wanted: Keeping, after: tuple[str, ...] = ()) -> Action | Use:
    """Keep the visitors of a target group, and as before at undo. `now` is how it is done until then."""
    id, long = f"keep-{group.name}", f"for {lasting(wanted.seconds)} after their last request"
    if now.same(wanted):
        return Use(id, f"Visitors of {group.name} are kept {wanted.by} already, {long}", GROUP, group.arn)
    which, sent = {"TargetGroupArn": group.arn}, attributes(wanted)
    noted = wanted.kind == APPLICATION and not now.cookie
    return Action(
        id,
        f"Keep visitors of {group.name} with one server {wanted.by}, {long}",
        Call("elbv2.ModifyTargetGroupAttributes", {**which, "Attributes": sent}),
        undo=Restore(
            Call("elbv2.DescribeTargetGroupAttributes", which),
            _former(wanted),
            Call("elbv2.ModifyTargetGroupAttributes", {**which, "Attributes": before(id)}),
            kept=Kept(
                f"The name {wanted.cookie}, noted in {group.name}",
                "It has no effect while visitors are not kept by it.",
            )
            if noted
            else None,
        ),
        after=after,
        refusals=REFUSALS,
        undone=f"How {group.name} keeps its visitors",
    )


def keep_group(where: Forwarding, seconds: int) -> Action | Use:
    """Keep each visitor with one of the groups among which they are divided; AWS takes a group that keeps its visitors
    there only then."""
    if where.keeps:
        id, type = f"group-{where.listener.port}-{where.priority}", RULE if where.priority else LISTENER
        return Use(id, f"{where.name} keeps each visitor with one of its groups already", type, where.arn)
    wanted = [_keeping_group(each, seconds) for each in again(where.actions)]
    says = f"keep each visitor with one of the groups of servers, for {lasting(seconds)} after their last request"
    if where.priority:
        return answer_of_rule(read_rule(where.found), f"port {where.listener.port}", wanted, says)
    return default_answer(where.listener, wanted, says, (), id=f"default-{where.listener.port}")


def _keeping_group(action: Mapping[str, Any], seconds: int) -> dict[str, Any]:
    if action["Type"] == "authenticate-oidc":  # AWS does not tell its secret, and keeps it where that is asked for
        config = {**action["AuthenticateOidcConfig"], "UseExistingClientSecret": True}
        return {**action, "AuthenticateOidcConfig": config}
    if action["Type"] != "forward":
        return dict(action)
    config = {**action["ForwardConfig"], "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": seconds}}
    return {**action, "ForwardConfig": config}


def _former(wanted: Keeping) -> str:
    """JMESPath to the attributes that are changed, in the order of their keys, as AWS takes them back.

    An application's cookie is taken only with its name, and no name that is empty. So a name is told where visitors are
    kept by it; elsewhere only if somebody noted another one than ours, which stays noted where there was none.
    """
    used = f"Attributes[?Key=='{KIND}' && Value=='{APPLICATION}']"
    own = _these(each["Key"] for each in attributes(wanted))
    if wanted.kind == APPLICATION:
        idle = f"Key=='{NAME}' && (!Value || Value=={edits.literal(wanted.cookie)})"
        return f"Attributes && sort_by({used} && {own} || ({own} | [?!({idle})]), &Key)"
    whole = _these((ENABLED, KIND, NAME, APPLICATION_SECONDS, BALANCER_SECONDS))
    return f"Attributes && sort_by({used} && {whole} || {own}, &Key)"


def _these(keys: Iterable[str]) -> str:
    return f"Attributes[?contains({edits.literal([*keys])}, Key)].{{Key: Key, Value: Value}}"


# -- how long --------------------------------------------------------------------------------------------------


def lasting(seconds: int) -> str:
    """A time in words, in the largest unit that fits: 1 day, 90 minutes."""
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % unit == 0:
            return f"{seconds // unit} {name}{'s' if seconds != unit else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
