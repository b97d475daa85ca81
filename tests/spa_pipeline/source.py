"""Where a pipeline takes the page's code from: zips, repositories and connections, right ones and wrong ones."""

from __future__ import annotations

import json

from spa_pipeline.delivery import (
    ACCOUNT,
    BUILD,
    CONNECTION,
    PIPE,
    SOURCE,
    STORE,
    ZIPPED,
    Delivery,
    action,
    allow,
    files,
    pipeline,
)
from spa_pipeline.starting import started_by, told_of_each_upload


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


def with_its_history(made: Delivery, *lets: str) -> None:
    """“Full clone”: the build fetches the repository itself, by the connection."""
    by_a_connection(made)
    made.source(
        "CodeStarSourceConnection", ConnectionArn=CONNECTION, FullRepositoryId="a/b", BranchName="main",
        OutputArtifactFormat="CODEBUILD_CLONE_REF",
    )  # fmt: skip
    made.role(BUILD, allow("s3:*", "*"), *lets)


def with_its_history_and_leave(made: Delivery) -> None:
    with_its_history(made, allow("codestar-connections:UseConnection", "*"))


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


def a_branch_of_another_account(made: Delivery) -> None:
    settings = {"RepositoryName": "theirs", "BranchName": "main", "PollForSourceChanges": "false"}
    stages = pipeline("CodeCommit", settings)["stages"]
    stages[0]["actions"][0]["roleArn"] = "arn:aws:iam::210987654321:role/front-reads"
    made.rebuilt(stages=stages)
    started_by(made, {"source": ["aws.codecommit"], "account": ["210987654321"]})


def an_empty_repository(made: Delivery) -> None:
    made.client("codecommit").create_repository(repositoryName="front")
    made.role(PIPE, allow(["s3:*", "codebuild:*", "codecommit:*"], "*"))
    made.source("CodeCommit", RepositoryName="front", BranchName="main", PollForSourceChanges="true")


def the_branch_is_called_master(made: Delivery) -> None:
    an_empty_repository(made)
    made.client("codecommit").create_branch(repositoryName="front", branchName="master", commitId="1")


def pushes_are_not_noticed(made: Delivery) -> None:
    by_a_connection(made)
    settings = {"ConnectionArn": CONNECTION, "FullRepositoryId": "a/b", "BranchName": "main", "DetectChanges": "false"}
    made.source("CodeStarSourceConnection", **settings)


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


def a_role_of_its_own_that_may_not_be_taken_on(made: Delivery) -> None:
    fetched_with_a_role_of_its_own(made, "sts:GetCallerIdentity")


def zip_in_the_archive(made: Delivery) -> None:
    made.s3.put_object(Bucket=SOURCE, Key=ZIPPED, Body=b"PK", StorageClass="DEEP_ARCHIVE")
