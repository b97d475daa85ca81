"""How pipelines of other people stand: what is right in an unusual way, and what is wrong."""

from __future__ import annotations

from s3_pipeline.cases import BUCKET, KEY, PIPELINE
from s3_pipeline.roles_and_keys import (
    BY_KEY,
    BY_KMS,
    CLOSED,
    PLAIN,
    a_key_by_a_grant,
    a_key_by_a_grant_to_read_alone,
    a_key_for_the_next_zip,
    a_key_that_is_off,
    a_key_that_it_may_not_use,
    a_key_that_it_may_use,
    a_zip_with_a_key_that_its_bucket_has_not,
    by_the_buckets_policy,
    encrypted,
    encrypted_and_its_role_may,
    handed_on_elsewhere,
    handed_on_under_a_key,
    handed_on_under_a_key_that_is_off,
    handed_on_under_a_key_that_it_may_use,
    in_a_network_only,
    may_not_hand_on,
    may_not_read,
    may_not_read_versions,
    nowhere_to_hand_on,
    reading_is_denied,
    role_gone,
    role_of_somebody_else,
    started_by_a_managed_policy,
    starting_is_denied,
    the_key_of_amazon_as_an_address,
    with_a_managed_policy,
    with_a_role_of_its_own,
    with_a_role_that_is_not_handed_on,
)
from s3_pipeline.standing import ACCOUNT, Delivery, State, as_it_is
from s3_pipeline.what_starts_it import (
    a_function_for_other_files,
    a_trail_of_all_but_deletions,
    a_trail_of_deletions,
    any_file,
    by_a_beginning,
    by_its_ending,
    in_circles,
    second_source_that_nobody_watches,
    second_source_whose_rule_is_off,
    second_source_without_its_file,
    started_by_a_function,
    started_with_a_file_that_it_does_not_take,
    started_with_a_version,
    started_with_a_version_for_another_step,
    started_with_the_file_that_landed,
    told_by_a_trail,
    told_by_a_trail_without_a_kind,
    told_by_no_trail_without_a_kind,
    watched_by_nobody,
    watched_by_the_clock_alone,
    with_a_second_source,
)


def of_terraform(delivery: Delivery) -> None:
    tags = [{"key": "ManagedBy", "value": "Terraform"}]
    arn = f"arn:aws:codepipeline:eu-central-1:{ACCOUNT}:{PIPELINE}"
    delivery.client("codepipeline").tag_resource(resourceArn=arn, tags=tags)


def put_into_the_archive(delivery: Delivery) -> None:
    """By a lifecycle rule that was meant for old files."""
    delivery.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"PK", StorageClass="GLACIER")


def at_hand_in_the_archive(delivery: Delivery) -> None:
    """This kind of archive is read as anything else is."""
    delivery.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"PK", StorageClass="GLACIER_IR")


def brought_back_from_the_archive(delivery: Delivery) -> None:
    put_into_the_archive(delivery)
    delivery.client("s3").restore_object(Bucket=BUCKET, Key=KEY, RestoreRequest={"Days": 3})


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
        State(a_key_by_a_grant, "works"),
        State(a_key_by_a_grant_to_read_alone, "broken", "artifacts"),
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
        State(second_source_without_its_file, "waiting", "file", "settings.zip"),
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
        State(may_not_hand_on, "broken", "artifacts", "/deliver-shop/*."),
        State(handed_on_under_a_key, "broken", "artifacts", "kms:GenerateDataKey on arn:aws:kms"),
        State(handed_on_under_a_key_that_is_off, "broken", "artifacts", "another key"),
        State(in_circles, "broken", "loop", "for this file only"),
        State(by_its_ending, "works_but", "other-files"),
        State(any_file, "works_but", "other-files", "for this file only"),
    )
}
