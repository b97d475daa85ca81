"""The options, defaults and refusals about visitors who stay with one server, and what the answers come to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flows.aws import keepers, stickiness
from flows.aws import load_balancers as lb
from flows.aws.load_balancers import Health
from flows.aws.stickiness import Forwarding, Group, Keeping
from flows.engine import Caution, CloudError, Option, Refused

from .outcome import Answers

APPLICATION, BALANCER = "application", "balancer"
"""Whose cookie shows where a visitor belongs, as it is answered."""
NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]*")
"""What may be in a cookie's name (RFC 6265). What load balancers take beyond that is not documented."""
LONGEST = 128
USUAL = {
    "JSESSIONID": "Java: Tomcat, Jetty, Spring",
    "PHPSESSID": "PHP",
    "sessionid": "Django",
    "connect.sid": "Node: express-session",
    "laravel_session": "Laravel",
    "ASP.NET_SessionId": "ASP.NET",
    "_app_session": "Rails, with the name of the application before it",
}
"""The cookies in which frameworks keep a session by default."""
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
SHORT = 300
ANNOTATION = " In Kubernetes it is the annotation alb.ingress.kubernetes.io/target-group-attributes."


# -- what the answers come to ----------------------------------------------------------------------------------


def kind(flow: Answers) -> str:
    return stickiness.APPLICATION if flow.keep_by == APPLICATION else stickiness.BALANCER


def wanted(flow: Answers) -> Keeping:
    """How visitors will be kept."""
    return Keeping(True, kind(flow), flow.cookie if flow.keep_by == APPLICATION else "", flow.duration)


def forwardings(flow: Answers) -> list[Forwarding]:
    return list(stickiness.forwardings(flow.cloud, flow.load_balancer))


def divided(flow: Answers) -> list[Forwarding]:
    """Where visitors are divided among groups of which one will keep them."""
    chosen = {group.arn for group in flow.target_groups}
    return [each for each in forwardings(flow) if each.divides and chosen & {*each.groups}]


def health(flow: Answers, group: Group) -> list[Health]:
    """How its servers are; none where that cannot be told."""
    try:
        return lb.health(flow.cloud, group.arn)
    except CloudError:
        return []


# -- which servers ---------------------------------------------------------------------------------------------


def groups(flow: Answers) -> Iterator[Option[Group]]:
    """The target groups to pick from; where there are few, with how they are."""
    used = forwardings(flow)
    found = stickiness.groups(flow.cloud, used)
    for each in found:
        where = ", ".join(dict.fromkeys(one.name for one in used if each.arn in one.groups))
        hint = [f"{each.protocol} {each.port}" if each.protocol else "a function", f"behind {where}"]
        if len(found) <= lb.SHOWN:
            states = [one.state for one in health(flow, each)]
            hint += [f"{states.count('healthy')} of {len(states)} healthy"] if each.protocol else []
            hint.append(f"visitors {stickiness.keeping(flow.cloud, each.arn)}")
        yield Option(each.name, each, each.name, ", ".join(hint))


def usual_groups(flow: Answers) -> str | None:
    """All that can be kept and are not yet; of many somebody has to choose."""
    used = forwardings(flow)
    found = stickiness.groups(flow.cloud, used)
    if len(found) > lb.SHOWN:
        return None
    now = {group: stickiness.keeping(flow.cloud, group.arn) for group in found}
    able = [
        group for group in found if not stickiness.hindered(group, now[group])[0] and not _shared(flow, group, used)
    ]
    fresh = [group for group in able if not (now[group].enabled and now[group].kind == kind(flow))]
    return ", ".join(group.name for group in fresh or able) or None


def keepable(chosen: tuple[Group, ...], flow: Answers) -> Iterator[Caution]:
    used = forwardings(flow)
    for group in chosen:
        why, remedy = stickiness.hindered(group, stickiness.keeping(flow.cloud, group.arn))
        if why:
            raise Refused(why, remedy=remedy)
        if others := _shared(flow, group, used):
            raise Refused(
                f"{group.name} shares visitors with {', '.join(others)} by weight. AWS cannot keep them by the "
                "application's cookie then.",
                remedy="Choose the load balancer's own cookie, or forward to one group.",
            )
    for group in chosen:
        servers = health(flow, group)
        if len(servers) == 1:
            yield Caution("one-server", f"{group.name} has one server, so everybody is with it anyway.")
        if not any(each.state == "healthy" for each in servers):
            yield Caution("no-healthy-server-there", f"{group.name} has no healthy server now.")
        if group.version not in ("", "HTTP1"):
            what = f"Whether visitors of a {group.version} group such as {group.name} can be kept is not documented."
            yield Caution("undocumented", what)
        for each in keepers.beforehand(group.name, lb.tags_of(flow.cloud, group.arn)):
            yield replace(each, message=each.message + ANNOTATION) if "Kubernetes" in each.message else each


def _shared(flow: Answers, group: Group, used: list[Forwarding]) -> list[str]:
    """The groups with which it shares visitors by weight, where the application's cookie cannot keep them then."""
    if flow.keep_by != APPLICATION:
        return []
    others = (arn for each in used if each.divides and group.arn in each.groups for arn in each.groups)
    return [arn.split("/")[1] for arn in dict.fromkeys(others) if arn != group.arn]


def no_group(yes: bool, flow: Answers) -> None:
    if not yes and (found := divided(flow)):
        raise Refused(
            f"{found[0].name} divides visitors by weight. AWS takes a group that keeps its visitors there only if they "
            "are kept with the group as well.",
            suggestion="yes",
        )


# -- by what, and for how long ---------------------------------------------------------------------------------


def cookie(text: str) -> str:
    """The name of an application's cookie. Raises Refused."""
    if text.startswith(stickiness.RESERVED):
        raise Refused(
            f"“{text}” is reserved: names that begin with {stickiness.RESERVED} belong to the load balancer.",
            remedy="Enter the name of your application's cookie.",
        )
    fitting = NAME.match(text)
    good = fitting[0] if fitting else ""
    if good != text:
        raise Refused(
            f"“{text[len(good)]}” cannot be in a cookie's name. Enter only the name, without “=” and value.",
            suggestion=good,
        )
    if len(text) > LONGEST:
        raise Refused(f"The name has {len(text)} characters; enter at most {LONGEST}.")
    return text


def cookies(flow: Answers) -> Iterator[Option[str]]:
    """Names that are likely."""
    for name, of in USUAL.items():
        yield Option(name, name, name, of)


def seconds(text: str) -> int:
    """A time in seconds, written so or as 30m, 8h, 1d. Raises Refused."""
    found = re.fullmatch(r"(\d{1,9})\s*([smhd]?)", text.lower(), re.ASCII)
    if not found:
        raise Refused(f"“{text}” is not a time. Enter seconds, or a time such as 30m, 8h or 1d.")
    long = int(found[1]) * UNITS[found[2]]
    if not 1 <= long <= stickiness.LONGEST:
        raise Refused(f"Between 1 second and 7 days ({stickiness.LONGEST} seconds); you entered {text}.")
    return long


def long_enough(long: int, flow: Answers) -> Iterator[Caution]:
    if long < SHORT:
        what = f"A visitor who reads for {stickiness.lasting(long)} is sent to another server."
        yield Caution("short", what)
