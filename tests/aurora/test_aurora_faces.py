"""One plan for every face, a script that says the same, and a check that tells what is wrong with any database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from aurora.cases import AWAKE, SLEEPY, VARIANTS, session
from support.faces import assert_clean_script, by_conversation

from flows.aurora.diagnosis import diagnose
from flows.engine import Place, Refused
from flows.engine.boto import Aws
from flows.practice import PracticeAccount
from tui.answers_file import load_answers


@pytest.mark.parametrize("variant", ["sleepy", "awake", "servers", "addresses"])
@pytest.mark.some("addresses")
def test_a_file_and_a_conversation_lead_to_the_identical_plan(
    cloud: Aws, tmp_path: Path, variant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = VARIANTS[variant]
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(dict(answers)))
    by_file = session(cloud, None, load_answers(tmp_path / "answers.yaml", ())).review().plan
    assert by_conversation("aurora", cloud, answers) == by_file


@pytest.mark.parametrize("variant", ["sleepy", "copies", "addresses"])
@pytest.mark.wild
def test_the_script_is_clean(cloud: Aws, tmp_path: Path, variant: str) -> None:
    plan = session(cloud, None, VARIANTS[variant]).review().plan
    assert_clean_script(plan, "aurora", tmp_path)


def found(cloud: Any, name: str) -> dict[str, tuple[str, str]]:
    return {each.id: (each.grade.value, each.sentence) for each in diagnose(cloud, name)}


def test_a_healthy_one(cloud: Aws) -> None:
    seen = found(cloud, "reports")
    assert "refused" not in {grade for grade, _ in seen.values()}
    assert seen["can-sleep"] == ("proved", "It may sleep after 10 quiet minutes.")
    assert seen["clients"][0] == "not checked"


def test_one_that_is_kept_awake(cloud: Aws) -> None:
    assert "connections were open all the time" in found(cloud, "loyalty")["keeps-awake-connections"][1]


@pytest.mark.wild
def test_one_that_is_open_to_the_world(account: PracticeAccount, cloud: Aws) -> None:
    ec2 = account.session.client("ec2")
    names = [{"Name": "group-name", "Values": ["database"]}]
    (group,) = ec2.describe_security_groups(Filters=names)["SecurityGroups"]
    world = [{"IpProtocol": "tcp", "FromPort": 5000, "ToPort": 6000, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=world)
    grade, sentence = found(cloud, "reports")[f"open-to-the-world:{group['GroupId']}"]
    assert (grade, "lets the whole internet connect to port 5432" in sentence) == ("caution", True)


@pytest.mark.wild
def test_one_that_is_switched_off_and_one_without_an_instance(cloud: Aws, rds: Any) -> None:
    rds.stop_db_cluster(DBClusterIdentifier="reports")
    assert found(cloud, "reports")["state"] == ("refused", "reports is switched off by hand (StopDBCluster).")
    rds.delete_db_instance(DBInstanceIdentifier="loyalty-1")
    assert "has no instance" in found(cloud, "loyalty")["instances"][1]


@pytest.mark.wild
def test_one_whose_version_or_minimum_cannot_sleep(cloud: Aws, rds: Any) -> None:
    for name, version, least in (("old", "16.2", 0.5), ("busy", "16.9", 2.0)):
        rds.create_db_cluster(
            DBClusterIdentifier=name, Engine="aurora-postgresql", EngineVersion=version, MasterUsername="shop",
            ManageMasterUserPassword=True, DBSubnetGroupName="shop",
            ServerlessV2ScalingConfiguration={"MinCapacity": least, "MaxCapacity": 4},
        )  # fmt: skip
        rds.create_db_instance(
            DBInstanceIdentifier=f"{name}-1", DBClusterIdentifier=name, Engine="aurora-postgresql",
            DBInstanceClass="db.serverless",
        )  # fmt: skip
    assert found(cloud, "old")["keeps-awake-version"][1] == "Version 16.2 does not support sleeping."
    assert found(cloud, "busy")["keeps-awake-minimum"][1] == "The minimum is 2 ACU. Only 0 lets it sleep."


def test_one_that_is_none(cloud: Aws) -> None:
    for name in ("nope", "orders"):
        with pytest.raises(Refused, match="is not known in the serverless databases of eu-central-1"):
            list(diagnose(cloud, name))


def test_a_cluster_of_the_old_kind_is_explained(account: PracticeAccount) -> None:
    from support.clouds import Between

    class Old(Between):
        def pages(self, call: Any) -> Any:
            for page in super().pages(call):
                for each in page.get("DBClusters", []):
                    each["EngineMode"] = "serverless"
                yield page

    with pytest.raises(Refused, match="Aurora Serverless v1” ended on 31 March 2025"):
        list(diagnose(Old(Aws(Place(practice=True), account.session)), "reports"))


@pytest.mark.wild
def test_awake_and_sleepy_plans_differ(cloud: Aws) -> None:
    """A comparison that could not fail proves nothing."""
    assert session(cloud, None, AWAKE).review().plan != session(cloud, None, SLEEPY).review().plan
