"""What each build needs of its role before its first command: to write its log, to read its variables, and to fetch all
of the repository where the source hands that on.

CodeBuild User Guide, "Troubleshooting AWS CodeBuild" and "Build environment variables"; CodePipeline User Guide,
"Troubleshooting CodePipeline": GitClone permissions for connections and for CodeCommit, all 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.aws import route_tables
from flows.aws.role_permissions import Role
from flows.engine import CloudError, Finding
from flows.engine.findings import caution, likely, unknown
from flows.policies import Answer

from .rules import USE, allowed, uses_connection
from .situation import BUILDS, CODECOMMIT, CONNECTION, Project, Situation

WRITES = ("logs:CreateLogStream", "logs:PutLogEvents")
WHOLE = "CODEBUILD_CLONE_REF"
"""The source hands on a reference, by which the build itself fetches the repository with its history."""
LOOKS = tuple(
    f"ec2:Describe{each}" for each in ("DhcpOptions", "NetworkInterfaces", "Subnets", "SecurityGroups", "Vpcs")
)
"""What a build looks at to run in a VPC, besides making and taking away an interface of its own (CodeBuild User Guide,
"Allow CodeBuild access to AWS services required to create a VPC network interface", 2026-11)."""
PARAMETERS, SECRETS = "PARAMETER_STORE", "SECRETS_MANAGER"


def needs(here: Situation) -> Iterator[Finding]:
    """Whether each build gets as far as its first command. What the plan makes may do all of it."""
    for each in () if here.planned else here.projects:
        one = each.worker.role
        if each.there and isinstance(one, Role):
            yield from _log(here, each, one)
            yield from _variables(here, each, one)
            yield from _fetches(here, each, one)
            yield from _network(here, each, one)


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
            asked_of = ":".join(value.split(":")[:7]) if apart else name
            on = asked_of if apart else f"{name.removesuffix('AbCdEf')}??????"
            verdict = one.may("secretsmanager:GetSecretValue", asked_of)
            if verdict.answer is Answer.NOT_ALLOWED:
                sentence = f"Whether the role {each.worker.name} may read the secret {value} cannot be told."
                why = "no policy of its own allows it, and the secret's was not looked at"
                yield unknown(id, sentence, why, f"Allow it secretsmanager:GetSecretValue on {on}.")
            elif verdict and not each.worker.planned:
                seen = "the policies of the role; what the secret's own forbids was not looked at"
                yield likely(id, f"The role {each.worker.name} may read the secret {value}.", seen)
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


def _network(here: Situation, each: Project, one: Role) -> Iterator[Finding]:
    """Whether a build that runs in a VPC may do so, and comes out of it: it has no public address, so that a subnet
    with an internet gateway leads it nowhere (CodeBuild User Guide, "Use CodeBuild with Amazon VPC", 2026-11)."""
    told, who = each.told.get("vpcConfig") or {}, here.cloud.identity
    vpc, within, id = str(told.get("vpcId") or ""), told.get("subnets") or [], f"needs:{each.name}"
    if not vpc:
        return
    region = each.region or who.region
    place = f"arn:{who.partition}:ec2:{region}:{who.account}"
    own, there = f"{place}:network-interface/eni-1", f"{place}:subnet/{next(iter(within), '')}"
    asked = {action: one.may(action, "*") for action in LOOKS} | {
        "ec2:CreateNetworkInterface": one.may("ec2:CreateNetworkInterface", there),
        "ec2:DeleteNetworkInterface": one.may("ec2:DeleteNetworkInterface", own),
        "ec2:CreateNetworkInterfacePermission": one.may(
            "ec2:CreateNetworkInterfacePermission", own, ec2_AuthorizedService=BUILDS, ec2_Subnet=there
        ),
    }
    yield from allowed(f"{id}:vpc", each.worker, f"run in the VPC {vpc}", asked, "*")
    if region != who.region:
        return
    try:
        tables = route_tables.tables(here.cloud, vpc)
    except CloudError as problem:
        yield unknown(f"{id}:ways", f"Whether builds come out of the VPC {vpc} was not looked at.", problem.what)
        return
    main = next((table for table in tables if table.main), None)
    for subnet in within:
        table = next((one for one in tables if subnet in one.subnets), main)
        out = next((way for way in (table.routes if table else ()) if way.network.prefixlen == 0), None)
        gone = out is not None and out.state == "blackhole"
        if out is None or gone or out.target.startswith("igw-"):
            why = "no route leads out" if out is None else f"its way out, {out.target}, is gone" if gone else (
                "its way out is an internet gateway, and a build has no public address"
            )  # fmt: skip
            yield caution(
                f"{id}:{subnet}", f"Builds of {each.name} in the subnet {subnet} reach nothing on the internet, such "
                f"as packages: {why}.", "BatchGetProjects, DescribeRouteTables",
                "Let it run in subnets whose default route leads to a NAT gateway, or without a VPC.",
            )  # fmt: skip
