"""Listeners and rules of a load balancer: making them, changing what they answer, and taking that back.

Listeners and rules are listed without their tags. After a crash one is recognised by its place, which can be taken
only once (a port, a priority), and proved to be this run's by its tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
    Cloud,
    Find,
    Kept,
    Late,
    Others,
    Ref,
    Restore,
    Settings,
    Undo,
    Wait,
    before,
    found,
    join,
)

from . import edits, listener_conditions
from .listener_conditions import Condition
from .listener_rules import Redirect, Rule
from .load_balancers import Listener, LoadBalancer, forwards_to, health, weight
from .tags import tags

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
EDITABLE = ("Port", "Protocol", "SslPolicy", "Certificates[0].CertificateArn")
"""What of a listener somebody may change, beside what it does."""
HSTS = "routing.http.response.strict_transport_security.header_value"
UNHEARD = "Visitors were sent to a port on which nobody listens any more"
EMPTIED = "Visitors were sent to target groups in which there is no server any more"
BUSY = ("ResourceInUse",)
"""Something else changes the listener at this moment: in a while it can be had."""
REFUSALS = {
    "DuplicateListener": "This port got a listener meanwhile. Undo, and plan again: then that one is used.",
    "PriorityInUse": "Somebody took this priority meanwhile. Undo, and plan again: the next free one is proposed.",
    "CertificateNotFound": "This certificate does not exist here, or it is not issued yet. The load balancer needs a "
    "certificate from its own region.",
    "UnsupportedCertificate": "The key of this certificate is not supported by load balancers.",
    "SSLPolicyNotFound": "This TLS policy is not known here. Choose another one.",
    "TooManyListeners": "The load balancer has as many listeners as it may: 50, if nobody raised it "
    "(quota L-B6DF7632).",
    "TooManyRules": "The load balancer has as many rules as it may: 100 without default rules, if nobody raised it "
    "(quota L-7EED9B64). Combine rules.",
    "TooManyCertificates": "The listener has as many certificates as it may: 25, if nobody raised it "
    "(quota L-9365A611).",
    "TargetGroupAssociationLimit": "This target group already belongs to another load balancer.",
    "TooManyUniqueTargetGroupsPerLoadBalancer": "The load balancer has as many target groups as it may.",
    "IncompatibleProtocols": "The target group does not fit this listener (gRPC needs HTTPS).",
    "ListenerNotFound": "The listener was deleted meanwhile. Undo, and plan again.",
    "LoadBalancerNotFound": "The load balancer was deleted meanwhile.",
}
"""What AWS may say to a new listener or rule, or to a changed one (Elastic Load Balancing API Reference, 2026-10)."""
MINE = join("TagDescriptions[0].Tags[?Key=='handrail:run' && Value=='", RUN, "'] | [0]")


# -- what is answered ------------------------------------------------------------------------------------------


def redirecting(to: Redirect) -> list[dict[str, Any]]:
    """The action of a redirect, always with all six fields: what is left out would stay as in the request."""
    config = {
        "Protocol": to.protocol, "Port": to.port, "Host": to.host, "Path": to.path, "Query": to.query,
        "StatusCode": f"HTTP_{to.status}",
    }  # fmt: skip
    return [{"Type": "redirect", "RedirectConfig": config}]


def answering(status: int, body: str, content_type: str) -> list[dict[str, Any]]:
    """The action of a fixed response."""
    config = {
        "StatusCode": str(status),
        "ContentType": content_type,
        **({"MessageBody": body} if body else {}),
    }
    return [{"Type": "fixed-response", "FixedResponseConfig": config}]


def again(actions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Actions as AWS told them, in the form in which it takes them."""
    return [{key: value for key, value in action.items() if value is not None} for action in actions]


def same(had: Iterable[Mapping[str, Any]], wanted: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a listener does that already; AWS numbers the actions when it tells them."""
    return [{k: v for k, v in each.items() if k != "Order"} for each in had] == list(wanted)


def conditions(hosts: Iterable[str], paths: Iterable[str], further: Iterable[Condition] = ()) -> list[dict[str, Any]]:
    """The conditions of a rule as AWS takes them."""
    wanted = (
        ("host-header", "HostHeaderConfig", list(hosts)),
        ("path-pattern", "PathPatternConfig", list(paths)),
    )
    plain = [{"Field": field, config: {"Values": values}} for field, config, values in wanted if values]
    return [*plain, *listener_conditions.as_taken(further)]


def _done(actions: str) -> Iterator[str]:
    """JMESPath to what is done with a request: the last of the actions at that path says it."""
    last = f"{actions}[-1]"
    yield f"{actions} && length({actions})"
    yield from (f"{last}.{part}" for part in ("Type", "TargetGroupArn", "FixedResponseConfig.StatusCode"))
    yield from (f"{last}.FixedResponseConfig.{part}" for part in ("MessageBody", "ContentType"))
    yield from (f"{last}.RedirectConfig.{part}" for part in ("Protocol", "Port", "Host", "Path", "Query", "StatusCode"))
    yield edits.in_any_order(f"{last}.ForwardConfig.TargetGroups", "TargetGroupArn")


def _remembered(actions: Iterable[Mapping[str, Any]]) -> Kept | None:
    """What no undo takes back of a redirect that is said to be for ever, which browsers may keep as long as they like
    (RFC 9110, section 15.4.2, 2026-11)."""
    if not any((each.get("RedirectConfig") or {}).get("StatusCode") == "HTTP_301" for each in actions):
        return None
    return Kept(
        "What browsers remember of the redirect (301)",
        "Whoever came meanwhile may go on asking where it led, also when nobody answers there any more.",
        maybe=True,
    )


# -- making ----------------------------------------------------------------------------------------------------


def https_listener(
    balancer: LoadBalancer,
    certificate: str,
    policy: str,
    actions: list[dict[str, Any]],
    *,
    after: tuple[str, ...],
    proved: bool,
    rules: Iterable[Mapping[str, Any]],
    led_here: tuple[str, list[dict[str, Any]]],
    leading: Iterable[str] = (),
    others: tuple[Others, ...] = (),
) -> Action:
    """A listener on 443.

    Args:
        balancer: whose it is.
        certificate: its ARN.
        policy: how it speaks TLS.
        actions: what it does with a request.
        after: the ids of what must be done before.
        proved: whether it counts only once a server behind it is healthy.
        rules: those of the other listener that this run will copy.
        led_here: the ARN of the listener that this run lets lead here, and how.
        leading: the ARNs of the rules that led here when there was nothing.
        others: who else may need it.
    """
    secure = {"SslPolicy": policy, "Certificates": [{"CertificateArn": certificate}]}
    action = _listener("https-listener", "Listen on port 443 for https", balancer, 443, actions, after=after, **secure)
    action = replace(
        action, others=(*_on_it(action.resource, rules, https=True), *_led_to(balancer, *led_here, leading), *others)
    )
    to = forwards_to(actions[0])
    if not (proved and to):
        return action
    return replace(
        action,
        wait=Wait(
            Call("elbv2.DescribeTargetHealth", {"TargetGroupArn": to[0]}),
            ready="TargetHealthDescriptions[?TargetHealth.State=='healthy'] | [0]",
            now="TargetHealthDescriptions[0].TargetHealth.State",
            sentence="Waiting until a server behind https is healthy",
            typical=30,
            limit=300,
        ),
    )


def http_listener(
    balancer: LoadBalancer,
    actions: list[dict[str, Any]],
    says: str,
    after: tuple[str, ...],
    rules: Iterable[Mapping[str, Any]] = (),
) -> Action:
    """A listener on port 80 that answers every request itself, but those that `rules` of this run will take."""
    action = _listener("http-listener", f"Listen on port 80, and {says}", balancer, 80, actions, after=after)
    return replace(action, others=_on_it(action.resource, rules, https=False))


def _on_it(listener: Late, ours: Iterable[Mapping[str, Any]], *, https: bool) -> tuple[Others, ...]:
    """Rules and certificates that others added to a listener; a rule has its priority alone."""
    priorities = edits.literal(["default", *(str(each["Priority"]) for each in ours)])
    rules = Others(
        Call("elbv2.DescribeRules", {"ListenerArn": listener}),
        f"Rules[?Priority && !contains({priorities}, Priority)].[RuleArn, join(' ', ['priority', Priority])]",
        "Others have rules on it",
    )
    certificates = Others(
        Call("elbv2.DescribeListenerCertificates", {"ListenerArn": listener}),
        "Certificates[?IsDefault==`false`].CertificateArn",
        "Others added certificates to it",
    )
    return (rules, certificates) if https else (rules,)


def on_port(balancer: LoadBalancer, port: int, standing: Iterable[str]) -> tuple[Others]:
    """The listeners on a port that are neither this run's nor were there, which are known by their ARNs."""
    look = Call("elbv2.DescribeListeners", {"LoadBalancerArn": balancer.arn})
    theirs = f"Listeners[?Port==`{port}` && !contains({edits.literal([*standing])}, ListenerArn)].[ListenerArn, Port]"
    return (Others(look, theirs, "Others listen on that port"),)


def elsewhere_on_port(balancer: LoadBalancer, group: str, port: int) -> tuple[Others, Others]:
    """What else is in a security group of a load balancer and may need that port of it."""
    inside = Call("ec2.DescribeNetworkInterfaces", {"Filters": [{"Name": "group-id", "Values": [group]}]})
    listening = Others(
        Call("elbv2.DescribeLoadBalancers"),
        f"LoadBalancers[?LoadBalancerArn!='{balancer.arn}' && contains(SecurityGroups || `[]`, '{group}')]"
        ".[LoadBalancerArn, LoadBalancerName]",
        "Load balancers of others in that security group listen on that port",
        each=Call("elbv2.DescribeListeners", {"LoadBalancerArn": found("id")}),
        leans=f"Listeners[?Port==`{port}`]",
    )
    cards = Others(
        inside,
        # those of load balancers are described so (Elastic Load Balancing User Guide, "Security groups", 2026-11)
        "NetworkInterfaces[?!starts_with(Description || '', 'ELB ')]"
        ".[NetworkInterfaceId, Attachment.InstanceId || Description]",
        "Others put network cards into that security group",
    )
    return listening, cards


def led_nowhere(balancer: LoadBalancer, listener: Listener, ports: Iterable[int]) -> tuple[Others, ...]:
    """The port to which a listener redirects, one of these that are listened on, once nobody listens there any more."""
    to = {(each.get("RedirectConfig") or {}).get("Port") for each in listener.actions}
    look = Call("elbv2.DescribeListeners", {"LoadBalancerArn": balancer.arn})
    return tuple(
        Others(look, f"!(Listeners[?Port==`{port}`]) && Listeners && ['{port}']", UNHEARD, key="")
        for port in ports
        if str(port) in to and port != listener.port
    )


def led_into_nothing(cloud: Cloud, listener: Listener) -> tuple[Others, ...]:
    """The target groups to which a listener forwards, of those with servers in them, once there is none any more.

    Without any server a load balancer answers 503 (Application Load Balancers guide, "Health checks for your target
    groups", 2026-11). Raises CloudError.
    """
    groups = [arn for action in listener.actions for arn in forwards_to(action) if weight(action, arn)]
    return tuple(
        Others(
            Call("elbv2.DescribeTargetHealth", {"TargetGroupArn": arn}),
            f"!TargetHealthDescriptions && ['{arn.split('/')[1]}']",
            EMPTIED,
            absent=("TargetGroupNotFound",),
        )
        for arn in dict.fromkeys(groups)
        if health(cloud, arn)
    )


def _led_to(
    balancer: LoadBalancer, listener: str, actions: list[dict[str, Any]], leading: Iterable[str]
) -> tuple[Others, ...]:
    """The other listeners from which visitors are sent to https, as a whole or by rules, but for what this run lets do
    so and the rules that did before."""
    ours = edits.literal(actions[0].get("RedirectConfig"))
    look = Call("elbv2.DescribeListeners", {"LoadBalancerArn": balancer.arn})
    there = "RedirectConfig.Protocol=='HTTPS' && RedirectConfig.Port=='443'"
    theirs = f"!IsDefault && Actions[?{there}] && !contains({edits.literal([*leading])}, RuleArn)"
    whole = Others(
        look,
        f"Listeners[?DefaultActions[?{there}]"
        f" && !(ListenerArn=='{listener}' && DefaultActions[0].RedirectConfig=={ours})].[ListenerArn, Port]",
        "Visitors are sent to it by",
    )
    by_rules = Others(
        look,
        "Listeners[?Port!=`443`].[ListenerArn, Port]",
        "Visitors are sent to it by rules of",
        each=Call("elbv2.DescribeRules", {"ListenerArn": found("id")}),
        leans=join(f"Rules[?{theirs} && RuleArn!='", Ref("rule", "Rules[0].RuleArn"), "']"),
    )
    return whole, by_rules


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
        undo=(Undo(Call("elbv2.DeleteRule", {"RuleArn": made}), not_yet=BUSY, kept=_remembered(actions)),),
        find=_tagged(
            Call("elbv2.DescribeRules", {"ListenerArn": listener}),
            f"Rules[?Priority=='{priority}'] | [0].{{Rules: [@]}}",
            made.path,
        ),
        settings=Settings(
            Call("elbv2.DescribeRules", {"RuleArns": [made]}),
            edits.each("Rules[0]", ["Priority", *_asked("Conditions", wanted), *_done("Actions")]),
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


# -- changing --------------------------------------------------------------------------------------------------


def default_answer(
    listener: Listener,
    actions: list[dict[str, Any]],
    says: str,
    after: tuple[str, ...],
    others: tuple[Others, ...] = (),
    id: str = "default",
) -> Action:
    """Change what a listener does with requests that no rule takes; all former actions are put back at undo, unless
    these `others` stand in the way."""
    look = Call("elbv2.DescribeListeners", {"ListenerArns": [listener.arn]})
    change = {"ListenerArn": listener.arn}
    return Action(
        id,
        f"On port {listener.port}, {says}",
        Call("elbv2.ModifyListener", {**change, "DefaultActions": actions}),
        undo=Restore(
            look,
            _former(listener.actions, "Listeners[0].DefaultActions"),
            Call("elbv2.ModifyListener", {**change, "DefaultActions": before(id)}),
            kept=_remembered(actions),
        ),
        others=others,
        after=after,
        not_yet=BUSY,
        refusals=REFUSALS,
        undone=f"What port {listener.port} did before",
        left=f"What port {listener.port} does now",
    )


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
            _former(actions, "Rules[0].Actions"),
            Call("elbv2.ModifyRule", {**which, "Actions": before(id)}),
            kept=_remembered(actions),
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


def tls_policy(listener: Listener, policy: str) -> Action:
    """Change which TLS a listener speaks, and back again at undo."""
    id, which = f"tls-{listener.port}", {"ListenerArn": listener.arn}
    return Action(
        id,
        f"On port {listener.port}, allow only the TLS of {policy}",
        Call("elbv2.ModifyListener", {**which, "SslPolicy": policy}),
        undo=Restore(
            Call("elbv2.DescribeListeners", {"ListenerArns": [listener.arn]}),
            "Listeners[0].SslPolicy",
            Call("elbv2.ModifyListener", {**which, "SslPolicy": before(id)}),
        ),
        not_yet=BUSY,
        refusals=REFUSALS,
        undone=f"The TLS policy of port {listener.port}",
    )


def strict_https(listener: Late, seconds: int, after: tuple[str, ...] = ()) -> Action:
    """Tell browsers to use only https (HSTS), by an attribute of the https listener."""

    def put(value: Any) -> Call:
        return Call(
            "elbv2.ModifyListenerAttributes",
            {"ListenerArn": listener, "Attributes": [{"Key": HSTS, "Value": value}]},
        )

    return Action(
        "hsts",
        f"Tell browsers to use only https for the next {_time(seconds)} (HSTS)",
        put(f"max-age={seconds}"),
        undo=Restore(
            Call("elbv2.DescribeListenerAttributes", {"ListenerArn": listener}),
            f"Attributes[?Key=='{HSTS}' && Value!=''] | [0].Value",
            put(before("hsts")),
            remove=put(""),
            kept=Kept(
                "What browsers remember that visited meanwhile",
                f"They insist on https until {_time(seconds)} after their last visit, whatever is here by then.",
                maybe=True,
            ),
        ),
        after=after,
        not_yet=BUSY,
        refusals=REFUSALS,
        undone="The HSTS header",
    )


def _former(actions: Iterable[Mapping[str, Any]], path: str) -> str:
    """JMESPath to actions as AWS takes them back: the client secret of a sign-in is kept, and never told."""
    if any(action["Type"] == "authenticate-oidc" for action in actions):
        keep = 'merge(AuthenticateOidcConfig, `{"UseExistingClientSecret": true}`)'
        return f"map(&(Type=='authenticate-oidc' && merge(@, {{AuthenticateOidcConfig: {keep}}}) || @), {path})"
    return path


def _listener(
    id: str,
    sentence: str,
    balancer: LoadBalancer,
    port: int,
    actions: list[dict[str, Any]],
    *,
    after: tuple[str, ...],
    **secure: Any,
) -> Action:
    asked = {"LoadBalancerArn": balancer.arn, "Protocol": "HTTPS" if secure else "HTTP", "Port": port, **secure}
    made = Ref(id, "Listeners[0].ListenerArn")
    return Action(
        id,
        sentence,
        Call("elbv2.CreateListener", {**asked, "DefaultActions": actions, "Tags": tags(f"{balancer.name}-{port}")}),
        wait=Wait(
            Call("elbv2.DescribeListeners", {"ListenerArns": [made]}),
            ready="Listeners[0].ListenerArn",
            sentence=f"Waiting until port {port} is listened on",
            typical=5,
            limit=120,
        ),
        undo=(Undo(Call("elbv2.DeleteListener", {"ListenerArn": made}), not_yet=BUSY, kept=_remembered(actions)),),
        find=_tagged(
            Call("elbv2.DescribeListeners", {"LoadBalancerArn": balancer.arn}),
            f"Listeners[?Port==`{port}`] | [0].{{Listeners: [@]}}",
            made.path,
        ),
        # the same listener once more is answered with the one that is there
        unless=Find(
            Call("elbv2.DescribeListeners", {"LoadBalancerArn": balancer.arn}),
            f"Listeners[?{_same(asked)}] | [0].{{Listeners: [@]}}",
        ),
        settings=Settings(
            Call("elbv2.DescribeListeners", {"ListenerArns": [made]}),
            edits.each("Listeners[0]", [*EDITABLE, *_done("DefaultActions")]),
        ),
        after=after,
        not_yet=BUSY,
        refusals=REFUSALS,
        type=LISTENER,
        resource=made,
        undone=f"The listener on port {port}",
    )  # fmt: skip


def _same(asked: Mapping[str, Any]) -> str:
    """JMESPath, true of a listener like the one that is asked for."""
    wanted = [f"Port==`{asked['Port']}`", f"Protocol=='{asked['Protocol']}'"]
    if "Certificates" in asked:
        wanted.append(f"Certificates[0].CertificateArn=='{asked['Certificates'][0]['CertificateArn']}'")
        wanted.append(f"SslPolicy=='{asked['SslPolicy']}'")
    return " && ".join(wanted)


def _tagged(look: Call, shape: str, arn: str) -> Find:
    return Find(look, shape, Call("elbv2.DescribeTags", {"ResourceArns": [found(arn)]}), MINE)


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


def _time(seconds: int) -> str:
    days = seconds // 86400
    return f"{days} day{'s' if days > 1 else ''}" if days else f"{seconds // 60} minutes"


def answers(rule: Rule) -> str:
    """One rule in a list of them."""
    return f"{rule} (priority {rule.priority})"
