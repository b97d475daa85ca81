"""Pipelines that publish a page as people make them by hand, and what they do to them: right things and wrong ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from flows.practice import PracticeAccount

ACCOUNT, REGION, NAME, SITE = "123456789012", "eu-central-1", "front", "fjord-front-site"
STORE, SOURCE, ZIPPED = "fjord-coffee-artifacts", "fjord-code", "app.zip"
PIPE, BUILD = "front-works", "front-builds"
CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/1"


def allow(action: Any, resource: Any, effect: str = "Allow", **more: Any) -> str:
    one = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": one})


def files(bucket: str) -> list[str]:
    return [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


def trust(*services: str) -> str:
    who = [{"Effect": "Allow", "Principal": {"Service": each}, "Action": "sts:AssumeRole"} for each in services]
    return json.dumps({"Version": "2012-10-17", "Statement": who})


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

    def project(
        self, variables: Mapping[str, str], buildspec: str = "", role: str = BUILD, region: str = REGION
    ) -> None:
        self.client("codebuild").delete_project(name="front-build")
        builds = self.client("codebuild", region_name=region)
        builds.create_project(
            name="front-build",
            source={"type": "CODEPIPELINE", "location": STORE, **({"buildspec": buildspec} if buildspec else {})},
            artifacts={"type": "CODEPIPELINE", "location": STORE},
            environment={
                "type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": key, "value": value} for key, value in variables.items()],
            },
            serviceRole=f"arn:aws:iam::{ACCOUNT}:role/{role}",
        )  # fmt: skip

    def rebuilt(self, **changed: Any) -> None:
        pipelines = self.client("codepipeline")
        wanted = pipelines.get_pipeline(name=NAME)["pipeline"] | changed
        pipelines.update_pipeline(pipeline={key: each for key, each in wanted.items() if each is not None})
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


def deployed_by_a_step_of_its_own(made: Delivery, **told: str) -> None:
    """As the console makes it: the build hands its files on, and a step of the pipeline copies them."""
    made.project({})
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED})["stages"]
    settings = {"BucketName": SITE, "Extract": "true", **told}
    deploy = action("Deploy", "Deploy", "S3", settings, inputArtifacts=[{"name": "built"}])
    stages[1]["actions"][0]["outputArtifacts"] = [{"name": "built"}]
    made.rebuilt(stages=[*stages, {"name": "Deploy", "actions": [deploy]}])


AS_THE_CONSOLE_MAKES_IT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "DenyUnEncryptedObjectUploads", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{STORE}/*",
            "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        },
        {
            "Sid": "DenyInsecureConnections", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{STORE}/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ],
}  # fmt: skip


def handed_on_as_the_console_makes_it(made: Delivery) -> None:
    made.policy(json.dumps(AS_THE_CONSOLE_MAKES_IT), STORE)


def from_two_zips(made: Delivery) -> None:
    """Both are watched by one rule."""
    settings = {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED, "PollForSourceChanges": "false"}
    stages = pipeline("S3", settings)["stages"]
    second = action("Pictures", "Source", "S3", {**settings, "S3ObjectKey": "pictures.zip"})
    stages[0]["actions"].append({**second, "outputArtifacts": [{"name": "pictures"}]})
    made.s3.put_object(Bucket=SOURCE, Key="pictures.zip", Body=b"PK")
    told_of_each_upload(made, object={"key": [{"suffix": ".zip"}]})
    made.rebuilt(stages=stages)


def from_two_zips_one_unwatched(made: Delivery) -> None:
    from_two_zips(made)
    where = {"bucket": {"name": [SOURCE]}, "object": {"key": [ZIPPED]}}
    pattern = json.dumps({"source": ["aws.s3"], "detail": where})
    made.client("events").put_rule(Name="theirs", EventPattern=pattern)


def from_a_registry(made: Delivery) -> None:
    stages = pipeline("S3", {})["stages"]
    stages[0]["actions"] = [action("Image", "Source", "ECR", {"RepositoryName": "web", "ImageTag": "latest"})]
    made.rebuilt(stages=stages)


def built_in_a_batch(made: Delivery) -> None:
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED, "PollForSourceChanges": "true"})["stages"]
    stages[1]["actions"][0]["configuration"]["BatchEnabled"] = "true"
    made.role(PIPE, allow("s3:*", "*"), allow(["codebuild:StartBuild", "codebuild:BatchGetBuilds"], "*"))
    made.rebuilt(stages=stages)


def deployed_into_a_folder(made: Delivery) -> None:
    deployed_by_a_step_of_its_own(made, ObjectKey="app")
    made.policy(allow("s3:GetObject", f"{files(SITE)[0]}/app/*", Principal="*"))


def deployed_with_access_lists(made: Delivery) -> None:
    """In a bucket of old, which takes them."""
    made.s3.put_bucket_ownership_controls(
        Bucket=SITE, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    deployed_by_a_step_of_its_own(made, CannedACL="public-read")


def opened_by_access_lists(made: Delivery) -> None:
    """As it was done before buckets had policies for it."""
    deployed_with_access_lists(made)
    made.s3.delete_bucket_policy(Bucket=SITE)
    made.s3.put_object(Bucket=SITE, Key="index.html", Body=b"<p>", ACL="public-read")


def access_lists_that_are_ignored(made: Delivery) -> None:
    opened_by_access_lists(made)
    made.s3.put_public_access_block(Bucket=SITE, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})


def access_lists_that_the_bucket_refuses(made: Delivery) -> None:
    """As AWS makes buckets since April 2023."""
    made.s3.put_bucket_ownership_controls(
        Bucket=SITE, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    deployed_by_a_step_of_its_own(made, CannedACL="public-read")


def deployed_unopened(made: Delivery) -> None:
    deployed_by_a_step_of_its_own(made, Extract="false", ObjectKey="site.zip")


def opened_in_part(made: Delivery) -> None:
    made.policy(allow("s3:GetObject", f"{files(SITE)[0]}/assets/*", Principal="*"))


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


def zipped_with(made: Delivery, key: str) -> str:
    made.s3.put_object(Bucket=SOURCE, Key=ZIPPED, Body=b"PK", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    return key


def source_encrypted(made: Delivery) -> None:
    own = zipped_with(made, made.encrypted(SOURCE))
    made.role(PIPE, allow("s3:*", "*"), allow("codebuild:*", "*"), allow("kms:Decrypt", own))


def next_source_encrypted(made: Delivery) -> None:
    """The zip is from before the bucket was given a key."""
    made.encrypted(SOURCE)


def source_encrypted_otherwise_than_its_bucket(made: Delivery) -> None:
    """Somebody uploads it with a key of their own, which the bucket knows nothing of."""
    zipped_with(made, made.client("kms").create_key()["KeyMetadata"]["Arn"])


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


def by_a_connection_for_one_repository(made: Delivery, only: str = "a/b") -> None:
    by_a_connection(made)
    use = "codeconnections:UseConnection"
    condition = {"StringEquals": {"codeconnections:FullRepositoryId": only}}
    made.role(PIPE, allow(["s3:*", "codebuild:*"], "*"), allow(use, CONNECTION, Condition=condition))


def fetched_with_a_role_of_its_own(made: Delivery, may: str = "sts:AssumeRole") -> None:
    """The pipeline's role takes the step's on."""
    who = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    trusted = json.dumps({"Version": "2012-10-17", "Statement": [who]})
    made.iam.create_role(RoleName="front-reads", AssumeRolePolicyDocument=trusted)
    made.role("front-reads", allow("s3:*", files(SOURCE)), allow("s3:PutObject", files(STORE)[1]))
    made.role(PIPE, allow(["s3:*", "codebuild:*", may], "*"))
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED, "PollForSourceChanges": "true"})["stages"]
    stages[0]["actions"][0]["roleArn"] = f"arn:aws:iam::{ACCOUNT}:role/front-reads"
    made.rebuilt(stages=stages)


def told_of_each_upload(made: Delivery, *, state: str = "ENABLED", tells: bool = True, **wanted: Any) -> None:
    """A rule, and nothing that asks; `wanted` is what else it wants of an event."""
    made.source("S3", S3Bucket=SOURCE, S3ObjectKey=ZIPPED, PollForSourceChanges="false")
    detail = {"bucket": {"name": [SOURCE]}, "object": {"key": [{"prefix": ZIPPED}]}}
    started_by(made, {"source": ["aws.s3"], "detail": {**detail, **wanted}}, state)
    if tells:
        tell = {"EventBridgeConfiguration": {}}
        made.s3.put_bucket_notification_configuration(Bucket=SOURCE, NotificationConfiguration=tell)


def started_by(made: Delivery, pattern: Mapping[str, Any], state: str = "ENABLED") -> None:
    events, arn = made.client("events"), f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{NAME}"
    made.iam.create_role(RoleName="front-starts", AssumeRolePolicyDocument=trust("events.amazonaws.com"))
    made.role("front-starts", allow("codepipeline:StartPipelineExecution", arn))
    events.put_rule(Name="theirs", EventPattern=json.dumps(pattern), State=state)
    target = {"Id": "1", "Arn": arn, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/front-starts"}
    events.put_targets(Rule="theirs", Targets=[target])


def told_by_a_trail(made: Delivery) -> None:
    told_by_no_trail(made)
    trails, place = made.client("cloudtrail"), {"LocationConstraint": REGION}
    made.s3.create_bucket(Bucket="fjord-trail", CreateBucketConfiguration=place)
    trails.create_trail(Name="audit", S3BucketName="fjord-trail")
    data = {"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{SOURCE}/"]}
    trails.put_event_selectors(TrailName="audit", EventSelectors=[{"DataResources": [data]}])
    trails.start_logging(Name="audit")


def told_by_a_trail_that_is_off(made: Delivery) -> None:
    told_by_a_trail(made)
    made.client("cloudtrail").stop_logging(Name="audit")


def started_with_a_version_for_another_step(made: Delivery) -> None:
    """As it is copied from AWS's example, whose source is called Source."""
    told_of_each_upload(made)
    events = made.client("events")
    (target,) = events.list_targets_by_rule(Rule="theirs")["Targets"]
    one = {"actionName": "Source", "revisionType": "S3_OBJECT_VERSION_ID", "revisionValue": "<version>"}
    target["InputTransformer"] = {
        "InputPathsMap": {"version": "$.detail.object.version-id"},
        "InputTemplate": json.dumps({"sourceRevisions": [one]}),
    }
    events.put_targets(Rule="theirs", Targets=[target])


def told_by_no_trail(made: Delivery) -> None:
    made.source("S3", S3Bucket=SOURCE, S3ObjectKey=ZIPPED, PollForSourceChanges="false")
    detail = {"eventSource": ["s3.amazonaws.com"], "resources": {"ARN": [f"arn:aws:s3:::{SOURCE}/{ZIPPED}"]}}
    kind = ["AWS API Call via CloudTrail"]
    started_by(made, {"source": ["aws.s3"], "detail-type": kind, "detail": detail})


def a_branch_of_another_account(made: Delivery) -> None:
    settings = {"RepositoryName": "theirs", "BranchName": "main", "PollForSourceChanges": "false"}
    stages = pipeline("CodeCommit", settings)["stages"]
    stages[0]["actions"][0]["roleArn"] = "arn:aws:iam::210987654321:role/front-reads"
    made.rebuilt(stages=stages)
    started_by(made, {"source": ["aws.codecommit"], "account": ["210987654321"]})


def built_in_another_region(made: Delivery) -> None:
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED, "PollForSourceChanges": "true"})["stages"]
    stages[1]["actions"][0]["region"] = "us-east-1"
    made.project({"SITE_BUCKET": SITE}, region="us-east-1")
    stores = {region: {"type": "S3", "location": where} for region, where in (("us-east-1", "far"), (REGION, STORE))}
    made.rebuilt(stages=stages, artifactStore=None, artifactStores=stores)


def built_in_another_account(made: Delivery) -> None:
    stages = pipeline("S3", {"S3Bucket": SOURCE, "S3ObjectKey": ZIPPED, "PollForSourceChanges": "true"})["stages"]
    stages[1]["actions"][0]["roleArn"] = "arn:aws:iam::210987654321:role/far-builds"
    made.client("codebuild").delete_project(name="front-build")
    made.rebuilt(stages=stages)


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


def connection_allowed_for_another_repository(made: Delivery) -> None:
    by_a_connection_for_one_repository(made, "a/c")


def connection_allowed_on_a_condition(made: Delivery) -> None:
    by_a_connection(made)
    condition = {"StringEquals": {"codestar-connections:ProviderAction": "GetBranch"}}
    made.role(
        PIPE, allow(["s3:*", "codebuild:*"], "*"),
        allow("codeconnections:UseConnection", CONNECTION, Condition=condition),
    )  # fmt: skip


def no_zip(made: Delivery) -> None:
    made.source("S3", S3Bucket=SOURCE, S3ObjectKey="other.zip")


def no_versions(made: Delivery) -> None:
    made.s3.put_bucket_versioning(Bucket=SOURCE, VersioningConfiguration={"Status": "Suspended"})


def source_encrypted_and_not_allowed(made: Delivery) -> None:
    zipped_with(made, made.encrypted(SOURCE))


def may_not_read(made: Delivery) -> None:
    made.role(PIPE, allow("codebuild:*", "*"), allow("s3:*", files(STORE)))


def no_role(made: Delivery) -> None:
    made.role(BUILD)
    made.iam.delete_role(RoleName=BUILD)


def role_of_another_service(made: Delivery) -> None:
    made.iam.update_assume_role_policy(RoleName=BUILD, PolicyDocument=trust("ec2.amazonaws.com"))


def a_role_of_its_own_that_may_not_be_taken_on(made: Delivery) -> None:
    fetched_with_a_role_of_its_own(made, "sts:GetCallerIdentity")


def one_role_that_may_not_hand_on(made: Delivery) -> None:
    """The source and the build work with it; the build only takes what the source hands on."""
    made.iam.update_assume_role_policy(
        RoleName=PIPE, PolicyDocument=trust("codepipeline.amazonaws.com", "codebuild.amazonaws.com")
    )
    made.role(
        PIPE,
        allow("s3:*", [*files(SOURCE), *files(SITE)]),
        allow("s3:GetObject", files(STORE)[1]),
        allow("codebuild:*", "*"),
    )
    made.project({"SITE_BUCKET": SITE}, role=PIPE)


def zip_in_the_archive(made: Delivery) -> None:
    made.s3.put_object(Bucket=SOURCE, Key=ZIPPED, Body=b"PK", StorageClass="DEEP_ARCHIVE")


def nowhere_to_hand_on(made: Delivery) -> None:
    made.rebuilt(artifactStore={"type": "S3", "location": "fjord-artifacts-of-old"})


def handed_on_elsewhere(made: Delivery) -> None:
    made.client("s3", region_name="us-east-1").create_bucket(Bucket="fjord-artifacts-far")
    made.rebuilt(artifactStore={"type": "S3", "location": "fjord-artifacts-far"})


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


def nothing_starts_it(made: Delivery) -> None:
    made.source("S3", S3Bucket=SOURCE, S3ObjectKey=ZIPPED, PollForSourceChanges="false")


def its_rule_is_off(made: Delivery) -> None:
    told_of_each_upload(made, state="DISABLED")


def its_rule_is_about_another_file(made: Delivery) -> None:
    told_of_each_upload(made, object={"key": ["application.zip"]})


def its_bucket_tells_nobody(made: Delivery) -> None:
    told_of_each_upload(made, tells=False)


def its_rule_may_not_start_it(made: Delivery) -> None:
    told_of_each_upload(made)
    made.role("front-starts", allow("codepipeline:GetPipeline", "*"))


def its_rule_hears_of_small_ones(made: Delivery) -> None:
    told_of_each_upload(made, reason=["PutObject"])


def its_rule_hears_of_large_ones(made: Delivery) -> None:
    told_of_each_upload(made, reason=["CompleteMultipartUpload"])


def pushes_are_not_noticed(made: Delivery) -> None:
    by_a_connection(made)
    settings = {"ConnectionArn": CONNECTION, "FullRepositoryId": "a/b", "BranchName": "main", "DetectChanges": "false"}
    made.source("CodeStarSourceConnection", **settings)


def the_wrong_folder(made: Delivery) -> None:
    made.project({"SITE_BUCKET": SITE, "SITE_DIR": "build"})
