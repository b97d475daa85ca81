"""What a function may do with the files that it is called for, and by which key they are encrypted."""

from __future__ import annotations

import json

from s3_lambda.cases import BUCKET, NAME
from s3_lambda.standing import ACCOUNT, REGION, Bucket, allow


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


def a_key_by_a_grant(bucket: Bucket, **limits: object) -> None:
    """Neither its policies nor the key's name it."""
    bucket.calls()
    who = f"arn:aws:iam::{ACCOUNT}:role/{NAME}"
    bucket.client("kms").create_grant(KeyId=bucket.encrypted(), GranteePrincipal=who, Operations=["Decrypt"], **limits)


def a_key_by_a_grant_within_limits(bucket: Bucket) -> None:
    a_key_by_a_grant(bucket, Constraints={"EncryptionContextSubset": {"department": "photos"}})


def a_key_by_a_grant_and_denied(bucket: Bucket) -> None:
    a_key_by_a_grant(bucket)
    bucket.role(allow("s3:Get*", f"arn:aws:s3:::{BUCKET}/*"), allow("kms:*", "*", "Deny"))


def a_key_by_a_grant_to_another(bucket: Bucket) -> None:
    bucket.calls()
    who = f"arn:aws:iam::{ACCOUNT}:role/another"
    bucket.client("kms").create_grant(KeyId=bucket.encrypted(), GranteePrincipal=who, Operations=["Decrypt"])


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
