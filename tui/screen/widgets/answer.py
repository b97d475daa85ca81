"""The field under a question: a list, a line or several lines, whichever its kind needs.

It is the only place that maps a kind of question to something on the screen. The fields are made when they are
first needed and then kept, so that going to the next question repaints little; that for a secret is emptied then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from .fields import LinesField, SecretField, TextField
from .options import Options
from .row import Row, row_of

if TYPE_CHECKING:
    from flows.engine import Asking, Offer

READING_ON = "reading on…"
TYPED = "\0"
"""The row that stands for something else than what is listed. No answer has such a key."""


class Answer(Vertical):
    """Where the answer is given."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._field: Options | TextField | LinesField | None = None
        self._asked = ""
        self._standing: object = None
        """What stands for a secret that was given before."""

    def fill(self, asking: Asking, offered: str) -> str:
        """Show the field for this question with what was said in it. Returns a hint on how to use it; `offered` is what
        F2 writes into it.
        """
        from flows.engine import Choice, Listed, Many, Picks, SecretText, Text, Yes

        question, offer, said = asking.question, asking.offer, asking.said
        if question.id == self._asked and self.reply is not None:
            said = self.reply  # read again, or refused: what is in the field is never lost
        if question.id != self._asked:
            self._forget_secret()
        self._asked = question.id
        takes = " (F2 takes it)" if offered == question.example else ""
        example = f"For example {question.example}{takes}" if question.example else ""
        typing = asking.problem is not None and isinstance(self._field, TextField)  # what is refused stays to be edited
        match question:
            case Text() if offer is not None and offer.listed is Listed.ITEMS and not typing:
                self._known(offer, as_text(said, ", "), asking.example)
                return example if offer.typed else ""
            case Choice() | Picks() if offer is not None and offer.listed is Listed.ITEMS:
                rows = [row_of(option) for option in offer.options]
                note = f"read at {offer.read_at}" if offer.read_at and not question.written else ""
                note, more = (READING_ON, True) if offer.rest is not None else (note, False)
                if isinstance(question, Picks):
                    self._list(rows, marked=chosen(said, rows), note=note, more=more)
                else:
                    self._list(rows, at=str(said), note=note, more=more)
                return ""
            case SecretText():
                self._standing = asking.said
                self._secret()
                keeps = " Enter keeps what was given." if asking.said else ""
                return f"What you type is not shown: {question.form}.{keeps}"
            case Yes():
                self._list([Row("yes", "Yes"), Row("no", "No")], at="no" if str(said).lower() in NO else "yes")
                return ""
            case Choice() | Picks():
                self._word(as_text(said, ", "))
                return "Ctrl-R reads the list again. If you know the id, type it."
            case Many():
                self._several(as_text(said, "\n"), asking.example)
                return f"One a line: Ctrl-J begins another. Commas and pasted lists work, too. {example}".strip()
            case Text():
                self._word(as_text(said, ", "), asking.example)
                return example
            case other:
                raise NotImplementedError(type(other).__name__)

    @property
    def reply(self) -> object:
        """What is in the field now, as the session takes it; None while there is nothing to take."""
        from flows.engine import Hidden
        from flows.engine.pasted_lists import several

        match self._field:
            case Options() as options if options.marked is not None:
                return options.picked
            case Options() as options:
                return options.typed or (options.key if options.key not in ("", TYPED) else None)
            case SecretField() as word:
                return Hidden(word.value) if word.value or not self._standing else self._standing
            case TextField() as word:
                return word.value
            case LinesField() as lines:
                return several(lines.text)
            case None:
                return None

    @property
    def elsewhere(self) -> bool:
        """Whether the cursor is on the row for what is not listed."""
        return isinstance(self._field, Options) and self._field.marked is None and self._field.key == TYPED

    def type_it(self) -> None:
        """A line to type on, in place of the list."""
        self._word("")
        self.open(True)

    def add(self, rows: list[Row], *, note: str, more: bool) -> None:
        """Further options have arrived. `note` is said under the list, `more` whether it is still being read."""
        if isinstance(self._field, Options):
            self._field.add(rows, note=note, more=more)
            self._fit(self._field)

    def put(self, text: str, selected: bool = False) -> None:
        """Write this into the field, for the person to look at and to take; `selected`, what is typed replaces it."""
        match self._field:
            case TextField() as word:
                word.value, word.cursor_position = text, len(text)
                if selected:
                    word.select_all()
            case Options():
                self._word(text, selected)
                self.open(True)
            case LinesField() as lines:
                lines.text = text
                lines.move_cursor(lines.document.end)
                if selected:
                    lines.select_all()
            case _:
                pass

    def open(self, on: bool) -> None:
        """Let the field be used, or not while something else must be answered first."""
        if self._field is not None:
            self._field.disabled = not on
            if on:
                self._field.focus()

    # -- the three fields --------------------------------------------------------------------------------

    def _use(self, field: Options | TextField | LinesField) -> None:
        self.styles.height, self.styles.max_height = "auto", None
        if field is self._field:
            return
        if self._field is not None:
            self._field.display = False
        if field.parent is None:
            self.mount(field)
        field.display = True
        self._field = field

    def _known(self, offer: Offer, said: str, example: bool) -> None:
        """A list of what there is, in which what was said may be something else, and anything else may be typed."""
        rows = [row_of(option) for option in offer.options]
        if said and said not in (row.key for row in rows):
            rows.insert(0, Row(said, said, "an example" if example else "not in the list"))
        more = offer.rest is not None
        if offer.typed:
            rows.append(Row(TYPED, "Something else…", "type it"))
        self._list(rows, at=said, note=READING_ON if more else f"read at {offer.read_at}", more=more)
        self.query_one(Options).open = offer.typed

    def _list(
        self, rows: list[Row], *, at: str = "", marked: list[str] | None = None, note: str = "", more: bool = False
    ) -> None:
        old = self.query(Options)
        field = old.first() if old else Options()
        self._use(field)
        named = [row.key for row in rows if at in (row.key, row.label)]
        at = (named or marked or [rows[0].key])[0]
        field.show(rows, at=at, marked=marked, note=note, eager=marked is None, more=more)
        self._fit(field)

    def _fit(self, field: Options) -> None:
        """A short list takes the lines that it needs, and one each to filter and for its note; a long one all."""
        field.styles.height = self.styles.height = "1fr"
        self.styles.max_height = field.count + 2 + field.slack

    def _word(self, text: str, example: bool = False) -> None:
        old = [field for field in self.query(TextField) if not isinstance(field, SecretField)]
        self._use(old[0] if old else TextField())
        self.put(text, example)

    def _secret(self) -> None:
        old = self.query(SecretField)
        self._use(old.first() if old else SecretField())

    def _forget_secret(self) -> None:
        self._standing = None
        for field in self.query(SecretField):
            field.value = ""

    def _several(self, text: str, example: bool = False) -> None:
        old = self.query(LinesField)
        self._use(old.first() if old else LinesField())
        self.put(text, example)


NO = ("no", "n", "false")


def chosen(said: object, rows: list[Row]) -> list[str]:
    """The keys that a reply with several picks means."""
    parts = said if isinstance(said, list | tuple) else str(said or "").split(",")
    words = {str(part).strip() for part in parts}
    return [row.key for row in rows if row.key in words or row.label in words]


def as_text(said: object, between: str) -> str:
    """A reply as it stands in a field."""
    if isinstance(said, list | tuple):
        return between.join(str(item) for item in said)
    return "" if said is None else str(said)
