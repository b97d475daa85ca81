"""Does a bucket call its function? What is wrong where it does not, and what a person has in hand where it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from flows.aws import functions, new_buckets, notifications
from flows.aws.findings import broken, likely, proved, unknown
from flows.aws.notifications import Notification
from flows.engine import Call, Cloud, CloudError, Finding, Grade, Handover, Refused, shell

from .checks import SEEN

READS = tuple(
    Call(operation)
    for operation in (
        "s3.HeadBucket", "s3.GetBucketNotificationConfiguration", "lambda.GetFunctionConfiguration", "lambda.GetPolicy",
        "lambda.GetFunctionConcurrency",
    )
)  # fmt: skip


def diagnose(cloud: Cloud, bucket: str, function: str = "") -> Iterator[Finding]:
    """Whether a bucket calls its functions, or one of them. Raises CloudError if the bucket cannot be read at all."""
    try:
        there = new_buckets.standing(cloud, bucket)
    except Refused as refused:
        yield broken("bucket", refused.what, "HeadBucket", refused.remedy)
        return
    if there is None:
        yield broken("bucket", f"There is no bucket {bucket}.", "HeadBucket", "Check the name and the account.")
        return
    arn = f"arn:{cloud.identity.partition}:s3:::{bucket}"
    standing = notifications.standing(cloud, bucket)
    found = functions.ARN.fullmatch(function)
    name = found.group(3) if found else function.partition(":")[0]
    meant = [each for each in standing if ":lambda:" in each.arn and (not name or each.arn.split(":")[6] == name)]
    if not meant:
        yield broken(
            "notification", f"{bucket} calls {name or 'no function'}{' for nothing' if name else ''}.", SEEN,
            "Set it up: handrail run s3_lambda.",
        )  # fmt: skip
    for each in meant:
        yield from _called(cloud, arn, each)
    for each in standing:
        if each not in meant:
            yield from _other(cloud, arn, each)


def _called(cloud: Cloud, bucket_arn: str, each: Notification) -> Iterator[Finding]:
    name = each.arn.split(":", 6)[6]
    yield proved("notification", f"The bucket calls {name} for {each.files} on {', '.join(each.events)}.", SEEN)
    try:
        about = functions.configuration(cloud, each.arn)
        if about is None:
            yield broken(
                "function", f"The function {name} does not exist any more.", "GetFunctionConfiguration",
                f"Make it again, or remove the notification {each.id}: it also keeps S3 from taking others.",
            )  # fmt: skip
            return
        may = functions.statements(cloud, each.arn)
    except CloudError as problem:
        yield unknown("function", f"The function {name} could not be read.", str(problem))
        return
    yield _runs(cloud, each.arn, about)
    yield _allowed(bucket_arn, cloud.identity.account, each.arn, may)


def _runs(cloud: Cloud, arn: str, about: Mapping[str, Any]) -> Finding:
    name = arn.split(":", 6)[6]
    if reason := functions.not_ready(about):
        return broken("function", f"{name} is not ready: {reason}.", "GetFunctionConfiguration", "See its page on AWS.")
    base = name.partition(":")[0]
    try:
        if functions.switched_off(cloud, arn):
            return broken(
                "function", f"{base} never runs, because its reserved concurrency is 0.", "GetFunctionConcurrency",
                f"Let it run again: {shell.aws('lambda', 'delete-function-concurrency', function_name=base)}",
            )  # fmt: skip
    except CloudError as problem:
        return unknown("function", f"{name} is there; whether it is switched off was not checked.", problem.what)
    return proved("function", f"{name} is there and ready.", "GetFunctionConfiguration")


def _allowed(bucket_arn: str, account: str, arn: str, may: list[dict[str, Any]]) -> Finding:
    name = arn.split(":", 6)[6]
    letting = [each for each in may if functions.lets_in(each, arn, bucket_arn, account)]
    if not letting:
        base, _, alias = name.partition(":")
        which = {"function_name": base, **({"qualifier": alias} if alias else {})}
        s3 = {"principal": "s3.amazonaws.com", "source_arn": bucket_arn, "source_account": account}
        permission = {"statement_id": "s3", "action": "lambda:InvokeFunction", **s3}
        return broken(
            "permission", f"S3 may not call {name} for this bucket, so its events are lost.", "GetPolicy",
            f"Allow it: {shell.aws('lambda', 'add-permission', **which, **permission)}",
        )  # fmt: skip
    if not any(functions.names_the_account(each) for each in letting):
        return likely(
            "permission", f"S3 may call {name}, but the permission does not name this account.", "GetPolicy",
            "If the bucket is ever deleted, a stranger who takes its name could call the function. Add the permission "
            f"again with --source-account {account}.",
        )  # fmt: skip
    return proved("permission", f"S3 may call {name}, for this bucket of this account only.", "GetPolicy")


def _other(cloud: Cloud, bucket_arn: str, each: Notification) -> Iterator[Finding]:
    try:
        why = notifications.trouble(cloud, bucket_arn, each.arn)
    except CloudError as problem:
        yield unknown("other", f"Whether {each.receiver} can still be notified was not checked.", str(problem))
        return
    if why:
        yield broken(
            "other", f"The bucket also notifies {each.receiver} ({each.files}), but {why}.", SEEN,
            f"Remove the notification {each.id}, or bring its receiver back: S3 refuses every change meanwhile.",
        )  # fmt: skip


def hand_over(cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
    """Proof that both halves stand, where the log is, and how to try it. Raises CloudError."""
    bucket, name = outputs["bucket"], facts["name"]
    region = cloud.identity.region
    mine = [each for each in notifications.standing(cloud, bucket) if each.id == outputs["notification"]]
    bucket_arn = f"arn:{cloud.identity.partition}:s3:::{bucket}"
    findings = [finding for each in mine for finding in _called(cloud, bucket_arn, each)]
    if not mine:
        findings = [broken("notification", "The notification is not there any more.", SEEN, "Somebody removed it.")]
    findings.append(unknown("run", f"Whether {name} does its work was not tried.", "no file was written for a test"))
    log = quote(quote(f"/aws/lambda/{name}", safe=""), safe="").replace("%", "$")
    shown = {
        **outputs,
        "log": f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{log}",
    }
    steps = [f"{each.sentence} {each.remedy}" for each in findings if each.grade is Grade.REFUSED]
    if facts["test"]:
        to = f"s3://{bucket}/{facts['test']}"
        steps.append(f"Try it: echo test | {shell.aws('s3', 'cp', '-', to)}")
        steps.append(f"Then read the log: {shell.aws('logs', 'tail', f'/aws/lambda/{name}')}")
    steps += [
        "Names arrive encoded: decode them (in Python urllib.parse.unquote_plus) before reading a file.",
        "The same event may come twice: let the function notice what it has done already.",
        f"See how it is: {shell.handrail('check', 's3_lambda', bucket=bucket, function=name)}",
    ]
    return Handover(shown, {}, tuple(steps), tuple(findings))
