"""A plan says of each step in one word what it does, and of each way back whether the thing goes or is as it was."""

from __future__ import annotations

import re

import pytest
from export.conftest import Known
from support.variants import VARIANTS, by_variant

from flows.engine import Action, Ref
from flows.engine.changed import things
from flows.engine.deeds import deed, taken_back
from flows.engine.monthly import MONTHLY
from flows.engine.references import refs
from tui import words
from tui.costs import LEAST, least

OTHERWISE = {
    "ec2.StopInstances": "stop",
    "ec2.StartInstances": "start",
    "rds.DeleteDBSnapshot": "remove",
    "route53.DeleteVPCAssociationAuthorization": "remove",
    **dict.fromkeys(
        ["acm.DescribeCertificate", "ec2.DescribeImages", "ec2.DescribeSnapshots", "ec2.DescribeVpnConnections",
         "ec2.DescribeTransitGatewayAttachments",
         "codepipeline.ListPipelineExecutions", "codepipeline.StartPipelineExecution", "ssm.SendCommand"],
        "wait",
    ),
    **dict.fromkeys(
        ["cloudtrail.PutEventSelectors", "cloudtrail.StartLogging", "codepipeline.UpdatePipeline",
         "ec2.AcceptVpcPeeringConnection", "ec2.AssociateAddress", "ec2.CreateTags", "ec2.ModifyImageAttribute",
         "ec2.ModifySnapshotAttribute", "ec2.ModifyVpcAttribute", "ec2.ModifyVpcPeeringConnectionOptions",
         "ec2.ModifyVpnTunnelOptions",
         "elbv2.ModifyListener", "elbv2.ModifyListenerAttributes", "elbv2.ModifyTargetGroupAttributes",
         "events.PutTargets",
         "iam.AddRoleToInstanceProfile", "iam.PutRolePolicy", "kms.EnableKeyRotation", "logs.PutRetentionPolicy",
         "rds.ModifyDBClusterSnapshotAttribute", "rds.ModifyDBSnapshotAttribute",
         "route53.AssociateVPCWithHostedZone", "route53.ChangeResourceRecordSets",
         "route53.CreateVPCAssociationAuthorization",
         "s3.PutBucketLifecycleConfiguration", "s3.PutBucketNotificationConfiguration", "s3.PutBucketPolicy",
         "s3.PutBucketTagging", "s3.PutBucketVersioning", "s3.PutBucketWebsite", "s3.PutPublicAccessBlock"],
        "change",
    ),
}  # fmt: skip
"""What each operation does that does not create a thing."""
PUT_BACK = {
    "codepipeline.UpdatePipeline", "ec2.ModifyVpcAttribute", "ec2.ModifyVpnTunnelOptions",
    "ec2.StopInstances", "elbv2.ModifyListener",
    "elbv2.ModifyListenerAttributes", "elbv2.ModifyTargetGroupAttributes",
    "route53.ChangeResourceRecordSets", "s3.PutBucketVersioning", "s3.PutPublicAccessBlock",
}  # fmt: skip
"""What may be taken back by making it as it was."""


@by_variant(VARIANTS)
def test_each_step_has_its_word(known: Known, name: str) -> None:
    for action in known(name).plan.actions:
        wanted = OTHERWISE.get(action.call.operation, "create")
        if action.call.operation == "ssm.SendCommand" and action.undo:
            wanted = "change"
        if action.call.operation == "cloudtrail.StartLogging":
            wanted = "start"
        assert deed(action) == wanted, action.sentence
        if action.undo and taken_back(action) == "put back":
            assert action.call.operation in PUT_BACK or action.call.operation == "ssm.SendCommand", action.sentence


@by_variant(VARIANTS)
def test_what_each_step_is_about_can_be_listed(known: Known, name: str) -> None:
    """By the id of what it makes, or of what stood there and is changed: a route changes its table."""
    untold = [
        action.call.operation
        for action in known(name).plan.actions
        if action.undo and not action.resource and not _own(action) and not any(kind for kind, _ in things(action.call))
    ]
    assert not untold


def _own(action: Action) -> list[Ref]:
    """What of its own answer it is taken back by."""
    steps = action.undo if isinstance(action.undo, tuple) and action.type else ()
    return [ref for step in steps for ref in refs(step.call.params) if ref.action == action.id]


WENT = re.compile(
    r"(?i)(?<![-\w])(gone|deletes?|deleted|removed|lost|paused|switched off|before|again|for good|with all)(?![-\w])"
)
"""Words about what goes, which are false of what stays."""


@by_variant(VARIANTS)
def test_what_stays_is_not_called_gone(known: Known, name: str) -> None:
    """The same thing may be left for others' sake, or somebody may have changed it: then none of that is so."""
    for action in known(name).plan.actions:
        if action.undo and action.undone:
            assert not WENT.search(action.standing), action.standing


@pytest.mark.parametrize(
    ("name", "goes", "comes_back"),
    [
        ("share_ami", "ec2.ModifyImageAttribute", "ec2.StopInstances"),
        ("alb", "ec2.AuthorizeSecurityGroupIngress", "elbv2.ModifyListener"),
        ("s3_pipeline", "events.PutRule", "codepipeline.UpdatePipeline"),
    ],
)
@pytest.mark.some(1)
def test_the_way_back_is_marked_too(known: Known, name: str, goes: str, comes_back: str) -> None:
    plans = [known(each).plan for each in VARIANTS if each.startswith(f"{name},")]
    told = {action.call.operation: words.signed(taken_back(action)) for plan in plans for action in plan.actions}
    assert (told[goes], told[comes_back]) == ("- remove", "~ put back")


@by_variant(VARIANTS)
def test_what_costs_by_the_month_is_noted_for_the_end(known: Known, name: str) -> None:
    """What the review said it costs in any case, the end says once more: it goes on until it is undone."""
    plan = known(name).plan
    month = least(plan.costs)
    told = plan.facts.get(MONTHLY, "0.00")
    if {cost.counts for cost in plan.costs} <= {"always"}:
        assert told == f"{month:.2f}"
    else:
        assert told != "0.00" or month < LEAST, "it depends on how it is used, and its hand-over says how"
