"""Pipelines that read from S3 as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from s3_pipeline.cases import BUCKET, KEY, NEW, PIPELINE, STANDING, session
from support.clouds import Between

import flows
from flows.engine import Call, Caution, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.policies import Caller, Request, read
from flows.practice import PARTNER, PracticeAccount
from flows.s3_pipeline import checks, diagnosis, rules

ACCOUNT, OLD, ROLE, STARTS = "123456789012", "deliver-shop-uploads", "deliver-shop-pipeline", "cwe-role-deliver-shop"
STEP = "deliver-shop-source"
FILES = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]


def check(cloud: Any) -> Verdict:
    return verdict(flows.find("s3_pipeline").diagnose(CachedCloud(cloud), {"pipeline": PIPELINE}))


def allow(action: Any, resource: Any, effect: str = "Allow", **more: Any) -> str:
    one = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": one})


class Delivery:
    """The demo company's pipeline, told of its file by S3's own events, which it is not after a tool's first try."""

    def __init__(self, account: PracticeAccount) -> None:
        self.client: Callable[..., Any] = account.session.client
        pipelines = self.client("codepipeline")
        one = pipelines.get_pipeline(name=PIPELINE)["pipeline"]
        one["stages"][0]["actions"][0]["configuration"]["PollForSourceChanges"] = "false"
        pipelines.update_pipeline(pipeline=one)
        s3 = self.client("s3")
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"PK")
        s3.put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
        self.listens()
        pipelines.start_pipeline_execution(name=PIPELINE)

    def listens(self, *, key: Any = KEY, **detail: Any) -> None:
        where = {"bucket": {"name": [BUCKET]}, **({"object": {"key": [key]}} if key else {}), **detail}
        pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": where}
        self.client("events").put_rule(Name=OLD, EventPattern=json.dumps(pattern))

    def role(self, *policies: str) -> None:
        """What the pipeline's role may do, in the place of what it may now."""
        iam = self.client("iam")
        for each in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
            iam.delete_role_policy(RoleName=ROLE, PolicyName=each)
        for number, each in enumerate(policies):
            iam.put_role_policy(RoleName=ROLE, PolicyName=f"theirs-{number}", PolicyDocument=each)

    def source(self, **more: Any) -> None:
        """What else the source step is told."""
        pipelines = self.client("codepipeline")
        one = pipelines.get_pipeline(name=PIPELINE)["pipeline"]
        one["stages"][0]["actions"][0] |= more
        pipelines.update_pipeline(pipeline=one)

    def waits_for_a_trail(self, *, named: bool = True) -> None:
        """A rule of the older kind, as people paste it, with or without the kind of the event."""
        calls = ["PutObject", "CopyObject", "CompleteMultipartUpload"]
        where = {"bucketName": [BUCKET], "key": [KEY]}
        detail = {"eventSource": ["s3.amazonaws.com"], "eventName": calls, "requestParameters": where}
        kind = {"detail-type": ["AWS API Call via CloudTrail"]} if named else {}
        pattern = json.dumps({"source": ["aws.s3"], **kind, "detail": detail})
        self.client("events").put_rule(Name=OLD, EventPattern=pattern)

    def trail(self, *more: dict[str, Any]) -> None:
        """One that writes down what is done to files, in the newer form, as Terraform writes it."""
        self.client("s3").create_bucket(
            Bucket="fjord-trail", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        trails = self.client("cloudtrail")
        trails.create_trail(Name="audit", S3BucketName="fjord-trail", IsMultiRegionTrail=True)
        trails.start_logging(Name="audit")
        data = (
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        )
        selectors = [{"Name": "files", "FieldSelectors": [*data, *more]}]
        trails.put_event_selectors(TrailName="audit", AdvancedEventSelectors=selectors)

    def starts_with(self, step: str, what: str = "S3_OBJECT_VERSION_ID") -> None:
        """The target tells the pipeline which version, or file, to read, for one step of its source."""
        events = self.client("events")
        (target,) = events.list_targets_by_rule(Rule=OLD)["Targets"]
        one = f'{{"actionName": "{step}", "revisionType": "{what}", "revisionValue": "<version>"}}'
        paths = {"version": "$.detail.object.version-id"}
        target["InputTransformer"] = {"InputPathsMap": paths, "InputTemplate": f'{{"sourceRevisions": [{one}]}}'}
        events.put_targets(Rule=OLD, Targets=[target])

    def hands_on(self, **store: Any) -> None:
        """Where, and with which key, its stages hand on their files."""
        pipelines = self.client("codepipeline")
        one = pipelines.get_pipeline(name=PIPELINE)["pipeline"]
        one["artifactStore"] |= store
        pipelines.update_pipeline(pipeline=one)

    def encrypted(self, bucket: str = BUCKET, key: str = "") -> str:
        key = key or self.client("kms").create_key()["KeyMetadata"]["Arn"]
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        self.client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        if bucket == BUCKET:
            self.zipped(key)
        return str(key)

    def zipped(self, key: str = "") -> None:
        """The zip anew, with that key or none, whatever its bucket does."""
        by: Any = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {"ServerSideEncryption": "AES256"}
        self.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"PK", **by)


def as_it_is(delivery: Delivery) -> None:
    pass


def by_a_beginning(delivery: Delivery) -> None:
    delivery.listens(key={"prefix": KEY})


def with_a_managed_policy(delivery: Delivery) -> None:
    """As CDK attaches them."""
    made = delivery.client("iam").create_policy(PolicyName="shop", PolicyDocument=allow(["s3:Get*", "s3:Put*"], FILES))
    delivery.role()
    delivery.client("iam").attach_role_policy(RoleName=ROLE, PolicyArn=made["Policy"]["Arn"])


def by_the_buckets_policy(delivery: Delivery) -> None:
    delivery.role()
    policy = allow("s3:*", FILES, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"})
    delivery.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=policy)


def with_a_role_of_its_own(delivery: Delivery) -> None:
    """As CDK makes them: the source step reads with another role, which the pipeline's takes on."""
    iam = delivery.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName=STEP, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust})
    )
    iam.put_role_policy(RoleName=STEP, PolicyName="read", PolicyDocument=allow(["s3:Get*", "s3:Put*"], FILES))
    delivery.role(allow("sts:AssumeRole", role["Role"]["Arn"]))
    delivery.source(roleArn=role["Role"]["Arn"])


def with_a_role_that_is_not_handed_on(delivery: Delivery) -> None:
    with_a_role_of_its_own(delivery)
    delivery.role(allow("codebuild:*", "*"))


def started_by_a_managed_policy(delivery: Delivery) -> None:
    iam = delivery.client("iam")
    start = allow("codepipeline:Start*", "*")
    made = iam.create_policy(PolicyName="start", PolicyDocument=start)
    iam.delete_role_policy(RoleName=STARTS, PolicyName="start-pipeline")
    iam.attach_role_policy(RoleName=STARTS, PolicyArn=made["Policy"]["Arn"])


def starting_is_denied(delivery: Delivery) -> None:
    deny = allow("codepipeline:StartPipelineExecution", "*", "Deny")
    delivery.client("iam").put_role_policy(RoleName=STARTS, PolicyName="deny", PolicyDocument=deny)


def the_key_of_amazon_as_an_address(delivery: Delivery) -> None:
    """As a template writes it."""
    delivery.encrypted(key=f"arn:aws:kms:eu-central-1:{ACCOUNT}:alias/aws/s3")


def of_terraform(delivery: Delivery) -> None:
    tags = [{"key": "ManagedBy", "value": "Terraform"}]
    arn = f"arn:aws:codepipeline:eu-central-1:{ACCOUNT}:{PIPELINE}"
    delivery.client("codepipeline").tag_resource(resourceArn=arn, tags=tags)


def a_key_that_it_may_use(delivery: Delivery) -> None:
    delivery.role(allow("s3:*", FILES), allow("kms:*", delivery.encrypted()))


def encrypted(delivery: Delivery) -> None:
    delivery.encrypted()


def a_key_that_it_may_not_use(delivery: Delivery) -> None:
    delivery.encrypted()


def encrypted_and_its_role_may(delivery: Delivery) -> None:
    delivery.role(allow("s3:*", FILES), allow("kms:Decrypt", delivery.encrypted()))


def a_zip_with_a_key_that_its_bucket_has_not(delivery: Delivery) -> None:
    delivery.zipped(delivery.client("kms").create_key()["KeyMetadata"]["Arn"])


def a_key_for_the_next_zip(delivery: Delivery) -> None:
    """This one is from before the bucket was given it."""
    delivery.encrypted()
    delivery.zipped()


def a_key_that_is_off(delivery: Delivery) -> None:
    delivery.client("kms").disable_key(KeyId=delivery.encrypted().rpartition("/")[2])


def may_not_read(delivery: Delivery) -> None:
    delivery.role(allow("codebuild:*", "*"))


def may_not_read_versions(delivery: Delivery) -> None:
    delivery.role(allow(["s3:GetObject", "s3:GetBucketVersioning"], FILES))


def reading_is_denied(delivery: Delivery) -> None:
    policy = allow("s3:GetObject*", FILES, "Deny", Principal="*")
    delivery.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=policy)


def in_a_network_only(delivery: Delivery) -> None:
    network = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    policy = allow("s3:GetObject", FILES, "Deny", Principal="*", Condition=network)
    delivery.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=policy)


def role_gone(delivery: Delivery) -> None:
    delivery.role()
    delivery.client("iam").delete_role(RoleName=ROLE)


def role_of_somebody_else(delivery: Delivery) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    delivery.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=document)


def in_circles(delivery: Delivery) -> None:
    """Whatever lands starts it, and its stages' files land in the same bucket."""
    delivery.listens(key="")


def any_file(delivery: Delivery) -> None:
    delivery.hands_on(location="fjord-coffee-files")
    delivery.role(allow("s3:*", "*"))
    delivery.listens(key="")


def told_by_a_trail(delivery: Delivery) -> None:
    delivery.waits_for_a_trail()
    delivery.trail()


def told_by_a_trail_without_a_kind(delivery: Delivery) -> None:
    delivery.waits_for_a_trail(named=False)
    delivery.trail()


def told_by_no_trail_without_a_kind(delivery: Delivery) -> None:
    delivery.waits_for_a_trail(named=False)


def a_trail_of_deletions(delivery: Delivery) -> None:
    delivery.waits_for_a_trail()
    delivery.trail({"Field": "eventName", "Equals": ["DeleteObject"]})


def a_trail_of_all_but_deletions(delivery: Delivery) -> None:
    delivery.waits_for_a_trail()
    delivery.trail({"Field": "eventName", "NotEquals": ["DeleteObject"]})


def started_with_a_version(delivery: Delivery) -> None:
    delivery.starts_with("Source")


def started_with_the_file_that_landed(delivery: Delivery, lets: str = "true") -> None:
    """Every file of a folder starts it, and each run reads the file that started it."""
    delivery.starts_with("Source", "S3_OBJECT_KEY")
    settings = {"S3Bucket": BUCKET, "S3ObjectKey": KEY, "PollForSourceChanges": "false"}
    delivery.source(configuration={**settings, "AllowOverrideForS3ObjectKey": lets})
    delivery.listens(key={"prefix": "drop/"})


def started_with_a_file_that_it_does_not_take(delivery: Delivery) -> None:
    started_with_the_file_that_landed(delivery, "false")


def started_with_a_version_for_another_step(delivery: Delivery) -> None:
    """A colleague gave the source another name."""
    delivery.starts_with("Source")
    delivery.source(name="Zip")


def with_a_second_source(delivery: Delivery, *, there: bool = True) -> None:
    """The page, and its settings in a zip of their own, with a rule of its own."""
    pipelines, events = delivery.client("codepipeline"), delivery.client("events")
    one = pipelines.get_pipeline(name=PIPELINE)["pipeline"]
    (first,) = one["stages"][0]["actions"]
    settings = {**first["configuration"], "S3ObjectKey": "settings.zip"}
    second = {**first, "name": "Settings", "configuration": settings, "outputArtifacts": [{"name": "settings"}]}
    one["stages"][0]["actions"].append(second)
    pipelines.update_pipeline(pipeline=one)
    if there:
        delivery.client("s3").put_object(Bucket=BUCKET, Key="settings.zip", Body=b"PK")
    where = {"bucket": {"name": [BUCKET]}, "object": {"key": ["settings.zip"]}}
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": where}
    events.put_rule(Name="settings", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="settings", Targets=events.list_targets_by_rule(Rule=OLD)["Targets"])
    pipelines.start_pipeline_execution(name=PIPELINE)


def second_source_without_its_file(delivery: Delivery) -> None:
    with_a_second_source(delivery, there=False)


def second_source_whose_rule_is_off(delivery: Delivery) -> None:
    with_a_second_source(delivery)
    delivery.client("events").disable_rule(Name="settings")


def second_source_that_nobody_watches(delivery: Delivery) -> None:
    with_a_second_source(delivery)
    delivery.client("events").disable_rule(Name="settings")
    events = delivery.client("events")
    events.remove_targets(
        Rule="settings", Ids=[each["Id"] for each in events.list_targets_by_rule(Rule=OLD)["Targets"]]
    )


def watched_by_the_clock_alone(delivery: Delivery) -> None:
    events = delivery.client("events")
    targets = events.list_targets_by_rule(Rule=OLD)["Targets"]
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    events.put_targets(Rule="nightly", Targets=targets)
    watched_by_nobody(delivery)


def watched_by_nobody(delivery: Delivery) -> None:
    events = delivery.client("events")
    events.remove_targets(Rule=OLD, Ids=[each["Id"] for each in events.list_targets_by_rule(Rule=OLD)["Targets"]])


def started_by_a_function(delivery: Delivery, start: str = "") -> None:
    """As it was done before S3 told EventBridge: a function hears of the file, and starts the pipeline itself."""
    watched_by_nobody(delivery)
    arn = f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:resize-photos"
    filters = {"Key": {"FilterRules": [{"Name": "prefix", "Value": start or KEY[:3]}]}}
    one = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": filters}
    delivery.client("s3").put_bucket_notification_configuration(
        Bucket=BUCKET, SkipDestinationValidation=True,
        NotificationConfiguration={"EventBridgeConfiguration": {}, "LambdaFunctionConfigurations": [one]},
    )  # fmt: skip


def a_function_for_other_files(delivery: Delivery) -> None:
    started_by_a_function(delivery, "photos/")


def put_into_the_archive(delivery: Delivery) -> None:
    """By a lifecycle rule that was meant for old files."""
    delivery.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"PK", StorageClass="GLACIER")


def at_hand_in_the_archive(delivery: Delivery) -> None:
    """This kind of archive is read as anything else is."""
    delivery.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"PK", StorageClass="GLACIER_IR")


def brought_back_from_the_archive(delivery: Delivery) -> None:
    put_into_the_archive(delivery)
    delivery.client("s3").restore_object(Bucket=BUCKET, Key=KEY, RestoreRequest={"Days": 3})


def nowhere_to_hand_on(delivery: Delivery) -> None:
    """Somebody cleaned the bucket of the artifacts up."""
    delivery.hands_on(location="fjord-artifacts-of-old")


def handed_on_elsewhere(delivery: Delivery) -> None:
    delivery.client("s3", region_name="us-east-1").create_bucket(Bucket="fjord-artifacts-far")
    delivery.hands_on(location="fjord-artifacts-far")


def may_not_hand_on(delivery: Delivery) -> None:
    delivery.role(allow(["s3:Get*", "s3:List*"], FILES))


def handed_on_under_a_key(delivery: Delivery) -> None:
    key = delivery.client("kms").create_key()["KeyMetadata"]["Arn"]
    delivery.hands_on(encryptionKey={"id": key, "type": "KMS"})


def handed_on_under_a_key_that_it_may_use(delivery: Delivery) -> None:
    handed_on_under_a_key(delivery)
    delivery.role(allow("s3:*", FILES), allow("kms:*", "*"))


def handed_on_under_a_key_that_is_off(delivery: Delivery) -> None:
    key = delivery.client("kms").create_key()["KeyMetadata"]
    delivery.client("kms").disable_key(KeyId=key["KeyId"])
    delivery.hands_on(encryptionKey={"id": key["Arn"], "type": "KMS"})


@dataclass(frozen=True)
class State:
    """How it is made, and how it stands then: the status, the rule that it is because of, a part of the way out."""

    made: Callable[[Delivery], None]
    status: str
    cause: str = ""
    remedy: str = ""
    policies: Mapping[str, str] = field(default_factory=dict)
    """What certain calls answer as policies: moto would apply these to the test's own calls, and without conditions."""


def test_what_an_organizations_trail_records_is_not_known(account: PracticeAccount, cloud: Aws) -> None:
    """It is listed in each account of it, and what it writes down is for the account that keeps it."""

    class Within(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            if call.name == "DescribeTrails":
                found["trailList"] = [
                    {**each, "TrailARN": each["TrailARN"].replace(ACCOUNT, "999999999999")}
                    for each in found["trailList"]
                ]
            return found

    told_by_a_trail(Delivery(account))
    assert (check(Within(cloud)).status, check(Within(cloud)).cause) == ("unknown", f"trail:{OLD}")


class WithPolicies(Between):
    def __init__(self, cloud: Any, policies: Mapping[str, str]) -> None:
        super().__init__(cloud)
        self.policies = policies

    def make(self, call: Call) -> dict[str, Any]:
        return {"Policy": self.policies[call.name]} if call.name in self.policies else super().make(call)


PLAIN = allow("s3:*", FILES, "Deny", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
NOT_BY_KMS = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
BY_KMS = allow("s3:PutObject", FILES[1], "Deny", Principal="*", Condition=NOT_BY_KMS)
ACCOUNT_AND_ROLE = {"AWS": [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"]}
ONLY_ADA = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ada"}
BY_KEY, CLOSED = (allow("kms:*", "*", Principal=who) for who in (ACCOUNT_AND_ROLE, ONLY_ADA))

STATES = {
    "only over TLS": State(as_it_is, "works", policies={"GetBucketPolicy": PLAIN}),
    "only what is encrypted by KMS, as the console wants it": State(
        as_it_is, "works", policies={"GetBucketPolicy": BY_KMS}
    ),
    "a key that names the role": State(encrypted, "works", policies={"GetKeyPolicy": BY_KEY}),
    "a key with a closed policy": State(
        encrypted_and_its_role_may, "broken", "key", "the key's policy must let", {"GetKeyPolicy": CLOSED}
    ),
} | {
    each.made.__name__: each
    for each in (
        State(as_it_is, "works"),
        State(with_a_managed_policy, "works"),
        State(by_the_buckets_policy, "works"),
        State(with_a_role_of_its_own, "works"),
        State(started_by_a_managed_policy, "works"),
        State(the_key_of_amazon_as_an_address, "works"),
        State(of_terraform, "works"),
        State(a_key_that_it_may_use, "works"),
        State(by_a_beginning, "works"),
        State(a_key_that_it_may_not_use, "broken", "key", '"Action": "kms:Decrypt"'),
        State(a_zip_with_a_key_that_its_bucket_has_not, "broken", "key", '"Action": "kms:Decrypt"'),
        State(a_key_for_the_next_zip, "works_but", "key", '"Action": "kms:Decrypt"'),
        State(a_key_that_is_off, "broken", "key", "aws kms enable-key"),
        State(may_not_read, "broken", "reads", "s3:GetObject, s3:GetObjectVersion, s3:GetBucketVersioning on"),
        State(may_not_read_versions, "broken", "reads", f"s3:GetObjectVersion on arn:aws:s3:::{BUCKET}/{KEY}"),
        State(reading_is_denied, "broken", "reads", "s3:GetObject"),
        State(in_a_network_only, "unknown", "reads"),
        State(role_gone, "broken", "source-role", "another role"),
        State(role_of_somebody_else, "broken", "source-role", "codepipeline.amazonaws.com sts:AssumeRole"),
        State(with_a_role_that_is_not_handed_on, "broken", "source-role", "sts:AssumeRole on"),
        State(starting_is_denied, "broken", "role", "codepipeline:StartPipelineExecution on"),
        State(handed_on_under_a_key_that_it_may_use, "works"),
        State(told_by_a_trail, "works"),
        State(told_by_a_trail_without_a_kind, "works"),
        State(a_trail_of_all_but_deletions, "works"),
        State(told_by_no_trail_without_a_kind, "broken", "trail", "Add data events"),
        State(a_trail_of_deletions, "broken", "trail", "Add data events"),
        State(started_with_a_version, "works"),
        State(started_with_the_file_that_landed, "works"),
        State(started_with_a_file_that_it_does_not_take, "broken", "pattern", "Let a new rule"),
        State(started_with_a_version_for_another_step, "broken", "target", "Let a new rule"),
        State(with_a_second_source, "works"),
        State(second_source_without_its_file, "broken", "file", "settings.zip"),
        State(second_source_whose_rule_is_off, "broken", "rule-on", "aws events enable-rule --name settings"),
        State(second_source_that_nobody_watches, "broken", "watched", "Make the rule"),
        State(watched_by_the_clock_alone, "broken", "watched", "Make the rule"),
        State(watched_by_nobody, "broken", "watched", "Make the rule"),
        State(started_by_a_function, "unknown", "watched", "make a rule"),
        State(a_function_for_other_files, "broken", "watched", "Make the rule"),
        State(at_hand_in_the_archive, "works"),
        State(brought_back_from_the_archive, "works"),
        State(put_into_the_archive, "broken", "file", "Upload it again"),
        State(nowhere_to_hand_on, "broken", "artifacts", "Make it again in eu-central-1"),
        State(handed_on_elsewhere, "broken", "artifacts", "a bucket of eu-central-1"),
        State(may_not_hand_on, "broken", "artifacts", "s3:PutObject on arn:aws:s3:::"),
        State(handed_on_under_a_key, "broken", "artifacts", "kms:GenerateDataKey on arn:aws:kms"),
        State(handed_on_under_a_key_that_is_off, "broken", "artifacts", "another key"),
        State(in_circles, "broken", "loop", "for this file only"),
        State(any_file, "works_but", "other-files", "for this file only"),
    )
}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.some(every=4)
def test_a_state_is_told_as_it_is(account: PracticeAccount, cloud: Aws, name: str) -> None:
    state = STATES[name]
    state.made(Delivery(account))
    found = check(WithPolicies(cloud, state.policies))
    because = found.because
    told = (str(found.status), found.cause.partition(":")[0])
    assert told == (state.status, state.cause), [f"{each.id} {each.grade}: {each.sentence}" for each in found.findings]
    assert state.remedy in (because.remedy if because else "")


def test_what_the_plan_knows_the_check_knows() -> None:
    """But who keeps it, of which a caution is given beforehand."""
    assert [*checks.RULES, rules.kept_by] == [*diagnosis.RULES]


@pytest.mark.parametrize("name", ["a_key_that_it_may_not_use", "may_not_read", "role_gone"])
def test_what_its_role_lacks_is_said_beforehand(account: PracticeAccount, cloud: Aws, name: str) -> None:
    state = STATES[name]
    state.made(Delivery(account))
    said = [each for each in session(cloud, None, STANDING).review().cautions if isinstance(each, Caution)]
    (found,) = [each for each in said if each.id == state.cause]
    assert state.remedy in found.message


def test_a_role_that_is_made_may_decrypt_what_it_reads(account: PracticeAccount, cloud: Aws) -> None:
    """The plan owns the role, so nothing of it is left to the person."""
    delivery = Delivery(account)
    key = delivery.encrypted("fjord-coffee-files")
    plan = session(cloud, None, {**NEW, "bucket": "fjord-coffee-files"}).review().plan
    (policy,) = [each for each in plan.actions if each.id == "pipeline-role-policy"]
    document = policy.call.params["PolicyDocument"]
    who = Caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-front-pipeline/x")
    via = {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}
    assert read(str(document), Request("kms:Decrypt", key, who, via))
    assert not read(
        str(document), Request("kms:Decrypt", key, who, {"kms:ViaService": "ec2.eu-central-1.amazonaws.com"})
    )


def test_a_bucket_of_another_account_is_not_taken_for_ones_own(account: PracticeAccount, cloud: Aws) -> None:
    """It may be looked at: versioning would be switched on there."""
    delivery = Delivery(account)
    partner = account.session_of(PARTNER)
    assert partner
    partner.client("s3").create_bucket(
        Bucket="theirs-123", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    with pytest.raises(Refused, match="The bucket theirs-123 belongs to another account"):
        session(cloud, None, {**NEW, "bucket": "theirs-123"})
    delivery.source(configuration={"S3Bucket": "theirs-123", "S3ObjectKey": KEY, "PollForSourceChanges": "false"})
    delivery.listens(bucket={"name": ["theirs-123"]})
    delivery.role(allow("s3:*", ["arn:aws:s3:::theirs-123", "arn:aws:s3:::theirs-123/*", *FILES]))
    found = check(cloud)
    assert (found.status, found.cause) == ("unknown", "bucket")


def test_a_key_that_is_being_changed_can_be_used(account: PracticeAccount, cloud: Aws) -> None:
    """Its state is `Updating` while it gets another primary region."""

    class Updating(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            if call.name == "DescribeKey":
                found["KeyMetadata"] = {**found["KeyMetadata"], "KeyState": "Updating"}
            return found

    a_key_that_it_may_use(Delivery(account))
    assert check(Updating(cloud)).status == "works"


def test_a_zip_that_is_too_large_is_told_before_and_after(account: PracticeAccount, cloud: Aws) -> None:
    class Large(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            return {**found, "ContentLength": 8 * 2**30} if call.name == "HeadObject" else found

    Delivery(account)
    found = check(Large(cloud))
    assert (found.status, found.cause) == ("broken", "file")
    assert found.because and "8.0 GB; CodePipeline takes at most 7 GB" in found.because.sentence


def test_rules_that_hear_of_something_else_cost_nothing(account: PracticeAccount, cloud: Aws) -> None:
    delivery, sent = Delivery(account), list[str]()
    for number in range(5):
        pattern = json.dumps({"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]})
        delivery.client("events").put_rule(Name=f"other-{number}", EventPattern=pattern)
    check(Between(cloud, before=lambda _, call: sent.append(call.operation)))
    assert sent.count("events.ListTargetsByRule") == 1
    assert len(sent) == CALLS


CALLS = 23
"""Of a check of one pipeline that one rule starts: four for each of the two roles, seven about bucket and file."""
