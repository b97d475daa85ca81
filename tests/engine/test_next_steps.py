"""What is to do now, apart from what was seen to be done and from what is only good to know."""

from __future__ import annotations

from flows.engine import Finding, Grade
from flows.engine.flow import parted, was_proved


def test_what_is_done_is_not_among_what_is_to_do() -> None:
    assert parted(("Copy it.", True), ("Look.", False), ("Pay.", False)) == (("Look.", "Pay."), ("Copy it.",))


def test_only_what_was_proved_is_done() -> None:
    found = [Finding("file:zip", Grade.PROVED, "It is there."), Finding("run", Grade.WAITING, "It never ran.")]
    assert was_proved(found, "file") and was_proved(found, "run", "file:zip")
    assert not was_proved(found, "run") and not was_proved(found, "fil")
