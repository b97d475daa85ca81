"""Every refusal and every warning, with its sentence: moto takes nearly all of this, so ours are held to it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from aurora.cases import AWAKE, SLEEPY, session

from flows.engine import Place, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.practice import PracticeAccount, open_account


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeAccount]:
    """One for all of them: nothing here changes anything."""
    with open_account(tmp_path_factory.mktemp("practice"), hurry=True) as account:
        yield account


@pytest.fixture(scope="module")
def cloud(account: PracticeAccount) -> CachedCloud:
    return CachedCloud(Aws(Place(practice=True), account.session))


REFUSALS: list[tuple[Mapping[str, Any], str]] = [
    ({"name": "9bad"}, "“9bad” cannot be its name. The name starts with a letter"),
    ({"name": "two--hyphens"}, "single hyphens"),
    ({"name": "ends-"}, "does not end with a hyphen"),
    ({"name": "a" * 61}, "at most 60 characters"),
    ({"name": "Reports"}, "A cluster named reports exists already in eu-central-1."),
    ({"engine": "serverless"}, "“Aurora Serverless v1” ended on 31 March 2025"),
    ({"engine": "oracle"}, "“oracle” is not among the choices for engine"),
    ({"version": "10.14"}, "“Aurora Serverless v1” ended"),
    ({"version": "5.7.mysql_aurora.2.07.1"}, "“Aurora Serverless v1” ended"),
    ({"version": "17.99"}, "“17.99” is not among the choices for version"),
    ({"min_capacity": "0.3"}, "“0.3” is no capacity. Give a number from 0 to 256 in steps of 0.5"),
    ({"min_capacity": "-1"}, "“-1” is no capacity"),
    ({"min_capacity": "nan"}, "“nan” is no capacity"),
    ({"min_capacity": "257"}, "“257” is no capacity"),
    ({"version": "16.2"}, "Version 16.2 cannot fall asleep: its minimum is at least 0.5."),
    ({"version": "16.2"}, "To let it sleep, take version 18.1 or 17.5 or 16.9 or 15.13"),
    ({"version": "14.9", "min_capacity": "200", "max_capacity": "200"}, "200 is outside what version 14.9 allows"),
    ({"version": "14.9", "min_capacity": "129"}, "129 is outside what version 14.9 allows"),
    ({"max_capacity": "0.5"}, "The maximum must be at least 1, at least the minimum (0) and at most 256"),
    ({"min_capacity": "8"}, "4 cannot be the maximum. The maximum must be at least 1, at least the minimum (8)"),
    ({"version": "14.9", "min_capacity": "1", "max_capacity": "200"}, "and at most 128, in steps of 0.5"),
    ({"auto_pause_minutes": "4"}, "“4” will not do. Give 5 to 1440 minutes (24 hours)"),
    ({"auto_pause_minutes": "1441"}, "Give 5 to 1440 minutes"),
    ({"auto_pause_minutes": "7.5"}, "in whole minutes"),
    ({"vpc": "staging"}, "The database needs subnets in at least two availability zones of the same network."),
    ({"access": "0.0.0.0/0"}, "the database would be open to the whole internet. Enter a narrower address range"),
    ({"access": "everybody"}, "open to the whole internet"),
    ({"access": "10.0.0.0/16"}, "“10.0.0.0/16” is an address range."),
    ({"access": "sg-0123456789abcdef0"}, "is a security group."),
    ({"access": "addresses", "addresses": "0.0.0.0/0"}, "open to the whole internet"),
    ({"access": "addresses", "addresses": "128.0.0.0/1"}, "open to the whole internet"),
    ({"access": "addresses", "addresses": "::/0"}, "open to the whole internet"),
    ({"access": "addresses", "addresses": "2001:db8::/32"}, "only IPv4 is set up here"),
    ({"access": "addresses", "addresses": "10.0.0.1/16"}, "begins at 10.0.0.0. Did you mean 10.0.0.0/16?"),
    ({"access": "addresses", "addresses": "the office"}, "is no address range"),
    (
        {"access": "addresses", "addresses": [f"{number}.0.0.0/8" for number in range(1, 7)]},
        "Together these ranges are a large part of the internet",
    ),
    ({"public": "yes"}, "switch on 'DNS hostnames' and 'DNS resolution' of the VPC first"),
    ({"readers": "16"}, "give a whole number from 0 to 15"),
    ({"user": "rdsadmin"}, "rdsadmin is reserved by the database engine."),
    ({"user": "a" * 17}, "1 to 16 letters and digits, starting with a letter"),
    ({"database": "postgres"}, "“postgres” cannot be the database's name"),
    ({"database": "a-b"}, "Letters and digits only"),
    ({"version": "18.1", "data_api": "yes"}, "The Data API does not exist for aurora-postgresql 18.1 in eu-central-1."),
    ({"key": "alias/none"}, "The key alias/none cannot be used"),
    ({"backup_days": "0"}, "give a whole number from 1 to 35"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), REFUSALS, ids=lambda value: str(value)[:60])
def test_a_refusal_has_its_sentence(cloud: CachedCloud, change: Mapping[str, Any], sentence: str) -> None:
    answers = {**SLEEPY, **change}
    if answers["min_capacity"] not in ("0", "0.3", "-1", "nan", "257"):
        answers.pop("auto_pause_minutes")
    with pytest.raises(Refused) as refused:
        session(cloud, None, answers)
    assert sentence in str(refused.value)


def test_subnets_of_one_zone_are_refused(account: PracticeAccount, cloud: CachedCloud) -> None:
    ec2 = account.session.client("ec2")
    names = [{"Name": "tag:Name", "Values": ["shop-private-a", "shop-public-a"]}]
    chosen = [each["SubnetId"] for each in ec2.describe_subnets(Filters=names)["Subnets"]]
    with pytest.raises(Refused, match="You chose only eu-central-1a"):
        session(cloud, None, {**SLEEPY, "places": chosen})


WARNINGS: list[tuple[Mapping[str, Any], str, str]] = [
    (SLEEPY, "first-visitor-waits", "waits about 15 seconds, after a day 30 seconds or more"),
    (SLEEPY, "connections-limited", "limited to 2000"),
    (SLEEPY, "key-cannot-be-shared", "choose a key of your own now"),
    (AWAKE, "never-sleeps", "at least about 44 USD a month"),
    (
        {**AWAKE, "version": "16.2"},
        "version-cannot-sleep",
        "Version 16.2 cannot fall asleep. It always costs at least 0.5",
    ),
    ({**AWAKE, "version": "14.9"}, "version-deprecated", "AWS will stop supporting version 14.9"),
    ({**SLEEPY, "max_capacity": "128"}, "expensive-at-full-load", "about 15.36 USD per hour"),
    ({**SLEEPY, "max_capacity": "1"}, "little-memory", "very slow with so little memory"),
    ({**SLEEPY, "auto_pause_minutes": "5"}, "sleeps-often", "during a coffee break it is gone"),
    ({**SLEEPY, "access": "nobody"}, "nobody-connects", "No client can connect"),
    ({**SLEEPY, "readers": "1"}, "copies-cost-too", "Each copy costs as much as the main instance"),
    (
        {**SLEEPY, "access": "addresses", "addresses": "203.0.113.7/32"},
        "address-cannot-reach",
        "203.0.113.7/32 cannot reach it: it has no public address",
    ),
]


@pytest.mark.parametrize(("answers", "id", "sentence"), WARNINGS, ids=[warning[1] for warning in WARNINGS])
def test_a_warning_has_its_sentence(cloud: CachedCloud, answers: Mapping[str, Any], id: str, sentence: str) -> None:
    found = {caution.id: caution for caution in session(cloud, None, answers).review().cautions}
    assert sentence in found[id].message


DEFAULTS = {"engine", "auto_pause_minutes", "access"}
"""Keys that count as given where they are left out."""


@pytest.mark.parametrize("missing", [key for key in SLEEPY if key not in {"name", *DEFAULTS}])
def test_every_missing_key_is_named_before_an_account_is_opened(missing: str) -> None:
    """All that have no default, at once."""
    import flows
    from flows.engine import Session
    from flows.engine.cloud import Offline

    answers = {key: value for key, value in SLEEPY.items() if key not in (missing, "name")}
    with pytest.raises(Refused) as refused:
        Session(flows.find("aurora"), Offline()).require(answers)
    assert "name" in refused.value.what
    assert missing in refused.value.what
