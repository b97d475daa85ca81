"""From the answers of the load balancer set-up to its steps: what visitors need first, then what they are told."""

from __future__ import annotations

from flows.aws import (
    certificates,
    cloudfront,
    listener_actions,
    listener_conditions,
    listener_dependents,
    listeners,
    stickiness,
)
from flows.aws import listener_rule_changes as rules
from flows.aws import load_balancers as lb
from flows.aws.listener_rules import Rule
from flows.aws.load_balancers import Listener
from flows.engine import Action, Late, Others, Use, since

from . import ports, stick_answers
from .outcome import (
    MATCHING,
    REDIRECT,
    STICK,
    Answers,
    actions,
    backend,
    by_rule,
    closed_ports,
    conditions,
    further,
    goes_first,
    https_here,
    leading_to_https,
    listening,
    new_https,
    place_of_rule,
    rule_in_place,
    says,
    signs_in,
    to_copy,
)


def steps(flow: Answers) -> list[Action | Use]:
    """What is used and done, in this order: ports, the https listener with its rules, and only then the answer."""
    balancer = flow.load_balancer
    things: list[Action | Use] = [
        Use(
            "load-balancer",
            f"The load balancer {balancer.name}",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            balancer.arn,
        )
    ]
    if flow.action == STICK:
        return [*things, *keeping(flow)]
    first: list[Action | Use] = [*openings(flow)]
    if there := https_here(flow):
        first.append(
            Use("https-listener", f"Port {there.port} listens for https already", listeners.LISTENER, there.arn)
        )
    https: Late = there.arn if there else ""
    if new_https(flow):
        made = new_listener(flow, tuple(each.id for each in first))
        https = made["Listeners[0].ListenerArn"]
        first += [
            made,
            *(rules.copied(made, to_copy(flow), f"{balancer.name}-443") if flow.copy_rules else []),
        ]
    ready = tuple(each.id for each in first if isinstance(each, Action))
    strict = [listeners.strict_https(https, flow.hsts)] if https and flow.hsts else []
    return [*things, *first, *answer(flow, ready), *strict]


def keeping(flow: Answers) -> list[Action | Use]:
    """Keeping visitors with their server; where groups share them by weight, with their group before that."""
    wanted, done = stick_answers.wanted(flow), list[Action | Use]()
    for each in stick_answers.divided(flow) if flow.keep_by == stick_answers.BALANCER else ():
        done.append(stickiness.keep_group(each, flow.duration))
    first = tuple(each.id for each in done if isinstance(each, Action))
    for group in flow.target_groups:
        done.append(stickiness.keep(group, stickiness.keeping(flow.cloud, group.arn), wanted, after=first))
    return done


def openings(flow: Answers) -> list[Action]:
    """Opening the ports that are closed, in the first of the load balancer's security groups."""
    if not flow.open_ports or not flow.visitors:
        return []
    found = ports.groups(flow.cloud, flow.load_balancer.groups)
    balancer, name = flow.load_balancer, flow.load_balancer.name
    standing = [each.arn for each in lb.listeners(flow.cloud, flow.load_balancer)]

    def others(port: int) -> tuple[Others, ...]:
        elsewhere = since(flow.cloud, *listener_dependents.elsewhere_on_port(balancer, found[0].id, port))
        return (*listener_dependents.on_port(balancer, port, standing), *elsewhere)

    return [
        ports.open_port(found[0], port, flow.visitors, f"{name}-{port}", others=others(port))
        for port in closed_ports(flow)
    ]


def new_listener(flow: Answers, after: tuple[str, ...]) -> Action:
    """The https listener; proved by a healthy server behind it wherever one is to be expected."""
    forward = backend(flow)
    to = lb.forwards_to(forward[0])
    states = {each.state for each in lb.health(flow.cloud, to[0])} if to else set()
    expected = bool({"healthy", "initial", "unused"} & states)
    http = flow.listener.arn if isinstance(flow.listener, Listener) else ""
    names = (flow.load_balancer.dns_name, flow.load_balancer.dns_name.lower(), *flow.certificate.names)
    in_front = cloudfront.fetching_from(*names, secure=True)
    return listeners.https_listener(
        flow.load_balancer, flow.certificate.arn, flow.tls_policy, forward, after=after, proved=expected,
        rules=to_copy(flow) if flow.copy_rules else [], led_here=(http, actions(flow)), leading=leading_to_https(flow),
        others=since(flow.cloud, in_front) if flow.cloud.identity.partition in certificates.HOME else (),
    )  # fmt: skip


def answer(flow: Answers, ready: tuple[str, ...]) -> list[Action | Use]:
    """The change itself: one rule, the default action, or a new listener."""
    name = f"{flow.load_balancer.name}-{flow.action.replace('_', '-')}"
    hosts, paths = conditions(flow)
    wanted, what = listener_conditions.conditions(hosts, paths, further(flow)), actions(flow)
    if not isinstance(flow.listener, Listener):
        if flow.scope != MATCHING:
            return [listeners.http_listener(flow.load_balancer, what, says(flow), ready)]
        rest = listener_actions.answering(404, "Not found", "text/plain")
        made = listeners.http_listener(
            flow.load_balancer, rest, "answer 404 where no rule fits", ready, rules=[{"Priority": flow.priority}]
        )
        arn = made["Listeners[0].ListenerArn"]
        return [made, rules.rule(arn, "port 80", flow.priority, wanted, what, sentence=_sentence(flow), name=name)]
    here, place = flow.listener, f"port {flow.listener.port}"
    done: list[Action | Use] = []
    if by_rule(flow):
        if there := rule_in_place(flow):
            done.append(_used(there))
        else:
            first = f"On {place}, before all other rules, {says(flow)}"
            sentence = first if goes_first(flow) else _sentence(flow)
            priority = place_of_rule(flow)
            done.append(rules.rule(here.arn, place, priority, wanted, what, sentence=sentence, name=name, after=ready))
    if flow.scope == MATCHING or signs_in(flow):
        return done
    if listener_actions.same(here.actions, what):
        return [*done, Use("default", f"The default of {place} is that already", listeners.LISTENER, here.arn)]
    heard = [each.port for each in lb.listeners(flow.cloud, flow.load_balancer)]
    nowhere = listener_dependents.led_nowhere(flow.load_balancer, here, heard)
    if flow.action != REDIRECT:  # who is redirected to another port of it mostly ends in the same target group
        nowhere += listener_dependents.led_into_nothing(flow.cloud, here)
    return [*done, listeners.default_answer(here, what, says(flow), ready, nowhere)]


def _used(rule: Rule) -> Use:
    return Use("rule", f"The rule with priority {rule.priority} does that already", rules.RULE, rule.arn)


def _sentence(flow: Answers) -> str:
    hosts, paths = conditions(flow)
    more = [[str(each) for each in group] for group in listener_conditions.groups(further(flow))]
    what = " and ".join(" or ".join(each) for each in (hosts, paths, *more) if each)
    return f"On port {listening(flow)}, for {what}, {says(flow)} (priority {place_of_rule(flow)})"
