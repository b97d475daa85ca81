"""What the system says is told in its words, without its numbers; answers may come by standard input."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from flows.engine import Refused
from tui.answers_file import load_answers


def test_a_file_that_is_not_there_is_told_without_a_number(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load_answers(tmp_path / "none.yaml", ())
    assert refused.value.why == "No such file or directory."
    assert "Errno" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["name: office\nasn: 65000\n", '{"name": "office", "asn": 65000}', "\ufeffname: office\nasn: 65000"]
)
def test_answers_come_by_standard_input(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert load_answers(Path("-"), ["asn=65001"]) == {"name": "office", "asn": "65001"}


def test_what_is_broken_in_standard_input_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"name: [")))
    with pytest.raises(Refused, match="Standard input is broken in line 1"):
        load_answers(Path("-"), ())
