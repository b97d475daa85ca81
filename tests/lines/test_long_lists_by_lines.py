"""Ten thousand options as a conversation: a page at a time, filtered, and read no further than is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.long_lists import MANY, OneGroup, SomeGroups, Thousands

from flows.engine import CloudError, Flow, Session
from tui.lines.conversation import Conversation
from tui.lines.reading import Quit


class Replies:
    """Somebody who says these things, then leaves. Notes how many pages were read before each."""

    def __init__(self, cloud: Thousands, *replies: str) -> None:
        self._cloud, self._replies = cloud, iter(replies)
        self.read: list[int] = []

    def __call__(self, prompt: str, start: str) -> str:
        self.read.append(len(self._cloud.pages_read))
        try:
            return next(self._replies) or start
        except StopIteration:
            raise Quit from None


Talk = Callable[..., tuple[Session, Replies, str]]


@pytest.fixture
def talk(capsys: pytest.CaptureFixture[str]) -> Talk:
    def held(cloud: Thousands, *replies: str, flow: type[Flow] = OneGroup) -> tuple[Session, Replies, str]:
        session, script = Session(flow, cloud), Replies(cloud, *replies)
        Conversation(session, script).hold()
        return session, script, capsys.readouterr().out

    return held


def test_a_page_is_shown_after_a_page_was_read(talk: Talk) -> None:
    _, script, shown = talk(Thousands(), "more")
    assert script.read == [1, 1]
    assert "  20  group 19  " in shown
    assert "  40  group 39  " in shown
    assert "group 40" not in shown
    assert "There are more: type more, or part of a name" in shown


def test_a_part_of_a_name_is_looked_for_in_everything_and_shown_page_by_page(talk: Talk) -> None:
    session, script, shown = talk(Thousands(), "up 7", "more", "22")
    assert "Reading on…" in shown
    assert "1111 match “up 7”:" in shown
    assert script.read == [1, 20, 20, 20], "nothing is read twice"
    assert session.answers() == {"group": "sg-000002c6"}, "the 22nd is group 710"


def test_one_that_matches_is_only_taken_when_all_are_read(talk: Talk) -> None:
    session, _, _ = talk(cloud := Thousands(), "group 9999")
    assert session.answers() == {"group": "sg-0000270f"}
    assert max(number for _, number in cloud.pages_read) == 19


def test_an_id_is_enough(talk: Talk) -> None:
    session, script, _ = talk(Thousands(), "sg-00000003")
    assert session.answers() == {"group": "sg-00000003"}
    assert script.read[0] == 1


def test_typing_on_narrows(talk: Talk) -> None:
    session, _, shown = talk(Thousands(), "up 4", "p 49", "group 499")
    assert "1111 match “up 4”:" in shown
    assert "111 match “p 49”:" in shown
    assert session.answers() == {"group": "sg-000001f3"}


def test_a_number_counts_from_the_page_that_is_shown(talk: Talk) -> None:
    session, _, _ = talk(Thousands(), "more", "33")
    assert session.answers() == {"group": "sg-00000020"}


def test_a_number_that_nobody_saw_is_a_part_of_a_name(talk: Talk) -> None:
    session, _, _ = talk(Thousands(1000), "999", "back", "")
    assert session.answers() == {"group": "sg-000003e7"}, "group 999, and not the 999th; and what was said is kept"


def test_several_are_taken_by_number_name_and_part(talk: Talk) -> None:
    session, _, _ = talk(Thousands(1200), "2, group 1100, 00004af", flow=SomeGroups)
    assert session.answers() == {"some": ["sg-00000001", "sg-0000044c", "sg-000004af"]}


def test_what_nothing_contains_is_refused_and_asked_again(talk: Talk) -> None:
    _, script, shown = talk(Thousands(600), "nothing like it")
    assert "“nothing like it” is not among the choices for group." in shown
    assert len(script.read) == 2


def test_a_page_that_cannot_be_read_is_said_and_the_conversation_goes_on(talk: Talk) -> None:
    broken = True

    def before(number: int) -> None:
        nonlocal broken
        if broken and number == 3:
            broken = False
            raise CloudError("AWS is tired.")

    session, _, shown = talk(Thousands(before=before), "group 9999", "refresh", f"group {MANY - 1}")
    assert "AWS is tired." in shown
    assert session.answers() == {"group": "sg-0000270f"}
