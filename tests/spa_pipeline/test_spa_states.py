"""Pipelines that publish a page as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from spa_pipeline.cases import CODECOMMIT, ZIP, session
from support.clouds import Between

import flows
from flows.engine import Call, Caution, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.refusals import explain
from flows.engine.verdict import Verdict, verdict
from flows.policies import Caller, Request, read
from flows.practice import PracticeAccount
from flows.spa_pipeline import checks, diagnosis

ACCOUNT, REGION, NAME, SITE = "123456789012", "eu-central-1", "front", "fjord-front-site"
STORE, SOURCE, ZIPPED = "fjord-coffee-artifacts", "fjord-code", "app.zip"
PIPE, BUILD = "front-works", "front-builds"
CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/1"


def check(cloud: Any) -> Verdict:
    return verdict(flows.find("spa_pipeline").diagnose(CachedCloud(cloud), {"pipeline": NAME}))


def allow(action: Any, resource: Any, effect: str = "Allow", **more: Any) -> str:
    one = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": one})


def files(bucket: str) -> list[str]:
    return [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


def trust(service: str) -> str:
    who = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [who]})


class Delivery:
    """A pipeline from a zip to a website, made by hand and in order."""

    def __init__(self, account: PracticeAccount) -> None:
        self.client: Callable[..., Any] = account.session.client
        self.s3, self.iam = self.client("s3"), self.client("iam")
        place = {"LocationConstraint": REGION}
        for bucket in (SOURCE, SITE):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        self.s3.put_bucket_versioning(Bucket=SOURCE, VersioningConfiguration={"Status": "Enabled"})
        self.s3.put_object(Bucket=SOURCE, Key=ZIPPED, Body=b"PK")
        self.s3.put_bucket_website(Bucket=SITE, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
        self.s3.delete_public_access_block(Bucket=SITE)
        self.policy(allow("s3:GetObject", files(SITE)[1], Principal="*"))
        for name, service in ((PIPE, "codepipeline"), (BUILD, "codebuild")):
            self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(f"{service}.amazonaws.com"))
        self.role(PIPE, allow("s3:*", "*"), allow("codebuild:*", "*"))
        self.role(BUILD, allow("s3:*", "*"))
        self.project({"SITE_BUCKET": SITE, "SITE_DIR": "dist"})
        kind, where = ("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED, "PollForSourceChanges": "true"})
        self.client("codepipeline").create_pipeline(pipeline=pipeline(kind, where))

    def policy(self, text: str, bucket: str = SITE) -> None:
        self.s3.put_bucket_policy(Bucket=bucket, Policy=text)

    def role(self, name: str, *policies: str) -> None:
        """What a role may do, in the place of what it may now."""
        for each in self.iam.list_role_policies(RoleName=name)["PolicyNames"]:
            self.iam.delete_role_policy(RoleName=name, PolicyName=each)
        for number, each in enumerate(policies):
            self.iam.put_role_policy(RoleName=name, PolicyName=f"theirs-{number}", PolicyDocument=each)

    def project(self, variables: Mapping[str, str], buildspec: str = "") -> None:
        builds = self.client("codebuild")
        builds.delete_project(name="front-build")
        builds.create_project(
            name="front-build",
            source={"type": "CODEPIPELINE", "location": STORE, **({"buildspec": buildspec} if buildspec else {})},
            artifacts={"type": "CODEPIPELINE", "location": STORE},
            environment={
                "type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": key, "value": value} for key, value in variables.items()],
            },
            serviceRole=f"arn:aws:iam::{ACCOUNT}:role/{BUILD}",
        )  # fmt: skip

    def rebuilt(self, **changed: Any) -> None:
        pipelines = self.client("codepipeline")
        pipelines.update_pipeline(pipeline=pipelines.get_pipeline(name=NAME)["pipeline"] | changed)
        pipelines.start_pipeline_execution(name=NAME)

    def source(self, provider: str, **settings: str) -> None:
        self.rebuilt(stages=pipeline(provider, settings)["stages"])

    def encrypted(self, bucket: str) -> str:
        key = self.client("kms").create_key()["KeyMetadata"]["Arn"]
        self.encrypts(bucket, key)
        return str(key)

    def encrypts(self, bucket: str, key: str = "") -> None:
        by = {"SSEAlgorithm": "aws:kms", **({"KMSMasterKeyID": key} if key else {})}
        rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": by}]}
        self.s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)

    def private(self) -> None:
        """No website, but a bucket that CloudFront may read."""
        self.s3.delete_bucket_website(Bucket=SITE)
        service = {"Service": "cloudfront.amazonaws.com"}
        one = {"StringEquals": {"aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"}}
        self.policy(allow("s3:GetObject", files(SITE)[1], Principal=service, Condition=one))

    def distributed(self, bucket: str = SITE) -> str:
        origin = {
            "Id": "1", "DomainName": f"{bucket}.s3.{REGION}.amazonaws.com",
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }  # fmt: skip
        made = self.client("cloudfront").create_distribution(
            DistributionConfig={
                "CallerReference": bucket, "Comment": "", "Enabled": True,
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": {"TargetOriginId": "1", "ViewerProtocolPolicy": "allow-all"},
            }
        )["Distribution"]  # fmt: skip
        self.project({"SITE_BUCKET": SITE, "SITE_DIR": "dist", "DISTRIBUTION_ID": made["Id"]})
        return str(made["ARN"])


def action(name: str, category: str, provider: str, settings: Mapping[str, str], **more: Any) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": kind, "configuration": dict(settings), **more}


def pipeline(provider: str, source: Mapping[str, str]) -> dict[str, Any]:
    fetch = action("Fetch", "Source", provider, source, outputArtifacts=[{"name": "code"}])
    build = action("Build", "Build", "CodeBuild", {"ProjectName": "front-build"}, inputArtifacts=[{"name": "code"}])
    return {
        "name": NAME, "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{PIPE}", "version": 1,
        "artifactStore": {"type": "S3", "location": STORE},
        "stages": [{"name": "Fetch", "actions": [fetch]}, {"name": "Build", "actions": [build]}],
    }  # fmt: skip


# -- right, in whatever way ------------------------------------------------------------------------------------


def as_it_is(made: Delivery) -> None:
    pass


def with_managed_policies(made: Delivery) -> None:
    """As CDK and Terraform attach them."""
    arn = made.iam.create_policy(PolicyName="site", PolicyDocument=allow("s3:*", "*"))["Policy"]["Arn"]
    made.role(BUILD)
    made.iam.attach_role_policy(RoleName=BUILD, PolicyArn=arn)


def behind_cloudfront(made: Delivery) -> None:
    made.private()
    arn = made.distributed()
    made.role(BUILD, allow("s3:*", "*"), allow("cloudfront:CreateInvalidation", arn))


def deployed_by_a_step_of_its_own(made: Delivery) -> None:
    """As the console makes it: the build hands its files on, and a step of the pipeline copies them."""
    made.project({})
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED})["stages"]
    deploy = action(
        "Deploy", "Deploy", "S3", {"BucketName": SITE, "Extract": "true"}, inputArtifacts=[{"name": "built"}]
    )
    stages[1]["actions"][0]["outputArtifacts"] = [{"name": "built"}]
    made.rebuilt(stages=[*stages, {"name": "Deploy", "actions": [deploy]}])


def named_by_the_step(made: Delivery) -> None:
    """The variables stand in the pipeline, not in the project."""
    made.project({})
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED})["stages"]
    told = [{"name": "SITE_BUCKET", "value": SITE, "type": "PLAINTEXT"}]
    stages[1]["actions"][0]["configuration"]["EnvironmentVariables"] = json.dumps(told)
    made.rebuilt(stages=stages)


def private_and_encrypted(made: Delivery) -> None:
    made.private()
    made.role(BUILD, allow("s3:*", "*"), allow("kms:*", made.encrypted(SITE)))


def source_encrypted(made: Delivery) -> None:
    made.role(PIPE, allow("s3:*", "*"), allow("codebuild:*", "*"), allow("kms:Decrypt", made.encrypted(SOURCE)))


def by_a_branch(made: Delivery) -> None:
    commits = made.client("codecommit")
    commits.create_repository(repositoryName="front")
    for each in ("master", "main"):
        commits.create_branch(repositoryName="front", branchName=each, commitId="1")
    made.role(PIPE, allow(["s3:*", "codebuild:*", "codecommit:*"], "*"))
    made.source("CodeCommit", RepositoryName="front", BranchName="main", PollForSourceChanges="true")


def by_a_connection(made: Delivery) -> None:
    made.role(PIPE, allow(["s3:*", "codebuild:*", "codestar-connections:UseConnection"], "*"))
    made.source("CodeStarSourceConnection", ConnectionArn=CONNECTION, FullRepositoryId="a/b", BranchName="main")


# -- wrong -----------------------------------------------------------------------------------------------------


def an_empty_repository(made: Delivery) -> None:
    made.client("codecommit").create_repository(repositoryName="front")
    made.role(PIPE, allow(["s3:*", "codebuild:*", "codecommit:*"], "*"))
    made.source("CodeCommit", RepositoryName="front", BranchName="main", PollForSourceChanges="true")


def the_branch_is_called_master(made: Delivery) -> None:
    an_empty_repository(made)
    made.client("codecommit").create_branch(repositoryName="front", branchName="master", commitId="1")


def connection_not_allowed(made: Delivery) -> None:
    by_a_connection(made)
    made.role(PIPE, allow(["s3:*", "codebuild:*"], "*"))


def no_zip(made: Delivery) -> None:
    made.source("S3", S3Bucket=SOURCE, S3ObjectKey="other.zip")


def no_versions(made: Delivery) -> None:
    made.s3.put_bucket_versioning(Bucket=SOURCE, VersioningConfiguration={"Status": "Suspended"})


def source_encrypted_and_not_allowed(made: Delivery) -> None:
    made.encrypted(SOURCE)


def may_not_read(made: Delivery) -> None:
    made.role(PIPE, allow("codebuild:*", "*"), allow("s3:*", files(STORE)))


def no_role(made: Delivery) -> None:
    made.role(BUILD)
    made.iam.delete_role(RoleName=BUILD)


def role_of_another_service(made: Delivery) -> None:
    made.iam.update_assume_role_policy(RoleName=BUILD, PolicyDocument=trust("ec2.amazonaws.com"))


def no_project(made: Delivery) -> None:
    made.client("codebuild").delete_project(name="front-build")


def may_not_start_builds(made: Delivery) -> None:
    made.role(PIPE, allow("s3:*", "*"))


def may_not_fetch_what_is_handed_on(made: Delivery) -> None:
    made.role(BUILD, allow("s3:*", files(SITE)))


def may_not_publish(made: Delivery) -> None:
    made.role(BUILD, allow("s3:*", files(STORE)), allow(["s3:GetObject", "s3:ListBucket"], files(SITE)))


def may_not_delete(made: Delivery) -> None:
    made.project({"SITE_BUCKET": SITE}, "version: 0.2\nphases: {build: {commands: [aws s3 sync --delete a s3://b]}}")
    made.role(BUILD, allow("s3:*", files(STORE)), allow(["s3:PutObject", "s3:ListBucket"], files(SITE)))


def no_site(made: Delivery) -> None:
    made.s3.delete_bucket(Bucket=SITE)


def a_site_that_is_not_told(made: Delivery) -> None:
    made.project({})


def website_encrypted(made: Delivery) -> None:
    made.role(BUILD, allow(["s3:*", "kms:*"], "*"))
    made.encrypted(SITE)


def website_encrypted_by_amazon(made: Delivery) -> None:
    made.encrypts(SITE)


def private_and_the_key_not_allowed(made: Delivery) -> None:
    made.private()
    made.encrypted(SITE)


def blocked(made: Delivery) -> None:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    made.s3.put_public_access_block(Bucket=SITE, PublicAccessBlockConfiguration=dict.fromkeys(names, True))


def sends_everybody_away(made: Delivery) -> None:
    away = {"RedirectAllRequestsTo": {"HostName": "www.example.com"}}
    made.s3.put_bucket_website(Bucket=SITE, WebsiteConfiguration=away)


def read_by_nobody(made: Delivery) -> None:
    made.s3.delete_bucket_policy(Bucket=SITE)


def invalidates_nothing_that_is_there(made: Delivery) -> None:
    made.project({"SITE_BUCKET": SITE, "DISTRIBUTION_ID": "E0000000000000"})


def invalidates_another(made: Delivery) -> None:
    arn = made.distributed("fjord-coffee-site")
    made.role(BUILD, allow("s3:*", "*"), allow("cloudfront:*", arn))


def may_not_invalidate(made: Delivery) -> None:
    made.private()
    made.distributed()


def the_wrong_folder(made: Delivery) -> None:
    made.project({"SITE_BUCKET": SITE, "SITE_DIR": "build"})


@dataclass(frozen=True)
class State:
    """How it is made, and how it stands then: the status, the rule that it is because of, a part of the way out."""

    made: Callable[[Delivery], None]
    status: str
    cause: str = ""
    remedy: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """What certain calls answer in moto's place: a policy would count for the tests' calls, connections it lacks."""
    denied: tuple[str, ...] = ()


class Answers(Between):
    def __init__(self, cloud: Any, answers: Mapping[str, Any], denied: tuple[str, ...]) -> None:
        super().__init__(cloud)
        self.answers, self.denied = answers, denied

    def make(self, call: Call) -> dict[str, Any]:
        if call.name in self.denied:
            raise explain(call, {"Error": {"Code": "AccessDenied", "Message": "no"}})
        given = self.answers.get(call.name)
        if isinstance(given, str):
            raise explain(call, {"Error": {"Code": given, "Message": "no"}})
        return super().make(call) if given is None else dict(given)


def stages(fetch: str, build: str, message: str = "", code: str = "", **more: Any) -> dict[str, Any]:
    """What GetPipelineState answers; the message is that of the first stage that failed."""
    told, first = [], True
    for name, status in (("Fetch", fetch), ("Build", build)):
        latest = {
            "status": status,
            **({"errorDetails": {"message": message, "code": code}} if message and first else {}),
        }
        first = first and status != "Failed"
        told.append(
            {
                "stageName": name, "actionStates": [{"actionName": name, "latestExecution": latest}],
                **({"latestExecution": {"status": status}} if status else {}), **more.get(name, {}),
            }
        )  # fmt: skip
    return {"GetPipelineState": {"stageStates": told}}


def runs(*statuses: str) -> dict[str, Any]:
    return {"ListPipelineExecutions": {"pipelineExecutionSummaries": [{"status": each} for each in statuses]}}


def connected(status: str) -> dict[str, Any]:
    return {"GetConnection": {"Connection": {"ConnectionStatus": status}}}


def policy(text: str) -> dict[str, Any]:
    return {"GetBucketPolicy": {"Policy": text}}


NOT_AVAILABLE = f"Connection {CONNECTION} is not available"
NO_REPOSITORY = "AWS CodePipeline was unable to access the repository a/b"
QUOTA = "Error calling startBuild: Cannot have more than 0 builds in queue for the account"
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": files(SITE)[1]}
PLAIN = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": files(SITE)}
PLAIN["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
TLS_ONLY = policy(json.dumps({"Version": "2012-10-17", "Statement": [OPEN, PLAIN]}))
IN_A_NETWORK = policy(
    allow("s3:PutObject", files(SITE)[1], "Deny", Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": "v"}})
)
CLOSED_WAY = {"inboundTransitionState": {"enabled": False, "disabledReason": "freeze"}}
HEALTHY = {
    "a connection": State(
        by_a_connection, "works", answers=connected("AVAILABLE") | stages("Succeeded", "Succeeded")
    ),
    "a run under way": State(
        as_it_is, "works", answers=stages("InProgress", "Succeeded") | runs("InProgress", "Succeeded")
    ),
    "a run stopped by a person": State(
        as_it_is, "works", answers=stages("Succeeded", "Stopped") | runs("Stopped", "Superseded", "Succeeded")
    ),
}  # fmt: skip
BROKEN = {
    "a connection that waits": State(
        by_a_connection, "waiting", "connection", "Update pending connection",
        connected("PENDING") | stages("Failed", "", NOT_AVAILABLE),
    ),
    "a connection that broke": State(
        by_a_connection, "broken", "connection", "look at the app", connected("ERROR") | stages("Failed", ""),
    ),
    "a connection that is gone": State(
        by_a_connection, "broken", "connection", "Make a new one",
        {"GetConnection": "ResourceNotFoundException"} | stages("Failed", ""),
    ),
    "a connection that may not be looked at": State(
        by_a_connection, "unknown", "connection", answers=stages("Succeeded", "Succeeded"), denied=("GetConnection",),
    ),
    "a connection that may not be used": State(
        connection_not_allowed, "broken", "reads", "codeconnections:UseConnection",
        connected("AVAILABLE") | stages("Failed", "", "The provided role does not have sufficient permissions."),
    ),
    "a repository that the connection does not see": State(
        by_a_connection, "broken", "stage-fetch", "Let the app of the connection see that repository",
        connected("AVAILABLE") | stages("Failed", "", NO_REPOSITORY),
    ),
    "no builds allowed": State(
        as_it_is, "broken", "stage-build", "Service Quotas", stages("Succeeded", "Failed", QUOTA, "JobFailed"),
    ),
    "a way that is closed": State(
        as_it_is, "broken", "way-in", "enable-stage-transition",
        stages("Succeeded", "", Build=CLOSED_WAY) | runs("InProgress", "Succeeded"),
    ),
    "never ran": State(as_it_is, "waiting", "stage-fetch", answers=stages("", "") | runs()),
    "plain HTTP is refused": State(as_it_is, "broken", "visitors", "put CloudFront in front", TLS_ONLY),
    "in a network only": State(as_it_is, "unknown", "publishes", answers=IN_A_NETWORK),
    "roles that may not be read": State(as_it_is, "unknown", "role", denied=("GetRole",)),
    "a pipeline that may not be read": State(as_it_is, "unknown", "pipeline", denied=("GetPipeline",)),
    "keys that may not be seen": State(as_it_is, "unknown", "encryption", denied=("GetBucketEncryption",)),
}  # fmt: skip
STATES: Mapping[str, State] = {**HEALTHY, **BROKEN} | {
    each.made.__name__: each
    for each in (
        State(as_it_is, "works"),
        State(with_managed_policies, "works"),
        State(behind_cloudfront, "works"),
        State(deployed_by_a_step_of_its_own, "works"),
        State(named_by_the_step, "works"),
        State(private_and_encrypted, "works"),
        State(source_encrypted, "works"),
        State(by_a_branch, "works"),
        State(an_empty_repository, "waiting", "branch", "Push a first commit."),
        State(the_branch_is_called_master, "broken", "branch", "Choose one that is there, or push main first"),
        State(no_zip, "waiting", "file", "Upload it."),
        State(no_versions, "broken", "file", "put-bucket-versioning"),
        State(source_encrypted_and_not_allowed, "broken", "source-key", "kms:Decrypt"),
        State(may_not_read, "broken", "reads", "s3:GetObject, s3:GetObjectVersion, s3:GetBucketVersioning"),
        State(no_role, "broken", "role", "another role"),
        State(role_of_another_service, "broken", "role", "sts:AssumeRole"),
        State(no_project, "broken", "builds", "give the pipeline another"),
        State(may_not_start_builds, "broken", "builds", "codebuild:StartBuild"),
        State(may_not_fetch_what_is_handed_on, "broken", "artifacts", "s3:GetObject"),
        State(may_not_publish, "broken", "publishes", "s3:PutObject"),
        State(may_not_delete, "broken", "publishes", "s3:DeleteObject"),
        State(no_site, "broken", "site", "Make it again"),
        State(a_site_that_is_not_told, "unknown", "site", "buildspec.yml"),
        State(website_encrypted, "broken", "site-key", "SSE-S3"),
        State(website_encrypted_by_amazon, "broken", "site-key", "SSE-S3"),
        State(private_and_the_key_not_allowed, "broken", "site-key", "kms:GenerateDataKey, kms:Decrypt"),
        State(blocked, "broken", "visitors", "put CloudFront in front"),
        State(sends_everybody_away, "broken", "visitors", "Take the redirect out"),
        State(read_by_nobody, "works_but", "visitors", "handrail run website"),
        State(invalidates_nothing_that_is_there, "broken", "distribution", "Name another, or none"),
        State(invalidates_another, "works_but", "distribution", "in front of that bucket"),
        State(may_not_invalidate, "broken", "invalidates", "cloudfront:CreateInvalidation"),
        State(the_wrong_folder, "broken", "build", "build_output"),
    )
}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.some(every=6)
def test_a_state_is_told_as_it_is(account: PracticeAccount, cloud: Aws, name: str) -> None:
    state = STATES[name]
    state.made(Delivery(account))
    found = check(Answers(cloud, state.answers, state.denied))
    because = found.because
    told = (str(found.status), found.cause.partition(":")[0])
    assert told == (state.status, state.cause), [f"{each.id} {each.grade}: {each.sentence}" for each in found.findings]
    assert state.remedy in (because.remedy if because else "")


def test_what_the_plan_knows_the_check_knows() -> None:
    """Beforehand there is more: whether the names are free, and that nothing tells whether builds are allowed."""
    assert checks.RULES == diagnosis.RULES


def test_a_check_makes_so_many_calls_whatever_else_is_there(account: PracticeAccount, cloud: Aws) -> None:
    made = Delivery(account)
    for number in range(3):
        made.client("codepipeline").create_pipeline(pipeline={**pipeline("S3", {}), "name": f"other-{number}"})
        made.s3.create_bucket(Bucket=f"fjord-other-{number}", CreateBucketConfiguration={"LocationConstraint": REGION})
    calls: list[str] = []
    check(Between(cloud, after=lambda _, call: calls.append(call.operation)))
    assert len(calls) == 20, sorted(calls)


def beforehand(cloud: Any, answers: Mapping[str, Any]) -> dict[str, str]:
    """What the review says, by rule: refusals and cautions alike."""
    review = session(cloud, None, answers).review()
    said = [(each.id, f"{each.sentence} {each.remedy}") for each in review.refusals]
    said += [(each.id, each.message) for each in review.cautions if isinstance(each, Caution)]
    return {id.partition(":")[0]: text for id, text in said}


def role_of(cloud: Any, answers: Mapping[str, Any], role: str) -> str:
    (made,) = [one for one in session(cloud, None, answers).review().plan.actions if one.id == f"{role}-policy"]
    return str(made.call.params["PolicyDocument"])


STANDING = {**CODECOMMIT, "site_bucket": SITE}
BEFORE: Mapping[str, tuple[Callable[[Delivery], None], Mapping[str, Any], str, str]] = {
    "a website that a key encrypts": (website_encrypted, {"public": "yes"}, "site-key", "SSE-S3"),
    "by Amazon's key": (website_encrypted_by_amazon, {"public": "yes"}, "site-key", "SSE-S3"),
    "a website that leads away": (sends_everybody_away, {"public": "yes"}, "visitors", "Take the redirect out"),
    "no such distribution": (as_it_is, {"distribution": "E0000000000000"}, "distribution", "Name another, or none"),
}


@pytest.mark.parametrize("name", BEFORE)
@pytest.mark.some(2)
def test_what_is_there_is_looked_at_beforehand(account: PracticeAccount, cloud: Aws, name: str) -> None:
    made, answers, rule, remedy = BEFORE[name]
    made(Delivery(account))
    assert remedy in beforehand(cloud, {**STANDING, **answers})[rule]


def test_who_keeps_the_bucket_is_said_beforehand(account: PracticeAccount, cloud: Aws) -> None:
    tags = [{"Key": "managed-by", "Value": "terraform"}]
    Delivery(account).s3.put_bucket_tagging(Bucket=SITE, Tagging={"TagSet": tags})
    assert "Terraform" in beforehand(cloud, STANDING)["managed"]


def test_a_policy_that_shuts_visitors_out_is_seen_beforehand(account: PracticeAccount, cloud: Aws) -> None:
    Delivery(account)
    only_tls = policy(allow("s3:*", files(SITE), "Deny", Principal="*", Condition=PLAIN["Condition"]))
    said = beforehand(Answers(cloud, only_tls, ()), {**STANDING, "public": "yes"})
    assert "refuses plain HTTP" in said["visitors"]


def test_a_branch_that_is_not_there_is_refused(account: PracticeAccount, cloud: Aws) -> None:
    the_branch_is_called_master(Delivery(account))
    with pytest.raises(Refused, match="it has master"):
        session(cloud, None, {**CODECOMMIT, "repository": "front"})


def test_the_roles_that_are_made_may_use_the_keys(account: PracticeAccount, cloud: Aws) -> None:
    """The plan owns them, so nothing of it is left to the person."""
    made = Delivery(account)
    made.private()
    site, source = made.encrypted(SITE), made.encrypted(SOURCE)
    answers = {**ZIP, "repository": f"{SOURCE}/{ZIPPED}", "site_bucket": SITE, "public": "no"}
    via = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
    for role, key, action in (("build", site, "kms:GenerateDataKey"), ("pipeline", source, "kms:Decrypt")):
        who = Caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/x/y")
        document = role_of(cloud, answers, f"{role}-role")
        assert read(document, Request(action, key, who, via))
        assert not read(document, Request(action, key, who, {"kms:ViaService": f"ec2.{REGION}.amazonaws.com"}))
