"""Which addresses are asked: as botocore finds them, and as they were found, wherever a run is gone on with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import boto3
import pytest
from vpn.cases import STATIC

import flows
from flows.engine import Call, Journal, NoAccess, Place, Session
from flows.engine.boto import Aws
from flows.engine.endpoints import addresses, otherwise, unprotected

SERVICES = ("s3", "s3control", "events", "sts")
CONFIG = """
[profile bare]
region = eu-west-1
[profile lab]
region = eu-west-1
endpoint_url = http://lab.example:1
[profile mixed]
region = eu-west-1
endpoint_url = http://lab.example:1
services = mine
[profile alone]
region = eu-west-1
services = mine
[profile ignoring]
region = eu-west-1
endpoint_url = http://lab.example:1
ignore_configured_endpoint_urls = true
[profile nowhere]
region = eu-west-1
services = lost
[services mine]
s3 =
  endpoint_url = http://s3.example:2
s3_control =
  endpoint_url = http://control.example:2
elastic_load_balancing_v2 =
  endpoint_url = http://balancers.example:2
eventbridge =
  endpoint_url = http://events.example:2
"""
EVERYWHERE = {"AWS_ENDPOINT_URL": "http://everywhere.example:3"}
SINGLE = {"AWS_ENDPOINT_URL_S3": "http://s3.example:4", "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://secrets.example:4"}
SURROUNDINGS: Mapping[str, Mapping[str, str]] = {
    "nothing": {},
    "everywhere": EVERYWHERE,
    "single services": SINGLE,
    "both": {**EVERYWHERE, **SINGLE},
    "ignored": {**EVERYWHERE, **SINGLE, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    "an empty one": {"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": ""},
}
FOUND = (
    ("bare", "nothing"), ("lab", "nothing"), ("mixed", "nothing"), ("alone", "nothing"), ("ignoring", "nothing"),
    ("mixed", "everywhere"), ("mixed", "single services"), ("alone", "single services"), ("lab", "both"),
    ("mixed", "ignored"), ("mixed", "an empty one"),
)  # fmt: skip
ELSEWHERE = {
    "AWS_ENDPOINT_URL": "http://another.example:5",
    "AWS_ENDPOINT_URL_STS": "http://another.example:6",
    "AWS_REGION": "us-east-1",
}


@pytest.fixture(autouse=True)
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAVISITOR000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


def asked(cloud: Aws) -> dict[str, str]:
    """Where each service is asked, and where botocore asks on its own to get credentials."""
    found = {name: cloud._client(Call(f"{name}.DescribeThings")).meta.endpoint_url for name in SERVICES}
    return {**found, "sts on its own": cloud._session._session.create_client("sts").meta.endpoint_url}


@pytest.mark.parametrize("elsewhere", [{}, ELSEWHERE], ids=["nothing", "others"])
@pytest.mark.parametrize(("profile", "surroundings"), FOUND, ids="-".join)
@pytest.mark.some(6)
def test_an_address_is_found_as_botocore_does_and_stays(
    profile: str, surroundings: str, elsewhere: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for all services; then, in surroundings that say something else or nothing, still the same."""
    for name, value in SURROUNDINGS[surroundings].items():
        monkeypatch.setenv(name, value)
    plain = boto3.Session(profile_name=profile)
    first = Aws(Place(profile))
    expected = {name: plain.client(name).meta.endpoint_url for name in SERVICES}
    assert asked(first) == {**expected, "sts on its own": expected["sts"]}
    kept = first.place
    assert (kept.region, kept.partition) == ("eu-west-1", "aws")
    for name in SURROUNDINGS[surroundings]:
        monkeypatch.delenv(name)
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    again = Aws(kept)
    assert asked(again) == {**expected, "sts on its own": expected["sts"]}
    assert again._session.region_name == "eu-west-1"


def test_a_flag_goes_before_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**EVERYWHERE, **SINGLE, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}.items():
        monkeypatch.setenv(name, value)
    cloud = Aws(Place("mixed", endpoint_url="http://127.0.0.1:9"))
    assert set(asked(cloud).values()) == {"http://127.0.0.1:9"}
    signing_in = (("signin", ""), ("sso", ""), ("sso_oidc", ""))
    assert (cloud.place.endpoint_url, cloud.place.endpoints) == ("http://127.0.0.1:9", signing_in)


def test_a_section_that_is_not_there_is_named() -> None:
    with pytest.raises(NoAccess) as refused:
        Aws(Place("nowhere"))
    assert "“lost”" in refused.value.why


@pytest.mark.parametrize(("region", "partition"), [
    ("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("mars-central-7", "aws"),
])  # fmt: skip
def test_a_region_has_its_partition(region: str, partition: str) -> None:
    assert Aws(Place(region=region)).place.partition == partition


def test_what_is_written_down_reads_back(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://s3.example:4")
    place = Aws(Place("lab")).place
    assert place.endpoints == (("s3", "http://s3.example:4"),)
    assert journal.begin("vpn", place).record.place == place
    early = {name: value for name, value in asdict(Place("lab", "eu-west-1")).items() if name != "endpoints"}
    run = journal.begin("vpn", Place())
    journal.write("UPDATE runs SET place = ? WHERE id = ?", (json.dumps(early), run.id))
    assert run.record.place == Place("lab", "eu-west-1")


def test_addresses_are_shown_where_they_are_not_those_of_aws() -> None:
    assert addresses("", ()) == []
    assert addresses("http://a", (("s3", "http://a"), ("sts", "http://b"))) == ["http://a", "http://b for sts"]


def test_what_surroundings_say_otherwise_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The region and the addresses, whatever they come from; nothing where they say the same."""
    kept = Aws(Place("lab")).place
    assert otherwise(kept) == otherwise(Place("lab", "us-east-1")) == []
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert otherwise(kept) == []
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert otherwise(kept) == [
        "Your surroundings say us-east-1; this was begun in eu-west-1, and is gone on with there."
    ]
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-2")
    assert "us-east-2" in otherwise(kept)[0]
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://s3.example:4")
    assert otherwise(kept) == [
        "Your surroundings say http://lab.example:1 and http://s3.example:4 for s3; this was begun at "
        "http://lab.example:1, and is gone on with there."
    ]
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert "say AWS's own addresses; this was begun at http://lab.example:1" in otherwise(kept)[0]
    assert otherwise(kept, Place(endpoint_url="http://lab.example:1/")) == [], "the command line said the very same"
    assert otherwise(kept, Place(endpoint_url="http://other.example:1")) == otherwise(kept)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert len(otherwise(kept)) == 2 and len(otherwise(kept, Place(region="eu-west-1"))) == 1
    monkeypatch.delenv("AWS_REGION")
    assert otherwise(Place(practice=True, region="eu-central-1", partition="aws")) == []


@pytest.mark.parametrize(("address", "yes"), [
    ("", False), ("https://lab.example", False), ("http://lab.example:1", True), ("http://10.0.0.1", True),
    ("http://127.0.0.1:5000", False), ("http://[::1]:5000", False), ("http://localhost:5000", False),
    ("http://s3.localhost", False), ("http://localhost.example", True), ("HTTP://LAB.example", True),
])  # fmt: skip
def test_plain_http_to_another_machine_is_readable_on_the_way(address: str, yes: bool) -> None:
    assert unprotected(Place(endpoint_url=address)) == [address] * yes
    assert unprotected(Place(endpoints=(("s3", address),))) == [address] * yes


def test_plain_http_to_another_machine_is_a_conscious_yes(cloud: Aws) -> None:
    made = Session(flows.find("vpn"), cloud, place=Place(endpoint_url="http://lab.example:1"))
    made.fill(STATIC)
    (asked,) = [caution for caution in made.review().cautions if caution.id == "plain-http"]
    assert asked.confirm and "http://lab.example:1" in asked.message
