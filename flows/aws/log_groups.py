"""CloudWatch Logs: a log group, how long it keeps what is written, and what lets AWS's services write into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from flows.engine import RUN, Action, Call, Cloud, Find, Ref, Settings, Undo, found, join
from flows.policies import Answer, Caller, Request, Verdict, read

from . import namesakes

VENDED = "/aws/vendedlogs/"
"""How the names of groups should begin into which AWS's services deliver: what lets them do so then stays short
(CloudWatch Logs User Guide, "Logs sent to CloudWatch Logs", 2026-11)."""
DELIVERY = "delivery.logs.amazonaws.com"
DELIVERS = ("logs:CreateLogStream", "logs:PutLogEvents")
MOST_POLICIES = 10
"""Resource policies of an account in a region: fixed (CloudWatch Logs User Guide, "Quotas", 2026-11)."""
POLICY = join("handrail-", RUN)


def named(text: str) -> str:
    """A text as part of a group's name, which takes letters, digits and . - _ / # (API Reference, "CreateLogGroup")."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-")


def arn(cloud: Cloud, name: str) -> str:
    who = cloud.identity
    return f"arn:{who.partition}:logs:{who.region}:{who.account}:log-group:{name}"


def group(name: str, label: str, days: int) -> tuple[Action, Action]:
    """A log group, and after how many days it forgets. Its Name tag is the label."""
    here = {"logGroupName": name}
    mine = {"Name": label, "handrail:run": RUN, "handrail:flow": Ref("handrail", "flow")}
    look = Call("logs.DescribeLogGroups", {"logGroupNamePrefix": name})
    there = f"logGroups[?logGroupName=='{name}'] | [0]"
    return Action(
        "log",
        f"Create the log {name}",
        Call("logs.CreateLogGroup", {**here, "tags": mine}),
        undo=(Undo(Call("logs.DeleteLogGroup", here), gone=("ResourceNotFoundException",)),),
        others=(
            namesakes.by_tags_of_each(
                "log", look,
                f"logGroups[?logGroupName=='{name}' && logGroupArn].['“{name}”', logGroupArn]",
                Call("logs.ListTagsForResource", {"resourceArn": found("[1]")}),
            ),
        ),
        find=Find(
            look, there,
            proof=Call("logs.ListTagsForResource", {"resourceArn": found("logGroupArn")}),
            ours=join("tags.\"handrail:run\" == '", RUN, "'"),
        ),
        # services make one by themselves, and one may be of an earlier run
        exists=("ResourceAlreadyExistsException",),
        type="AWS::Logs::LogGroup",
        resource=name,
        undone=f"The log {name}",
    ), Action(
        "log-days",
        f"Delete what is in the log after {days} days",
        Call("logs.PutRetentionPolicy", {**here, "retentionInDays": days}),
        settings=Settings(
            look,
            f"{there}.{{days: [retentionInDays], filters: metricFilterCount, key: [kmsKeyId], made: creationTime}}",
        ),
        of_new="log",
    )  # fmt: skip


def policies(cloud: Cloud) -> list[Mapping[str, Any]]:
    """The resource policies of the region: who may write into which log groups. Raises CloudError."""
    pages = cloud.pages(Call("logs.DescribeResourcePolicies"))
    return [each for page in pages for each in page.get("resourcePolicies") or []]


def there(cloud: Cloud, name: str) -> bool:
    """Whether there is a log group of that name. Raises CloudError."""
    pages = cloud.pages(Call("logs.DescribeLogGroups", {"logGroupNamePrefix": name}))
    return any(each.get("logGroupName") == name for page in pages for each in page.get("logGroups") or [])


def keeps_out(cloud: Cloud, name: str, standing: Iterable[Mapping[str, Any]]) -> bool:
    """Whether these policies certainly do not let AWS's services deliver into a group."""
    answers = {verdict.answer for verdict in _said(cloud, name, standing)}
    return bool(answers & {Answer.FORBIDDEN, Answer.NOT_ALLOWED})


def delivers(cloud: Cloud, name: str, standing: Iterable[Mapping[str, Any]]) -> bool:
    """Whether these policies certainly let AWS's services deliver into a group."""
    return all(_said(cloud, name, standing))


def _said(cloud: Cloud, name: str, standing: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """What these policies say to AWS's services about delivering into a group."""
    who = cloud.identity
    context = {
        "aws:SourceAccount": who.account, "aws:SourceArn": f"arn:{who.partition}:logs:{who.region}:{who.account}:x",
    }  # fmt: skip
    documents = [str(each.get("policyDocument") or "{}") for each in standing]
    stream, service = f"{arn(cloud, name)}:log-stream:x", Caller(service=DELIVERY)
    return [read(documents, Request(action, stream, service, context)) for action in DELIVERS]


def let_deliver(cloud: Cloud, name: str) -> Action:
    """Let AWS's services deliver into a group, by a policy of its own, so that none of others is changed.

    Without one, AWS writes the same statement into a policy that all services share, and nobody takes it out again
    (CloudWatch Logs User Guide, "Logs sent to CloudWatch Logs", 2026-11).
    """
    who = cloud.identity
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Deliver",
                "Effect": "Allow",
                "Principal": {"Service": DELIVERY},
                "Action": list(DELIVERS),
                "Resource": f"{arn(cloud, name)}:log-stream:*",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": who.account},
                    "ArnLike": {"aws:SourceArn": f"arn:{who.partition}:logs:{who.region}:{who.account}:*"},
                },
            }
        ],
    }
    return Action(
        "log-policy",
        f"Let AWS deliver into the log {name}",
        Call("logs.PutResourcePolicy", {"policyName": POLICY, "policyDocument": json.dumps(document)}),
        undo=(
            Undo(
                Call("logs.DeleteResourcePolicy", {"policyName": POLICY}), gone=("ResourceNotFoundException",)
            ),
        ),
        settings=Settings(
            Call("logs.DescribeResourcePolicies"),
            join("resourcePolicies[?policyName=='", POLICY, "'] | [0].policyDocument"),
        ),
        after=("log",),
        type="AWS::Logs::ResourcePolicy",
        resource=POLICY,
        undone=f"What let AWS deliver into the log {name}",
        refusals={
            "LimitExceededException": f"This region has {MOST_POLICIES} resource policies for logs already, and AWS "
            "takes no more. Delete one that nobody needs (aws logs describe-resource-policies)."
        },
    )  # fmt: skip
