"""What a person has in hand once a load balancer answers as asked: names, what was read again, and how to try it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import listener_conditions, stickiness
from flows.aws import load_balancers as lb
from flows.aws.listener_actions import same
from flows.aws.listener_rules import told
from flows.aws.load_balancers import Listener
from flows.engine import Call, Cloud, CloudError, Finding, Grade, Handover, Late, Ref, shell
from flows.engine.flow import was_proved

from . import kept, stick_answers
from .outcome import (
    REDIRECT,
    STICK,
    Answers,
    actions,
    by_rule,
    front_after,
    further,
    https_here,
    new_https,
    rule_in_place,
    tries,
)

READS = (Call("elbv2.DescribeListeners"), Call("elbv2.DescribeRules"))
"""What `hand_over` will call; a plan lists it for the permissions."""


def reads(flow: Answers) -> tuple[Call, ...]:
    """What `hand_over` will call."""
    if flow.action != STICK:
        return READS
    arns = [group.arn for group in flow.target_groups]
    return tuple(Call("elbv2.DescribeTargetGroupAttributes", {"TargetGroupArn": arn}) for arn in arns)


def outputs(flow: Answers) -> dict[str, Late]:
    balancer = flow.load_balancer
    made: dict[str, Late] = {
        "load_balancer": balancer.arn,
        "dns_name": balancer.dns_name,
        "hosted_zone": balancer.zone,
    }
    if flow.action == STICK:
        return {**made, "target_groups": ", ".join(group.name for group in flow.target_groups)}
    made |= {
        "listener": flow.listener.arn
        if isinstance(flow.listener, Listener)
        else Ref("http-listener", "Listeners[0].ListenerArn"),
    }
    if secure := https_here(flow):
        made["https_listener"] = secure.arn
    if new_https(flow):
        made["https_listener"] = Ref("https-listener", "Listeners[0].ListenerArn")
    if by_rule(flow):
        there = rule_in_place(flow)
        made["rule"] = there.arn if there else Ref("rule", "Rules[0].RuleArn")
    return made


def facts(flow: Answers) -> dict[str, Any]:
    if flow.action == STICK:
        wanted = stick_answers.wanted(flow)
        return {
            "name": flow.load_balancer.name,
            "internal": flow.load_balancer.internal,
            "kept": {group.arn: stickiness.attributes(wanted) for group in flow.target_groups},
            "cookie": flow.cookie if flow.keep_by == stick_answers.APPLICATION else "",
            "site": kept.site(flow.cloud, flow.load_balancer),
        }
    front = front_after(flow)
    return {
        "name": flow.load_balancer.name,
        "internal": flow.load_balancer.internal,
        "redirect": flow.action == REDIRECT,
        "status": flow.status,
        "actions": actions(flow),
        "with": listener_conditions.trying(further(flow)),
        "from": [each.value for each in further(flow) if each.kind == listener_conditions.SOURCE],
        "tries": [[str(url), str(front.follow(url)).partition(" → ")[2]] for url in tries(flow)],
    }


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Read back what was set, and say how to try it."""
    if "kept" in facts:
        return _kept(cloud, outputs, facts)
    curl = ("curl", "-sI", *facts.get("with", ()))  # an earlier release noted no conditions of these kinds
    steps = [f"Try it, expecting {expected}: {shell.command(*curl, url)}" for url, expected in facts["tries"]]
    notes = list[str]()
    if facts.get("from"):
        notes.append(f"Only requests from {' or '.join(facts['from'])} get that: run it there.")
    if facts["internal"]:
        notes.append("The load balancer is internal: run that from inside its network.")
    if facts["redirect"]:
        notes.append("The load balancer writes the port into the new address (…:443/…). That is normal, and works.")
        notes.append("Servers behind it see plain http: an application that redirects to https by itself must look "
                     "at X-Forwarded-Proto, or visitors go round in circles.")  # fmt: skip
    steps.append(f"Changes need up to a minute. Then: {shell.handrail('check', 'alb', load_balancer=facts['name'])}")
    findings = tuple(_read_back(cloud, outputs, facts))
    only = " (where the rule's other conditions hold)" * bool(facts.get("with") or facts.get("from"))
    now = [f"{url} → {expected}{only}" for url, expected in facts["tries"] if was_proved(findings, "read-back")]
    came_for = {"visitors_get": now[0]} if now else {}
    return Handover({**came_for, **outputs}, next_steps=tuple(steps), findings=findings, notes=tuple(notes))


def _kept(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    seen, notes = kept.showing_cookies(facts["site"]), list[str]()
    if cookie := facts["cookie"]:
        steps = [f"Try it, expecting {cookie} and beside it AWSALBAPP-0: {seen}"]
        notes += [
            f"If that page sets {cookie} only after a log-in, sign in and look in the browser's developer tools.",
            "Programs, and pages of other sites, must send back both cookies; a proxy such as CloudFront must let "
            f"{cookie} and AWSALBAPP-* through. Otherwise nobody is kept.",
        ]
    else:
        steps = [f"Try it, expecting AWSALB: {seen}"]
    if facts["internal"]:
        notes.append("The load balancer is internal: run that from inside its network.")
    steps.append(f"Changes need up to a minute. Then: {shell.handrail('check', 'alb', load_balancer=facts['name'])}")
    found = tuple(_kept_as_planned(cloud, arn, wanted) for arn, wanted in facts["kept"].items())
    one_server = {"visitors_get": f"the same server each time, by the cookie {cookie or 'AWSALB'}"}
    proved = all(each.grade is Grade.PROVED for each in found)
    return Handover({**one_server, **outputs} if proved else outputs, next_steps=tuple(steps), findings=found,
                    notes=tuple(notes))  # fmt: skip


def _kept_as_planned(cloud: Cloud, arn: str, wanted: list[dict[str, str]]) -> Finding:
    id, name = f"read-back:{arn.split('/')[1]}", arn.split("/")[1]
    try:
        look = Call("elbv2.DescribeTargetGroupAttributes", {"TargetGroupArn": arn})
        told = {each["Key"]: str(each["Value"]) for each in cloud.make(look)["Attributes"]}
    except CloudError as problem:
        return Finding(id, Grade.NOT_CHECKED, f"How {name} keeps visitors could not be read again.", problem.what)
    if all(told.get(each["Key"]) == each["Value"] for each in wanted):
        return Finding(id, Grade.PROVED, f"{name} keeps visitors as planned.", "read again after the change")
    return Finding(
        id, Grade.REFUSED, f"{name} does something else: visitors are {stickiness.keeping(cloud, arn)}.",
        "read again after the change", "Somebody or something changed it in the meantime.",
    )  # fmt: skip


def _read_back(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        if "rule" in outputs:
            found = cloud.make(Call("elbv2.DescribeRules", {"RuleArns": [outputs["rule"]]}))["Rules"][0]["Actions"]
            where = "The rule"
        else:
            look = Call("elbv2.DescribeListeners", {"ListenerArns": [outputs["listener"]]})
            found, where = cloud.make(look)["Listeners"][0]["DefaultActions"], "The listener"
    except CloudError as problem:
        yield Finding("read-back", Grade.NOT_CHECKED, "What was set could not be read again.", problem.what)
        return
    if same(found, facts["actions"]):
        yield Finding("read-back", Grade.PROVED, f"{where} answers as planned.", "read again after the change")
    else:
        yield Finding(
            "read-back", Grade.REFUSED, f"{where} does something else: {told(lb.answer(found))}.",
            "read again after the change", "Somebody or something changed it in the meantime.",
        )  # fmt: skip
