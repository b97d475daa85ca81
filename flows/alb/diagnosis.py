"""Why a load balancer does not answer as it should: loops, rules that are never reached, https that is missing or old.

It looks at any Application Load Balancer, whoever made it, and only reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

from flows.aws import keepers, way_in, web_acls
from flows.aws import load_balancers as lb
from flows.aws.listener_rules import Forward, Front, Redirect, Rule, Url, examples, told
from flows.aws.load_balancers import Certificate, Listener, LoadBalancer
from flows.engine import Cloud, CloudError, Finding, Grade, Refused, shell
from flows.engine.findings import caution

from . import kept, names, ports, repairs, rules
from .outcome import HTTP, HTTPS
from .rules import Situation, half


def diagnose(cloud: Cloud, name: str, *, probe: bool = False) -> Iterator[Finding]:
    """What there is to say about a load balancer, given by name, ARN or DNS name; `probe` allows to fetch a page of it.

    Raises Refused if there is none.
    """
    balancer = _the(cloud, name)
    yield _state(balancer)
    yield from _managed(cloud, balancer)
    try:
        listeners, front = lb.listeners(cloud, balancer), lb.front(cloud, balancer)
    except CloudError as problem:
        told_not = f"What {balancer.name} answers could not be read."
        yield Finding("listeners", Grade.NOT_CHECKED, told_not, problem.what)
        return
    front = replace(front, names=front.names | names.led(cloud, balancer, front)[0])
    here = Situation(cloud, balancer, front, to_https=_to_https(front), planned=False)
    if not listeners:
        yield Finding(
            "listeners", Grade.REFUSED, f"{balancer.name} listens on no port: nobody gets an answer.",
            "DescribeListeners", f"Make a listener: {shell.handrail('run', 'alb', load_balancer=balancer.name)}",
        )  # fmt: skip
    yield from _doors(cloud, balancer, front, listeners)
    yield from web_acls.of_balancer(cloud, balancer.arn)
    actions: list[Mapping[str, Any]] = []
    for listener in listeners:
        own = next((each.rules for each in front.listeners if each.port == listener.port), ())
        others = sum(1 for rule in own if rule.priority)
        after = f", after {others} rule{'s' if others > 1 else ''}" if others else ""
        yield Finding(
            f"listener:{listener.port}", Grade.PROVED, f"{listener.name}: {told(lb.answer(listener.actions))}{after}.",
            "DescribeListeners, DescribeRules",
        )  # fmt: skip
        yield from rules.by_itself(listener.name, listener.port, own)
        yield from _fields(balancer, listener, own)
        yield from _order(balancer, listener, own)
        if listener.protocol == HTTP:
            yield from _still_http(listener, own)
        else:
            yield from _secure(cloud, balancer, listener)
        actions += [*listener.actions, *(each for rule in lb.raw_rules(cloud, listener) for each in rule["Actions"])]
    yield from _certificates(cloud, balancer, listeners, front)
    yield from _circles(here)
    yield from rules.in_front(here)
    yield from rules.servers(cloud, actions)
    yield from kept.kept(cloud, balancer, probe=probe)


def _state(balancer: LoadBalancer) -> Finding:
    match balancer.state:
        case "active":
            return Finding("state", Grade.PROVED, f"{balancer.name} is active.", "DescribeLoadBalancers")
        case "active_impaired":
            return Finding(
                "state", Grade.CAUTION, f"{balancer.name} works, and cannot grow: its subnets lack addresses or room.",
                "DescribeLoadBalancers: active_impaired", "Give its subnets free addresses, or give it other subnets.",
            )  # fmt: skip
        case "provisioning":
            return Finding("state", Grade.WAITING, f"{balancer.name} is being made.", "DescribeLoadBalancers", "Wait.")
        case state:
            return Finding(
                "state", Grade.REFUSED, f"{balancer.name} is {state or 'in no state that AWS tells'}.",
                "DescribeLoadBalancers", "AWS could not build it: delete it, and make a new one.",
            )  # fmt: skip


def _managed(cloud: Cloud, balancer: LoadBalancer) -> Iterator[Finding]:
    try:
        yield from keepers.told("load-balancer", balancer.name, lb.tags(cloud, balancer))
    except CloudError as problem:
        yield Finding(
            "managed", Grade.NOT_CHECKED, f"Whether somebody else manages {balancer.name} was not checked.",
            problem.what, aside=True,
        )  # fmt: skip


def _to_https(front: Front) -> bool:
    """Whether visitors by http are sent to https wherever no rule says otherwise."""
    defaults = (rule for each in front.listeners if each.protocol == HTTP for rule in each.rules if not rule.priority)
    answers = (rule.answer for rule in defaults)
    return any(isinstance(answer, Redirect) and answer.protocol == HTTPS for answer in answers)


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
        into_nothing = any(_comes_back_by_https(answer, front) for answer in answers)
        what = "every redirect to https leads into nothing" if into_nothing else "visitors come by http alone"
        grade = Grade.REFUSED if into_nothing else Grade.PREDICTED
        taken = any(each.port == 443 for each in listeners)
        yield Finding(
            "https", grade, f"Nothing listens for https: {what}.", "DescribeListeners",
            "Port 443 is taken by a listener that speaks http: change that one to HTTPS, with a certificate." if taken
            else f"Make one: {shell.handrail('run', 'alb', load_balancer=balancer.name)}",
        ).mended_by(repairs.secured(cloud, balancer, listeners) if into_nothing and not taken else None)  # fmt: skip
    try:
        groups = ports.groups(cloud, balancer.groups)
    except CloudError as problem:
        yield Finding("open", Grade.NOT_CHECKED, "The security groups could not be read.", problem.what)
        return
    doors: dict[int, list[str]] = {}
    for each in listeners:
        who = list(map(str, ports.sources(groups, each.port)))
        inside = way_in.admitted(cloud, who)
        if who and not inside:
            yield Finding(
                f"open:{each.port}", Grade.REFUSED,
                f"Port {each.port} is open to {', '.join(who)} alone, in which there is no network: visitors see a "
                "time-out.", "GetManagedPrefixListEntries", "Enter their networks there, or let them in by themselves.",
            )  # fmt: skip
        elif groups and not who:
            names = ", ".join(group.name for group in groups)
            yield Finding(
                f"open:{each.port}", Grade.REFUSED, f"Port {each.port} is closed: visitors see a time-out.",
                f"the security groups {names}", f"Let visitors use port {each.port}: a rule in {names}.",
            ).mended_by(
                repairs.opened(balancer, groups, each.port, [other.port for other in listeners if other is not each])
            )  # fmt: skip
        elif who:
            doors[each.port] = inside
            yield _open(balancer, each.port, who, inside)
    internet = not balancer.internal and any(way_in.from_outside(each) for who in doors.values() for each in who)
    yield from way_in.told(cloud, "way-in", balancer.name, balancer.vpc, balancer.subnets, doors, internet=internet)


def _open(balancer: LoadBalancer, port: int, who: list[str], inside: list[str]) -> Finding:
    """Whom the security groups let in by a port, and whether those are the ones that come to such a load balancer;
    `inside` has the networks of prefix lists."""
    id, by = f"open:{port}", "its security groups"
    some = f"Port {port} is open to {', '.join(who[:4])}"
    if not balancer.internal and not any(map(way_in.from_outside, inside)):
        return caution(
            id, f"{some} alone, and {balancer.name} faces the internet: visitors from there see a time-out.", by,
            f"If they are to come, let them use port {port} there.",
        )  # fmt: skip
    if balancer.dualstack and "0.0.0.0/0" in who and not any(":" in each for each in who):
        return caution(
            id, f"{some}, and {balancer.name} has IPv6 addresses, too: by those nobody gets in.", by,
            f"Let ::/0 use port {port} there, too.",
        )  # fmt: skip
    return Finding(id, Grade.PROVED, f"{some}.", by)


def _comes_back_by_https(answer: object, front: Front) -> bool:
    """Whether that sends visitors here again, by https."""
    if not isinstance(answer, Redirect) or answer.protocol != HTTPS:
        return False
    return "#{host}" in answer.host or answer.host.lower() in {name.lower() for name in front.names}


def _fields(balancer: LoadBalancer, listener: Listener, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Redirects that change the protocol but not the port, or the port but not the protocol."""
    for rule in rules:
        to = rule.answer
        problem = half(listener.protocol, listener.port, to)
        if problem and isinstance(to, Redirect):
            yield Finding(
                f"redirect-fields:{listener.port}:{rule.priority}", Grade.REFUSED,
                f"{_which(listener, rule)} {problem}.", f"its redirect is {to}",
                "Write all six fields: protocol, host, port, path, query and status code.",
            ).mended_by(repairs.whole(balancer, listener, rule, to))  # fmt: skip


def _order(balancer: LoadBalancer, listener: Listener, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Rules that never get a request, because earlier ones catch all of theirs."""
    ordered = sorted((rule for rule in rules if rule.priority), key=lambda rule: rule.priority)
    shadowed, moved = set[int](), set[int]()
    for early, late in combinations(ordered, 2):
        if late.priority not in shadowed and early.catches(late):
            shadowed.add(late.priority)
            mend = repairs.in_order(balancer, listener, early, late, ordered)
            if not mend or {early.priority, late.priority} & moved:  # a place is given away once at a time
                mend = None
            else:
                moved |= {early.priority, late.priority}
            yield Finding(
                f"shadowed:{listener.port}:{late.priority}", Grade.REFUSED,
                f"{_which(listener, late)} is never reached: rule {early.priority} ({early}) catches all of its "
                "requests.",
                "compared by hosts and paths", "Give it a smaller number, or delete it.",
            ).mended_by(mend)  # fmt: skip
    if any(not rule.certain for rule in ordered):
        yield Finding(
            f"conditions:{listener.port}", Grade.NOT_CHECKED,
            f"{listener.name} has rules with conditions that were not judged here.",
            "conditions on headers, methods, queries or addresses, or rewriting", aside=True,
        )  # fmt: skip


def _still_http(listener: Listener, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Rules that go on serving http although everything else is sent to https."""
    default = next((rule.answer for rule in rules if not rule.priority), None)
    if not (isinstance(default, Redirect) and default.protocol == HTTPS):
        return
    for rule in rules:
        if isinstance(rule.answer, Forward):
            yield Finding(
                f"still-http:{listener.port}:{rule.priority}", Grade.PROVED,
                f"{_which(listener, rule)} goes on serving http: {rule}.", "DescribeRules",
                "If that is not meant, delete it, or let a rule before it redirect too.",
            )  # fmt: skip


def _certificates(cloud: Cloud, balancer: LoadBalancer, listeners: list[Listener], front: Front) -> Iterator[Finding]:
    """Each certificate once, however many listeners have it; and whether it is good for the names in rules, and for
    those by which the account's zones lead visitors here."""
    used: dict[str, Listener] = {}
    of: dict[int, list[str]] = {}
    for listener in listeners:
        if listener.protocol != HTTPS:
            continue
        try:
            arns = of[listener.port] = lb.listener_certificates(cloud, listener)
        except CloudError as problem:
            yield Finding(
                f"certificate:{listener.port}", Grade.NOT_CHECKED,
                f"The certificates of {listener.name} could not be read.", problem.what,
            )  # fmt: skip
            continue
        used = {**dict.fromkeys(arns, listener), **used}
        if not arns:
            yield Finding(
                f"certificate:{listener.port}", Grade.NOT_CHECKED,
                f"The certificate of {listener.name} is not kept by AWS Certificate Manager, and was not looked at.",
                "DescribeListenerCertificates",
            )  # fmt: skip
    read: dict[str, Certificate] = {}
    for arn, listener in used.items():
        try:
            read[arn] = lb.certificate(cloud, arn)
            yield from rules.lasts(read[arn])
        except CloudError as problem:
            yield Finding(
                f"certificate:{arn.rpartition('/')[2]}", Grade.NOT_CHECKED,
                f"A certificate of {listener.name} could not be read.", problem.what,
            )  # fmt: skip

    visited = names.known(cloud, balancer) if 443 in of else []
    if any(not any(read[arn].covers(name) for arn in of[443] if arn in read) for name in visited):
        visited = [name for name in visited if name not in names.of_http_alone(cloud)]
    for each in front.listeners:
        arns = of.get(each.port, [])
        asked = [host for rule in each.rules for host in rule.hosts if not set("*?") & set(host)]
        asked += [*names.sent_by_https(front, each.port), *(visited if each.port == 443 else ())]
        if all(arn in read for arn in arns):
            yield from rules.covers([read[arn] for arn in arns], dict.fromkeys(asked), each.port)


def _secure(cloud: Cloud, balancer: LoadBalancer, listener: Listener) -> Iterator[Finding]:
    """The TLS policy of an https listener, and whether visitors need a certificate, too (Application Load Balancers
    guide, "Mutual authentication with TLS", 2026-11)."""
    id = f"tls:{listener.port}"
    if listener.verifies:
        yield caution(
            f"client-certificate:{listener.port}",
            f"{listener.name} lets in only visitors with a client certificate; all others get no answer.",
            "DescribeListeners: MutualAuthentication", "Switch that off, or let it pass, if it is for everybody.",
        )  # fmt: skip
    try:
        known = lb.policies(cloud)
    except CloudError as problem:
        yield Finding(id, Grade.NOT_CHECKED, f"Which TLS {listener.name} allows could not be read.", problem.what)
        return
    if listener.policy not in known:
        yield Finding(
            id, Grade.NOT_CHECKED, f"{listener.name}: the TLS policy {listener.policy or '?'} is not known here.",
            "DescribeSSLPolicies", aside=True,
        )  # fmt: skip
    elif old := lb.old_tls(known[listener.policy]):
        yield Finding(
            id, Grade.CAUTION, f"{listener.name} still allows {old} ({listener.policy}).",
            "DescribeSSLPolicies", f"Change its policy to {lb.best_policy(known)}.",
        ).mended_by(repairs.modern(balancer, listener, lb.best_policy(known)))  # fmt: skip
    else:
        yield Finding(id, Grade.PROVED, f"{listener.name} allows only current TLS.", listener.policy)


def _circles(here: Situation) -> Iterator[Finding]:
    """Follow one request for each rule, and see whether it ever arrives."""
    tries = [
        url
        for listener in here.front.listeners
        for rule in listener.rules
        if isinstance(rule.answer, Redirect)
        for url in examples(
            rule.hosts, rule.paths, (), Url(listener.protocol.lower(), here.balancer.dns_name, listener.port)
        )
    ]
    found = list(rules.circles(here, tries))
    yield from found
    if not found and here.front.listeners:
        yield Finding(
            "loop", Grade.PREDICTED, "No redirect goes round in circles.", "followed through listeners and rules"
        )


def _which(listener: Listener, rule: Rule) -> str:
    return f"{listener.name}, rule {rule.priority}" if rule.priority else f"{listener.name}, the default"
