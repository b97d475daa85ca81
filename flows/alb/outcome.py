"""What the answers of the load balancer set-up come to: the new answer, its rule, and the whole as it would be then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from flows.aws import listener_actions, listener_conditions, listener_rules
from flows.aws import load_balancers as lb
from flows.aws.listener_conditions import METHOD, QUERY, Condition
from flows.aws.listener_rules import Answer, Fixed, Forward, Front, Redirect, Rule, Url
from flows.aws.load_balancers import NEW, Listener, LoadBalancer, Targets
from flows.aws.stickiness import Group
from flows.engine import Cloud, Refused

from . import ports
from .ports import Source

REDIRECT, FIXED, STICK = "redirect", "fixed_response", "stick"
ALL, MATCHING = "all", "matching"
HTTPS, HTTP, AS_IS = "HTTPS", "HTTP", "#{protocol}"
LEAVE, BEFORE = "leave", "before"
SAME, NOT_FOUND, ELSEWHERE = "where http goes now", "a plain 404", "none here"
"""As they are shown; an answers file says `same`, `404` and `elsewhere`."""


class Answers(Protocol):
    """The set-up as the functions here see it: its answers by their keys. Some are only there on some paths."""

    cloud: Cloud
    load_balancer: LoadBalancer
    action: str
    scope: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    further: tuple[Condition, ...]
    status: int
    body: str
    content_type: str
    listener: Listener | str
    protocol: str
    host: str
    https_listener: Listener | str
    certificate: lb.Certificate
    tls_policy: str
    forward_to: Targets | str
    copy_rules: bool
    port: str
    path: str
    query: str
    existing_rules: str
    priority: int
    open_ports: bool
    visitors: tuple[Source, ...]
    hsts: int
    names: tuple[str, ...]
    preview_url: Url | None
    keep_by: str
    target_groups: tuple[Group, ...]
    cookie: str
    duration: int
    keep_group: bool


def outcome(flow: Answers) -> Redirect | Fixed:
    """What the load balancer will answer."""
    if flow.action == FIXED:
        return Fixed(flow.status)
    return Redirect(flow.protocol, flow.port, flow.host, flow.path, flow.query, flow.status)


def actions(flow: Answers) -> list[dict[str, Any]]:
    """The same as AWS takes it."""
    to = outcome(flow)
    if isinstance(to, Redirect):
        return listener_actions.redirecting(to)
    return listener_actions.answering(to.status, flow.body, flow.content_type)


def says(flow: Answers) -> str:
    """The same as the middle of a sentence."""
    answer = outcome(flow)
    if isinstance(answer, Redirect):
        return f"redirect ({answer.status}) to {answer}"
    return f"answer {answer.status} with {len(flow.body.encode())} bytes of {flow.content_type}"


def conditions(flow: Answers) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The hosts and paths of the rule that will be added, if any."""
    if flow.scope == MATCHING:
        return flow.hosts, flow.paths
    return (), ("/*",)


def further(flow: Answers) -> tuple[Condition, ...]:
    """Its conditions beside hosts and paths."""
    return flow.further if flow.scope == MATCHING else ()


def own_rules(flow: Answers) -> list[Rule]:
    """The rules that the chosen listener has."""
    return lb.rules(flow.cloud, flow.listener) if isinstance(flow.listener, Listener) else []


def same_rule(flow: Answers) -> Rule | None:
    """The rule that answers exactly these requests in this way already, if none before it catches them."""
    if not isinstance(flow.listener, Listener):
        return None
    wanted = listener_conditions.conditions(*conditions(flow), further(flow))
    earlier: list[Rule] = []
    for found in lb.raw_rules(flow.cloud, flow.listener):
        rule = lb.rule(found)
        if not found.get("Transforms") and listener_conditions.alike(found.get("Conditions") or [], wanted):
            shadowed = any(each.catches(rule) for each in earlier)
            return rule if listener_actions.same(found["Actions"], actions(flow)) and not shadowed else None
        earlier.append(rule)
    return None


def rule_in_place(flow: Answers) -> Rule | None:
    """The rule that would be made, where it stands there already."""
    there = same_rule(flow)
    if there is None:
        return None
    if flow.scope == MATCHING:
        return there if there.priority == flow.priority else None
    return there if not goes_first(flow) or there.priority == own_rules(flow)[0].priority else None


def signs_in(flow: Answers) -> bool:
    """Whether the chosen listener lets visitors sign in first. That is never replaced: AWS does not tell the secret of
    a sign-in again, so nobody could put it back (Elastic Load Balancing API Reference, AuthenticateOidcActionConfig,
    2026-11)."""
    there = flow.listener.actions if isinstance(flow.listener, Listener) else ()
    return any(str(each.get("Type", "")).startswith("authenticate-") for each in there)


def by_rule(flow: Answers) -> bool:
    """Whether a rule of its own answers."""
    return flow.scope == MATCHING or signs_in(flow) or goes_first(flow)


def goes_first(flow: Answers) -> bool:
    """Whether that rule stands before the others that there are."""
    return flow.scope != MATCHING and flow.existing_rules == BEFORE and bool(own_rules(flow))


def place_of_rule(flow: Answers) -> int:
    """The priority of that rule: the one that was chosen, before all others, or after them."""
    if flow.scope == MATCHING:
        return flow.priority
    if goes_first(flow) or not own_rules(flow):
        return first_place(flow)
    return max(rule.priority for rule in own_rules(flow)) + 1


def first_place(flow: Answers) -> int:
    """The priority of a rule that comes before all others; 0 if there is no room."""
    lowest = min((rule.priority for rule in own_rules(flow)), default=10)
    return lowest - 1


def to_copy(flow: Answers) -> list[Mapping[str, Any]]:
    """The rules of the http listener that make sense for https: not those that send visitors there."""
    plain = flow.listener if isinstance(flow.listener, Listener) else _plain(flow)
    if plain is None or plain.protocol != HTTP:
        return []
    return [each for each in lb.raw_rules(flow.cloud, plain) if each["Priority"] != lb.DEFAULT and not _to_https(each)]


def same_backend(flow: Answers) -> list[dict[str, Any]]:
    """The actions by which http is handed to servers today, if it is."""
    plain = flow.listener if isinstance(flow.listener, Listener) else _plain(flow)
    if plain is None or not isinstance(lb.answer(plain.actions), Forward):
        return []
    return [dict(action) for action in plain.actions]


def backend(flow: Answers) -> list[dict[str, Any]]:
    """The default actions of a new https listener. Raises Refused."""
    if isinstance(flow.forward_to, Targets):
        return [{"Type": "forward", "TargetGroupArn": flow.forward_to.arn}]
    if flow.forward_to == SAME:
        if same := same_backend(flow):
            return same
        raise Refused("AWS does not say any more where http goes now.", remedy="Choose where https should go.")
    config = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "Not found"}
    return [{"Type": "fixed-response", "FixedResponseConfig": config}]


def new_https(flow: Answers) -> bool:
    return flow.action == REDIRECT and flow.protocol == HTTPS and flow.https_listener == NEW


def https_here(flow: Answers) -> Listener | None:
    """The existing https listener that visitors come back to."""
    used = flow.action == REDIRECT and flow.protocol == HTTPS and isinstance(flow.https_listener, Listener)
    return flow.https_listener if used and isinstance(flow.https_listener, Listener) else None


def listening(flow: Answers) -> int:
    """The port that the answer is given on."""
    return flow.listener.port if isinstance(flow.listener, Listener) else 80


def start(flow: Answers) -> Url:
    """A request to the chosen listener."""
    protocol = flow.listener.protocol.lower() if isinstance(flow.listener, Listener) else "http"
    names = [name for name in flow.names if "*" not in name and "?" not in name]
    return Url(protocol, (names or [flow.load_balancer.dns_name])[0], listening(flow))


def needed_ports(flow: Answers) -> list[int]:
    """The ports of this load balancer that visitors have to reach."""
    there = https_here(flow)
    wanted = [listening(flow), *([443] if new_https(flow) else []), *([there.port] if there else [])]
    return list(dict.fromkeys(wanted))


def closed_ports(flow: Answers) -> list[int]:
    """Those of them that no security group lets anybody use. A load balancer without any is not closed by them."""
    found = ports.groups(flow.cloud, flow.load_balancer.groups)
    return [port for port in needed_ports(flow) if not ports.sources(found, port)] if found else []


def front_after(flow: Answers) -> Front:
    """The load balancer as it would be afterwards."""
    front = lb.front(flow.cloud, flow.load_balancer, names(flow))
    listeners = {each.port: each for each in front.listeners}
    if new_https(flow):
        rules = [lb.rule(each) for each in to_copy(flow)] if flow.copy_rules else []
        listeners[443] = listener_rules.Listener(HTTPS, 443, (*rules, Rule(0, lb.answer(backend(flow)))))
    port, answer = listening(flow), outcome(flow)
    here = listeners.get(port) or listener_rules.Listener(HTTP, port, (Rule(0, Fixed(404)),))
    listeners[port] = replace(here, rules=_changed(flow, here.rules, answer))
    return replace(front, listeners=tuple(listeners.values()))


def known_names(flow: Answers) -> list[str]:
    """Names from the conditions, as far as anything tells them."""
    hosts = list(conditions(flow)[0])
    for listener in lb.listeners(flow.cloud, flow.load_balancer):
        for rule in lb.rules(flow.cloud, listener):
            hosts += rule.hosts
    return [host for host in dict.fromkeys(hosts) if "*" not in host and "?" not in host]


def names(flow: Answers) -> tuple[str, ...]:
    """The host names that are known to lead here: said, or named in the answers."""
    back = flow.action == REDIRECT and flow.protocol == HTTPS and flow.https_listener != ELSEWHERE
    return (*flow.names, *([flow.host] if back and "#{" not in flow.host else []))


def tries(flow: Answers) -> list[Url]:
    """Requests that fit the conditions, as far as an address can."""
    found = listener_rules.examples(*conditions(flow), flow.names, start(flow))
    query = listener_conditions.sample_query(further(flow))
    return [replace(url, query=query) if query else url for url in found]


def _changed(flow: Answers, rules: tuple[Rule, ...], answer: Answer) -> tuple[Rule, ...]:
    own: tuple[Rule, ...] = ()
    if by_rule(flow):  # what an address does not tell, such as headers, is taken to fit
        groups = listener_conditions.groups(further(flow))
        queries = tuple(tuple((e.name, e.value) for e in group) for group in groups if group[0].kind == QUERY)
        methods = {each.value for each in further(flow) if each.kind == METHOD}
        once = bool(methods) and "GET" not in methods
        own = (Rule(place_of_rule(flow), answer, *conditions(flow), queries=queries, once=once),)
    if flow.scope == MATCHING or signs_in(flow):
        return (*own, *rules)
    return (*own, *(rule for rule in rules if rule.priority), Rule(0, answer))


def _plain(flow: Answers) -> Listener | None:
    found = lb.listeners(flow.cloud, flow.load_balancer)
    return next((each for each in found if each.port == 80 and each.protocol == HTTP), None)


def leading_to_https(flow: Answers) -> list[str]:
    """The ARNs of the chosen listener's rules that send visitors to https."""
    standing = lb.raw_rules(flow.cloud, flow.listener) if isinstance(flow.listener, Listener) else []
    return [each["RuleArn"] for each in standing if _to_https(each)]


def _to_https(rule: Mapping[str, Any]) -> bool:
    answer = lb.answer(rule["Actions"])
    return isinstance(answer, Redirect) and answer.protocol == HTTPS
