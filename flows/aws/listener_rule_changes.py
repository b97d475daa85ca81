"""Rules of a load balancer's listener: making them, changing what they answer or their order, and taking that back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.engine import Action, Call, Late, Ref, Restore, Settings, Undo, before

from . import edits, listener_conditions
from .listener_actions import again, done, former, remembered
from .listener_rules import Rule
from .listeners import BUSY, REFUSALS, tagged
from .load_balancers import Listener
from .tags import tags

RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"


def rule(
    listener: Late,
    place: str,
    priority: int,
    wanted: list[dict[str, Any]],
    actions: list[dict[str, Any]],
    *,
    sentence: str,
    name: str,
    after: tuple[str, ...] = (),
    id: str = "rule",
) -> Action:
    """A rule of a listener. `place` names the listener for people."""
    made = Ref(id, "Rules[0].RuleArn")
    asked = {"ListenerArn": listener, "Priority": priority, "Conditions": wanted, "Actions": actions}
    return Action(
        id,
        sentence,
        Call("elbv2.CreateRule", {**asked, "Tags": tags(name)}),
        undo=(Undo(Call("elbv2.DeleteRule", {"RuleArn": made}), not_yet=BUSY, kept=remembered(actions)),),
        find=tagged(
            Call("elbv2.DescribeRules", {"ListenerArn": listener}),
            f"Rules[?Priority=='{priority}'] | [0].{{Rules: [@]}}",
            made.path,
        ),
        settings=Settings(
            Call("elbv2.DescribeRules", {"RuleArns": [made]}),
            edits.each("Rules[0]", ["Priority", *_asked("Conditions", wanted), *done("Actions")]),
        ),
        goes_with=listener.action if isinstance(listener, Ref) else "",
        after=after,
        not_yet=BUSY,
        refusals=REFUSALS,
        type=RULE,
        resource=made,
        undone=f"The rule with priority {priority} on {place}",
    )  # fmt: skip


def copied(listener: Action, rules: Iterable[Mapping[str, Any]], name: str) -> list[Action]:
    """The rules of another listener, once more on a new one."""
    arn = listener["Listeners[0].ListenerArn"]
    return [
        rule(
            arn, "port 443", int(each["Priority"]), _conditions(each), again(each["Actions"]),
            sentence=f"Copy the rule with priority {each['Priority']} to port 443",
            name=name, id=f"copy-{each['Priority']}",
        )
        for each in rules
    ]  # fmt: skip


def answer_of_rule(rule: Rule, place: str, actions: list[dict[str, Any]], says: str) -> Action:
    """Change what a rule does with its requests; what it did is put back at undo. `place` names the listener."""
    id = f"rule-{rule.arn.rpartition('/')[2]}"
    which = {"RuleArn": rule.arn}
    return Action(
        id,
        f"On {place}, with the rule of priority {rule.priority}, {says}",
        Call("elbv2.ModifyRule", {**which, "Actions": actions}),
        undo=Restore(
            Call("elbv2.DescribeRules", {"RuleArns": [rule.arn]}),
            former(actions, "Rules[0].Actions"),
            Call("elbv2.ModifyRule", {**which, "Actions": before(id)}),
            kept=remembered(actions),
        ),
        not_yet=BUSY,
        refusals=REFUSALS,
        undone=f"What the rule with priority {rule.priority} on {place} did before",
        left=f"What the rule with priority {rule.priority} on {place} does now",
    )


def swap(listener: Listener, one: Rule, other: Rule) -> Action:
    """Let two rules of a listener change places, and back again at undo."""
    id = f"swap-{listener.port}-{one.priority}-{other.priority}"
    places = [{"RuleArn": one.arn, "Priority": other.priority}, {"RuleArn": other.arn, "Priority": one.priority}]
    both = f"contains({edits.literal([one.arn, other.arn])}, RuleArn)"
    return Action(
        id,
        f"On port {listener.port}, let the rules with priorities {one.priority} and {other.priority} change places",
        Call("elbv2.SetRulePriorities", {"RulePriorities": sorted(places, key=lambda each: each["RuleArn"])}),
        undo=Restore(
            Call("elbv2.DescribeRules", {"ListenerArn": listener.arn}),
            f"sort_by(Rules[?{both}].{{RuleArn: RuleArn, Priority: to_number(Priority)}}, &RuleArn)",
            Call("elbv2.SetRulePriorities", {"RulePriorities": before(id)}),
        ),
        not_yet=BUSY,
        refusals=REFUSALS,
        undone=f"The order of two rules on port {listener.port}",
    )


def _asked(conditions: str, wanted: list[dict[str, Any]]) -> Iterator[str]:
    """JMESPath to what a request must have: of each of its conditions, which are as `wanted`, kind and values."""
    yield f"{conditions} && length({conditions})"
    further = [config for config in listener_conditions.FURTHER if any(config in each for each in wanted)]
    for number in range(max(2, len(wanted))):
        place = f"{conditions}[{number}]"
        yield f"{place}.Field"
        yield edits.in_any_order(f"{place}.HostHeaderConfig.Values")
        yield edits.in_any_order(f"{place}.PathPatternConfig.Values")
        yield from (f"{place}.{config}" for config in further)


def _conditions(rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Its conditions as AWS takes them: it tells values twice, and refuses to hear them twice."""
    taken = []
    for condition in rule.get("Conditions") or []:
        twice = any(key.endswith("Config") for key in condition)
        taken.append({key: value for key, value in condition.items() if value and not (twice and key == "Values")})
    return taken
