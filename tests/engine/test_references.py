"""What stands in a plan for what is read as it is carried out."""

from __future__ import annotations

from typing import Any

import pytest

from flows.engine import Changed, found, if_found
from flows.engine.references import Ref, fill

ITEMS = [{"Id": "a", "of": {"x": 1, "y": 2}}, {"Id": "b", "of": {"x": 3}}]


@pytest.mark.parametrize(
    ("standing", "changed", "then"),
    [
        (ITEMS, Changed("", ("Items", "Id=a", "of"), {"x": 5, "y": None}), [{"Id": "a", "of": {"x": 5}}, ITEMS[1]]),
        (ITEMS, Changed("", ("Items", "Id=c"), {"x": 5}), ITEMS),
        (ITEMS, Changed("", ("Items", "Id=a"), {"Id": "a"}, whole=True), [{"Id": "a"}, ITEMS[1]]),
        (ITEMS, Changed("", ("Items", "Id=c"), {"Id": "c"}, whole=True), [*ITEMS, {"Id": "c"}]),
        (None, Changed("", ("Items", "Id=c"), {"Id": "c"}, whole=True), [{"Id": "c"}]),
        (ITEMS, Changed("", ("Items", "Id=a"), None, whole=True), [ITEMS[1]]),
        (ITEMS, Changed("", ("Items", "Id=c"), None, whole=True), ITEMS),
        ([ITEMS[0]], Changed("", ("Items", "Id=a"), None, whole=True), None),
    ],
)
def test_one_thing_of_a_document_changes(standing: Any, changed: Changed, then: Any) -> None:
    document = {"Quantity": len(standing or ()), "Items": standing, "rest": "stays"}
    now = fill(changed, lambda _: document)
    assert now == {"Quantity": len(then or ()), "rest": "stays"} | ({"Items": then} if then else {})


@pytest.mark.parametrize(
    "changed",
    [
        Changed("", (), {"x": 1}),
        Changed("", ("Items", "Id=a"), {"x": 1}),
        Changed("", ("Items", "Id=a"), {"x": 1}, whole=True),
    ],
)
def test_what_was_read_may_be_written_down_nowhere(changed: Changed) -> None:
    """As when somebody asks which things a former run named."""
    fill(changed, lambda _: object())


def test_what_is_not_there_is_left_out() -> None:
    read = {found("State"): "ENABLED", if_found("Role"): None, if_found("Words"): "theirs"}
    params = {"State": found("State"), "RoleArn": if_found("Role"), "Description": if_found("Words"), "X": None}

    def resolve(ref: Ref) -> Any:
        return read[ref]

    assert fill(params, resolve) == {"State": "ENABLED", "Description": "theirs", "X": None}
