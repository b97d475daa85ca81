"""One plan for every face, a clean script, a letter that can be followed, and a check for any snapshot."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from share_snapshot.cases import EXISTING, VARIANTS, session
from support.clock import FakeClock
from support.clouds import Between
from support.faces import assert_clean_script, by_conversation
from support.sessions import carried_out

from flows.engine import Call, Journal
from flows.engine.boto import Aws
from flows.engine.problems import Denied
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount
from flows.share_snapshot.diagnosis import diagnose
from tui.answers_file import load_answers


@pytest.mark.parametrize("variant", ["plain", "locked", "cluster"])
@pytest.mark.some("cluster")
def test_a_file_and_a_conversation_lead_to_the_identical_plan(both: Aws, tmp_path: Path, variant: str) -> None:
    answers = VARIANTS[variant]
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(dict(answers)))
    by_file = session(both, None, load_answers(tmp_path / "answers.yaml", ())).review().plan
    assert by_conversation("share_snapshot", both, answers) == by_file


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some("existing")
def test_the_script_is_clean(both: Aws, tmp_path: Path, variant: str) -> None:
    plan = session(both, None, VARIANTS[variant]).review().plan
    assert_clean_script(plan, "share_snapshot", tmp_path)


@pytest.mark.parametrize("variant", ["plain", "locked", "cluster"])
@pytest.mark.some("plain")
def test_the_letter_has_the_address_the_key_and_the_restore(
    both: Aws, journal: Journal, clock: FakeClock, variant: str
) -> None:
    made = session(both, journal, VARIANTS[variant], clock)
    carried_out(made)
    told = made.hand_over()
    letter = told.files["for-the-receiver.txt"]
    assert told.outputs["snapshot_arn"] in letter
    assert ("--kms-key-id alias/aws/rds" in letter) == (variant == "locked")
    assert ("restore-db-cluster-from-snapshot" in letter) == (variant == "cluster")
    assert "--no-publicly-accessible" in letter
    commands = [line for line in letter.splitlines() if line.startswith("   aws ")]
    subprocess.run(["bash", "-n", "-c", "\n".join(commands)], check=True)
    policy = json.loads(told.files["receiver-policy.json"])
    assert ("kms" in json.dumps(policy)) == (variant == "locked")


def found(cloud: Any, name: str) -> dict[str, str]:
    return {each.id.partition(":")[0]: each.grade.value for each in diagnose(cloud, name, SECOND_ACCOUNT_ID)}


def test_a_healthy_one(both: Aws, journal: Journal, clock: FakeClock) -> None:
    made = session(both, journal, VARIANTS["locked"], clock)
    carried_out(made)
    key = {"key-state": "proved", "key-use": "proved"}
    seen = {"snapshot": "proved", "shared": "proved", "options": "proved", **key}
    assert found(both, "for-partner") == found(both, made.hand_over().outputs["snapshot_arn"]) == seen


@pytest.mark.wild
def test_a_key_that_may_not_be_looked_at_is_not_called_amazons(both: Aws, journal: Journal, clock: FakeClock) -> None:
    carried_out(session(both, journal, VARIANTS["locked"], clock))
    for operation, rule in (("kms.DescribeKey", "key-state"), ("kms.ListAliases", ""), ("kms.GetKeyPolicy", "key-use")):

        def denied(_: int, call: Call, operation: str = operation) -> None:
            if call.operation == operation:
                raise Denied(f"You are not allowed to {operation}.", permission=operation)

        unsure = {rule: "not checked"} if rule else {}
        rules = ("snapshot", "shared", "options", "key-state", "key-use")
        seen = dict.fromkeys(rules, "proved")
        assert found(Between(both, before=denied), "for-partner") == {**seen, **unsure}


@pytest.mark.wild
def test_each_broken_state(account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock) -> None:
    rds, kms = account.session.client("rds"), account.session.client("kms")
    assert found(both, "nope") == {"snapshot": "refused"}
    assert found(both, "orders-before-summer") == {"snapshot": "proved", "shared": "refused", "options": "proved"}
    assert found(both, "rds:members-2026-03-02-09-00") == {"snapshot": "proved", "manual": "refused"}
    which = {"DBSnapshotIdentifier": "orders-before-summer", "AttributeName": "restore"}
    rds.modify_db_snapshot_attribute(**which, ValuesToAdd=["all"])
    assert found(both, "orders-before-summer") == {
        "snapshot": "proved",
        "public": "caution",
        "shared": "proved",
        "options": "proved",
    }
    rds.create_db_snapshot(DBSnapshotIdentifier="members-now", DBInstanceIdentifier="members")
    assert found(both, "members-now") == {
        "snapshot": "proved",
        "shared": "refused",
        "options": "proved",
        "key": "refused",
    }
    made = session(both, journal, VARIANTS["locked"], clock)
    carried_out(made)
    key = made.hand_over().outputs["key"]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
    assert found(both, "for-partner") == {
        "snapshot": "proved",
        "shared": "proved",
        "options": "proved",
        "key-state": "proved",
        "key-use": "refused",
    }


@pytest.mark.wild
def test_permissions_are_those_of_the_own_account(both: Aws) -> None:
    review = session(both, None, VARIANTS["locked, elsewhere, received"]).review()
    assert {"kms:CreateKey", "kms:TagResource", "rds:CopyDBSnapshot", "rds:ModifyDBSnapshotAttribute"} <= set(
        review.permissions
    )
    assert not [each for each in review.permissions if each.startswith("?")]
    plain = session(both, None, EXISTING).review()
    assert "kms:CreateKey" not in plain.permissions
