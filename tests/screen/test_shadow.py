"""Whatever Textual writes, the terminal shows the same through the shadow as without it, in fewer bytes."""

from __future__ import annotations

import sys
from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.screen.driver import Shadow, erases_in_colour

WIDTH, HEIGHT = 24, 6
SYNC = ("\x1b[?2026h", "\x1b[?2026l")


def screen() -> tuple[pyte.Screen, pyte.Stream]:
    shown = pyte.Screen(WIDTH, HEIGHT)
    shown.reset_mode(pyte.modes.DECAWM)  # as Textual does
    return shown, pyte.Stream(shown)


def picture(shown: pyte.Screen) -> list[list[object]]:
    """Every cell with its style, as far as that is to be seen."""
    return [[looks(shown.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def looks(cell: Any) -> object:
    drawn = cell.data != " " or cell.underscore or cell.reverse or cell.strikethrough
    return cell if drawn else (" ", cell.bg)


def cursor(shown: pyte.Screen) -> tuple[int, int]:
    """Where the cursor is seen: at the margin it waits on the last column."""
    return min(shown.cursor.x, WIDTH - 1), shown.cursor.y


styles = st.sampled_from(
    [
        "",
        "1",
        "7",
        "31",
        "38;2;10;20;30",
        "1;48;5;17",
        "0;4",
        "3;38;5;9",
        "0;1;38;5;9;48;5;17",
        "31;48;5;17",
        "9;44",
        "58;5;1",
    ]
)
narrow = st.text(st.sampled_from("ab xyzÄß—é"), min_size=1, max_size=10)
wide = st.text(st.sampled_from("ab 界語é"), min_size=1, max_size=10)


def size(word: str) -> int:
    return sum(2 if c in "界語" else 1 for c in word)


@st.composite
def frames(draw: st.DrawFn) -> str:
    """A frame as Textual writes one: styled segments at places, and the cursor put somewhere at the end.

    Even rows are written in part. Odd rows have wide characters and are written whole, because Textual never
    writes over half of one.
    """
    parts = [SYNC[0]]
    for _ in range(draw(st.integers(0, 5))):
        y = draw(st.integers(0, HEIGHT - 1))
        x = 0 if y % 2 else draw(st.integers(0, WIDTH - 1))
        parts.append(f"\x1b[{y + 1};{x + 1}H")
        room = WIDTH - x
        for _ in range(draw(st.integers(1, 3))):
            word = draw(wide if y % 2 else narrow)
            if size(word) > room:
                break
            room -= size(word)
            style = draw(styles)
            parts.append(f"\x1b[{style}m{word}\x1b[0m" if style else word)
        parts.append(" " * room if y % 2 else "")
    parts.append(f"\x1b[{draw(st.integers(1, HEIGHT))};{draw(st.integers(1, WIDTH))}H{SYNC[1]}")
    return "".join(parts)


whole = f"\x1b[?1049h\x1b[2J{''.join(f'{chr(27)}[{y + 1};1H' + ' ' * WIDTH for y in range(HEIGHT))}"
"""A first frame that draws everything, as Textual's does."""
events = st.lists(
    st.one_of(frames(), st.sampled_from(["\x1b[2J", "\x1b[1;1H\x1b[K", "\x07", "\x1b[?25l"])), max_size=12
)


def test_the_cursor_of_the_shell_is_where_it_was() -> None:
    """The terminal remembers it at the first of these, and brings it back at the second."""
    shadow = Shadow(WIDTH)
    opening = shadow.feed("\x1b[?1049h\x1b[?25l\x1b[2J")
    assert opening.startswith("\x1b[?1049h"), "nothing is sent before"
    assert shadow.feed("\x1b[3;4Hx\x1b[?1049l\x1b[?25h").endswith("\x1b[?1049l\x1b[?25h")


@settings(max_examples=300, deadline=None)
@given(events, st.booleans())
def test_the_terminal_shows_exactly_what_textual_meant(written: list[str], erases: bool) -> None:
    (plain, plain_stream), (thin, thin_stream), shadow = screen(), screen(), Shadow(WIDTH, erases)
    for data in [whole, *written]:
        plain_stream.feed(data)
        thin_stream.feed(shadow.feed(data))
        assert thin.display == plain.display
        assert picture(thin) == picture(plain)
        assert cursor(thin) == cursor(plain)


def test_what_is_the_same_is_not_sent_again() -> None:
    shadow = Shadow(WIDTH)
    shadow.feed(whole)
    frame = f"{SYNC[0]}\x1b[2;1H\x1b[1mhello\x1b[0m there\x1b[1;1H{SYNC[1]}"
    assert "hello" in shadow.feed(frame)
    assert shadow.feed(frame) == ""


def test_one_changed_character_costs_a_few_bytes() -> None:
    shadow = Shadow(WIDTH)
    shadow.feed(whole)
    shadow.feed("\x1b[2;1H\x1b[38;2;1;2;3mcount 1 of 9\x1b[0m\x1b[1;1H")
    assert shadow.feed("\x1b[2;1H\x1b[38;2;1;2;3mcount 2 of 9\x1b[0m\x1b[1;1H") == "\x1b[2;7H2\x1b[1;1H"


def test_after_something_unknown_everything_is_drawn_again() -> None:
    shadow = Shadow(WIDTH)
    shadow.feed(whole)
    frame = "\x1b[2;1Hhello\x1b[1;1H"
    shadow.feed(frame)
    assert shadow.feed("\x1b[2J").endswith("\x1b[2J")
    assert "hello" in shadow.feed(frame)


def test_another_size_draws_everything_again() -> None:
    shadow = Shadow(WIDTH)
    frame = "\x1b[2;1Hhello\x1b[1;1H"
    shadow.feed(frame)
    shadow.resize(WIDTH + 1)
    assert "hello" in shadow.feed(frame)


def test_half_of_a_wide_character_that_is_overwritten_becomes_a_blank() -> None:
    shadow = Shadow(WIDTH)
    shadow.feed("\x1b[1;1H界\x1b[1;1H")
    assert shadow.feed("\x1b[1;2Hx\x1b[1;1H").count(" ") == 1


def test_links_open_and_close_around_their_text() -> None:
    shadow = Shadow(WIDTH)
    sent = shadow.feed("\x1b[1;1H\x1b]8;id=1;https://a.example\x1b\\a\x1b]8;;\x1b\\b\x1b[1;1H")
    assert sent.index("https://a.example") < sent.index("a\x1b]8;;") < sent.index("b", sent.index("a\x1b]8;;"))


def test_questions_to_the_terminal_pass_through() -> None:
    shadow = Shadow(WIDTH)
    for question in ("\x1b[?2026$p", "\x1b[c", "\x1b[>1u", "\x1b]52;c;aGk=\x07", "\x07", "\x1b[?25l"):
        assert shadow.feed(question) == question


def test_where_nothing_describes_the_terminal_no_colour_is_erased_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as for a Python that was built without the library that reads descriptions of terminals."""
    monkeypatch.setitem(sys.modules, "curses", None)
    assert not erases_in_colour()
