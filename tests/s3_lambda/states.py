"""How buckets and functions of other people stand: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from s3_lambda.cases import ARN
from s3_lambda.roles_and_keys import (
    a_key_by_a_grant,
    a_key_by_a_grant_and_denied,
    a_key_by_a_grant_to_another,
    a_key_by_a_grant_within_limits,
    a_key_that_it_may_use,
    by_the_buckets_policy,
    key_gone,
    may_not_decrypt,
    may_not_read,
    may_read_on_a_condition,
    may_read_some,
    may_write_a_part,
    may_write_by_the_buckets_policy,
    reading_is_denied,
    role_gone,
    role_of_somebody_else,
    the_key_of_amazon_as_an_address,
    writing_here_is_denied,
)
from s3_lambda.standing import ACCOUNT, CREATED, QUEUE, TOPIC, Bucket, State
from s3_lambda.ways import (
    a_queue_that_is_not_there,
    a_rule_for_a_log,
    by_a_queue,
    by_a_queue_over_tls,
    by_a_queue_that_something_else_empties,
    by_a_queue_under_a_key,
    by_a_rule,
    by_a_rule_for_a_folder,
    by_a_state_machine,
    by_a_topic,
    by_a_topic_and_a_queue,
    by_another_bus,
    never_runs,
    queue_encrypted,
    queue_encrypted_by_amazon,
    queue_encrypted_for_s3,
    queue_gone,
    queue_not_fetched,
    queue_that_does_not_let_its_rule_in,
    queue_that_does_not_let_its_topic_in,
    queue_that_is_filtered,
    queue_that_its_role_may_not_fetch_from,
    queue_that_lets_nobody_in,
    rule_for_another_bucket,
    rule_switched_off,
    rule_that_calls_with_a_role,
    rule_that_may_not_call,
    rule_without_bridge,
    topic_as_it_is_made,
    topic_encrypted_by_amazon,
    topic_that_is_filtered,
    twice,
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


def wildcard(bucket: Bucket) -> None:
    bucket.calls("in/*")


def wildcard_at_the_end(bucket: Bucket) -> None:
    bucket.calls("in/", "*.jpg")


def leading_slash(bucket: Bucket) -> None:
    bucket.calls("/in/")


def leading_slash_encoded(bucket: Bucket) -> None:
    bucket.calls("%2Fin/")


def a_space(bucket: Bucket) -> None:
    """As Terraform hands it on, and S3 keeps it."""
    bucket.calls("new photos/")


def a_space_encoded(bucket: Bucket) -> None:
    bucket.calls("new+photos/day%3D1/")


def an_equals_sign(bucket: Bucket) -> None:
    bucket.calls("in/day=1/")


def only_put(bucket: Bucket) -> None:
    bucket.calls("in/", "", "s3:ObjectCreated:Put")


def starts_itself(bucket: Bucket) -> None:
    bucket.calls("photos/")


def function_of_another_account(bucket: Bucket) -> None:
    bucket.calls(arn=ARN.replace(ACCOUNT, "210987654321"))


def without_permission(bucket: Bucket) -> None:
    bucket.calls(let=False)


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
        State(a_key_by_a_grant, "works"),
        State(a_key_by_a_grant_within_limits, "unknown", "key"),
        State(a_key_by_a_grant_and_denied, "works_but", "key", '"Action": "kms:Decrypt"'),
        State(a_key_by_a_grant_to_another, "works_but", "key", '"Action": "kms:Decrypt"'),
        State(the_key_of_amazon_as_an_address, "works"),
        State(writing_here_is_denied, "works"),
        State(of_a_stack, "works"),
        State(deletions_only, "works"),
        State(all_ways_one_by_one, "works"),
        State(rule_without_bridge, "broken", "way", "Send notifications to Amazon EventBridge"),
        State(rule_switched_off, "broken", "way", "aws events enable-rule --name photos"),
        State(rule_for_another_bucket, "broken", "notification", "handrail run s3_lambda --set bucket="),
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
        State(a_space, "broken", "filter", "Write the filter as new+photos/…"),
        State(a_space_encoded, "works"),
        State(an_equals_sign, "broken", "filter", "Write the filter as in/day%3D1/…"),
        State(by_a_state_machine, "unknown", "notification", "handrail run s3_lambda"),
        State(by_another_bus, "unknown", "notification"),
        State(by_a_queue_that_something_else_empties, "unknown", "notification"),
        State(a_rule_for_a_log, "broken", "notification"),
        State(a_queue_that_is_not_there, "broken", "notification"),
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
