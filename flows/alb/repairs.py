"""What mends a load balancer: redirects written whole, rules in their right order, https and open ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

from flows.aws import keepers, listener_actions, listener_dependents, listener_rule_changes, stickiness
from flows.aws import listeners as change
from flows.aws import load_balancers as lb
from flows.aws.listener_rules import Redirect, Rule
from flows.aws.load_balancers import Certificate, Listener, LoadBalancer
from flows.aws.stickiness import Group, Keeping
from flows.engine import Cloud, CloudError, since
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits, redirects

from . import ports

BEYOND = {
    "state": "AWS could not build it: only a new one helps.",
    "open": "Only you know who is to come.",
    "way-in": "Routes and network ACLs are for everything in a subnet: they are left to whoever keeps the network.",
    "client-certificate": "Only you know whether it is for everybody.",
    "firewall": "Only you know whom the firewall is to let in.",
    "listeners": "Only you know what it is to answer: the set-up makes a listener.",
    "https": "Only you know which certificate and which servers: the set-up asks for them. A listener that speaks http "
    "on 443 may be meant so.",
    "shadowed": "Changing places with the rule before it would shadow another one.",
    "certificate": "A certificate needs a proof of its names: ask for one, or import one.",
    "covers": "A certificate needs a proof of its names: ask for one, and add it to the listener.",
    "loop": "Only you know where visitors are to be sent instead.",
    "by-itself": "Only you know whether it is meant, and where visitors are to go instead.",
    "nothing-listens": "Only you know where visitors are to be sent instead.",
    "healthy": "What a server answers is up to the server, and who is registered to whoever runs it.",
    "weights": "Only you know which group visitors are to be handed to.",
    "kept": "How servers are picked, and which cookie the application sets, is up to whoever runs it.",
    "divided": "With which of the groups a visitor is to stay, and for how long, is asked by the set-up.",
    "cookie": "Which cookies are set, and where they are sent back, is up to whoever runs the application.",
    "in-front": "Whether CloudFront may ask by https depends on the certificate for the name of its origin.",
}
"""What is left to people, by the rule that finds it. Some of it can be mended in other cases."""


def whole(balancer: LoadBalancer, listener: Listener, rule: Rule, to: Redirect) -> Mend:
    """Write all six fields of a redirect to https."""
    actions = listener_actions.redirecting(replace(to, protocol="HTTPS", port="443"))

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept(cloud, balancer, listener)
        says = "send visitors to https on port 443"
        if rule.priority:
            yield from _kept_rule(cloud, listener, rule)
            yield listener_rule_changes.answer_of_rule(rule, f"port {listener.port}", actions, says)
        else:
            yield change.default_answer(listener, actions, says, (), id=f"default-{listener.port}")
        yield redirects(f"Who comes by port {listener.port} is sent to https on port 443 then.")

    return mend


def in_order(balancer: LoadBalancer, listener: Listener, early: Rule, late: Rule, rules: Sequence[Rule]) -> Mend | None:
    """Let two rules change places; None where that would keep requests from another."""
    moved = {early.priority: late.priority, late.priority: early.priority}
    after = sorted((replace(each, priority=moved.get(each.priority, each.priority)) for each in rules), key=_place)
    before = {(one.arn, other.arn) for one, other in combinations(sorted(rules, key=_place), 2) if one.catches(other)}
    now = {(one.arn, other.arn) for one, other in combinations(after, 2) if one.catches(other)}
    if now - before or not early.arn or not late.arn:
        return None

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept(cloud, balancer, listener)
        for each in (early, late):
            yield from _kept_rule(cloud, listener, each)
        yield listener_rule_changes.swap(listener, early, late)
        yield redirects(f"What fits “{late}” is no longer answered by “{early}” on port {listener.port} then.")

    return mend


def opened(balancer: LoadBalancer, found: Sequence[ports.Group], port: int, like: Iterable[int]) -> Mend | None:
    """Let the visitors of the other ports use this one as well."""
    if not found:
        return None

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _open(cloud, balancer, found, port, like)

    return mend


def secured(cloud: Cloud, balancer: LoadBalancer, listeners: Sequence[Listener]) -> Mend | None:
    """Listen for https, where there is one certificate and one group of servers that can be meant."""
    try:
        certificate = _certificate(cloud, balancer, listeners)
        to = _servers(cloud, balancer, listeners)
    except CloudError:
        return None
    if certificate is None or not to:
        return None
    forward = [{"Type": "forward", "TargetGroupArn": to}]

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept(cloud, balancer)
        groups = ports.groups(cloud, balancer.groups)
        opening = []
        if groups and not ports.sources(groups, 443):
            opening = list(_open(cloud, balancer, groups, 443, [each.port for each in listeners]))
            yield from opening
        policy = lb.best_policy(lb.policies(cloud))
        made = change.https_listener(
            balancer, certificate.arn, policy, forward, after=(), proved=False, rules=[], led_here=("", [{}])
        )
        of_it, led_to = made.others[:2], made.others[2:]  # who is sent there already is sent into nothing today
        yield replace(made, others=(*of_it, *since(cloud, *led_to)))
        name = to.split("/")[1]
        yield redirects(
            f"Who is sent to https gets an answer then, with the certificate {certificate.name}, from {name}."
        )

    return mend


def modern(balancer: LoadBalancer, listener: Listener, policy: str) -> Mend:
    """Take a TLS policy without old protocols."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept(cloud, balancer, listener)
        yield change.tls_policy(listener, policy)
        yield redirects(f"Visitors that know only old TLS can no longer come to port {listener.port} then.")

    return mend


def by_balancer(balancer: LoadBalancer, groups: Sequence[Group], now: Mapping[str, Keeping]) -> Mend:
    """Keep visitors by the load balancer's own cookie, where the application's cannot, for as long as until then."""

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from _kept(cloud, balancer)
        for group in groups:
            yield from keepers.agreed(f"The target group {group.name}", lb.tags_of(cloud, group.arn))
            wanted = Keeping(True, stickiness.BALANCER, "", now[group.arn].seconds)
            yield stickiness.keep(group, now[group.arn], wanted)
            yield redirects(f"Everybody who comes to {group.name} stays with one server then, signed in or not.")

    return mend


def _certificate(cloud: Cloud, balancer: LoadBalancer, listeners: Sequence[Listener]) -> Certificate | None:
    """The only one that is good, or the only one of those for a name that its rules know."""
    now = datetime.now(UTC)
    good = [each for each in lb.certificates(cloud) if (each.days_left(now) or 1) > 0]
    hosts = {host for each in listeners for rule in lb.rules(cloud, each) for host in rule.hosts if "*" not in host}
    fitting = [each for each in good if any(each.covers(host) for host in hosts)] or good
    return fitting[0] if len(fitting) == 1 else None


def _servers(cloud: Cloud, balancer: LoadBalancer, listeners: Sequence[Listener]) -> str:
    """The only group of servers that it forwards to, or that its network has and no other load balancer uses."""
    actions = [action for each in listeners for rule in lb.raw_rules(cloud, each) for action in rule["Actions"]]
    used = list(dict.fromkeys(arn for action in actions for arn in lb.forwards_to(action)))
    found = used or [each.arn for each in lb.targets(cloud, balancer.vpc) if not {*each.balancers} - {balancer.arn}]
    return found[0] if len(found) == 1 else ""


def _open(
    cloud: Cloud, balancer: LoadBalancer, found: Sequence[ports.Group], port: int, like: Iterable[int]
) -> Iterator[Part]:
    yield from keepers.agreed(f"The security group {found[0].name}", found[0].told.get("Tags"))
    usual = tuple(dict.fromkeys(source for other in like for source in ports.sources(found, other)))
    wanted = usual or (ports.networks(cloud, balancer.vpc) if balancer.internal else ports.ANYWHERE)
    standing = [each.arn for each in lb.listeners(cloud, balancer)]
    elsewhere = since(cloud, *listener_dependents.elsewhere_on_port(balancer, found[0].id, port))
    others = (*listener_dependents.on_port(balancer, port, standing), *elsewhere)
    yield ports.open_port(found[0], port, wanted, f"{balancer.name}-{port}", others=others)
    everybody, behind = ports.to_everybody(wanted), f"for all that has the security group {found[0].name}"
    to = f"everybody ({', '.join(map(str, wanted))})" if everybody else ", ".join(map(str, wanted))
    yield admits(f"Port {port} will be open to {to}, {behind}.", everybody=everybody)


def _kept(cloud: Cloud, balancer: LoadBalancer, listener: Listener | None = None) -> Iterator[Part]:
    yield from keepers.agreed(f"The load balancer {balancer.name}", lb.tags(cloud, balancer))
    if listener:
        yield from keepers.agreed(f"The listener on port {listener.port}", lb.tags_of(cloud, listener.arn))


def _kept_rule(cloud: Cloud, listener: Listener, rule: Rule) -> Iterator[Part]:
    what = f"The rule with priority {rule.priority} on port {listener.port}"
    yield from keepers.agreed(what, lb.tags_of(cloud, rule.arn))


def _place(rule: Rule) -> int:
    return rule.place
