"""A listing that tells nothing of its things: each candidate is asked whether it is this run's."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from support.clock import FakeClock

from flows.engine import Call, Cloud, Denied, Find, Journal, Place, found
from flows.engine.sending import Carrier

FIND = Find(
    Call("kms.ListKeys"), "Keys[].{Id: KeyId}", proof=Call("kms.DescribeKey", {"KeyId": found("Id")}),
    ours="KeyMetadata.Description == 'mine'",
)  # fmt: skip


class Keys:
    """Three pages of keys, one of which nobody may look at."""

    def __init__(self, mine: str, closed: str = "") -> None:
        self.mine, self.closed, self.asked = mine, closed, list[str]()

    def pages(self, call: Call) -> Iterator[dict[str, Any]]:
        yield {"Keys": [{"KeyId": "a"}, {"KeyId": "b"}]}
        yield {"Keys": None}
        yield {"Keys": [{"KeyId": "c"}]}

    def make(self, call: Call) -> dict[str, Any]:
        key = call.params["KeyId"]
        self.asked.append(key)
        if key == self.closed:
            raise Denied("no", permission="kms:DescribeKey")
        return {"KeyMetadata": {"Description": "mine" if key == self.mine else "theirs"}}


@pytest.mark.parametrize("mine", ["a", "b", "c"])
def test_the_one_that_is_ours_is_found_wherever_it_stands(tmp_path: Path, mine: str) -> None:
    keys = Keys(mine)
    assert carrier(tmp_path, keys).search(FIND) == {"Id": mine}
    assert keys.asked[-1] == mine


def test_none_of_them_is_ours(tmp_path: Path) -> None:
    keys = Keys("d")
    assert carrier(tmp_path, keys).search(FIND) is None
    assert keys.asked == ["a", "b", "c"]


def test_one_that_nobody_may_look_at_is_somebody_elses(tmp_path: Path) -> None:
    assert carrier(tmp_path, Keys("c", closed="a")).search(FIND) == {"Id": "c"}


def carrier(tmp_path: Path, keys: Keys) -> Carrier:
    run = Journal(tmp_path / "journal").begin("share_snapshot", Place(practice=True))
    return Carrier(run, cast("Cloud", keys), queue.SimpleQueue[Any]().put, threading.Event(), FakeClock())
