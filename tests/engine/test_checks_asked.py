"""A check is asked like a set-up: its questions say which keys it takes, and what is picked is what is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.clouds import Between
from support.variants import VARIANTS
from website.cases import BUCKET, NAMED
from website.cases import session as website

import flows
from flows.engine import Call, Choice, Cloud, Listed, Option, Refused, Session
from flows.engine.asked import NOT_LISTED
from flows.engine.boto import Aws
from flows.engine.check import Check
from flows.engine.checking import Checking, about
from flows.engine.verdict import verdict
from flows.practice import PracticeAccount

ENOUGH = {
    "vpn": (("connection",),),
    "vpn_options": (("connection",),),
    "website": (("distribution",), ("domain",)),
    "alb": (("load_balancer",),),
    "aurora": (("cluster",),),
    "share_ami": (("image", "account"),),
    "share_snapshot": (("snapshot", "account"),),
    "wordpress": (("instance",),),
    "spa_pipeline": (("pipeline",),),
    "s3_lambda": (("bucket",),),
    "s3_pipeline": (("pipeline",), ("event",)),
    "database_hours": (("cluster",),),
    "peering": (("connection",), ("vpc", "peer_vpc")),
}


@pytest.mark.parametrize("flow", flows.SET_UPS)
def test_which_keys_are_enough_follows_from_the_questions(flow: str) -> None:
    """Those that scripts gave before they were questions."""
    assert flows.find(flow).enough == ENOUGH[flow]


def test_each_check_is_called_by_the_trouble_it_is_for() -> None:
    found = [flows.find(name).check for name in flows.SET_UPS]
    assert [check.id for check in found] == list(flows.SET_UPS)
    assert all(check.title and check.words and check.summary() for check in found)
    assert all(question.why for check in found for question in check.questions)


def test_what_is_missing_is_told_for_each_way_to_name_it() -> None:
    check = flows.find("website").check
    assert [[each.id for each in way] for way in check.missing({})] == [["distribution"], ["domain"]]
    assert check.missing({"domain": "www.example.com"}) == ()
    image = flows.find("share_ami").check
    assert [[each.id for each in way] for way in image.missing({"image": "ami-1"})] == [["account"]]


def test_an_unknown_key_is_refused_and_one_that_names_nothing_is_none() -> None:
    check = flows.find("website").check
    with pytest.raises(Refused, match="conection"):
        flows.find("vpn").check.named({"conection": "vpn-1"}, "check vpn")
    assert check.named({"distribution": NOT_LISTED, "domain": " www.example.com "}, "") == {"domain": "www.example.com"}


def test_what_is_picked_is_looked_at_and_nothing_is_read_twice(cloud: Aws) -> None:
    """From the list to the verdict, with the findings that batch gets for the same key."""
    counted = Between(cloud)
    checking = Checking(flows.find("alb"), counted)
    asking = checking.asking()
    assert asking and asking.offer and asking.offer.listed is Listed.ITEMS
    assert [option.label for option in asking.offer.options] == ["shop", "office"]
    checking.answer(asking.offer.options[0].key)
    assert checking.asking() is None
    assert checking.subject() == {"load_balancer": "shop"}
    told = checking.look()
    sent = [(call.operation, str(call.params), call.region) for call in counted.calls]
    assert len(sent) == len(set(sent))
    assert told == verdict(flows.find("alb").diagnose(cloud, {"load_balancer": "shop"}))
    before = len(counted.calls)
    checking.look(again=True)
    assert len(counted.calls) > before, "again is afresh"


def test_what_is_not_in_the_list_is_asked_for_otherwise(cloud: Aws) -> None:
    checking = Checking(flows.find("s3_pipeline"), cloud)
    checking.answer(NOT_LISTED)
    asking = checking.asking()
    assert asking and asking.question.id == "event"
    assert checking.back()
    again = checking.asking()
    assert again and again.question.id == "pipeline"
    checking.answer(NOT_LISTED)
    checking.answer('{"detail-type": "Object Created"}')
    assert checking.subject() == {"event": '{"detail-type": "Object Created"}'}


class Empty:
    """An account in which there is nothing yet."""

    def make(self, call: Call) -> dict[str, Any]:
        return {}

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield {}


OTHERWISE = [
    check.id
    for check in (flows.find(name).check for name in flows.SET_UPS)
    if any(NOT_LISTED in values for question in check.questions for _, values in question.when.needs)
]


def test_some_checks_are_asked_otherwise() -> None:
    assert OTHERWISE == ["website", "s3_pipeline", "peering"]


@pytest.mark.parametrize("flow", OTHERWISE)
def test_where_there_is_nothing_it_is_asked_for_otherwise_all_the_same(flow: str) -> None:
    checking = Checking(flows.find(flow), cast("Cloud", Empty()))
    checking.answer(NOT_LISTED)
    asking = checking.asking()
    assert asking and asking.question.when.needs and not asking.problem


def test_an_event_is_read_from_the_file_that_is_named(cloud: Aws, tmp_path: object) -> None:
    checking = Checking(flows.find("s3_pipeline"), cloud)
    checking.answer(NOT_LISTED)
    checking.answer("/no/such/file.json")
    asking = checking.asking()
    assert asking and asking.problem and "/no/such/file.json" in asking.problem.what


def test_what_was_said_already_is_not_asked_again(cloud: Aws) -> None:
    checking = Checking(flows.find("share_ami"), cloud)
    checking.suggest({"account": "2109-8765-4321"})
    asking = checking.asking()
    assert asking and asking.question.id == "image"


class One(Check):
    """One of two."""

    title = "It does not work"
    thing = Choice("Which?", lambda flow: _two(flow.cloud))
    how = Choice("How?", {"gently": "Gently", "hard": "Hard"}, default="gently")


def _two(cloud: Cloud) -> Iterator[Option[str]]:
    yield from (Option(key, key, key.upper()) for key in ("a", "b"))
    yield Option(NOT_LISTED, NOT_LISTED, "Another")


def test_everything_there_is_comes_from_the_list_alone(cloud: Aws) -> None:
    every = [(dict(each.given), each.name) for each in One.everything(cloud)]
    assert every == [({"thing": "a"}, "A"), ({"thing": "b"}, "B")]
    assert One.enough() == (("thing",),)


def test_the_practice_company_has_things_to_check(account: PracticeAccount, cloud: Aws) -> None:
    found = {name: [dict(each.given) for each in flows.find(name).check.everything(cloud)] for name in flows.SET_UPS}
    assert {name: len(each) for name, each in found.items() if each} == {
        "vpn": 1, "vpn_options": 1, "alb": 2, "aurora": 2, "peering": 1, "wordpress": 1, "spa_pipeline": 1,
        "s3_pipeline": 1,
    }  # fmt: skip
    assert found["alb"] == [{"load_balancer": "shop"}, {"load_balancer": "office"}]


def test_what_is_shared_is_asked_for_with_who_has_it(account: PracticeAccount, cloud: Aws) -> None:
    """One receiver is offered; of several none is guessed, and each of them has a row of its own on the board."""
    ec2, image = account.session.client("ec2"), flows.find("share_ami").check
    machine = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    ami = ec2.create_image(InstanceId=machine, Name="golden")["ImageId"]
    first, second = "210987654321", "310987654321"
    assert offered(cloud, ami) is None and [*image.everything(cloud)] == []
    for account_id, expected in ((first, first), (second, None)):
        share = {"LaunchPermission": {"Add": [{"UserId": account_id}]}}
        ec2.modify_image_attribute(ImageId=ami, **share)
        assert offered(cloud, ami) == expected
    there = [(dict(each.given), each.name) for each in image.everything(cloud)]
    assert there == [({"image": ami, "account": each}, f"golden for {each}") for each in (first, second)]


def offered(cloud: Aws, ami: str) -> object:
    """The receiver that is offered for an image."""
    checking = Checking(flows.find("share_ami"), cloud)
    checking.answer(ami)
    asking = checking.asking()
    assert asking and asking.question.id == "account"
    return asking.said


def test_what_lies_in_another_region_is_checked_there(cloud: Aws) -> None:
    outputs = {"image": "ami-1", "region": "eu-west-1"}
    run = SimpleNamespace(record=SimpleNamespace(handover={"outputs": outputs}))
    made = SimpleNamespace(
        run=run, flow=flows.find("share_ami"), cloud=cloud, answers=lambda: {"account": "210987654321"}
    )
    with pytest.raises(Refused) as told:
        about(cast("Session", made))
    assert "handrail check share_ami --region eu-west-1 --set image=ami-1" in told.value.remedy
    outputs["region"] = cloud.identity.region
    assert about(cast("Session", made))["image"] == "ami-1"


MADE = {
    "snapshot": "s", "machine": "i-1", "bucket": "b", "function": "arn:aws:lambda:x:1:function:f", "connection": "c",
}  # fmt: skip
"""What some of them read of the outputs."""


def test_no_list_stands_in_a_field_as_a_program_writes_it() -> None:
    """Of several names the first is asked about; whatever an output is, or an answer was given as."""
    for flow, answers in VARIANTS.values():
        several = {question.id for question in flows.find(flow).questions if question.several}
        typed = {key for key in several if isinstance(answers.get(key), str)}
        listed = {key: [value, "b"] if key in typed else value for key, value in answers.items()}
        for said in (answers, listed):
            asked = flows.find(flow).check.of_run(MADE, said)
            assert not any(sign in value for value in asked.values() for sign in "[]'\""), (flow, asked)


def test_a_name_among_several_is_what_a_website_is_looked_for_by(cloud: Aws) -> None:
    names = NAMED["domain"]
    for said in (names, ", ".join(names)):
        made = website(cloud, None, {**BUCKET, **NAMED, "domain": said})
        made.run = cast(Any, SimpleNamespace(record=SimpleNamespace(handover={})))
        assert about(made)["domain"] == names[0]


def test_what_is_given_as_a_list_is_named_with_commas(cloud: Aws) -> None:
    assert flows.find("vpn").check.named({"connection": ["vpn-1", "vpn-2"]}, "x") == {"connection": "vpn-1, vpn-2"}
    for flow, key in (("vpn", "vpc"), ("website", "single_page_app"), ("aurora", "name")):
        made = flows.find(flow)
        for raw in (["a"], {"a": 1}):
            with pytest.raises(Refused, match="takes one value, not a list"):
                made.question(key).read(raw, made(cloud))
    networks = flows.find("vpn").question("networks")
    with pytest.raises(Refused, match="takes a list of single values"):
        networks.read([["10.0.0.0/8"]], flows.find("vpn")(cloud))
