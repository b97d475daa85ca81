"""What others have already when a set-up is planned does not lean on it; what cannot be told then is taken to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flows.engine import Call, Denied, NoAccess, NoSuchCall, Others, Unreachable, found, since
from flows.engine.expressions import part


class Told:
    """A cloud that tells this of whatever is asked, or raises it."""

    identity: Any = None

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def make(self, call: Call) -> Any:
        return next(self.pages(call))

    def pages(self, call: Call) -> Iterator[Any]:
        if isinstance(self.answer, Exception):
            raise self.answer
        yield self.answer


BEFORE, NOW = {"Ids": ["a"], "Things": [["a", "A"]]}, {"Ids": ["a", "b"], "Things": [["a", "A"], ["b", "B"]]}


@pytest.mark.parametrize(("path", "new"), [("Ids", ["b"]), ("Things", [["b", "B"]])])
def test_only_what_came_since_is_told(path: str, new: list[Any]) -> None:
    asked = Others(Call("events.ListRules"), path, "")
    (listed,) = since(Told(BEFORE), asked)
    assert part(str(fill(listed.path)), NOW) == new
    (other,) = since(Told(BEFORE), Others(asked.look, path, "", each=Call("x.Y", {"Z": found("id")}), leans="Other"))
    assert part(str(fill(other.path)), NOW) == NOW[path]


def fill(path: Any) -> Any:
    return "".join(path.parts) if hasattr(path, "parts") else path


@pytest.mark.parametrize("problem", [Denied("No.", permission="events:ListRules"), NoSuchCall("No.")])
def test_who_may_not_look_is_not_asked_to(problem: Exception) -> None:
    assert since(Told(problem), Others(Call("events.ListRules"), "Ids", "")) == ()


def test_what_cannot_be_told_is_taken_to_lean_on_it() -> None:
    asked = Others(Call("events.ListRules"), "Ids", "")
    assert since(Told(Unreachable("No.")), asked) == (asked,)
    with pytest.raises(NoAccess):
        since(Told(NoAccess("No.")), asked)
