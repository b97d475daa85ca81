"""What AWS has is listed where a name is asked for, and a question says only what still matters."""

from __future__ import annotations

from typing import Any

import pytest
from spa_pipeline.cases import Connected

import flows
from flows.engine import Cloud, Denied, Session, Text
from flows.engine.states import Asking, Listed


def at(cloud: Cloud, flow: str, key: str, **said: Any) -> Asking:
    """How a question is put after these answers."""
    session = Session(flows.find(flow), cloud, None)
    session.suggest(said)
    session.revisit(key)
    asking = session.asking()
    assert asking is not None and asking.question.id == key
    return asking


SPA = {"name": "shop-front", "source": "codecommit", "repository": "shop-front", "branch": "main"}


def test_buckets_are_listed_and_others_may_be_typed(cloud: Cloud) -> None:
    offer = at(cloud, "spa_pipeline", "site_bucket", **SPA).offer
    assert offer is not None and (offer.listed, offer.typed) == (Listed.ITEMS, True)
    assert "fjord-coffee-site" in [option.key for option in offer.options]


def test_only_the_two_codes_that_a_load_balancer_redirects_with_can_be_chosen(cloud: Cloud) -> None:
    said = {"load_balancer": "shop", "scope": "all"}
    redirect = at(cloud, "alb", "status", action="redirect", **said)
    fixed = at(cloud, "alb", "status", action="fixed_response", **said)
    assert redirect.offer and fixed.offer
    assert ([option.key for option in redirect.offer.options], redirect.offer.typed) == (["301", "302"], False)
    assert "503" in [option.key for option in fixed.offer.options] and fixed.offer.typed
    assert redirect.question.why != fixed.question.why


@pytest.mark.parametrize(
    ("source", "word", "example"),
    [("codecommit", "CodeCommit", "shop-front"), ("connection", "owner", "octo-org/website"), ("s3", "zip", ".zip")],
)
def test_a_repository_is_asked_for_as_its_kind_is_called(cloud: Cloud, source: str, word: str, example: str) -> None:
    asking = at(Connected(cloud), "spa_pipeline", "repository", name="shop-front", source=source)
    assert word in asking.question.ask and example in asking.question.example
    others = {"CodeCommit", "owner", "zip"} - {word}
    assert not any(other in asking.question.ask for other in others)


def test_where_the_list_may_not_be_read_the_name_is_typed_as_before(cloud: Cloud, monkeypatch: Any) -> None:
    def denied(*_: object) -> None:
        raise Denied("You may not list buckets.", permission="s3:ListAllMyBuckets")

    monkeypatch.setattr("flows.spa_pipeline.answers.buckets.buckets", denied)
    offer = at(cloud, "spa_pipeline", "site_bucket", **SPA).offer
    assert offer is not None and (offer.listed, offer.typed) == (Listed.DENIED, True)


@pytest.mark.parametrize("flow", flows.SET_UPS)
def test_where_an_empty_answer_counts_no_list_stands_in_its_place(flow: str) -> None:
    """Enter on a list takes what the cursor is on, never nothing."""
    made = flows.find(flow)
    listed = [each for asks in (made, made.check) for each in asks.questions if isinstance(each, Text) and each.known]
    assert [each.id for each in listed if not each.wanted] == []
