"""Keys."""

from __future__ import annotations

import json
from collections.abc import Collection

from elsewhere.colleague.deed import client, to
from elsewhere.hand import Made

from flows.practice import PracticeAccount


@to("kms.CreateKey")
def snapshot_of_theirs_with_our_key(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "rds").copy_db_snapshot(
        SourceDBSnapshotIdentifier="orders-before-summer", TargetDBSnapshotIdentifier="theirs", KmsKeyId=it.id
    )


@to("kms.CreateKey")
def alias_of_theirs_for_our_key(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "kms").create_alias(AliasName="alias/theirs", TargetKeyId=it.id)


@to("kms.CreateKey")
def key_policy_edited(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    kms = client(account, "kms")
    policy = json.loads(kms.get_key_policy(KeyId=it.id, PolicyName="default")["Policy"])
    policy["Statement"].append(
        {
            "Sid": "Theirs",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::333333333333:root"},
            "Action": "kms:Decrypt",
            "Resource": "*",
        }
    )
    kms.put_key_policy(KeyId=it.id, PolicyName="default", Policy=json.dumps(policy))


@to("kms.CreateKey", mere=True)
def key_switched_off(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    client(account, "kms").disable_key(KeyId=it.id.rpartition("/")[2])


@to("kms.CreateAlias", turns=True)
def alias_pointed_elsewhere(account: PracticeAccount, it: Made, all_: Collection[Made]) -> None:
    kms = client(account, "kms")
    theirs = kms.create_key(Description="theirs")["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName=it.params["AliasName"], TargetKeyId=theirs)
