"""What must hold for visitors of a load balancer, whether it is looked at before a change or long after one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flows.aws import load_balancers as lb
from flows.aws.listener_rules import Answer, Fixed, Front, Redirect, Rule, Trace, Url
from flows.aws.load_balancers import Certificate, Health, LoadBalancer
from flows.engine import Call, Cloud, CloudError, Finding, Grade, shell

from . import functions, names
from .outcome import HTTP, HTTPS

SOON = 30
"""Days before its end at which a certificate is called about to expire; AWS renews its own 60 days before."""
ASKING, STOPPED = ("initial",), ("draining",)
MAINTENANCE = 503
UNASKED = "unavailable"
"""The state of targets whose health is not checked, as that of functions by default (Application Load Balancers guide,
"Target health status" and "Lambda functions as targets", 2026-11)."""
MEANS = {
    "Target.ResponseCodeMismatch": "Its health check gets another status code than it wants. If that is a 301 or 302, "
    "the application redirects by itself: let it answer the check's path, or take that code as healthy.",
    "Target.Timeout": "It does not answer its health check in time: is the application running, and does its security "
    "group let the load balancer in?",
    "Target.FailedHealthChecks": "It does not answer its health check: is the application listening on that port?",
    "Target.NotRegistered": "Register it in the target group.",
    "Target.NotInUse": "The load balancer does not use its availability zone, or no listener forwards to the group.",
    "Target.InvalidState": "The machine is stopped or gone: start it, or take it out of the group.",
    "Target.IpUnusable": "Its address is that of a load balancer: register another one.",
}
"""What to do about AWS's reasons (Elastic Load Balancing API Reference, TargetHealth, 2026-11)."""


@dataclass(frozen=True)
class Situation:
    """A load balancer as it is, or as it would be after the change.

    Args:
        cloud: the account.
        balancer: the load balancer.
        front: what it answers, now or then.
        to_https: whether, then, visitors by http are sent to https.
        planned: whether that is looked at before the change.
    """

    cloud: Cloud
    balancer: LoadBalancer
    front: Front
    to_https: bool
    planned: bool


def lasts(certificate: Certificate) -> Iterator[Finding]:
    """Whether a certificate is valid, and for how long."""
    days = certificate.days_left(datetime.now(UTC))
    what, by = f"The certificate of {certificate.name}", "DescribeCertificate"
    id = f"certificate:{certificate.arn.rpartition('/')[2]}"
    if certificate.status != "ISSUED" or (days is not None and days < 0):
        yield Finding(
            id, Grade.REFUSED, f"{what} is not valid ({certificate.status.lower().replace('_', ' ')}"
            f"{f', ended {certificate.ends[:10]}' if days is not None and days < 0 else ''}).", by,
            "Give the https listener another certificate.",
        )  # fmt: skip
    elif days is not None and days < SOON:
        remedy = (
            "AWS renews it by itself once its DNS record is there: see AWS Certificate Manager."
            if certificate.renews
            else "It was imported: import a new one in time."
        )
        yield Finding(id, Grade.CAUTION, f"{what} ends in {days} days, on {certificate.ends[:10]}.", by, remedy)
    else:
        until = f" until {certificate.ends[:10]}" if certificate.ends else ""
        yield Finding(id, Grade.PROVED, f"{what} is valid{until}.", by)


def covers(found: Iterable[Certificate], names: Iterable[str], port: int) -> Iterator[Finding]:
    """Whether the certificates of a listener, all of which are `found`, are good for the names that it is asked for."""
    found = list(found)
    missing = [name for name in names if not any(each.covers(name) for each in found)]
    if missing and found:
        covered = ", ".join(dict.fromkeys(name for each in found for name in each.names))
        yield Finding(
            f"covers:{port}", Grade.CAUTION,
            f"The certificate covers {covered}, but not {', '.join(missing)}. Browsers will show a warning.",
            "DescribeListenerCertificates, DescribeCertificate",
            "Add a certificate for those names to the https listener.",
        )  # fmt: skip


def servers(cloud: Cloud, actions: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """Whether somebody answers behind actions that forward.

    Where no target is healthy a load balancer asks them all (it fails open); only without any it must answer 503
    (Application Load Balancers guide, "Health checks for your target groups", 2026-11).
    """
    each = [[(arn, lb.weight(action, arn)) for arn in lb.forwards_to(action)] for action in actions]
    for arn in dict.fromkeys(led[0][0] for led in each if led and not any(weight for _, weight in led)):
        name = arn.split("/")[1]
        yield Finding(
            f"weights:{name}", Grade.NOT_CHECKED,
            f"Visitors are to be handed to {name}, of which AWS is told to send none there (its weight is 0).",
            "ForwardConfig: no target group has a weight", "Give a target group that has servers a weight above 0.",
        )  # fmt: skip
    for arn in dict.fromkeys(arn for led in each for arn, weight in led if weight):
        name, id = arn.split("/")[1], f"healthy:{arn.split('/')[1]}"
        try:
            found = lb.health(cloud, arn)
        except CloudError as problem:
            yield Finding(id, Grade.NOT_CHECKED, f"The servers in {name} could not be looked at.", problem.what)
            continue
        function = next((each.target for each in found if functions.is_function(each.target)), "")
        yield (functions.answers(cloud, id, arn, function) if function else None) or _answering(id, name, found)


def _answering(id: str, name: str, found: list[Health]) -> Finding:
    states, by = [each.state for each in found], "DescribeTargetHealth"
    if "healthy" in states:
        count = f"{states.count('healthy')} of {len(states)}"
        ill = next((each for each in found if each.state not in ("healthy", UNASKED, *ASKING, *STOPPED)), None)
        told = f" {ill.target} is {ill.state}." if ill else ""
        grade = Grade.CAUTION if ill else Grade.PROVED
        return Finding(id, grade, f"{count} servers in {name} are healthy.{told}", _said(ill) or by, _way_out(ill))
    if not found:
        return Finding(
            id, Grade.REFUSED, f"There is no server in {name}: visitors get 503.", f"{by}: no targets",
            "Register a server in that target group.",
        )  # fmt: skip
    if UNASKED in states:
        return Finding(
            id, Grade.PREDICTED,
            f"The health of {name} is not checked, as is usual for functions; it is used as it is.",
            f"{by}: {UNASKED}",
        )  # fmt: skip
    if set(states) <= {*ASKING, *STOPPED} and set(states) & {*ASKING}:
        return Finding(id, Grade.WAITING, f"The servers in {name} are being looked at for the first time.", by, "Wait.")
    ill = next((each for each in found if each.state not in STOPPED), found[0])
    return Finding(
        id, Grade.REFUSED,
        f"No server in {name} is healthy. The load balancer then asks them all; what visitors see is up to those, "
        "mostly an error page (502, 503 or 504).", _said(ill) or by, _way_out(ill),
    )  # fmt: skip


def _said(one: Health | None) -> str:
    if one is None:
        return ""
    parts = [one.target, one.state, one.reason, one.says]
    return f"DescribeTargetHealth: {' '.join(part for part in parts if part)}"


def _way_out(one: Health | None) -> str:
    return MEANS.get(one.reason, "Look at that target group's health checks.") if one else ""


def in_front(here: Situation) -> Iterator[Finding]:
    """CloudFront that speaks only http to this load balancer is sent in circles by a redirect to https.

    An origin may be named by the load balancer's own name, by any name that leads to it, or be a VPC origin, which is
    how CloudFront reaches an internal one (CloudFront Developer Guide, "Restrict access with VPC origins", 2026-11).
    """
    if not here.to_https:
        return
    try:
        found, unsure = _speaking_http(here)
    except CloudError as problem:
        yield Finding(
            "in-front", Grade.NOT_CHECKED, "Whether CloudFront stands in front was not checked.", problem.what
        )
        return
    for distribution, origin, grade in found:
        if grade is Grade.PREDICTED:
            yield Finding(
                f"in-front:{distribution}", grade,
                f"CloudFront {distribution} talks http to {origin}, by a port that sends nobody to https.",
                "HTTPPort of its origin, DescribeRules",
            )  # fmt: skip
            continue
        if grade is Grade.NOT_CHECKED:
            yield Finding(
                f"in-front:{distribution}", grade,
                f"CloudFront {distribution} talks http to {origin}, where some are sent to https and some are not: "
                "whether its requests go round in circles was not found out.",
                f"OriginProtocolPolicy of {distribution} is http-only; DescribeRules",
                "See that a rule before the redirect takes them, or set that origin to “HTTPS only” or “Match viewer”.",
            )  # fmt: skip
            continue
        redirecting = "redirecting http to https here makes" if here.planned else "the redirect to https makes"
        yield Finding(
            f"in-front:{distribution}", Grade.REFUSED,
            f"TLS ends before the load balancer at CloudFront {distribution}, which talks http to it ({origin}): "
            f"{redirecting} an endless loop.",
            f"OriginProtocolPolicy of {distribution} is http-only",
            "Set that origin to “HTTPS only” or “Match viewer” first.",
        )  # fmt: skip
    for distribution, origin in unsure:
        yield Finding(
            f"in-front:{distribution}", Grade.NOT_CHECKED,
            f"CloudFront {distribution} talks http to {origin}; whether that leads to this load balancer was not found "
            "out.",
            "the zones and VPC origins of this account",
            "If it does, set that origin to “HTTPS only” or “Match viewer”.",
            aside=True,
        )  # fmt: skip
    if not found:
        yield Finding(
            "in-front", Grade.PREDICTED,
            "No CloudFront distribution of this account that is known to lead here speaks only http to it. What other "
            "services or accounts put in front cannot be seen from here.",
            "ListDistributions, and the names in this account's zones",
        )  # fmt: skip


def by_itself(name: str, port: int, own: Iterable[Rule]) -> Iterator[Finding]:
    """Whether everybody who comes to a listener gets an error that is written into it, and nobody a server.

    A 503, or what begins with 4, is what people set on purpose, as during maintenance (RFC 9110, 15.5 and 15.6.4);
    another code says of the servers what nobody asked them.
    """
    everything, reached = Rule(0, Fixed(200), paths=("/*",)), list[Rule]()
    for rule in sorted(own, key=lambda each: each.place):
        reached.append(rule)
        if rule.catches(everything):
            break
    codes = {rule.answer.status if isinstance(rule.answer, Fixed) else 0: None for rule in reached}
    if not codes or min(codes) < 400:
        return
    on_purpose = all(code == MAINTENANCE or code < 500 for code in codes)
    yield Finding(
        f"by-itself:{port}", Grade.CAUTION if on_purpose else Grade.REFUSED,
        f"{name} answers everybody {' or '.join(map(str, codes))} by itself: no visitor comes to a server there.",
        "DescribeListeners, DescribeRules",
        "If that is meant, as during maintenance, leave it. To end it: where a run of Handrail set it, undo that run "
        f"({shell.handrail('runs')} has them); else let the listener forward to your servers again.",
    )  # fmt: skip


Asking = tuple[str, str, Grade]
Pairs = list[tuple[str, str]]


def _speaking_http(here: Situation) -> tuple[list[Asking], Pairs]:
    """The distributions that ask this load balancer by http alone, and those that may: id and origin.

    Of the first also whether they go round in circles: REFUSED, NOT_CHECKED, or PREDICTED where they do not.
    """
    found, unsure = list[Asking](), Pairs()
    for page in here.cloud.pages(Call("cloudfront.ListDistributions")):
        for each in (page.get("DistributionList") or {}).get("Items") or []:
            if each.get("Enabled") is False:
                continue
            for origin in (each.get("Origins") or {}).get("Items") or []:
                name = str(origin.get("DomainName", "")).lower()
                custom = origin.get("CustomOriginConfig") or {}
                how, port = custom.get("OriginProtocolPolicy"), custom.get("HTTPPort")
                inside = (origin.get("VpcOriginConfig") or {}).get("VpcOriginId")
                if inside:
                    leads, port = _vpc_origin(here, inside)
                elif how == "http-only":
                    leads = names.leads(here.cloud, here.balancer, name)
                else:
                    continue
                if leads:
                    main = (each.get("DefaultCacheBehavior") or {}).get("TargetOriginId") in (None, origin.get("Id"))
                    found.append((str(each["Id"]), name, _circling(here, int(port or 80), all_paths=main)))
                elif leads is None:
                    unsure.append((str(each["Id"]), name))
    return found, unsure


def _circling(here: Situation, port: int, *, all_paths: bool) -> Grade:
    """Whether what asks a port by http alone comes back there by https, for ever.

    A rule before the redirect may be for CloudFront: by a header that only it sends, by a host, or by the only paths
    that it asks for here.
    """
    of_port = (each.rules for each in here.front.listeners if (each.protocol, each.port) == (HTTP, port))
    own = next(of_port, ())
    if not any(_to_https(rule) for rule in own if here.planned or not rule.priority):
        return Grade.PREDICTED
    others = [replace(rule, hosts=()) for rule in own if rule.priority and not _to_https(rule)]
    taken = any(rule.fits(Url("http", "", port)) is not False for rule in others)
    return Grade.NOT_CHECKED if taken or (others and not all_paths) else Grade.REFUSED


def _to_https(rule: Rule) -> bool:
    return isinstance(rule.answer, Redirect) and rule.answer.protocol == HTTPS


def _vpc_origin(here: Situation, id: str) -> tuple[bool | None, int | None]:
    """Whether a VPC origin is this load balancer, asked by http alone; None if that could not be read. And the port."""
    try:
        told = here.cloud.make(Call("cloudfront.GetVpcOrigin", {"Id": id})).get("VpcOrigin") or {}
    except CloudError:
        return None, None
    config = told.get("VpcOriginEndpointConfig") or {}
    asked = config.get("Arn") == here.balancer.arn and config.get("OriginProtocolPolicy") == "http-only"
    return asked, config.get("HTTPPort")


def circles(here: Situation, tries: Iterable[Url]) -> Iterator[Finding]:
    """Where requests end, followed through the listeners: at an answer, in a circle, or where nothing listens."""
    by = f"followed through the listeners as they {'would be' if here.planned else 'are'}"
    told: dict[str, Finding] = {}
    led, unsure = names.led(here.cloud, here.balancer, here.front)
    front = replace(here.front, names=here.front.names | led)
    if_here = replace(front, names=front.names | unsure)
    for url in tries:
        trace = front.follow(url)
        if trace.end == "loop":
            found = Finding(
                "loop", Grade.REFUSED,
                f"The target {trace.last} would match the same rule again and again (loop): {trace}."
                if here.planned else f"{url} goes round in circles: {trace}.",
                by, "Redirect to another host or path, or only for certain ones.",
            )  # fmt: skip
        elif trace.end == "nothing listens":
            found = Finding(
                f"nothing-listens:{trace.last.port}", Grade.REFUSED,
                f"{trace}: visitors would be sent to where nothing answers."
                if here.planned else f"{url} leads to where nothing listens: {trace}.",
                by, "Choose https and its port, or an https listener.",
            )  # fmt: skip
        elif here.planned:
            found = Finding(f"preview:{url}", Grade.PREDICTED, f"{trace}", by)
        elif trace.last.host.lower() in unsure and if_here.follow(url).end == "loop":
            host = trace.last.host
            found = Finding(
                f"loop:{host}", Grade.NOT_CHECKED,
                f"Where {host} leads was not found out. If it leads to {here.balancer.name}, too, visitors go round in "
                f"circles: {trace}.",
                "the zones of this account", f"If it does, let a rule for {host} before that one answer.", aside=True,
            )  # fmt: skip
        else:
            continue
        behind = () if here.planned else _behind(here.front, trace)
        before = told.setdefault(found.id, replace(found, follows=behind))
        both = (*before.follows, *behind) if before.follows and behind else ()  # else it comes about without that, too
        told[found.id] = replace(before, follows=tuple(dict.fromkeys(both)))
    yield from told.values()


def _behind(front: Front, trace: Trace) -> tuple[str, ...]:
    """The ids of what else is found wrong with where a request went."""
    rules = [(each, rule) for each in front.listeners for rule in each.rules]
    halves = [
        f"redirect-fields:{url.port}:{rule.priority}"
        for url, answer in trace.steps
        for each, rule in rules
        if each.port == url.port and rule.answer == answer and half(each.protocol, each.port, answer)
    ]
    https = any(each.protocol == HTTPS for each in front.listeners)
    into_nothing = ["https"] if trace.end == "nothing listens" and trace.last.port == 443 and not https else []
    return tuple(dict.fromkeys([*halves, *into_nothing]))


def half(protocol: str, port: int, to: Answer) -> str:
    """What is wrong with a redirect that changes the protocol but not the port, or the port but not the protocol."""
    if not isinstance(to, Redirect) or protocol != HTTP:
        return ""
    if to.protocol == HTTPS and to.port == "#{port}":
        return f"changes the protocol but not the port: it leads to https on port {port}, which answers http"
    if to.protocol == "#{protocol}" and to.port == "443":
        return "changes the port but not the protocol: it leads to http on port 443, which answers only https"
    return ""
