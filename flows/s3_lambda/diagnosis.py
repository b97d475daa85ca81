"""Why a bucket calls its function or does not, whoever set it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import bucket_creation, lambda_functions, notifications
from flows.aws.notifications import SEEN, Notification
from flows.engine import Cloud, CloudError, Finding, Refused, shell
from flows.engine.findings import broken, likely, proved, unknown


def diagnose(cloud: Cloud, bucket: str, function: str = "") -> Iterator[Finding]:
    """Whether a bucket calls its functions, or one of them. Raises CloudError if the bucket cannot be read at all."""
    try:
        there = bucket_creation.standing(cloud, bucket)
    except Refused as refused:
        yield broken("bucket", refused.what, "HeadBucket", refused.remedy)
        return
    if there is None:
        yield broken("bucket", f"There is no bucket {bucket}.", "HeadBucket", "Check the name and the account.")
        return
    arn = f"arn:{cloud.identity.partition}:s3:::{bucket}"
    standing = notifications.standing(cloud, bucket)
    found = lambda_functions.ARN.fullmatch(function)
    name = found.group(3) if found else function.partition(":")[0]
    meant = [each for each in standing if ":lambda:" in each.arn and (not name or each.arn.split(":")[6] == name)]
    if not meant:
        yield broken(
            "notification", f"{bucket} calls {name or 'no function'}{' for nothing' if name else ''}.", SEEN,
            "Set it up: handrail run s3_lambda.",
        )  # fmt: skip
    for each in meant:
        yield from called(cloud, arn, each)
    for each in standing:
        if each not in meant:
            yield from _other(cloud, arn, each)


def called(cloud: Cloud, bucket_arn: str, each: Notification) -> Iterator[Finding]:
    name = each.arn.split(":", 6)[6]
    yield proved("notification", f"The bucket calls {name} for {each.files} on {', '.join(each.events)}.", SEEN)
    try:
        about = lambda_functions.configuration(cloud, each.arn)
        if about is None:
            yield broken(
                "function", f"The function {name} does not exist any more.", "GetFunctionConfiguration",
                f"Make it again, or remove the notification {each.id}: it also keeps S3 from taking others.",
            )  # fmt: skip
            return
        may = lambda_functions.statements(cloud, each.arn)
    except CloudError as problem:
        yield unknown("function", f"The function {name} could not be read.", str(problem))
        return
    yield _runs(cloud, each.arn, about)
    yield _allowed(bucket_arn, cloud.identity.account, each.arn, may)


def _runs(cloud: Cloud, arn: str, about: Mapping[str, Any]) -> Finding:
    name = arn.split(":", 6)[6]
    if reason := lambda_functions.not_ready(about):
        return broken("function", f"{name} is not ready: {reason}.", "GetFunctionConfiguration", "See its page on AWS.")
    base = name.partition(":")[0]
    try:
        if lambda_functions.switched_off(cloud, arn):
            return broken(
                "function", f"{base} never runs, because its reserved concurrency is 0.", "GetFunctionConcurrency",
                f"Let it run again: {shell.aws('lambda', 'delete-function-concurrency', function_name=base)}",
            )  # fmt: skip
    except CloudError as problem:
        return unknown("function", f"{name} is there; whether it is switched off was not checked.", problem.what)
    return proved("function", f"{name} is there and ready.", "GetFunctionConfiguration")


def _allowed(bucket_arn: str, account: str, arn: str, may: list[dict[str, Any]]) -> Finding:
    name = arn.split(":", 6)[6]
    letting = [each for each in may if lambda_functions.lets_in(each, arn, bucket_arn, account)]
    if not letting:
        base, _, alias = name.partition(":")
        which = {"function_name": base, **({"qualifier": alias} if alias else {})}
        s3 = {"principal": "s3.amazonaws.com", "source_arn": bucket_arn, "source_account": account}
        permission = {"statement_id": "s3", "action": "lambda:InvokeFunction", **s3}
        return broken(
            "permission", f"S3 may not call {name} for this bucket, so its events are lost.", "GetPolicy",
            f"Allow it: {shell.aws('lambda', 'add-permission', **which, **permission)}",
        )  # fmt: skip
    if not any(lambda_functions.names_the_account(each) for each in letting):
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
