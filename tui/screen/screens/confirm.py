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
from .page import Page, Say

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
        yield Lines(to_be_taken_back(self.session, []), hug=True, id="page")
        yield Say("", id="now")
        yield Lines(id="notice")
        yield Options(id="ways")

    def on_mount(self) -> None:
        for text in self.query(Lines):
            text.can_focus = False  # the answers keep the keys; PgDn reads on
        self.query_one("#notice").display = False
        self.query_one(Options).focus()
        saying = "Looking whether others use any of it…"
        self.do(lambda: (self.session.claims(), self.session.stops()), self._shown, saying=saying)

    def waits(self, words: str) -> None:
        self.query_one("#now", Say).say(words)

    def _shown(self, found: tuple[list[Claim], tuple[str, ...]]) -> None:
        claims, self._stops = found
        self._open, self._claims = list(self.session.to_decide(claims)), claims
        if claims:
            self.query_one("#page", Lines).show(to_be_taken_back(self.session, claims))
        self._ask()

    def _ask(self) -> None:
        options = self.query_one(Options)
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
            rows = not_brought_back(self.session, self._decided, self._claims, self._stops)
            self._note(rows)
            loses = any(row.lead == "LOST" for row in rows)
            does = "takes it back; what is LOST is gone for good" if loses else "takes it back"
            options.show(
                [Row("keep", "Undo nothing", "it all stays"), Row("undo", "Undo all of this", does, danger=loses)]
            )

    def _note(self, rows: Iterable[Said]) -> None:
        """What there is to know before it is answered; it stands whole above the answers, however long it is."""
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


def to_be_taken_back(session: Session, claims: list[Claim]) -> list[Said]:
    """What others have in or on what this run made, and what an undo would take away."""
    from ... import taking_back

    run = session.run
    assert run is not None, "only a run is undone"
    rows = [Said(what, word, "warn") for word, what in taking_back.to_be_taken_back(run)]
    if not rows:
        return [Said(f"{run.id} has left nothing that could be taken back.", kind="heading")]
    theirs = [Said(f"{what}: {why}", "others", "bad") for what, why in taking_back.claims(run, claims)]
    title = [Said(f"Undo {run.id}", kind="heading")]
    if theirs:
        title += [Said("Others have something there:", kind="heading"), *theirs]
    return [*title, Said(taking_back.made(claims), kind="heading"), *rows]


def not_brought_back(
    session: Session, decided: Mapping[str, str], claims: list[Claim], stops: Iterable[str]
) -> list[Said]:
    """What to know of an undo before it is agreed to, under its headings."""
    from ... import taking_back

    assert session.run is not None, "only a run is undone"
    looks = {"LOST": "danger", "STOPS": "danger", taking_back.YOURS: "point"}
    rows: list[Said] = []
    for heading, told in taking_back.not_brought_back(session.run, decided, claims, stops).items():
        rows += [Said(heading, kind="heading"), *(Said(what, word, looks.get(word, "warn")) for word, what in told)]
    return rows
