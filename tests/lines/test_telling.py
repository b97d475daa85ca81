"""What is too long for a line goes on under its sentence, and not under what stands in front of it."""

from __future__ import annotations

import pytest

from tui import telling
from tui.screen.widgets.paint import remark

LONG = "a sentence that is far too long for a line of a narrow terminal"


@pytest.mark.parametrize(
    "front", ["  waiting  ", "being taken back  ", " *  1  ", "2 of 8  ", "   FAILED  "]
)  # fmt: skip
def test_a_sentence_behind_a_word_goes_on_under_itself(front: str) -> None:
    first, *rest = telling._broken(f"{front}{LONG}", 40).split("\n")
    assert first.startswith(front + "a") and rest
    assert {len(each) - len(each.lstrip()) for each in rest} == {len(front)}


def test_other_lines_go_on_a_little_further_in() -> None:
    assert telling._broken(f"  Take it back with: {LONG}", 40).split("\n")[1].startswith("    ")
    assert not telling._broken(LONG, 40).split("\n")[1].startswith(" ")


def test_what_goes_on_of_a_comment_is_one() -> None:
    """What somebody copies of the screen runs as a script all the same."""
    assert all(each.startswith("# ") and len(each) <= 30 for each in remark(f"# {LONG}", 30))
    assert all(each.startswith("  # ") for each in remark(f"  # {LONG}", 30))
    assert remark("aws ec2 x", 30) == ["aws ec2 x"] and remark("", 30) == [""]
