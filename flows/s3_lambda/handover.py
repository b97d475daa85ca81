"""What a person has in hand once a bucket calls a function: proof, where the log is, and how to try it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flows.aws import notifications, role_permissions
from flows.aws.buckets import Bucket
from flows.aws.notifications import SEEN
from flows.engine import Call, Cloud, Grade, Handover, shell
from flows.engine.findings import broken, unknown

from . import diagnosis

READS = (
    "s3.HeadBucket", "s3.GetBucketNotificationConfiguration", "s3.GetBucketPolicy", "s3.GetBucketEncryption",
    "lambda.GetFunctionConfiguration", "lambda.GetPolicy", "lambda.GetFunctionConcurrency",
)  # fmt: skip


def reads(function: str, role: str) -> tuple[Call, ...]:
    """What the proof may call, of the function and its role by their ARNs."""
    here = {"RoleName": role.rpartition("/")[2]}
    of_it = [Call(each, {**here, **more}) for each, more in role_permissions.OF_A_ROLE.items()]
    return (*(Call(each) for each in READS), Call("lambda.ListTags", {"Resource": function}), *of_it)


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Proof that both halves stand, where the log is, and how to try it. Raises CloudError."""
    bucket, name = outputs["bucket"], facts["name"]
    region = cloud.identity.region
    mine = [each for each in notifications.standing(cloud, bucket) if each.id == outputs["notification"]]
    there = Bucket(bucket, region)
    findings = [finding for each in mine for finding in diagnosis.about(cloud, there, each.arn, [each], [])]
    if not mine:
        findings = [broken("notification", "The notification is not there any more.", SEEN, "Somebody removed it.")]
    findings.append(unknown("run", f"Whether {name} does its work was not tried.", "no file was written for a test"))
    log = quote(quote(f"/aws/lambda/{name}", safe=""), safe="").replace("%", "$")
    shown = {
        **({"trigger": f"{name} runs for {mine[0].files} in {bucket}"} if mine else {}),
        **outputs,
        "log": f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{log}",
    }
    steps = [each.remedy or each.sentence for each in findings if each.grade is Grade.REFUSED]
    if facts["test"]:
        to = f"s3://{bucket}/{facts['test']}"
        steps.append(f"Try it: echo test | {shell.aws('s3', 'cp', '-', to)}")
        steps.append(f"Then read the log: {shell.aws('logs', 'tail', f'/aws/lambda/{name}')}")
        steps.append(f"Then delete the file of the trial: {shell.aws('s3', 'rm', to)}")
    steps.append(f"See how it is: {shell.handrail('check', 's3_lambda', bucket=bucket, function=name)}")
    notes = (
        "Names arrive encoded: decode them (in Python urllib.parse.unquote_plus) before reading a file.",
        "The same event may come twice: let the function notice what it has done already.",
    )
    return Handover(shown, {}, tuple(steps), tuple(findings), notes=notes)
