"""What stands between a bucket and its function: rules, queues and topics, right ones and wrong ones."""

from __future__ import annotations

import json
from typing import Any

from s3_lambda.cases import ARN, BUCKET, NAME
from s3_lambda.standing import ACCOUNT, CREATED, QUEUE, REGION, TOPIC, Bucket, allow


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


def handed_on(bucket: Bucket, arn: str) -> None:
    """To something that may call the function then."""
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [BUCKET]}}}
    bucket.client("events").put_rule(Name="photos", EventPattern=json.dumps(pattern))
    bucket.client("events").put_targets(Rule="photos", Targets=[{"Id": "1", "Arn": arn}])
    bucket.put(EventBridgeConfiguration={})


def by_a_state_machine(bucket: Bucket) -> None:
    handed_on(bucket, f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:resize")


def by_another_bus(bucket: Bucket) -> None:
    handed_on(bucket, f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/photos")


def a_rule_for_a_log(bucket: Bucket) -> None:
    """Of which nothing is called."""
    handed_on(bucket, f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/events/photos")


def by_a_queue_that_something_else_empties(bucket: Bucket) -> None:
    """A pipe, for example."""
    policy = allow("sqs:SendMessage", QUEUE, Principal={"Service": "s3.amazonaws.com"})
    bucket.client("sqs").create_queue(QueueName="photos", Attributes={"Policy": policy})
    bucket.put(QueueConfigurations=[{"Id": "q", "QueueArn": QUEUE, "Events": [CREATED]}])


def a_queue_that_is_not_there(bucket: Bucket) -> None:
    bucket.put(QueueConfigurations=[{"Id": "q", "QueueArn": QUEUE, "Events": [CREATED]}])


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


def rule_that_calls_with_a_role(bucket: Bucket) -> None:
    """As the console makes them by now, instead of a permission."""
    rule_that_may_not_call(bucket)
    role = f"arn:aws:iam::{ACCOUNT}:role/service-role/calls-photos"
    bucket.client("events").put_targets(Rule="photos", Targets=[{"Id": "1", "Arn": ARN, "RoleArn": role}])


def never_runs(bucket: Bucket) -> None:
    by_a_queue(bucket)
    bucket.client("lambda").put_function_concurrency(FunctionName=NAME, ReservedConcurrentExecutions=0)
