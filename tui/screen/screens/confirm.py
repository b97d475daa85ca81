"""Before something is done that cannot be overlooked: the production account's name typed, an undo agreed to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...safe import line
from ..widgets.lines import Lines, Said
from ..widgets.options import Options
from ..widgets.row import Row
from .page import Page, Say, homely

if TYPE_CHECKING:
    from flows.engine import Claim, Decision, Session


class TypeName(Page):
    """Ask for the account's name before anything is created in what looks like production."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "check", "Apply", priority=True, tooltip="Apply, if the name is right"),
        Binding("escape", "close", "Back", tooltip="Back to the review"),
    ]
    asks = True
    title_words = "Production"

    def __init__(self, name: str, then: Callable[[], None]) -> None:
        super().__init__()
        self._name, self._then = name, then

    def between(self) -> Iterable[Widget]:
        from ..widgets.fields import TextField

        yield Say("This account looks like production. Type its name to apply the plan there.", id="ask")
        yield Say(f"Its name is {self._name}", id="why")
        yield TextField(id="name")
        yield Say("", id="hint")

    def on_mount(self) -> None:
        self.query_one("#name").focus()

    def action_check(self) -> None:
        """Apply, if the name is right."""
        self.once_typed(self._check)

    def _check(self) -> None:
        typed = str(getattr(self.query_one("#name"), "value", "")).strip()
        if typed == self._name:
            self.app.pop_screen()
            self._then()
        else:
            self.query_one("#hint", Say).say(f"“{line(typed)}” is not its name. Nothing was created.")

    def action_close(self) -> None:
        """Back to the review."""
        self.app.pop_screen()


class UndoPage(Page):
    """What would be taken back, what only a person can decide, and whether to go on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Undo nothing", tooltip="Back; nothing is changed"),
    ]
    asks = True
    title_words = "Undo"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.set_up = session, session.flow.id
        self._open: list[Decision] = []
        self._claims: list[Claim] = []
        self._stops: tuple[str, ...] = ()
        self._decided: dict[str, str] = {}

    def between(self) -> Iterable[Widget]:
        yield Lines(undecided(self.session, []), hug=True, id="page")
        yield Say("", id="now")
        yield Lines(id="notice")
        yield Options(id="ways")

    def on_mount(self) -> None:
        for text in self.query(Lines):
            text.can_focus = False  # the answers keep the keys; PgDn reads on
        self._note([])
        self.query_one(Options).focus()
        saying = "Looking whether others use any of it…"
        self.do(lambda: (self.session.claims(), self.session.stops()), self._shown, saying=saying)

    def waits(self, words: str) -> None:
        self.query_one("#now", Say).say(words)

    def _shown(self, found: tuple[list[Claim], tuple[str, ...]]) -> None:
        claims, self._stops = found
        self._open, self._claims = list(self.session.to_decide(claims)), claims
        self._ask()

    def _ask(self) -> None:
        options = self.query_one(Options)
        self._note([])
        self._tell(undecided(self.session, self._claims))
        if self.session.place.read_only:
            self.query_one("#now", Say).say("This is read-only: nothing can be taken back. Leave out --read-only.")
            options.show([Row("keep", "Back", "nothing is changed")])
        elif self._open:
            decision = self._open[0]
            self.query_one("#now", Say).say(line(decision.ask))
            danger = decision.loses
            self._note(
                Said(line(decision.options[value]), word, "danger" if value == danger else "point")
                for word, value in decision.words.items()
            )
            options.show(
                [
                    Row(f"decide:{value}", word.capitalize(), "for good" * (value == danger), danger=value == danger)
                    for word, value in decision.words.items()
                ],
                at=f"decide:{decision.default}",
            )
        else:
            self.query_one("#now", Say).say("What existed before this run stays, or is put back as it was.")
            rows = decided(self.session, self._decided, self._claims, self._stops)
            self._tell(rows)
            loses = any(row.lead == "LOST" for row in rows)
            does = "takes it back; what is LOST is gone for good" if loses else "takes it back"
            options.show(
                [Row("keep", "Undo nothing", "it all stays"), Row("undo", "Undo all of this", does, danger=loses)]
            )

    def _tell(self, rows: list[Said]) -> None:
        """What would be taken back and what would not, from its beginning."""
        page = self.query_one("#page", Lines)
        page.show(rows)
        page.action_ends(-1)

    def _note(self, rows: Iterable[Said]) -> None:
        """What each answer means; it stands whole above them."""
        notice, rows = self.query_one("#notice", Lines), list(rows)
        notice.display = bool(rows)
        notice.show(rows)

    @on(Options.Chosen)
    def way(self, event: Options.Chosen) -> None:
        """A decision, or whether to go on."""
        kind, _, value = event.key.partition(":")
        if kind == "decide":
            self._decided[self._open.pop(0).key] = value
            self.ask_anew()
            self._ask()
        elif kind == "undo":
            self.handrail.undo(self.session, self._decided)
        else:
            self.action_close()

    def action_close(self) -> None:
        """Back; nothing is changed."""
        self.app.pop_screen()

    def explained(self) -> list[Said]:
        return [
            Said("Undo", kind="heading"),
            Said("What this run created is deleted, newest first; what it changed is put back as it was, unless "
                 "somebody changed it since. It ends with a receipt of what was removed, restored and left."),
        ]  # fmt: skip


def undecided(session: Session, claims: list[Claim]) -> list[Said]:
    """What others have in or on what this run made, and what an undo could take away."""
    return [_title(session), *_theirs(session, claims), *_made(session, claims)]


def decided(session: Session, said: Mapping[str, str], claims: list[Claim], stops: Iterable[str]) -> list[Said]:
    """All there is to know of an undo before it is agreed to, once so much is decided: what is lost and what stops
    first, and one list of what is taken back, last."""
    from ... import taking_back

    assert session.run is not None, "only a run is undone"
    told = taking_back.not_brought_back(session.run, said, claims, stops)
    listed = {taking_back.NO_MORE, taking_back.NOTHING_GOES} & told.keys()

    def weight(part: tuple[str, list[tuple[str, str]]]) -> tuple[bool, bool]:
        heading, rows = part
        return heading == taking_back.NO_MORE, not any(word in DANGERS for word, _ in rows)

    looks = dict.fromkeys(DANGERS, "danger") | {taking_back.YOURS: "point"}
    rows = [_title(session)]
    for heading, part in sorted(told.items(), key=weight):
        rows += [Said(heading, kind="heading"), *(Said(what, word, looks.get(word, "warn")) for word, what in part)]
    return rows if listed else [*rows, *_theirs(session, claims), *_made(session, [])]


DANGERS = ("LOST", "STOPS")
"""Words of what an undo ends for good or for now."""


def _title(session: Session) -> Said:
    assert session.run is not None, "only a run is undone"
    return Said(f"Undo {session.run.id}", kind="heading")


def _theirs(session: Session, claims: list[Claim]) -> list[Said]:
    from ... import taking_back

    assert session.run is not None, "only a run is undone"
    rows = [Said(f"{what}: {why}", "others", "bad") for what, why in taking_back.claims(session.run, claims)]
    return [Said("Others have something there:", kind="heading"), *rows] if rows else []


def _made(session: Session, claims: list[Claim]) -> list[Said]:
    from ... import taking_back

    assert session.run is not None, "only a run is undone"
    rows = [Said(homely(what), word, "warn") for word, what in taking_back.to_be_taken_back(session.run)]
    heading = taking_back.made(claims) if rows else "This run has left nothing that could be taken back."
    return [Said(heading, kind="heading"), *rows]
