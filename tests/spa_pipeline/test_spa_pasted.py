"""What somebody pastes as browsers and programs show it is refused with what to enter, which one key takes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from flows.engine import Refused
from flows.s3_lambda import answers as of_function
from flows.s3_pipeline import answers as of_pipeline
from flows.spa_pipeline import answers

NEW = SimpleNamespace(make=lambda call: {})


@pytest.mark.parametrize(
    ("source", "pasted", "meant"),
    [
        ("connection", "https://github.com/me/shop-front.git", "me/shop-front"),
        ("connection", "https://github.com/me/shop-front", "me/shop-front"),
        ("connection", "https://github.com/me/shop-front/tree/main/src", "me/shop-front"),
        ("connection", "github.com/me/shop-front", "me/shop-front"),
        ("connection", "git@github.com:me/shop.front.git", "me/shop.front"),
        ("connection", "ssh://git@bitbucket.org:22/me/shop/", "me/shop"),
        ("connection", "https://gitlab.com/group/sub/shop/-/blob/main/README.md?x=1", "group/sub/shop"),
        ("connection", "me/shop-front.git", "me/shop-front"),
        ("connection", "shop", ""),
        ("codecommit", "https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/shop-front", "shop-front"),
        ("codecommit", "shop-front.git", "shop-front"),
        ("codecommit", "a shop", ""),
    ],
)
def test_the_address_of_a_repository(source: str, pasted: str, meant: str) -> None:
    with pytest.raises(Refused) as refused:
        list(answers.repository(pasted, SimpleNamespace(source=source, cloud=NEW)))
    assert refused.value.suggestion == meant
    if meant and source == "connection":
        assert list(answers.repository(meant, SimpleNamespace(source=source))) == []


@pytest.mark.parametrize(
    ("check", "pasted", "meant"),
    [
        (of_function.prefix, "/uploads/", "uploads/"), (of_function.prefix, "/uploads/*", "uploads/"),
        (of_function.prefix, "in/*.csv", ""), (of_function.prefix, "s3://files/in/", ""),
        (of_function.suffix, "*.csv", ".csv"), (of_function.suffix, "*.c?v", ""),
        (of_pipeline.key, "/app/source.zip", "app/source.zip"), (of_pipeline.key, "app/*.zip", ""),
        (answers.folder, "/dist", "dist"), (answers.folder, "/", ""), (answers.folder, "../dist", ""),
    ],
)  # fmt: skip
def test_a_name_with_a_slash_in_front_or_a_star(check: Any, pasted: str, meant: str) -> None:
    with pytest.raises(Refused) as refused:
        check(pasted)
    assert refused.value.suggestion == meant
    if meant:
        assert check(meant) == meant
