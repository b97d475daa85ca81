"""Answers for the delivery of a page in the demo company, a picture of what it touches, and a way through it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError
from support.clouds import Between
from support.killed import Case, by_kind

import flows
from flows.engine import Call, Cloud, Journal, Place, Session
from flows.engine.clock import Clock

CODECOMMIT: Mapping[str, Any] = {
    "name": "shop-front",
    "source": "codecommit",
    "repository": "shop-front",
    "branch": "main",
    "site_bucket": "fjord-shop-front",
    "build_output": "dist",
}
"""A repository and a bucket that are made for it."""
ZIP: Mapping[str, Any] = {key: value for key, value in CODECOMMIT.items() if key != "branch"} | {
    "source": "s3",
    "repository": "fjord-coffee-artifacts/source.zip",
}

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "codecommit": CODECOMMIT,
    "a site that exists": {**CODECOMMIT, "site_bucket": "fjord-coffee-site"},
    "private, with CloudFront": {**CODECOMMIT, "public": "no", "distribution": "E1A2B3C4D5E6F7", "buildspec": "file"},
    "another image": {**CODECOMMIT, "node": "20", "build_command": "CI=false npm run build", "build_output": "build"},
}


def session(
    cloud: Cloud, journal: Journal | None, answers: Mapping[str, Any] = CODECOMMIT, *, clock: Clock | None = None
) -> Session:
    """A session in which everything is answered and accepted."""
    made = Session(flows.find("spa_pipeline"), cloud, journal, place=Place(practice=True), clock=clock)
    made.accepted |= {"files-replaced", "public-http"}
    made.fill(answers)
    return made


def picture(account: boto3.Session, *, endpoint_url: str | None = None) -> dict[str, Any]:
    """Everything that this set-up could change, in all services."""

    def client(name: str) -> Any:
        return account.client(name, region_name="eu-central-1", endpoint_url=endpoint_url)  # type: ignore[call-overload]

    s3, iam, logs = client("s3"), client("iam"), client("logs")
    shown: dict[str, Any] = {}
    events = client("events")
    for rule in events.list_rules()["Rules"]:
        targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        shown[f"rule {rule['Name']}"] = [rule["EventPattern"], targets]
    for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"]):
        reads = (
            s3.get_bucket_website, s3.get_bucket_policy, s3.get_public_access_block, s3.get_bucket_tagging,
            s3.get_bucket_notification_configuration,
        )  # fmt: skip
        settings = [_setting(read, bucket) for read in reads]
        versions = [each["Key"] for each in s3.list_object_versions(Bucket=bucket).get("Versions", [])]
        shown[f"bucket {bucket}"] = [*settings, versions]
    for role in iam.list_roles()["Roles"]:
        inline = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
        shown[f"role {role['RoleName']}"] = [role["AssumeRolePolicyDocument"], inline]
    shown["projects"] = client("codebuild").list_projects()["projects"]
    shown["pipelines"] = [each["name"] for each in client("codepipeline").list_pipelines()["pipelines"]]
    shown["logs"] = [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]]
    shown["repository"] = _setting(client("codecommit").get_repository, "shop-front", "repositoryName")
    return shown


def _setting(read: Any, name: str, key: str = "Bucket") -> Any:
    try:
        answer = read(**{key: name})
    except ClientError as error:
        return error.response["Error"]["Code"]
    answer.pop("ResponseMetadata")
    return json.loads(answer["Policy"]) if "Policy" in answer else json.loads(json.dumps(answer, default=str))


def subject(made: Mapping[str, str]) -> dict[str, str]:
    """What `check` is asked about once a run has made it."""
    return {"pipeline": made["pipeline"]}


def _killed(answers: Mapping[str, Any]) -> Case:
    return Case(
        "spa_pipeline",
        answers,
        lambda account: by_kind(picture(account.session)),
        re.compile(
            r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+]00:00)?|\b[0-9a-hjkmnp-tv-z]{26}\b"
        ),
        ends="waiting",
        accept=("public-http",),
    )


CASES: Mapping[str, Case] = {"spa_pipeline": _killed(CODECOMMIT)}
"""What is killed at every moment of it."""


class Connected(Between):
    """An account with a list of connections."""

    def __init__(self, cloud: Cloud, *standing: tuple[str, str]) -> None:
        super().__init__(cloud)
        self.connections = {name: self._one(name, status) for name, status in standing}

    def _one(self, name: str, status: str) -> dict[str, Any]:
        arn = f"arn:aws:codeconnections:eu-central-1:123456789012:connection/{name}"
        return {"ConnectionArn": arn, "ConnectionName": name, "ConnectionStatus": status, "ProviderType": "GitHub"}

    def make(self, call: Call) -> dict[str, Any]:
        match call.operation:
            case "codeconnections.CreateConnection":
                name = call.params["ConnectionName"]
                self.connections[name] = self._one(name, "PENDING")
                return {"ConnectionArn": self.connections[name]["ConnectionArn"]}
            case "codeconnections.GetConnection":
                name = call.params["ConnectionArn"].rpartition("/")[2]
                return {"Connection": self.connections[name]}
            case "codeconnections.DeleteConnection":
                self.connections.pop(call.params["ConnectionArn"].rpartition("/")[2])
                return {}
            case _:
                return super().make(call)

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        if call.operation == "codeconnections.ListConnections":
            yield {"Connections": list(self.connections.values())}
        else:
            yield from super().pages(call)
