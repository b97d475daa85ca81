"""Why a load balancer does not answer as it should: loops, rules that are never reached, https that is missing or old.

It looks at any Application Load Balancer, whoever made it, and only reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from flows.aws import load_balancers as lb
from flows.aws.listener_rules import Forward, Front, Redirect, Rule, Url, examples, told
from flows.aws.load_balancers import Listener, LoadBalancer
from flows.engine import Cloud, CloudError, Finding, Grade, Refused, shell

from . import ports
from .outcome import HTTP, HTTPS
from .rules import lasts


def diagnose(cloud: Cloud, name: str) -> Iterator[Finding]:
    """What there is to say about a load balancer, given by name, ARN or DNS name. Raises Refused if there is none."""
    balancer = _the(cloud, name)
    listeners = lb.listeners(cloud, balancer)
    front = lb.front(cloud, balancer)
    if balancer.state not in ("active", "active_impaired"):
        yield Finding("state", Grade.WAITING, f"{balancer.name} is {balancer.state}.", "DescribeLoadBalancers")
    yield from _doors(cloud, balancer, front, listeners)
    for listener in listeners:
        own = next(each.rules for each in front.listeners if each.port == listener.port)
        yield Finding(
            f"listener-{listener.port}", Grade.PROVED, f"{listener.name}: {told(lb.answer(listener.actions))}"
            f"{f', after {len(own) - 1} rule' + ('s' if len(own) > 2 else '') if len(own) > 1 else ''}.",
            "DescribeListeners, DescribeRules",
        )  # fmt: skip
        yield from _fields(listener, own)
        yield from _order(listener, own)
        if listener.protocol == HTTP:
            yield from _still_http(listener, own)
        else:
            yield from _secure(cloud, listener)
    yield from _circles(balancer, front)
    yield from _servers(cloud, listeners)


def _the(cloud: Cloud, name: str) -> LoadBalancer:
    found = lb.balancers(cloud)
    for each in found:
        if name.lower().rstrip(".") in (each.name.lower(), each.arn.lower(), each.dns_name.lower()):
            return each
    region = cloud.identity.region
    if not found:
        raise Refused(
            f"There is no Application Load Balancer in {region}.",
            remedy="Choose another region with --region.",
        )
    names = ", ".join(each.name for each in found)
    raise Refused(f"There is no Application Load Balancer called “{name}” in {region}.", remedy=f"There are: {names}.")


def _doors(cloud: Cloud, balancer: LoadBalancer, front: Front, listeners: list[Listener]) -> Iterator[Finding]:
    """Whether something listens for https, and whether visitors are let in to it and to the others."""
    if not any(each.protocol == HTTPS for each in listeners):
        answers = [rule.answer for each in front.listeners for rule in each.rules]
        into_nothing = any(isinstance(answer, Redirect) and answer.protocol == HTTPS for answer in answers)
        what = "every redirect to https leads into nothing" if into_nothing else "visitors come by http alone"
        grade = Grade.REFUSED if into_nothing else Grade.PREDICTED
        yield Finding(
            "https", grade, f"Nothing listens for https (port 443): {what}.", "DescribeListeners",
            f"Make one: {shell.handrail('run', 'alb', load_balancer=balancer.name)}",
        )  # fmt: skip
    try:
        groups = ports.groups(cloud, balancer.groups)
    except CloudError as problem:
        yield Finding("open", Grade.NOT_CHECKED, "The security groups could not be read.", problem.what)
        return
    for each in listeners:
        who = ports.sources(groups, each.port)
        if groups and not who:
            names = ", ".join(group.name for group in groups)
            yield Finding(
                f"open-{each.port}", Grade.REFUSED, f"Port {each.port} is closed: visitors see a time-out.",
                f"the security groups {names}", f"Let visitors use port {each.port} there.",
            )  # fmt: skip
        elif who:
            some = ", ".join(map(str, who[:4]))
            yield Finding(
                f"open-{each.port}",
                Grade.PROVED,
                f"Port {each.port} is open to {some}.",
                "its security groups",
            )


def _fields(listener: Listener, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Redirects that change the protocol but not the port, or the port but not the protocol."""
    for rule in rules:
        to = rule.answer
        if not isinstance(to, Redirect) or listener.protocol != HTTP:
            continue
        problem = ""
        if to.protocol == HTTPS and to.port == "#{port}":
            problem = (
                f"changes the protocol but not the port: it leads to https on port {listener.port}, which answers http"
            )
        elif to.protocol == "#{protocol}" and to.port == "443":
            problem = "changes the port but not the protocol: it leads to http on port 443, which answers only https"
        if problem:
            yield Finding(
                "redirect-fields", Grade.REFUSED, f"{_which(listener, rule)} {problem}.", f"its redirect is {to}",
                "Write all six fields: protocol, host, port, path, query and status code.",
            )  # fmt: skip


def _order(listener: Listener, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Rules that never get a request, because earlier ones catch all of theirs."""
    ordered = sorted((rule for rule in rules if rule.priority), key=lambda rule: rule.priority)
    shadowed: set[int] = set()
    for early, late in combinations(ordered, 2):
        if late.priority not in shadowed and early.catches(late):
            shadowed.add(late.priority)
            yield Finding(
                "shadowed", Grade.REFUSED,
                f"{_which(listener, late)} is never reached: rule {early.priority} ({early}) catches all of its "
                "requests.",
                "compared by hosts and paths", "Give it a smaller number, or delete it.",
            )  # fmt: skip
    if any(not rule.certain for rule in ordered):
        yield Finding(
            "conditions", Grade.NOT_CHECKED, f"{listener.name} has rules with conditions that were not judged here.",
            "conditions on headers, methods, queries or addresses, or rewriting",
        )  # fmt: skip


def _still_http(listener: Listener, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Rules that go on serving http although everything else is sent to https."""
    default = next(rule for rule in rules if not rule.priority)
    if not (isinstance(default.answer, Redirect) and default.answer.protocol == HTTPS):
        return
    for rule in rules:
        if isinstance(rule.answer, Forward):
            yield Finding(
                "still-http", Grade.PROVED, f"{_which(listener, rule)} goes on serving http: {rule}.", "DescribeRules",
                "If that is not meant, delete it, or let a rule before it redirect too.",
            )  # fmt: skip


def _secure(cloud: Cloud, listener: Listener) -> Iterator[Finding]:
    """The certificates and the TLS policy of an https listener."""
    try:
        for arn in lb.listener_certificates(cloud, listener):
            yield from lasts(lb.certificate(cloud, arn))
    except CloudError as problem:
        yield Finding("certificate", Grade.NOT_CHECKED, "A certificate could not be read.", problem.what)
    known = lb.policies(cloud)
    if listener.policy not in known:
        yield Finding(
            "tls",
            Grade.NOT_CHECKED,
            f"{listener.name}: the TLS policy {listener.policy or '?'} is not known here.",
        )
    elif old := lb.old_tls(known[listener.policy]):
        yield Finding(
            "tls", Grade.REFUSED, f"{listener.name} still allows {old} ({listener.policy}).",
            "DescribeSSLPolicies", f"Change its policy to {lb.best_policy(known)}.",
        )  # fmt: skip
    else:
        yield Finding("tls", Grade.PROVED, f"{listener.name} allows only current TLS.", listener.policy)


def _circles(balancer: LoadBalancer, front: Front) -> Iterator[Finding]:
    """Follow one request for each rule, and see whether it ever arrives."""
    clear = True
    told_already: set[str] = set()
    for listener in front.listeners:
        start = Url(listener.protocol.lower(), balancer.dns_name, listener.port)
        for rule in listener.rules:
            if not isinstance(rule.answer, Redirect):
                continue
            for url in examples(rule.hosts, rule.paths, (), start):
                trace = front.follow(url)
                bad = trace.end in ("loop", "nothing listens")
                if not bad or str(trace) in told_already:
                    continue
                clear = False
                told_already.add(str(trace))
                ends = "goes round in circles" if trace.end == "loop" else "leads to where nothing listens"
                yield Finding(
                    trace.end.replace(" ", "-"), Grade.REFUSED, f"{url} {ends}: {trace}.",
                    "followed through listeners and rules", "Correct that redirect.",
                )  # fmt: skip
    if clear and front.listeners:
        yield Finding(
            "loop",
            Grade.PREDICTED,
            "No redirect goes round in circles.",
            "followed through listeners and rules",
        )


def _servers(cloud: Cloud, listeners: list[Listener]) -> Iterator[Finding]:
    """Whether there is a healthy server behind each default action."""
    arns = dict.fromkeys(arn for each in listeners for action in each.actions for arn in lb.forwards_to(action))
    for arn in arns:
        name, states = arn.split("/")[1], lb.health(cloud, arn)
        if "healthy" in states:
            count = f"{states.count('healthy')} of {len(states)}"
            yield Finding("healthy", Grade.PROVED, f"{count} servers in {name} are healthy.", "DescribeTargetHealth")
        else:
            yield Finding(
                "healthy", Grade.REFUSED, f"No server in {name} is healthy: visitors see an error page (503 or 502).",
                f"DescribeTargetHealth: {', '.join(states) or 'no servers'}",
                "Look at that target group's health checks.",
            )  # fmt: skip


def _which(listener: Listener, rule: Rule) -> str:
    return f"{listener.name}, rule {rule.priority}" if rule.priority else f"{listener.name}, the default"
