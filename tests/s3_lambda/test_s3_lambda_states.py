"""Buckets and functions as other people leave them: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from s3_lambda.cases import ARN, BUCKET, NAME, PHOTOS, session
from support.clouds import Between

import flows
from flows.engine import Call, Caution
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.engine.verdict import Verdict, verdict
from flows.practice import PracticeAccount
from flows.s3_lambda import checks, diagnosis

ACCOUNT, REGION = "123456789012", "eu-central-1"
QUEUE, TOPIC = f"arn:aws:sqs:{REGION}:{ACCOUNT}:photos", f"arn:aws:sns:{REGION}:{ACCOUNT}:photos"
CREATED = "s3:ObjectCreated:*"


def check(cloud: Any, function: str = NAME) -> Verdict:
    return verdict(flows.find("s3_lambda").diagnose(CachedCloud(cloud), {"bucket": BUCKET, "function": function}))


class Bucket:
    """The bucket and the function of the demo company, with nothing between them."""

    def __init__(self, account: PracticeAccount) -> None:
        self.client: Callable[..., Any] = account.session.client
        self.document: dict[str, Any] = {}
        self.client("lambda").list_functions()  # a receiver is told a test event, for which moto must know of it

    def put(self, **more: Any) -> None:
        self.document |= more
        self.client("s3").put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration=self.document, SkipDestinationValidation=True
        )

    def calls(self, prefix: str = "in/", suffix: str = "", *events: str, arn: str = ARN, let: bool = True) -> None:
        filters = [{"Name": "prefix", "Value": prefix}] if prefix else []
        filters += [{"Name": "suffix", "Value": suffix}] if suffix else []
        one: dict[str, Any] = {"Id": "theirs", "LambdaFunctionArn": arn, "Events": list(events) or [CREATED]}
        one |= {"Filter": {"Key": {"FilterRules": filters}}} if filters else {}
        self.put(LambdaFunctionConfigurations=[*self.document.get("LambdaFunctionConfigurations", []), one])
        if let:
            self.let("s3.amazonaws.com", f"arn:aws:s3:::{BUCKET}", SourceAccount=ACCOUNT)

    def let(self, service: str, source: str, **more: str) -> None:
        self.client("lambda").add_permission(
            FunctionName=NAME, StatementId=service.partition(".")[0], Action="lambda:InvokeFunction",
            Principal=service, SourceArn=source, **more,
        )  # fmt: skip

    def rule(
        self, pattern: dict[str, Any] | None = None, to: str = ARN, *, on: bool = True, bridge: bool = True
    ) -> None:
        pattern = pattern or {"source": ["aws.s3"], "detail": {"bucket": {"name": [BUCKET]}}}
        events = self.client("events")
        arn = events.put_rule(Name="photos", EventPattern=json.dumps(pattern), State="ENABLED" if on else "DISABLED")
        events.put_targets(Rule="photos", Targets=[{"Id": "1", "Arn": ARN}])
        self.let("events.amazonaws.com", arn["RuleArn"])
        if bridge:
            self.put(EventBridgeConfiguration={})

    def queue(self, *, enabled: bool = True) -> None:
        policy = allow("sqs:SendMessage", QUEUE, Principal={"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]})
        self.client("sqs").create_queue(QueueName="photos", Attributes={"Policy": policy})
        fetch = allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], QUEUE)
        self.client("iam").put_role_policy(RoleName=NAME, PolicyName="fetch", PolicyDocument=fetch)
        self.client("lambda").create_event_source_mapping(EventSourceArn=QUEUE, FunctionName=NAME, Enabled=enabled)

    def role(self, *statements: str, name: str = "photos-read") -> None:
        """What the function's role may do, in the place of what it may now."""
        iam = self.client("iam")
        for each in iam.list_role_policies(RoleName=NAME)["PolicyNames"]:
            iam.delete_role_policy(RoleName=NAME, PolicyName=each)
        for number, each in enumerate(statements):
            iam.put_role_policy(RoleName=NAME, PolicyName=f"{name}-{number}", PolicyDocument=each)

    def encrypted(self) -> str:
        key = self.client("kms").create_key()["KeyMetadata"]["Arn"]
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        self.client("s3").put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
        return str(key)


def allow(action: Any, resource: Any, effect: str = "Allow", **more: Any) -> str:
    one = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": one})


def by_a_rule(bucket: Bucket) -> None:
    bucket.rule()


def by_a_rule_for_a_folder(bucket: Bucket) -> None:
    where = {
        "bucket": {"name": [BUCKET]},
        "object": {"key": [{"wildcard": "in/*.jpg"}], "size": [{"numeric": [">", 0]}]},
    }
    bucket.rule({"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": where})


def by_a_queue(bucket: Bucket) -> None:
    bucket.queue()
    bucket.put(QueueConfigurations=[{"Id": "q", "QueueArn": QUEUE, "Events": [CREATED]}])


def by_a_topic(bucket: Bucket, *, policy: str = "") -> None:
    source = {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{BUCKET}"}}
    policy = policy or allow("sns:Publish", TOPIC, Principal={"Service": "s3.amazonaws.com"}, Condition=source)
    bucket.client("sns").create_topic(Name="photos", Attributes={"Policy": policy})
    bucket.put(TopicConfigurations=[{"Id": "t", "TopicArn": TOPIC, "Events": [CREATED]}])
    bucket.client("sns").subscribe(TopicArn=TOPIC, Protocol="lambda", Endpoint=ARN)
    bucket.let("sns.amazonaws.com", TOPIC)


def by_a_topic_and_a_queue(bucket: Bucket) -> None:
    bucket.queue()
    bucket.client("sns").create_topic(
        Name="photos", Attributes={"Policy": allow("sns:Publish", TOPIC, Principal={"Service": "s3.amazonaws.com"})}
    )
    bucket.put(TopicConfigurations=[{"Id": "t", "TopicArn": TOPIC, "Events": [CREATED]}])
    bucket.client("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE)


def by_the_buckets_policy(bucket: Bucket) -> None:
    """The role may do nothing by itself, and the bucket lets it read."""
    bucket.calls()
    bucket.role()
    who = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{NAME}"}
    bucket.client("s3").put_bucket_policy(
        Bucket=BUCKET, Policy=allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*", Principal=who)
    )


def a_key_that_it_may_use(bucket: Bucket) -> None:
    bucket.calls()
    bucket.role(allow("s3:Get*", f"arn:aws:s3:::{BUCKET}/*"), allow("kms:Decrypt", bucket.encrypted()))


def the_key_of_amazon_as_an_address(bucket: Bucket) -> None:
    """As a template writes it."""
    bucket.calls()
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/aws/s3"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    bucket.client("s3").put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})


def writing_here_is_denied(bucket: Bucket) -> None:
    """It may write everywhere but where it is called for."""
    files = f"arn:aws:s3:::{BUCKET}"
    bucket.calls()
    bucket.role(
        allow("s3:GetObject", f"{files}/*"), allow("s3:Put*", f"{files}/*"), allow("s3:Put*", f"{files}/in/*", "Deny")
    )


def of_a_stack(bucket: Bucket) -> None:
    bucket.calls()
    tags = {"aws:cloudformation:stack-name": "photos"}
    bucket.client("lambda").tag_resource(Resource=ARN, Tags=tags)


def deletions_only(bucket: Bucket) -> None:
    """Nothing arrives that could be read."""
    bucket.calls("", "", "s3:ObjectRemoved:*")
    bucket.role()


def all_ways_one_by_one(bucket: Bucket) -> None:
    kinds = ("Put", "Post", "Copy", "CompleteMultipartUpload")
    bucket.calls("in/", "", *(f"s3:ObjectCreated:{each}" for each in kinds))


def rule_without_bridge(bucket: Bucket) -> None:
    bucket.rule(bridge=False)


def rule_switched_off(bucket: Bucket) -> None:
    bucket.rule(on=False)


def rule_for_another_bucket(bucket: Bucket) -> None:
    bucket.rule({"source": ["aws.s3"], "detail": {"bucket": {"name": ["another"]}}})


def rule_that_may_not_call(bucket: Bucket) -> None:
    bucket.rule()
    bucket.client("lambda").remove_permission(FunctionName=NAME, StatementId="events")


def queue_not_fetched(bucket: Bucket) -> None:
    bucket.queue(enabled=False)
    bucket.put(QueueConfigurations=[{"Id": "q", "QueueArn": QUEUE, "Events": [CREATED]}])


def set_queue(bucket: Bucket, **attributes: str) -> None:
    sqs = bucket.client("sqs")
    url = sqs.get_queue_url(QueueName="photos")["QueueUrl"]
    kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]  # moto would forget it
    sqs.set_queue_attributes(QueueUrl=url, Attributes={**kept, **attributes})


def by_a_queue_over_tls(bucket: Bucket) -> None:
    """As CDK writes it for a bucket's queue, with `enforceSSL`."""
    by_a_queue(bucket)
    s3 = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Resource": QUEUE}
    source = {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:*:*:{BUCKET}"}}
    lets = {**s3, "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"], "Condition": source}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    denies = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sqs:*", "Resource": QUEUE, "Condition": plain}
    set_queue(bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [lets, denies]}))


def queue_that_lets_nobody_in(bucket: Bucket) -> None:
    by_a_queue(bucket)
    set_queue(bucket, Policy="")


def queue_gone(bucket: Bucket) -> None:
    by_a_queue(bucket)
    sqs = bucket.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="photos")["QueueUrl"])


def queue_encrypted_by_amazon(bucket: Bucket) -> None:
    """As the console offers it, and nobody is told that S3 cannot use that key."""
    by_a_queue(bucket)
    set_queue(bucket, KmsMasterKeyId="alias/aws/sqs")


def queue_encrypted(bucket: Bucket, *more: dict[str, Any]) -> None:
    """With a key of the account's own, whose policy knows only the account."""
    by_a_queue(bucket)
    owner = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*",
             "Resource": "*"}  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [owner, *more]})
    key = bucket.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    set_queue(bucket, KmsMasterKeyId=key)


def queue_encrypted_for_s3(bucket: Bucket) -> None:
    use = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Resource": "*"}
    queue_encrypted(bucket, {**use, "Action": ["kms:GenerateDataKey*", "kms:Decrypt"]})


def by_a_queue_under_a_key(bucket: Bucket) -> None:
    queue_encrypted_for_s3(bucket)
    bucket.client("iam").put_role_policy(RoleName=NAME, PolicyName="key", PolicyDocument=allow("kms:Decrypt", "*"))


def queue_that_its_role_may_not_fetch_from(bucket: Bucket) -> None:
    """Somebody wrote the role's policies anew."""
    by_a_queue(bucket)
    bucket.role(allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*"))


def queue_that_is_filtered(bucket: Bucket) -> None:
    by_a_queue(bucket)
    mappings = bucket.client("lambda")
    (one,) = mappings.list_event_source_mappings(EventSourceArn=QUEUE)["EventSourceMappings"]
    criteria = {"Filters": [{"Pattern": json.dumps({"body": {"Records": {"eventName": ["ObjectCreated:Put"]}}})}]}
    mappings.update_event_source_mapping(UUID=one["UUID"], FilterCriteria=criteria)


def topic_encrypted_by_amazon(bucket: Bucket) -> None:
    by_a_topic(bucket)
    key = {"AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/aws/sns"}
    bucket.client("sns").set_topic_attributes(TopicArn=TOPIC, **key)


def topic_that_is_filtered(bucket: Bucket) -> None:
    by_a_topic(bucket)
    sns = bucket.client("sns")
    (one,) = sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    wanted = {"AttributeName": "FilterPolicy", "AttributeValue": json.dumps({"kind": ["photo"]})}
    sns.set_subscription_attributes(SubscriptionArn=one["SubscriptionArn"], **wanted)


def queue_that_does_not_let_its_topic_in(bucket: Bucket) -> None:
    by_a_topic_and_a_queue(bucket)
    set_queue(bucket, Policy="")


def queue_that_does_not_let_its_rule_in(bucket: Bucket) -> None:
    bucket.queue()
    events = bucket.client("events")
    pattern = json.dumps({"source": ["aws.s3"], "detail": {"bucket": {"name": [BUCKET]}}})
    events.put_rule(Name="photos", EventPattern=pattern)
    events.put_targets(Rule="photos", Targets=[{"Id": "1", "Arn": QUEUE}])
    bucket.put(EventBridgeConfiguration={})


def topic_as_it_is_made(bucket: Bucket) -> None:
    owner = {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}
    by_a_topic(bucket, policy=allow("sns:Publish", TOPIC, Principal={"AWS": "*"}, Condition=owner))


def twice(bucket: Bucket) -> None:
    bucket.calls()
    bucket.rule()


def wildcard(bucket: Bucket) -> None:
    bucket.calls("in/*")


def wildcard_at_the_end(bucket: Bucket) -> None:
    bucket.calls("in/", "*.jpg")


def leading_slash(bucket: Bucket) -> None:
    bucket.calls("/in/")


def leading_slash_encoded(bucket: Bucket) -> None:
    bucket.calls("%2Fin/")


def only_put(bucket: Bucket) -> None:
    bucket.calls("in/", "", "s3:ObjectCreated:Put")


def role_gone(bucket: Bucket) -> None:
    bucket.calls()
    bucket.role()
    bucket.client("iam").delete_role(RoleName=NAME)


def role_of_somebody_else(bucket: Bucket) -> None:
    bucket.calls()
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    bucket.client("iam").update_assume_role_policy(RoleName=NAME, PolicyDocument=document)


def may_not_read(bucket: Bucket) -> None:
    bucket.calls()
    bucket.role(allow("logs:*", "*"))


def reading_is_denied(bucket: Bucket) -> None:
    bucket.calls()
    deny = allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*", "Deny", Principal="*")
    bucket.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=deny)


def may_read_some(bucket: Bucket) -> None:
    bucket.calls()
    bucket.role(allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/in/small/*"))


def may_read_on_a_condition(bucket: Bucket) -> None:
    bucket.calls()
    network = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    bucket.role(allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*", Condition=network))


def may_not_decrypt(bucket: Bucket) -> None:
    bucket.calls()
    bucket.encrypted()


def starts_itself(bucket: Bucket) -> None:
    bucket.calls("photos/")


def may_write_a_part(bucket: Bucket) -> None:
    bucket.calls("in/", ".jpg")
    files = f"arn:aws:s3:::{BUCKET}"
    bucket.role(allow("s3:GetObject", f"{files}/*"), allow("s3:PutObject", f"{files}/in/*/small/*"))


def may_write_by_the_buckets_policy(bucket: Bucket) -> None:
    bucket.calls()
    who = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{NAME}"}
    policy = allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{BUCKET}/*", Principal=who)
    bucket.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=policy)


def key_gone(bucket: Bucket) -> None:
    bucket.calls()
    key = bucket.encrypted().rpartition("/")[2]
    bucket.client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)


def rule_that_calls_with_a_role(bucket: Bucket) -> None:
    """As the console makes them by now, instead of a permission."""
    rule_that_may_not_call(bucket)
    role = f"arn:aws:iam::{ACCOUNT}:role/service-role/calls-photos"
    bucket.client("events").put_targets(Rule="photos", Targets=[{"Id": "1", "Arn": ARN, "RoleArn": role}])


def function_of_another_account(bucket: Bucket) -> None:
    bucket.calls(arn=ARN.replace(ACCOUNT, "210987654321"))


def without_permission(bucket: Bucket) -> None:
    bucket.calls(let=False)


def never_runs(bucket: Bucket) -> None:
    by_a_queue(bucket)
    bucket.client("lambda").put_function_concurrency(FunctionName=NAME, ReservedConcurrentExecutions=0)


@dataclass(frozen=True)
class State:
    """How it is made, and how it stands then: the status, the rule that it is because of, a part of the way out."""

    made: Callable[[Bucket], None]
    status: str
    cause: str = ""
    remedy: str = ""


STATES = {
    each.made.__name__: each
    for each in (
        State(by_a_rule, "works"),
        State(by_a_rule_for_a_folder, "works"),
        State(by_a_queue, "works"),
        State(by_a_topic, "works"),
        State(by_a_topic_and_a_queue, "works"),
        State(by_the_buckets_policy, "works"),
        State(a_key_that_it_may_use, "works"),
        State(the_key_of_amazon_as_an_address, "works"),
        State(writing_here_is_denied, "works"),
        State(of_a_stack, "works"),
        State(deletions_only, "works"),
        State(all_ways_one_by_one, "works"),
        State(rule_without_bridge, "broken", "way", "Send notifications to Amazon EventBridge"),
        State(rule_switched_off, "broken", "way", "aws events enable-rule --name photos"),
        State(rule_for_another_bucket, "broken", "notification", "handrail run s3_lambda"),
        State(rule_that_may_not_call, "broken", "permission", "--principal events.amazonaws.com"),
        State(queue_not_fetched, "broken", "way", "aws lambda update-event-source-mapping"),
        State(by_a_queue_under_a_key, "works"),
        State(by_a_queue_over_tls, "works"),
        State(function_of_another_account, "unknown", "function"),
        State(rule_that_calls_with_a_role, "unknown", "permission", "lambda:InvokeFunction"),
        State(topic_as_it_is_made, "broken", "way", "Let its policy allow s3.amazonaws.com sns:Publish"),
        State(queue_that_lets_nobody_in, "broken", "way", "Let its policy allow s3.amazonaws.com sqs:SendMessage"),
        State(queue_gone, "broken", "way", "Make it again"),
        State(queue_encrypted_by_amazon, "broken", "way", "with SSE-SQS, or with a key of your own"),
        State(queue_encrypted, "broken", "way", "allow s3.amazonaws.com kms:GenerateDataKey and kms:Decrypt"),
        State(queue_encrypted_for_s3, "broken", "fetches", "Allow its role resize-photos that on arn:aws:kms"),
        State(queue_that_its_role_may_not_fetch_from, "broken", "fetches", f"that on {QUEUE}"),
        State(queue_that_is_filtered, "unknown", "way"),
        State(topic_encrypted_by_amazon, "broken", "way", "Encrypt it with a key of your own"),
        State(topic_that_is_filtered, "unknown", "way"),
        State(queue_that_does_not_let_its_topic_in, "broken", "way", f"sns.amazonaws.com sqs:SendMessage for {TOPIC}"),
        State(queue_that_does_not_let_its_rule_in, "broken", "way", "Let its policy allow events.amazonaws.com"),
        State(twice, "works_but", "twice", "Take one of them away"),
        State(wildcard, "broken", "filter", "Give only the beginning"),
        State(wildcard_at_the_end, "broken", "filter", "Give only the beginning"),
        State(leading_slash, "broken", "filter", "Give only the beginning"),
        State(leading_slash_encoded, "broken", "filter", "Give only the beginning"),
        State(only_put, "works_but", "only-put", CREATED),
        State(role_gone, "broken", "role", "Give the function another role"),
        State(role_of_somebody_else, "broken", "role", "lambda.amazonaws.com sts:AssumeRole"),
        State(may_not_read, "works_but", "reads", "s3:GetObject on"),
        State(reading_is_denied, "works_but", "reads", "s3:GetObject on"),
        State(may_read_some, "unknown", "reads", "s3:GetObject on"),
        State(may_read_on_a_condition, "unknown", "reads"),
        State(may_not_decrypt, "works_but", "key", '"Action": "kms:Decrypt"'),
        State(starts_itself, "works_but", "recursion", "into another bucket"),
        State(may_write_a_part, "works_but", "recursion", "into another bucket"),
        State(may_write_by_the_buckets_policy, "works_but", "recursion", "into another bucket"),
        State(key_gone, "works_but", "key", "aws kms cancel-key-deletion"),
        State(without_permission, "broken", "permission", "--principal s3.amazonaws.com"),
        State(never_runs, "broken", "function", "delete-function-concurrency"),
    )
}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.some(every=3)
def test_a_state_is_told_as_it_is(account: PracticeAccount, cloud: Aws, name: str) -> None:
    state = STATES[name]
    state.made(Bucket(account))
    found = check(cloud)
    because = found.because
    told = (str(found.status), found.cause.partition(":")[0])
    assert told == (state.status, state.cause), [f"{each.id} {each.grade}: {each.sentence}" for each in found.findings]
    assert state.remedy in (because.remedy if because else "")


def test_what_the_plan_knows_the_check_knows() -> None:
    """The check has besides whether it runs, which the question for the function asks before, and who keeps the
    function, of which a caution is given beforehand."""
    assert {each.__name__ for each in checks.RULES} == {each.__name__ for each in diagnosis.RULES} - {
        "ready",
        "kept_by",
    }


@pytest.mark.parametrize("made", [by_a_rule, by_a_queue, by_a_topic])
def test_it_is_said_beforehand_who_calls_it_already(
    account: PracticeAccount, cloud: Aws, made: Callable[[Bucket], None]
) -> None:
    made(Bucket(account))
    answers = {**PHOTOS, "events": ["s3:LifecycleTransition"], "prefix": "", "suffix": ""}
    said = [each for each in session(cloud, None, answers).review().cautions if isinstance(each, Caution)]
    (found,) = [each for each in said if each.id == "twice"]
    assert f"{NAME} is called for files of {BUCKET} already, by the " in found.message


def test_a_wish_that_is_wider_than_what_stands_is_not_done_yet(account: PracticeAccount, cloud: Aws) -> None:
    Bucket(account).calls("in/", ".jpg")
    review = session(cloud, None, {**PHOTOS, "suffix": ""}).review()
    (found,) = [each for each in review.findings if each.id == "overlap"]
    assert "which is less than in/…" in found.sentence
    assert "Nothing needs to be done" not in found.remedy


def test_rules_that_hear_of_other_buckets_cost_nothing(account: PracticeAccount, cloud: Aws) -> None:
    bucket, sent = Bucket(account), list[str]()
    bucket.calls()
    for number in range(5):
        pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [f"other-{number}"]}}}
        bucket.client("events").put_rule(Name=f"other-{number}", EventPattern=json.dumps(pattern))
    check(Between(cloud, before=lambda _, call: sent.append(call.operation)))
    assert "events.ListTargetsByRule" not in sent
    assert len(sent) == CALLS


CALLS = 15
"""Of a check of one function that is called straight: six of them for its role, two for the bucket's other settings,
two for who keeps them."""


def test_a_function_that_is_being_made_is_waited_for(account: PracticeAccount, cloud: Aws) -> None:
    class Pending(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            more = {"State": "Pending", "StateReason": "The function is being created."}
            return {**found, **more} if call.name == "GetFunctionConfiguration" else found

    Bucket(account).calls()
    found = check(Pending(cloud))
    assert found.status == "waiting"
    assert found.because
    assert found.because.sentence.endswith("being created.")


@pytest.mark.parametrize(("update", "status"), [("InProgress", "works"), ("Failed", "works_but")])
def test_a_change_that_is_not_over_keeps_nothing_from_running(
    account: PracticeAccount, cloud: Aws, update: str, status: str
) -> None:
    """Until it is, the function runs as it was."""

    class Changing(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            return {**found, "LastUpdateStatus": update} if call.name == "GetFunctionConfiguration" else found

    Bucket(account).calls()
    assert check(Changing(cloud)).status == status


@pytest.mark.parametrize(("on", "status"), [(True, "works"), (False, "broken")])
def test_a_function_begins_only_where_its_variables_can_be_read(
    account: PracticeAccount, cloud: Aws, on: bool, status: str
) -> None:
    """moto forgets with which key they are encrypted."""
    kms = account.session.client("kms")
    key = kms.create_key()["KeyMetadata"]
    encrypted = {"KMSKeyArn": key["Arn"], "Environment": {"Variables": {"SIZE": "200"}}}
    if not on:
        kms.disable_key(KeyId=key["KeyId"])

    class Encrypted(Between):
        def make(self, call: Call) -> dict[str, Any]:
            found = super().make(call)
            return {**found, **encrypted} if call.name == "GetFunctionConfiguration" else found

    Bucket(account).calls()
    found = check(Encrypted(cloud))
    assert found.status == status
    assert on or (found.because and "aws kms enable-key" in found.because.remedy)


def test_who_keeps_the_function_is_said(account: PracticeAccount, cloud: Aws) -> None:
    of_a_stack(Bucket(account))
    (found,) = [each for each in check(cloud).findings if each.id.startswith("managed:")]
    assert found.sentence == f"The function {NAME} is managed by the CloudFormation stack photos: change it there."
    said = session(cloud, None, {**PHOTOS, "prefix": "other/"}).review().cautions
    assert [each.key for each in said if each.id == "managed"] == ["function"]
