"""Load balancers: listeners, rules, target groups."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from elsewhere.colleague.deed import client, to
from elsewhere.hand import Made

from flows.practice import PracticeAccount


def _rule(elbv2: Any, listener: str, priority: int) -> None:
    elbv2.create_rule(
        ListenerArn=listener, Priority=priority,
        Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": ["theirs.example.com"]}}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )  # fmt: skip


@to("elbv2.CreateListener")
def rule_of_theirs_on_our_listener(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    _rule(client(account, "elbv2"), it.id, 77)


@to("elbv2.CreateListener", "elbv2.ModifyListener")
def default_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "elbv2").modify_listener(
        ListenerArn=it.params.get("ListenerArn") or it.id,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
    )


@to("elbv2.ModifyListener", "elbv2.ModifyListenerAttributes", "elbv2.CreateRule", takes=True)
def listener_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "elbv2").delete_listener(ListenerArn=it.params["ListenerArn"])


@to("elbv2.ModifyListenerAttributes")
def attribute_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    key = it.params["Attributes"][0]["Key"]
    client(account, "elbv2").modify_listener_attributes(
        ListenerArn=it.params["ListenerArn"], Attributes=[{"Key": key, "Value": "max-age=60"}]
    )


@to("elbv2.ModifyTargetGroupAttributes")
def visitors_kept_longer(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    longer = [{"Key": "stickiness.app_cookie.duration_seconds", "Value": "172800"}]
    client(account, "elbv2").modify_target_group_attributes(
        TargetGroupArn=it.params["TargetGroupArn"], Attributes=longer
    )


@to("elbv2.ModifyTargetGroupAttributes", mere=True)
def servers_taken_out_later(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    """Another setting of the same target group."""
    later = [{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}]
    client(account, "elbv2").modify_target_group_attributes(
        TargetGroupArn=it.params["TargetGroupArn"], Attributes=later
    )


@to("elbv2.ModifyTargetGroupAttributes", takes=True)
def target_group_deleted(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    elbv2, arn = client(account, "elbv2"), it.params["TargetGroupArn"]
    (group,) = elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
    for balancer in group["LoadBalancerArns"]:
        for each in elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"]:
            elbv2.delete_listener(ListenerArn=each["ListenerArn"])
    elbv2.delete_target_group(TargetGroupArn=arn)


@to("elbv2.CreateRule")
def rule_pointed_elsewhere(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "elbv2").modify_rule(
        RuleArn=it.id, Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
    )


@to("elbv2.CreateRule")
def rule_renumbered(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "elbv2").set_rule_priorities(RulePriorities=[{"RuleArn": it.id, "Priority": 4321}])
