"""What each build needs of its role before its first command: to write its log, to read its variables, and to fetch all
of the repository where the source hands that on.

CodeBuild User Guide, "Troubleshooting AWS CodeBuild" and "Build environment variables"; CodePipeline User Guide,
"Troubleshooting CodePipeline": GitClone permissions for connections and for CodeCommit, all 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws.role_permissions import Role
from flows.engine import Finding
from flows.engine.findings import unknown
from flows.policies import Answer

from .rules import USE, allowed, uses_connection
from .situation import CODECOMMIT, CONNECTION, Project, Situation

WRITES = ("logs:CreateLogStream", "logs:PutLogEvents")
WHOLE = "CODEBUILD_CLONE_REF"
"""The source hands on a reference, by which the build itself fetches the repository with its history."""
PARAMETERS, SECRETS = "PARAMETER_STORE", "SECRETS_MANAGER"


def needs(here: Situation) -> Iterator[Finding]:
    """Whether each build gets as far as its first command. What the plan makes may do all of it."""
    for each in () if here.planned else here.projects:
        one = each.worker.role
        if each.there and isinstance(one, Role):
            yield from _log(here, each, one)
            yield from _variables(here, each, one)
            yield from _fetches(here, each, one)


def _log(here: Situation, each: Project, one: Role) -> Iterator[Finding]:
    told = (each.told.get("logsConfig") or {}).get("cloudWatchLogs") or {}
    if told.get("status") == "DISABLED":
        return
    group, who = told.get("groupName") or f"/aws/codebuild/{each.name}", here.cloud.identity
    on = f"arn:{who.partition}:logs:{each.region or who.region}:{who.account}:log-group:{group}"
    stream = f"{on}:log-stream:{told.get('streamName') or 'build'}"
    asked = {action: one.may(action, stream) for action in WRITES}
    yield from allowed(f"needs:{each.name}:log", each.worker, f"write the log {group}", asked, f"{on}:*")


def _variables(here: Situation, each: Project, one: Role) -> Iterator[Finding]:
    who = here.cloud.identity
    place = f"{each.region or who.region}:{who.account}"
    for kind, value in dict.fromkeys(each.variables):
        id, apart = f"needs:{each.name}:{value}", value.startswith("arn:")
        if kind == PARAMETERS:
            on = value if apart else f"arn:{who.partition}:ssm:{place}:parameter/{value.lstrip('/')}"
            asked = {"ssm:GetParameters": one.may("ssm:GetParameters", on)}
            yield from allowed(id, each.worker, f"read the parameter {value}", asked, on)
        elif kind == SECRETS:  # behind a secret's name stand six letters of chance, and behind its ARN a key in it
            name = f"arn:{who.partition}:secretsmanager:{place}:secret:{value.partition(':')[0]}-AbCdEf"
            on = ":".join(value.split(":")[:7]) if apart else name
            verdict = one.may("secretsmanager:GetSecretValue", on)
            if verdict.answer is Answer.NOT_ALLOWED:
                sentence = f"Whether the role {each.worker.name} may read the secret {value} cannot be told."
                why = "no policy of its own allows it, and the secret's was not looked at"
                yield unknown(id, sentence, why, f"Allow it secretsmanager:GetSecretValue on {on}.")
            else:
                yield from allowed(
                    id, each.worker, f"read the secret {value}", {"secretsmanager:GetSecretValue": verdict}, on
                )


def _fetches(here: Situation, each: Project, one: Role) -> Iterator[Finding]:
    for source in here.sources:
        if source.settings.get("OutputArtifactFormat") != WHOLE or not set(source.gives) & set(each.takes):
            continue
        what, id = f"fetch the repository of {source.name} with its history", f"needs:{each.name}:{source.name}"
        if source.provider == CONNECTION and (arn := str(source.settings.get("ConnectionArn") or "")):
            yield from allowed(id, each.worker, what, {USE[0]: uses_connection(one, source.settings)}, arn)
        elif source.provider == CODECOMMIT:
            who, name = here.cloud.identity, str(source.settings.get("RepositoryName") or "")
            on = f"arn:{who.partition}:codecommit:{who.region}:{source.account or who.account}:{name}"
            yield from allowed(id, each.worker, what, {"codecommit:GitPull": one.may("codecommit:GitPull", on)}, on)
