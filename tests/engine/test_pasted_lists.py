"""Lists as people have them at hand, pasted into a question that takes several."""

from __future__ import annotations

import pytest

from flows.engine.pasted_lists import several

A, B = "192.168.10.0/24", "192.168.20.0/24"


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\n{B}\n", f"{A}\r\n{B}\r\n", f"\n\n  {A}\n\n{B}  ", f"{A}\t{B}", f"{A}, {B}", f"{A};{B}", f"{A} {B}",
        f"{A},\n{B},\n",
        f"# offices\n{A}\n{B} # Bergen, since May\n# {A}\n", f"- {A}\n- {B}\n", f"* {A}\n• {B}", f"1. {A}\n2) {B}",
        f"networks:\n  - {A}\n  - '{B}'\n", f"networks: [{A}, {B}]", f'["{A}", "{B}"]', f'[\n  "{A}",\n  "{B}"\n]\n',
    ],
)  # fmt: skip
def test_one_entry_for_each_network(text: str) -> None:
    assert several(text) == [A, B]


@pytest.mark.parametrize("text", ["fe80::", "/new/#{path}", "*.example.com", "#www", "networks:", "a#b", "-x"])
def test_what_only_looks_like_it_is_left_as_it_is(text: str) -> None:
    assert several(text) == [text]


def test_a_name_may_have_blanks_and_a_number() -> None:
    assert several("- web #2\n- the old one\n", spaces=False) == ["web #2", "the old one"]
