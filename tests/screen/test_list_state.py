"""A list holds on to the option that the cursor is on, knows headings from options, and marks what it shows."""

from __future__ import annotations

import pytest

from flows.engine import Option
from tui.screen.widgets.list_state import ListState
from tui.screen.widgets.row import Row, row_of, unfolded

ROWS = [Row("", "Begin"), Row("vpn", "A VPN"), Row("site", "A website"), Row("", "Go on with"), Row("run-1", "A run")]


def held(at: str = "", marked: list[str] | None = None) -> ListState:
    return ListState(ROWS, at, marked)


def key(state: ListState) -> str:
    assert state.row is not None
    return state.row.key


def test_it_begins_on_what_it_is_told_or_on_the_first_option() -> None:
    assert key(held()) == key(held(at="gone")) == "vpn"
    assert key(held(at="site")) == "site"
    assert ListState([], "", None).row is None


def test_a_heading_is_passed_and_never_counted() -> None:
    state = held(at="site")
    assert state.count == 3
    assert [state.target(1), state.target(-1), state.target(1000)] == [4, 1, 4]
    assert held().target(-1) is None, "there is only a heading above"
    assert held(at="run-1").target(-1000) == 1, "however far it is to go, there is an option before the heading"
    ends = ListState([*ROWS, Row("", "Nothing yet")], "vpn", None)
    assert (ends.target(1000), ends.of(ends.rows).target(1000)) == (4, 4)
    assert [state.before(place) for place in range(5)] == [0, 0, 1, 2, 2]


def test_the_cursor_stays_on_its_option_while_the_list_is_filtered_and_whole_again() -> None:
    state = held(at="site")
    state.look_for("a")
    assert (key(state), [state.rows[at].key for at in state.shown]) == ("site", ["vpn", "site", "run-1"])
    state.look_for("run")
    assert key(state) == "run-1", "its option is not in the list"
    state.look_for("")
    assert (key(state), len(state.shown)) == ("run-1", len(ROWS))


def test_what_finds_nothing_leads_back_to_where_the_cursor_was() -> None:
    for typed in (("x",), ("r", "ru", "rux"), ("x", "xy", "x")):
        state = held(at="site")
        for text in (*typed, ""):
            state.look_for(text)
        assert (key(state), len(state.shown)) == ("site", len(ROWS))
    state.look_for("none")
    state.look_for("a")
    assert key(state) == "site", "it is found again"


def test_the_further_lines_of_a_long_row_do_not_look_like_options() -> None:
    long = Row("site", "the website", "fjord-coffee-site.s3-website.eu-central-1.amazonaws.com plain HTTP only")
    for mark in ("", "[x] "):
        first, *rest = unfolded(long, mark=mark, width=60, widest=11)
        assert first.startswith(f"{mark}the website") and rest
        assert all(each.startswith(" " * len(mark) + "  ") and len(each) <= 58 for each in rest)


def test_names_and_beginnings_of_words_come_first_and_so_does_the_cursor() -> None:
    office = Row("office", "Connect an office to a VPC", "", "between a network and a VPC")
    state = ListState([Row("", "Set up"), office, Row("two", "Connect two VPCs", "", "peering")], "office", None)
    state.look_for("Connect")
    assert key(state) == "office", "both fit as well"
    state.look_for("Connect two")
    assert ([state.rows[at].key for at in state.shown], key(state)) == (["two", "office"], "two")
    state.look_for("connect an")
    assert ([state.rows[at].key for at in state.shown], key(state)) == (["office"], "office")
    state.add([Row("branch", "Connect another office")])
    assert [state.rows[at].key for at in state.shown] == ["office", "branch"], "what arrives moves nothing"


def test_what_arrives_moves_nothing_and_is_searched_too() -> None:
    state = held(at="site")
    state.look_for("web")
    state.add([Row("site-2", "Another website")])
    assert (key(state), state.count) == ("site", 4)
    assert [state.rows[at].key for at in state.shown] == ["site", "site-2"]


def test_all_that_is_shown_is_marked_and_then_none_of_it() -> None:
    state = held(marked=["run-1"])
    state.look_for("web")
    state.mark_all()
    assert state.picked == ["site", "run-1"]
    state.mark_all()
    assert state.picked == ["run-1"]
    assert state.mark_these(["vpn", "A website", "nothing"]) == ["nothing"]
    assert state.picked == ["vpn", "site", "run-1"]


def test_where_one_is_chosen_nothing_is_marked() -> None:
    state = held()
    state.mark_all()
    assert (state.marked, state.picked) == (None, [])


@pytest.mark.parametrize(
    ("hint", "beside"),
    [
        ("vpc-1 · 10.0.0.0/16", "10.0.0.0/16"),
        ("vpc-1", ""),
        ("vpc-12 · old", "vpc-12 · old"),
        ("the default", "the default"),
    ],
)
def test_what_is_the_name_already_does_not_stand_beside_it_again(hint: str, beside: str) -> None:
    assert row_of(Option("vpc-1", "vpc-1", "vpc-1", hint)) == Row("vpc-1", "vpc-1", beside)
