"""The first questions are answered from memory, exactly as the simulated AWS would, and without loading it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docs.first_day import asked_at_first, cloud_of, first_day

import flows
from flows.accounts import open_cloud
from flows.engine import Call, Cloud, CloudError, Identity, NoAccess, Place, Session
from flows.practice import ACCOUNT_ID, CALLER, PracticeAccount, memory, open_account, reset
from flows.practice.clock import CLOCK
from flows.practice.memory import FIRST_DAY, LASTING, LISTS, NOW, Asked, Memory
from flows.practice.remembering import Remembering

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"
VPCS = Asked(Call("ec2.DescribeVpcs"), paged=True)
DAY = 86400.0


def _said(asked: Asked, cloud: Cloud) -> Any:
    """The answer without what is never the same twice; or the refusal."""
    try:
        return [_bare(page) for page in asked.of(cloud)]
    except CloudError as refused:
        return type(refused), refused.what, refused.why, refused.remedy, refused.aws_code, refused.aws_message


def _bare(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _bare(value) for key, value in part.items() if key not in ("ResponseMetadata", NOW)}
    return [_bare(each) for each in part] if isinstance(part, list) else part


def _not_loaded() -> Cloud:
    raise AssertionError("the account was loaded")


def _remembering(folder: Path, load: Any = _not_loaded, region: str = REGION) -> Remembering:
    return Remembering(Identity(ACCOUNT_ID, CALLER, region), Memory(folder, region), load)


def test_what_comes_with_the_package_is_what_would_be_written_now() -> None:
    assert json.loads(FIRST_DAY.read_text())["answers"] == json.loads(first_day())["answers"], "run: make texts"


def test_the_first_day_is_remembered_as_the_account_answers_whenever_it_is_asked(
    account: PracticeAccount, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud, remembering = cloud_of(account), _remembering(folder)
    everything = asked_at_first(cloud)
    assert len({each.call.service for each in everything}) > 5
    known = {each.key: _said(each, remembering) for each in everything}
    assert known == {each.key: _said(each, cloud) for each in everything}
    now = CLOCK.now
    for later in (1.0, DAY / 2, 40 * DAY):
        monkeypatch.setattr(CLOCK, "now", lambda later=later: now() + later)
        assert known == {each.key: _said(each, cloud) for each in everything}


@pytest.mark.parametrize("name", flows.SET_UPS)
def test_the_first_question_of_each_set_up_stands_without_the_simulated_aws(folder: Path, name: str) -> None:
    folder.mkdir()
    assert Session(flows.find(name), _remembering(folder)).state()


def test_it_stands_without_the_sdk(tmp_path: Path) -> None:
    code = """
    import sys, flows
    from flows.accounts import sign_in
    from flows.engine import Place, Session
    cloud = sign_in(Place(practice=True))
    print(len(Session(flows.find("vpn"), cloud).state().offer.options))
    print([name for name in sys.modules if name.split(".")[0] in ("moto", "boto3", "botocore")])
    """
    shown = subprocess.check_output(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, text=True, env={"XDG_STATE_HOME": str(tmp_path)}
    )
    assert shown.splitlines() == ["3", "[]"]


def test_whatever_was_practised_it_is_never_out_of_date(folder: Path) -> None:
    """In this window and in another one, after a change, after the next opening, and when it is begun anew."""
    with open_account(folder, hurry=True) as account:
        cloud, ec2 = cloud_of(account), account.session.client("ec2")
        before = _said(VPCS, cloud)
        ec2.create_vpc(CidrBlock="10.77.0.0/16")
        after = _said(VPCS, cloud)
        assert after != before
        with pytest.raises(AssertionError, match="loaded"):
            _said(VPCS, _remembering(folder))
        assert _said(VPCS, _remembering(folder, lambda: cloud)) == after
        ended = _remembering(folder, lambda: cloud)
        _said(VPCS, ended)
        ended.keep()
        assert _said(VPCS, _remembering(folder)) == after
        ec2.create_vpc(CidrBlock="10.78.0.0/16")
        with pytest.raises(AssertionError, match="loaded"):
            _said(VPCS, _remembering(folder))
    reset(folder)
    assert _said(VPCS, _remembering(folder)) == before


def test_whoever_asked_for_one_network_by_its_name_finds_the_list_next_time(folder: Path) -> None:
    with open_account(folder, hurry=True) as account:
        account.session.client("ec2").create_vpc(CidrBlock="10.77.0.0/16")
        ended = _remembering(folder, lambda: cloud_of(account))
        [*ended.pages(Call("ec2.DescribeVpcs", {"Filters": [{"Name": "tag:Name", "Values": ["shop"]}]}))]
        ended.keep()
        assert _said(VPCS, _remembering(folder)) == _said(VPCS, cloud_of(account))


def test_what_lasts_is_what_the_first_questions_ask(account: PracticeAccount) -> None:
    assert {each.key for each in LISTS} <= {each.key for each in asked_at_first(cloud_of(account))}


def test_what_is_changed_while_it_is_noted_is_not_noted(folder: Path) -> None:
    with open_account(folder, hurry=True) as account:
        ec2 = account.session.client("ec2")
        ec2.create_vpc(CidrBlock="10.77.0.0/16")

        class Busy:
            identity = Identity(ACCOUNT_ID, CALLER, REGION)
            make = look_at = cloud_of(account).make

            def pages(self, call: Call) -> Iterator[dict[str, Any]]:
                yield from cloud_of(account).pages(call)
                ec2.create_vpc(CidrBlock="10.78.0.0/16")

        Memory(folder, REGION).keep([VPCS], Busy())  # type: ignore[arg-type]
        assert Memory(folder, REGION).recall(VPCS) is None


def test_what_lasts_is_answered_the_same_weeks_after_it_was_made(
    account: PracticeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CLOCK, "hurry", False)
    cloud = cloud_of(account)
    lasting = [each for each in asked_at_first(cloud) if each.call.operation in LASTING]
    assert {each.call.operation for each in lasting} == {*LASTING}
    vpc = account.session.client("ec2").create_vpc(CidrBlock="10.77.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    account.session.client("ec2").create_vpc_peering_connection(VpcId=vpc["VpcId"], PeerVpcId=vpc["VpcId"])
    account.session.client("s3").create_bucket(
        Bucket="new-one", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    account.session.client("codepipeline").start_pipeline_execution(name="deliver-shop")
    at_once, now = [_said(each, cloud) for each in lasting], CLOCK.now
    for later in (5.0, 40 * DAY):
        monkeypatch.setattr(CLOCK, "now", lambda later=later: now() + later)
        assert [_said(each, cloud) for each in lasting] == at_once


def test_another_region_and_another_moto_are_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Memory(folder, REGION).recall(VPCS)
    assert Memory(folder, "eu-west-1").recall(VPCS) is None
    monkeypatch.setattr(memory, "moto", lambda: "moto-99.dist-info")
    assert Memory(folder, REGION).recall(VPCS) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"of": [], "answers": 1}', "null", '{"of": 7}'])
def test_a_memory_that_is_damaged_is_none(folder: Path, text: str) -> None:
    with open_account(folder, hurry=True) as account:
        account.session.client("ec2").create_vpc(CidrBlock="10.77.0.0/16")
        (folder / memory.ANSWERS).write_text(text)
        assert Memory(folder, REGION).recall(VPCS) is None
        Memory(folder, REGION).keep([VPCS], cloud_of(account))
        assert Memory(folder, REGION).recall(VPCS)


def test_what_is_learnt_on_the_first_day_is_added_to_what_is_known_of_it(
    account: PracticeAccount, folder: Path
) -> None:
    """Whoever plans and changes nothing leaves the account as it was on the first day, and has asked for more."""
    (shop,) = (vpc["VpcId"] for vpc in cloud_of(account).make(Call("ec2.DescribeVpcs"))["Vpcs"] if "shop" in str(vpc))
    one = Asked(Call("ec2.DescribeVpcs", {"VpcIds": [shop]}))
    Memory(folder, REGION).keep([one], cloud_of(account))
    assert Memory(folder, REGION).recall(one) and Memory(folder, REGION).recall(VPCS)


def test_where_nothing_can_be_written_it_is_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with open_account(folder, hurry=True) as account:
        account.session.client("ec2").create_vpc(CidrBlock="10.77.0.0/16")
        monkeypatch.setattr("os.write", full)
        Memory(folder, REGION).keep([VPCS], cloud_of(account))
        monkeypatch.undo()
        assert Memory(folder, REGION).recall(VPCS) is None


def test_what_it_stood_without_is_loaded_behind_it(account: PracticeAccount, folder: Path) -> None:
    loaded: list[str] = []

    def load() -> Cloud:
        loaded.append("once")
        return cloud_of(account)

    remembering = _remembering(folder, load)
    remembering.load_behind()
    assert not loaded, "nothing was asked yet"
    known = _said(VPCS, remembering)
    remembering.load_behind()
    remembering.load_behind()
    assert _said(VPCS, remembering) == known and remembering.cloud and loaded == ["once"]


def test_without_the_simulated_aws_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "moto", lambda: "")
    with pytest.raises(NoAccess, match=r"not installed.*pip install 'handrail\[practice\]'"):
        open_cloud(Place(practice=True))
