"""What the roles of a pipeline may do, and by which keys its files are encrypted."""

from __future__ import annotations

import json

from s3_pipeline.cases import BUCKET
from s3_pipeline.standing import ACCOUNT, FILES, ROLE, STARTS, STEP, Delivery, allow


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


def a_key_that_it_may_use(delivery: Delivery) -> None:
    delivery.role(allow("s3:*", FILES), allow("kms:*", delivery.encrypted()))


def a_key_by_a_grant_to_read_alone(delivery: Delivery, *operations: str) -> None:
    """Neither its policies nor the key's name it; what it hands on has the same key."""
    key, who = delivery.encrypted(), f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
    delivery.hands_on(encryptionKey={"id": key, "type": "KMS"})
    delivery.client("kms").create_grant(KeyId=key, GranteePrincipal=who, Operations=["Decrypt", *operations])


def a_key_by_a_grant(delivery: Delivery) -> None:
    a_key_by_a_grant_to_read_alone(delivery, "GenerateDataKey")


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


PLAIN = allow("s3:*", FILES, "Deny", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
NOT_BY_KMS = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
BY_KMS = allow("s3:PutObject", FILES[1], "Deny", Principal="*", Condition=NOT_BY_KMS)
ACCOUNT_AND_ROLE = {"AWS": [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"]}
ONLY_ADA = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ada"}
BY_KEY, CLOSED = (allow("kms:*", "*", Principal=who) for who in (ACCOUNT_AND_ROLE, ONLY_ADA))
