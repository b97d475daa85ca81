"""Send a terminal only the cells that changed.

Textual repaints whole regions: moving one line down in a list costs it thousands of bytes, and over SSH bytes
are what is slow. This driver reads what Textual writes, keeps two pictures of the screen (what Textual wants,
and what the terminal shows), and sends the difference.

Correct first: a sequence it does not know is sent as it is, in order, and after it nothing is taken for known, so
that the next frame is drawn in full. `HANDRAIL_DRIVER=textual` switches it off.
"""

from __future__ import annotations

import codecs
import os
import re
import signal
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

from rich.cells import cell_len
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from ..characters import cell, typed
from .pen import behind, change

TOKEN = re.compile(
    r"\x1b\[(?P<private>[<=>?]?)(?P<params>[0-9;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"  # CSI
    r"|\x1b\]8;[^;\x07\x1b]*;(?P<link>[^\x07\x1b]*)(?:\x07|\x1b\\)"  # a hyperlink begins or ends
    r"|(?P<string>\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\))"  # OSC, DCS and their like
    r"|(?P<escape>\x1b[ -/]*[0-~])"
    r"|(?P<control>[\x00-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f\x1b]+)"
)
SCREENS = {"47", "1047", "1049"}
"""Private modes that exchange the whole screen."""
ERASE = "\x1b[K"
JOIN = 5
"""Unchanged cells between two changes that are cheaper to send again than to jump over."""

Style = tuple[str, str]
"""SGR parameters and hyperlink."""
Cell = tuple[str, Style]
"""A character with what combines with it, and its style. The right half of a wide one has no character."""
PLAIN: Style = ("", "")


@dataclass
class Shadow:
    """What the terminal shows, and what it should.

    `feed` takes what Textual writes and gives what to send.
    """

    width: int = 80
    erases: bool = False
    """Whether the terminal erases in the colour that is behind the pen."""
    wanted: dict[int, dict[int, Cell]] = field(default_factory=dict)
    shown: dict[int, dict[int, Cell]] = field(default_factory=dict)
    pen: Style = PLAIN
    """The style Textual writes in now."""
    at: tuple[int, int] = (0, 0)
    """Where Textual's cursor is."""
    _pen: Style | None = None
    _at: tuple[int, int] | None = None
    _touched: set[int] = field(default_factory=set)
    _steered: bool = False
    _out: list[str] = field(default_factory=list)
    _sync: str = ""

    def forget(self) -> None:
        """Take nothing for known any more, neither what the terminal shows nor what it should."""
        self.wanted.clear()
        self.shown.clear()
        self._pen = self._at = None

    def resize(self, width: int) -> None:
        """The terminal has another size: what it shows now is its own business."""
        self.width = width
        self._touched.clear()
        self.forget()

    def feed(self, data: str) -> str:
        """What to send so that the terminal shows what Textual means by `data`."""
        end = 0
        for token in TOKEN.finditer(data):
            if token.start() != end:
                self._raw(data[end : token.start()])
            end = token.end()
            self._take(token)
        if end != len(data):
            self._raw(data[end:])
        self._flush()
        sent = "".join(self._out)
        self._out.clear()
        return sent

    # -- understanding -----------------------------------------------------------------------------------

    def _take(self, token: re.Match[str]) -> None:
        kind = token.lastgroup
        if kind == "text":
            self._write(token["text"])
        elif kind == "final":
            self._sequence(token)
        elif kind == "link":
            self.pen = (self.pen[0], token["link"])
        elif token[0] == "\n":
            self._steer(self.at[0], self.at[1] + 1)
        elif token[0] == "\r":
            self._steer(0, self.at[1])
        elif kind == "string" or token[0] == "\x07":
            self._flush()
            self._send(token[0])
        else:
            self._raw(token[0])

    def _sequence(self, token: re.Match[str]) -> None:
        private, params, final = token["private"], token["params"], token["final"]
        if not private and not token["between"]:
            if final == "m":
                self._style(params)
                return
            if final in "Hf":
                row, _, column = params.partition(";")
                self._steer(int(column or 1) - 1, int(row or 1) - 1)
                return
        if private == "?" and params == "2026" and final in "hl":
            self._flush()
            if final == "h":
                self._sync = token[0]  # sent with the first change, if there is one
            elif self._sync:
                self._sync = ""
            else:
                self._send(token[0])
            return
        if private and SCREENS & set(params.split(";")):
            self._flush()
            if self._pen is not None:  # the terminal takes back what stood there before, and the pen with it
                self._paint(PLAIN)
            self._send(token[0])  # the cursor stays where it is: the terminal brings it back there
            self.forget()
        elif private or token["between"] or final in "cnt":
            self._flush()
            self._send(token[0])
        else:
            self._raw(token[0])

    def _style(self, params: str) -> None:
        sgr, link = self.pen
        if params in ("", "0"):
            sgr = ""
        elif params.startswith("0;"):
            sgr = params[2:]
        else:
            sgr = f"{sgr};{params}" if sgr else params
        self.pen = (sgr, link)

    def _write(self, text: str) -> None:
        x, y = self.at
        row = self.wanted.setdefault(y, {})
        self._touched.add(y)
        empty = blank(self.pen)
        for letter in text:
            simple = letter.isascii()
            size = 1 if simple else cell_len(letter)
            character = letter if simple else cell(letter, size)
            if size == 0:
                before = max((column for column in row if column < x and row[column][0]), default=-1)
                if before >= 0:
                    row[before] = (row[before][0] + character, row[before][1])
                continue
            x = min(x, self.width - size)  # Textual switches wrapping off
            self._split(row, x)
            self._split(row, x + size)
            row[x] = (character, self.pen) if character != " " else empty
            if size == 2:
                row[x + 1] = ("", self.pen)
            x += size
        self._steer(x, y)

    def _steer(self, x: int, y: int) -> None:
        self.at, self._steered = (x, y), True

    def _split(self, row: dict[int, Cell], x: int) -> None:
        """A wide character that is overwritten by half leaves a blank."""
        if x in row and not row[x][0]:
            row[x] = (" ", row[x][1])
            row[x - 1] = (" ", row[x - 1][1])

    # -- sending -----------------------------------------------------------------------------------------

    def _send(self, text: str) -> None:
        if self._sync:
            self._out.append(self._sync)
            self._sync = ""
        self._out.append(text)

    def _raw(self, text: str) -> None:
        """Something unknown: put the terminal where Textual believes it to be, pass it on, and know nothing."""
        self._flush()
        self._go(*self.at)
        self._paint(self.pen)
        self._send(text)
        self.forget()

    def _flush(self) -> None:
        """Send every cell that is not as it should be, and put the cursor where Textual left it."""
        for y in sorted(self._touched):
            self._row(y)
        self._touched.clear()
        if self._steered:
            self._go(*self.at)
            self._steered = False

    def _row(self, y: int) -> None:
        wanted, shown = self.wanted[y], self.shown.setdefault(y, {})
        changed = sorted(x for x, cell in wanted.items() if shown.get(x) != cell)
        if not changed:
            return
        end = self._end(wanted) if self.erases else self.width
        rest = [x for x in changed if x >= end]
        changed = [x for x in changed if x < end] if len(rest) > len(ERASE) else changed
        starts = {x - 1 if not wanted[x][0] else x for x in changed}  # a wide character is sent whole
        runs: list[list[int]] = []
        for x in sorted(starts):
            if runs and x - runs[-1][1] <= JOIN and all(between in wanted for between in range(runs[-1][1], x)):
                runs[-1][1] = x
            else:
                runs.append([x, x])
        for first, last in runs:
            self._run(y, first, last, wanted)
        if len(rest) > len(ERASE):
            self._go(rest[0], y)
            self._paint_blank(wanted[rest[0]][1])
            self._send(ERASE)
        shown.update(wanted)

    def _end(self, row: dict[int, Cell]) -> int:
        """Where the blanks of one colour begin that a line ends with."""
        last, x = row.get(self.width - 1), self.width
        if last is None or last[0] != " " or behind(last[1][0]) is None or last[1][1]:
            return x
        while x and row.get(x - 1) == last:
            x -= 1
        return x

    def _run(self, y: int, first: int, last: int, wanted: dict[int, Cell]) -> None:
        for x in range(first, last + 1):
            text, style = wanted[x]
            if not text:
                continue
            self._go(x, y)
            self._paint_blank(style) if text == " " else self._paint(style)
            self._send(text)
            # terminals disagree about wide and combined characters: after one, the place is said again
            simple = len(text) == 1 and (text.isascii() or cell_len(text) == 1)
            self._at = (x + 1, y) if simple and x + 1 < self.width else None

    def _go(self, x: int, y: int) -> None:
        if self._at == (x, y):
            return
        if self._at is not None and self._at[1] == y and 0 < x - self._at[0] < 10:
            gap = x - self._at[0]
            self._send(f"\x1b[{gap if gap > 1 else ''}C")
        else:
            self._send(f"\x1b[{y + 1};{x + 1}H")
        self._at = (x, y)

    def _paint(self, style: Style) -> None:
        if self._pen == style:
            return
        (sgr, link), before = style, self._pen
        if link != (before[1] if before else ""):
            self._send(f"\x1b]8;;{link}\x1b\\")
        if before is None or before[0] != sgr:
            self._send(change(before[0], sgr) if before is not None else f"\x1b[0;{sgr}m" if sgr else "\x1b[m")
        self._pen = style

    def _paint_blank(self, style: Style) -> None:
        """What is behind a blank is all that is to be seen of it: the ink may stay."""
        if self._pen is None or blank(self._pen) != (" ", style):
            self._paint(style)


def blank(style: Style) -> Cell:
    """A blank, without what is not to be seen on it."""
    sgr, link = style
    ground = None if link else behind(sgr)
    return " ", style if ground is None else (ground, "")


class ThinDriver(LinuxDriver):
    """Textual's own driver, with a shadow of the screen before the wire."""

    _shadow: Shadow | None = None
    _seen: tuple[int, int] = (0, 0)
    sent_at = 0.0
    """When a change began to be sent, on Textual's clock: the first one since somebody made this endless."""

    def write(self, data: str) -> None:
        """Send what `data` changes."""
        size = self._get_terminal_size()
        if self._shadow is None:
            self._shadow = Shadow(size[0], erases=erases_in_colour())
        if size != self._seen:
            self._seen = size
            self._shadow.resize(size[0])
        if sent := self._shadow.feed(data):
            self.sent_at = min(self.sent_at, monotonic())
            super().write(sent)

    def stop_application_mode(self) -> None:
        """Give the terminal back. What is written next begins on a line of its own.

        A terminal with no second screen to leave shows this one still; then that is under it. Elsewhere the cursor
        comes back to where it was, and that may be in the middle of a line: as many blanks as a line has lead to the
        next one from there, and to nowhere from the beginning of an empty one.
        """
        columns, lines = self._get_terminal_size()
        self.write(f"\x1b[{lines};1H")
        super().stop_application_mode()
        super().write(f"{' ' * columns}\r\x1b[J")
        self.flush()


def erases_in_colour() -> bool:
    """Whether this terminal does, by its description; where there is none it is not relied on."""
    try:
        import curses
    except ImportError:
        return False
    try:
        curses.setupterm(fd=2)
    except curses.error:
        return False
    return curses.tigetflag("bce") == 1


BEGINS, ENDS = "\x1b[200~", "\x1b[201~"
"""What a terminal sends around what is pasted, if it knows how."""
LINES = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*[\r\n][^\x00-\x1f\x7f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*")
"""An Enter with something to read right behind it, and no other key that does something."""


class Typed:
    """What is typed, from its bytes; Textual asks for it piece by piece.

    Textual ends at the first byte that is no UTF-8; here such a key is unreadable, and no more than that. Consoles and
    some multiplexers send a paste as if it were typed: several lines that come in one piece are one, because nobody
    types that fast, and its lines must not answer the questions that come next.
    """

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(typed(encoding))(errors="replace")
        self._pasting = self._gone = False

    def decode(self, data: bytes, final: bool = False) -> str:
        """The text of a piece, what is pasted marked as that.

        Nothing comes from a terminal that is gone, and whoever is nobody's foreground job is not told so: then it is
        said here, as the system would have said it.
        """
        if not data and not final and not self._gone:
            self._gone = True
            os.kill(os.getpid(), signal.SIGHUP)
        text = self._decoder.decode(data, final)
        if not self._pasting and LINES.fullmatch(text):
            return f"{BEGINS}{text}{ENDS}"
        if (begins := text.rfind(BEGINS)) != (ends := text.rfind(ENDS)):
            self._pasting = begins > ends
        return text


def driver() -> type[LinuxDriver] | None:
    """The driver to use; None for Textual's own choice."""
    vars(linux_driver)["getincrementaldecoder"] = lambda encoding: partial(Typed, encoding)
    return None if os.environ.get("HANDRAIL_DRIVER") == "textual" or os.name == "nt" else ThinDriver
