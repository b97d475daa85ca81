"""What an undo says first is as true as the last line of its receipt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.engine import Finding, Grade, Handover
from flows.engine.events import Left, Receipt
from tui import taking_back, words
from tui.screen.screens.done import receipt_rows

SNAPSHOT = Left("The last snapshot", "It was kept, as you said.", "It is stored and paid by the GB.", stays=True)
VERSIONS = Left("Versions in pages", "They stay.", "Old versions are stored and paid like files.", stays=True)
USED = Left("The connection", "Others use it.", "Traffic", stays=True, by_use=True)
USED_TOO = Left("The pipeline", "Others use it.", "The pipeline", stays=True, by_use=True)
LEANT_ON = Left("The role", "Others use it.", stays=True)
COPIED = Left("What 2222 copied of it", "It stays theirs.", maybe=True)
BEFORE = Left("VPC vpc-1", "It existed before this run and was only used.")
ADDED = Left("What somebody put beside it since: Theirs", "It is not this run's.", theirs=True)
GONE = Left("The route", "not found: somebody took it away already.")


@pytest.mark.parametrize(
    ("left", "complete", "headline", "look"),
    [
        ((), True, "Everything is as it was before.", "good"),
        ((BEFORE, GONE), True, "Everything is as it was before.", "good"),
        (
            (BEFORE, ADDED), True,
            "Everything of this run is as it was before; what somebody put beside it since stays.", "good",
        ),
        (
            (COPIED, BEFORE), True,
            "Everything of this run is as it was before; whether something of it stays is unknown.", "good",
        ),
        ((SNAPSHOT, COPIED), True, "Undone, except 1 thing that still costs money.", "warn"),
        ((BEFORE, SNAPSHOT), True, "Undone, except 1 thing that still costs money.", "warn"),
        ((SNAPSHOT, VERSIONS), True, "Undone, except 2 things that still cost money.", "warn"),
        ((LEANT_ON, GONE), True, "Undone, except 1 thing that is left.", "warn"),
        (
            (LEANT_ON, SNAPSHOT, BEFORE), True,
            "Undone, except 2 things that are left, 1 of which still costs money.", "warn",
        ),
        ((USED, USED_TOO), True, "Undone, except 2 things that cost by use.", "warn"),
        (
            (LEANT_ON, SNAPSHOT, USED), True,
            "Undone, except 3 things that are left, 1 of which still costs money, 1 of which costs by use.", "warn",
        ),
        ((LEANT_ON,), False, "Not everything is taken back yet: see the 1 thing that is left.", "bad"),
    ],
)  # fmt: skip
def test_the_headline(left: tuple[Left, ...], complete: bool, headline: str, look: str) -> None:
    receipt = Receipt(("The bucket (pages)",), (), left, complete)
    told = taking_back.receipt(receipt)
    assert told[-1 if look == "good" else 0] == headline
    assert (receipt_rows(receipt)[0].text, receipt_rows(receipt)[0].kind) == (headline, look)
    assert all(each.what in line for each, line in zip(receipt.staying, told[1:], strict=False)), "what stays is first"
    assert not any(".." in line for line in told), "one full stop ends a sentence"
    assert any("- removed" in line for line in told) and len(told) == 2 + len(left)


def test_what_was_mended_of_it_and_stays_is_not_as_before() -> None:
    receipt = Receipt(("The bucket (pages)",), mended=True)
    assert taking_back.headline(receipt) == (
        "Everything of this run is as it was before; what was mended of it since stays."
    )


@pytest.mark.parametrize(
    ("left", "headline"),
    [
        (
            (LEANT_ON, SNAPSHOT),
            "Nothing was taken back: there are 2 things that are left, 1 of which still costs money.",
        ),
        ((SNAPSHOT,), "Nothing was taken back: there is 1 thing that still costs money."),
    ],
)
def test_an_undo_that_took_nothing_back_says_that_first(left: tuple[Left, ...], headline: str) -> None:
    """It has ended, and others may need all of it: the exit code is 0, and nobody may read “undone” as “gone”."""
    assert taking_back.headline(Receipt(left=left)) == headline
    assert taking_back.headline(Receipt(("The role",), left=left)).startswith("Undone, except")


def test_what_is_lost_for_good_is_in_the_headline_and_first() -> None:
    went = "The bucket, and what others had there is gone or no longer works: a.zip"
    receipt = Receipt((went, "The role"), lost=("The data of shop is gone.", went))
    told = taking_back.receipt(receipt)
    assert told[0] == receipt_rows(receipt)[0].text == "Undone; 2 things are lost for good."
    assert told[1:] == ["  ! LOST      The data of shop is gone.", f"  ! LOST      {went}", "  - removed   The role"]
    assert taking_back.headline(replace(receipt, left=(SNAPSHOT,), lost=(went,))) == (
        "Undone, except 1 thing that still costs money; 1 thing is lost for good."
    )


def test_what_was_told_as_it_happened_is_not_told_again() -> None:
    receipt = Receipt(("The bucket (pages)", "The role"), ("The policy",), (SNAPSHOT,))
    assert taking_back.receipt(receipt, ["The bucket (pages)", "The policy"])[2:] == ["  - removed   The role"]


def test_what_does_not_work_is_in_the_headline_of_a_run() -> None:
    found = (Finding("a", Grade.PROVED, "The address leads there."), Finding("b", Grade.REFUSED, "The page is empty."))
    assert words.not_right(Handover(findings=found)) == "It does not work yet: The page is empty."
    assert not words.not_right(Handover(findings=found[:1]))
    mind = Finding("c", Grade.CAUTION, "Its role may not read them.")
    assert words.not_right(Handover(findings=(mind, found[0]))) == "Not as it should be: Its role may not read them."
    assert words.not_right(Handover(findings=(mind, *found))).startswith("It does not work yet: The page")
    assert not words.not_right(Handover(findings=(mind,), waiting="It waits.")), "it is not said to work either"
