"""What AWS would refuse is refused first, with a sentence that says what to enter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from share_snapshot.cases import AUTOMATIC, EXISTING, LOCKED, PLAIN, VARIANTS, session
from support.clock import FakeClock

from flows.engine import Refused
from flows.engine.boto import Aws
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({**PLAIN, "account": "12345"}, "“12345” is not an account number. It has exactly 12 digits"),
        ({**PLAIN, "account": "123456789012"}, "123456789012 is your own account"),
        ({**PLAIN, "account": "all"}, "“all” is not an account number"),
        ({**PLAIN, "account": []}, "Enter at least one"),
        (
            {**PLAIN, "account": [f"9999999999{n}" for n in range(10, 31)]},
            "shared with at most 20 accounts; these are 21",
        ),
        ({**PLAIN, "snapshot_name": "a--b"}, "“a--b” cannot be its name. Letters, digits and single hyphens"),
        ({**PLAIN, "snapshot_name": "1st"}, "“1st” cannot be its name"),
        ({**PLAIN, "snapshot_name": "ends-"}, "“ends-” cannot be its name"),
        ({**PLAIN, "snapshot_name": "x" * 256}, "at most 255 characters"),
        ({**PLAIN, "snapshot_name": "Orders-Before-Summer"}, "There is a snapshot called “orders-before-summer”"),
        ({**PLAIN, "region": "mars-1"}, "is not among the choices"),
        ({**PLAIN, "database": "nope"}, "is not among the choices"),
        ({**PLAIN, "key": "alias/nope"}, "is not among the choices"),
        (
            {**EXISTING, "snapshot": f"arn:aws:rds:us-east-1:123456789012:snapshot:{EXISTING['snapshot']}"},
            "is in us-east-1, in the account 123456789012; this is eu-central-1",
        ),
        ({**PLAIN, "way": "itself"}, "orders cannot be shared itself: there is none yet. Choose named"),
        ({**AUTOMATIC, "way": "itself"}, "it is automated, and only manual ones can be shared. Choose named"),
        ({**EXISTING, "region": "eu-west-1", "way": "itself", "snapshot_name": "x"}, "it is needed in eu-west-1"),
        ({**LOCKED, "key": "keep"}, "cannot keep its key: it is encrypted with a key of Amazon's"),
        ({**PLAIN, "database": "reports", "key": "new"}, "AWS does not encrypt Aurora data by copying. Choose keep"),
        ({**PLAIN, "receive": "yes", "target_profile": ""}, "A profile is needed"),
        (
            {**PLAIN, "account": "333333333333", "receive": "yes", "target_profile": "partner"},
            "belongs to the account 210987654321, not to 333333333333",
        ),
    ],
)
def test_refusals(still_both: Aws, clock: FakeClock, answers: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        session(still_both, None, answers, clock)


def test_an_option_that_cannot_be_taken_off(still: PracticeAccount, still_both: Aws, clock: FakeClock) -> None:
    class Tied(Aws):
        def make(self, call: Any) -> dict[str, Any]:
            if call.operation == "rds.DescribeOptionGroups":
                return {"OptionGroupsList": [{"Options": [{"OptionName": "TDE", "Permanent": True}]}]}
            return super().make(call)

        def pages(self, call: Any) -> Any:
            for page in super().pages(call):
                for each in page.get("DBInstances", []):
                    each["OptionGroupMemberships"] = [{"OptionGroupName": "secret", "Status": "in-sync"}]
                yield page

    review = session(Tied(still_both.place, still.session), None, PLAIN, clock).review()
    (refusal,) = review.refusals
    assert refusal.sentence == "The option TDE cannot be taken off a snapshot; such a snapshot cannot be shared."


def test_a_key_of_aws_that_rds_uses_by_itself_is_left_behind(
    still: PracticeAccount, still_both: Aws, clock: FakeClock
) -> None:
    """`sse-rds`: no key of the account is named at all."""

    class Since2026(Aws):
        def pages(self, call: Any) -> Any:
            for page in super().pages(call):
                for each in page.get("DBInstances", []):
                    each["StorageEncryptionType"] = "sse-rds"
                yield page

    plan = session(Since2026(still_both.place, still.session), None, PLAIN, clock).review().plan
    assert [action.id for action in plan.actions] == [
        "key", "key-name", "key-rotation", "snapshot", "copy", "drop", "share",
    ]  # fmt: skip


def test_what_there_is_to_think_about(still_both: Aws, clock: FakeClock) -> None:
    said = {caution.id: caution for caution in session(still_both, None, LOCKED, clock).review().cautions}
    assert said.keys() == {"stalls", "compare-the-number", "key-stays"}
    assert SECOND_ACCOUNT_ID in said["compare-the-number"].message
    assert "password hashes" in said["compare-the-number"].message


@pytest.mark.wild
def test_everybody_is_never_let_in(still_both: Aws, clock: FakeClock) -> None:
    for answers in VARIANTS.values():
        for action in session(still_both, None, answers, clock).review().plan.actions:
            assert "all" not in action.call.params.get("ValuesToAdd", [])


def test_the_essential_keys_are_few_and_known() -> None:
    import flows

    flow = flows.find("share_snapshot")
    essential = [question.id for question in flow.questions if not question.fine_tuning]
    assert essential == ["database", "account", "region", "snapshot_name", "target_profile"]
