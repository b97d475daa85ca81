"""Who else may need a listener of a load balancer, or the port that it listens on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows.engine import Call, Cloud, Late, Others, Ref, found, join

from . import edits
from .load_balancers import Listener, LoadBalancer, forwards_to, health, weight

UNHEARD = "Visitors were sent to a port on which nobody listens any more"
PORTS = "[ListenerArn, join(' ', ['port', to_string(Port)])]"
"""How listeners are listed, so that people are told their ports."""
EMPTIED = "Visitors were sent to target groups in which there is no server any more"


def on_it(listener: Late, ours: Iterable[Mapping[str, Any]], *, https: bool) -> tuple[Others, ...]:
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
    theirs = f"Listeners[?Port==`{port}` && !contains({edits.literal([*standing])}, ListenerArn)].{PORTS}"
    return (Others(look, theirs, "Others listen there"),)


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


def led_to(
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
        f" && !(ListenerArn=='{listener}' && DefaultActions[0].RedirectConfig=={ours})].{PORTS}",
        "Visitors are sent to it by",
    )
    by_rules = Others(
        look,
        f"Listeners[?Port!=`443`].{PORTS}",
        "Visitors are sent to it by rules of",
        each=Call("elbv2.DescribeRules", {"ListenerArn": found("id")}),
        leans=join(f"Rules[?{theirs} && RuleArn!='", Ref("rule", "Rules[0].RuleArn"), "']"),
    )
    return whole, by_rules
