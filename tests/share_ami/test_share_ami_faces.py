"""One plan for every face, a clean script, and a check for any image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from share_ami.cases import NEW, VARIANTS, session
from support.clock import FakeClock
from support.faces import assert_clean_script, by_conversation
from support.sessions import carried_out

from flows.engine import Journal
from flows.engine.boto import Aws
from flows.practice import SECOND_ACCOUNT_ID, PracticeAccount
from flows.share_ami.diagnosis import diagnose
from tui.answers_file import load_answers


@pytest.mark.parametrize("variant", ["stop", "elsewhere", "launched"])
@pytest.mark.some("stop")
def test_a_file_and_a_conversation_lead_to_the_identical_plan(both: Aws, tmp_path: Path, variant: str) -> None:
    answers = VARIANTS[variant]
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(dict(answers)))
    by_file = session(both, None, load_answers(tmp_path / "answers.yaml", ()), FakeClock()).review().plan
    assert by_conversation("share_ami", both, answers) == by_file


@pytest.mark.parametrize("variant", [*VARIANTS, "with a key"])
@pytest.mark.wild
def test_the_script_is_clean(both: Aws, tmp_path: Path, variant: str) -> None:
    answers = VARIANTS.get(variant, {**NEW, "key": "new"})
    plan = session(both, None, answers, FakeClock()).review().plan
    assert_clean_script(plan, "share_ami", tmp_path)


def found(cloud: Any, image: str) -> dict[str, str]:
    return {each.id.partition(":")[0]: each.grade.value for each in diagnose(cloud, image, SECOND_ACCOUNT_ID)}


@pytest.mark.usefixtures("vault")
@pytest.mark.wild
def test_a_healthy_one_and_each_broken_state(
    account: PracticeAccount, both: Aws, journal: Journal, clock: FakeClock
) -> None:
    ec2, kms = account.session.client("ec2"), account.session.client("kms")
    made = session(both, journal, {**NEW, "instance": "vault"}, clock)
    carried_out(made)
    outputs = made.hand_over().outputs
    image = outputs["image"]
    well = {"image": "proved", "shared": "proved", "copies": "proved", "key-state": "proved", "key-use": "proved"}
    (described,) = ec2.describe_images(ImageIds=[image])["Images"]
    assert found(both, image) == found(both, described["Name"]) == well
    disk = described["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=disk, Attribute="createVolumePermission", OperationType="remove", UserIds=[SECOND_ACCOUNT_ID]
    )
    assert found(both, image) == {**well, "copies": "caution"}
    kms.put_key_policy(KeyId=outputs["key"], PolicyName="default", Policy='{"Version":"2012-10-17","Statement":[]}')
    assert found(both, image) == {**well, "copies": "caution", "key-use": "refused"}
    ec2.modify_image_attribute(
        ImageId=image, Attribute="launchPermission", OperationType="remove", UserIds=[SECOND_ACCOUNT_ID]
    )
    assert found(both, image)["shared"] == "refused"
    ec2.deregister_image(ImageId=image)
    assert found(both, image) == found(both, "ami-0123456789abcdef0") == {"image": "refused"}
