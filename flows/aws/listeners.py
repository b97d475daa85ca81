"""Listeners and rules of a load balancer: making them, changing what they answer, and taking that back.

Listeners and rules are listed without their tags. After a crash one is recognised by its place, which can be taken
only once (a port, a priority), and proved to be this run's by its tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flows.engine import RUN, Action, Call, Find, Late, Ref, Restore, Undo, Wait, before, found, join

from .load_balancing import Listener, LoadBalancer, forwards_to
from .redirects import Redirect, Rule
from .tags import tags

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
HSTS = "routing.http.response.strict_transport_security.header_value"
BUSY = ("ResourceInUse",)
"""Something else changes the listener at this moment: in a while it can be had."""
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


def conditions(hosts: Iterable[str], paths: Iterable[str]) -> list[dict[str, Any]]:
    wanted = (
        ("host-header", "HostHeaderConfig", list(hosts)),
        ("path-pattern", "PathPatternConfig", list(paths)),
    )
    return [{"Field": field, config: {"Values": values}} for field, config, values in wanted if values]


# -- making ----------------------------------------------------------------------------------------------------


def https_listener(
    balancer: LoadBalancer,
    certificate: str,
    policy: str,
    actions: list[dict[str, Any]],
    *,
    after: tuple[str, ...],
    proved: bool,
) -> Action:
    """A listener on 443. With `proved` it counts only once a server behind it is healthy."""
    more = {
        "Protocol": "HTTPS",
        "Port": 443,
        "SslPolicy": policy,
        "Certificates": [{"CertificateArn": certificate}],
    }
    action = _listener("https-listener", "Listen on port 443 for https", balancer, more, actions, after)
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
    balancer: LoadBalancer, actions: list[dict[str, Any]], says: str, after: tuple[str, ...]
) -> Action:
    """A listener on port 80 that answers every request itself."""
    return _listener(
        "http-listener",
        f"Listen on port 80, and {says}",
        balancer,
        {"Protocol": "HTTP", "Port": 80},
        actions,
        after,
    )


def rule(
    listener: Late,
    place: str,
    priority: int,
    wanted: list[dict[str, Any]],
    actions: list[dict[str, Any]],
    sentence: str,
    *,
    name: str,
    after: tuple[str, ...] = (),
    id: str = "rule",
) -> Action:
    """A rule of a listener. `place` names the listener for people."""
    look = Call("elbv2.DescribeRules", {"ListenerArn": listener})
    return Action(
        id,
        sentence,
        Call(
            "elbv2.CreateRule",
            {"ListenerArn": listener, "Priority": priority, "Conditions": wanted, "Actions": actions, "Tags": tags(name)},
        ),
        undo=(Undo(Call("elbv2.DeleteRule", {"RuleArn": Ref(id, "Rules[0].RuleArn")}), gone=("RuleNotFound",), not_yet=BUSY),),
        find=_tagged(look, f"Rules[?Priority=='{priority}'] | [0].{{Rules: [@]}}", "Rules[0].RuleArn"),
        after=after,
        not_yet=BUSY,
        type=RULE,
        resource=Ref(id, "Rules[0].RuleArn"),
        undone=f"The rule with priority {priority} on {place}",
    )  # fmt: skip


def copied(listener: Action, rules: Iterable[Mapping[str, Any]], name: str) -> list[Action]:
    """The rules of another listener, once more on a new one."""
    return [
        rule(
            listener["Listeners[0].ListenerArn"], "port 443", int(each["Priority"]), _conditions(each), again(each["Actions"]),
            f"Copy the rule with priority {each['Priority']} to port 443",
            name=name, id=f"copy-{each['Priority']}",
        )
        for each in rules
    ]  # fmt: skip


# -- changing --------------------------------------------------------------------------------------------------


def default_answer(
    listener: Listener, actions: list[dict[str, Any]], says: str, after: tuple[str, ...]
) -> Action:
    """Change what a listener does with requests that no rule takes; all former actions are put back at undo."""
    look = Call("elbv2.DescribeListeners", {"ListenerArns": [listener.arn]})
    change = {"ListenerArn": listener.arn}
    return Action(
        "default",
        f"On port {listener.port}, {says}",
        Call("elbv2.ModifyListener", {**change, "DefaultActions": actions}),
        undo=Restore(
            look,
            _former(listener),
            Call("elbv2.ModifyListener", {**change, "DefaultActions": before("default")}),
        ),
        after=after,
        not_yet=BUSY,
        undone=f"What port {listener.port} did before",
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
            absent=("ListenerNotFound",),
        ),
        after=after,
        not_yet=BUSY,
        undone="The HSTS header",
    )


def _former(listener: Listener) -> str:
    """JMESPath to the default actions, as AWS takes them back: it never tells a sign-in's client secret, but keeps it."""
    path = "Listeners[0].DefaultActions"
    if any(action["Type"] == "authenticate-oidc" for action in listener.actions):
        keep = 'merge(AuthenticateOidcConfig, `{"UseExistingClientSecret": true}`)'
        return (
            f"map(&(Type=='authenticate-oidc' && merge(@, {{AuthenticateOidcConfig: {keep}}}) || @), {path})"
        )
    return path


def _listener(
    id: str,
    sentence: str,
    balancer: LoadBalancer,
    more: dict[str, Any],
    actions: list[dict[str, Any]],
    after: tuple[str, ...],
) -> Action:
    port = more["Port"]
    look = Call("elbv2.DescribeListeners", {"LoadBalancerArn": balancer.arn})
    arn = Ref(id, "Listeners[0].ListenerArn")
    return Action(
        id,
        sentence,
        Call(
            "elbv2.CreateListener",
            {
                "LoadBalancerArn": balancer.arn,
                **more,
                "DefaultActions": actions,
                "Tags": tags(f"{balancer.name}-{port}"),
            },
        ),
        wait=Wait(
            Call("elbv2.DescribeListeners", {"ListenerArns": [arn]}),
            ready="Listeners[0].ListenerArn",
            sentence=f"Waiting until port {port} is listened on",
            typical=5,
            limit=120,
        ),
        undo=(
            Undo(
                Call("elbv2.DeleteListener", {"ListenerArn": arn}), gone=("ListenerNotFound",), not_yet=BUSY
            ),
        ),
        find=_tagged(
            look, f"Listeners[?Port==`{port}`] | [0].{{Listeners: [@]}}", "Listeners[0].ListenerArn"
        ),
        after=after,
        not_yet=BUSY,
        type=LISTENER,
        resource=arn,
        undone=f"The listener on port {port}",
    )


def _tagged(look: Call, shape: str, arn: str) -> Find:
    return Find(look, shape, Call("elbv2.DescribeTags", {"ResourceArns": [found(arn)]}), MINE)


def _conditions(rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Its conditions as AWS takes them: it tells values twice, and refuses to hear them twice."""
    taken = []
    for condition in rule.get("Conditions") or []:
        twice = any(key.endswith("Config") for key in condition)
        taken.append(
            {key: value for key, value in condition.items() if value and not (twice and key == "Values")}
        )
    return taken


def _time(seconds: int) -> str:
    days = seconds // 86400
    return f"{days} day{'s' if days > 1 else ''}" if days else f"{seconds // 60} minutes"


def answers(rule: Rule) -> str:
    """One rule in a list of them."""
    return f"{rule} (priority {rule.priority})"
