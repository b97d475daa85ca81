"""Listeners of a load balancer: making them, changing what they answer, and taking that back.

Listeners and rules are listed without their tags. After a crash one is recognised by its place, which can be taken
only once (a port, a priority), and proved to be this run's by its tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flows.engine import (
    RUN,
    Action,
    Call,
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

from . import edits
from .listener_actions import done, former, remembered
from .listener_dependents import led_to, on_it
from .load_balancers import Listener, LoadBalancer, forwards_to
from .tags import tags

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
EDITABLE = ("Port", "Protocol", "SslPolicy", "Certificates[0].CertificateArn")
"""What of a listener somebody may change, beside what it does."""
HSTS = "routing.http.response.strict_transport_security.header_value"
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
        action, others=(*on_it(action.resource, rules, https=True), *led_to(balancer, *led_here, leading), *others)
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
    return replace(action, others=on_it(action.resource, rules, https=False))


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
            former(listener.actions, "Listeners[0].DefaultActions"),
            Call("elbv2.ModifyListener", {**change, "DefaultActions": before(id)}),
            kept=remembered(actions),
        ),
        others=others,
        after=after,
        not_yet=BUSY,
        refusals=REFUSALS,
        undone=f"What port {listener.port} did before",
        left=f"What port {listener.port} does now",
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
        undo=(Undo(Call("elbv2.DeleteListener", {"ListenerArn": made}), not_yet=BUSY, kept=remembered(actions)),),
        find=tagged(
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
            edits.each("Listeners[0]", [*EDITABLE, *done("DefaultActions")]),
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


def tagged(look: Call, shape: str, arn: str) -> Find:
    """One that is there, at the path `shape`, if its tags say that this run made it."""
    return Find(look, shape, Call("elbv2.DescribeTags", {"ResourceArns": [found(arn)]}), MINE)


def _time(seconds: int) -> str:
    days = seconds // 86400
    return f"{days} day{'s' if days > 1 else ''}" if days else f"{seconds // 60} minutes"
