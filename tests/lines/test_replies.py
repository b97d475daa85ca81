"""How a reply by lines is read: what Enter alone means, and the words that stand for a value."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import flows
from flows.engine import Asking, Refused, Text
from tui.lines import question, reading


def asked_for(
    asked: Text[str], said: object, replies: list[str], problem: Refused | None = None
) -> tuple[Any, list[str]]:
    """What is answered when these are the replies, and every prompt with what Enter alone means in it."""
    prompts, answered = list[str](), list[object]()

    def reply(prompt: str, start: str) -> str:
        prompts.append(reading.asked(prompt, start))
        return replies.pop(0) or start

    session = SimpleNamespace(answer=answered.append, remarks=lambda _: ())
    question.Questioner(session, reply).put(Asking(asked, None, said, problem))  # type: ignore[arg-type]
    return answered[0], prompts


def test_a_word_offers_the_example_and_another_leaves_a_field_empty() -> None:
    name = flows.find("aurora").question("name")
    assert isinstance(name, Text)
    assert asked_for(name, None, ["example", ""]) == ("shop-db", ["Name:", "Name [shop-db]:"])
    assert asked_for(name, "beans", ["none"]) == ("", ["Name [beans]:"])


def test_what_was_refused_stands_beside_the_field_and_not_in_it() -> None:
    name = flows.find("aurora").question("name")
    assert isinstance(name, Text)
    refused = Refused("“1.2.3” cannot be its name.")
    assert asked_for(name, "1.2.3", ["beans"], refused) == ("beans", ["Name [1.2.3]:"])
