"""A pipeline that publishes a page, as people make it by hand."""

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
        """What a role may do, in the place of what it may now; one that builds may write its log besides."""
        if name == BUILD and policies:
            policies += (allow("logs:*", f"arn:aws:logs:*:{ACCOUNT}:log-group:/aws/codebuild/*"),)
        for each in self.iam.list_role_policies(RoleName=name)["PolicyNames"]:
            self.iam.delete_role_policy(RoleName=name, PolicyName=each)
        for number, each in enumerate(policies):
            self.iam.put_role_policy(RoleName=name, PolicyName=f"theirs-{number}", PolicyDocument=each)

    def project(
        self, variables: Mapping[str, str], buildspec: str = "", role: str = BUILD, region: str = REGION,
        *typed: Mapping[str, str], **more: Any,
    ) -> None:  # fmt: skip
        self.client("codebuild").delete_project(name="front-build")
        builds = self.client("codebuild", region_name=region)
        builds.create_project(
            name="front-build",
            source={"type": "CODEPIPELINE", "location": STORE, **({"buildspec": buildspec} if buildspec else {})},
            artifacts={"type": "CODEPIPELINE", "location": STORE},
            environment={
                "type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [*({"name": key, "value": value} for key, value in variables.items()), *typed],
            },
            serviceRole=f"arn:aws:iam::{ACCOUNT}:role/{role}", **more,
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


def as_it_is(made: Delivery) -> None:
    pass
