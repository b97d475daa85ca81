"""Whether what a run made is still as it was left, and what to do where it is not: put back, accept, or leave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...safe import line
from ..widgets.lines import Lines, Said
from .page import Page, Say

if TYPE_CHECKING:
    from flows.engine import Review, Session
    from flows.engine.look import Looked

LOOKING = "Looking at what this run made…"
LOOKS = {"as_left": "good", "changed": "warn", "gone": "bad", "unknown": "muted"}


class LookedPage(Page):
    """Each step of a run as it stands now; what is not as it was left comes first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "put_back", "Put back", tooltip="Make it as this run left it; you see the plan first"),
        Binding("a", "accept", "Accept", tooltip="It may stay so: say nothing more of it"),
        Binding("ctrl+r", "look", "Look again", tooltip="Look once more"),
        Binding("u", "undo", "Undo", tooltip="Take everything back that this run created"),
        Binding("escape", "close", "Leave it", tooltip="Back; nothing is changed"),
    ]
    title_words = "Still so?"

    def __init__(self, session: Session, looked: list[Looked]) -> None:
        super().__init__()
        self.session, self._looked = session, looked
        self.set_up = session.flow.id

    def between(self) -> Iterable[Widget]:
        yield Lines(self._rows(), id="page")
        yield Say("", id="said")

    def on_mount(self) -> None:
        self.query_one(Lines).focus()

    def waits(self, words: str) -> None:
        self.query_one("#said", Say).say(words)

    def _rows(self) -> list[Said]:
        return looked_rows(self.session, self._looked)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        from ... import looking_again

        moved = looking_again.not_as_left(self._looked)
        if action == "put_back":
            return bool(looking_again.can_be_put_back(self.session, self._looked))
        return bool(moved) and not self.session.place.read_only if action == "accept" else True

    def action_look(self) -> None:
        """Once more."""
        before = self._looked
        self.do_again(self.session.look, self._shown, saying=LOOKING, same=lambda found: found == before)

    def _shown(self, looked: list[Looked]) -> None:
        self._looked = looked
        self.query_one(Lines).show(self._rows())
        self.refresh_bindings()

    def action_put_back(self) -> None:
        """The review of making it as it was left."""
        from flows.engine import Reviewing

        def reviewed() -> tuple[Session, Review]:
            again = self.handrail.workspace.put_back(self._looked)
            return again, again.review()

        def shown(found: tuple[Session, Review]) -> None:
            self.handrail.show(found[0], Reviewing(found[1]))

        self.do(reviewed, shown, saying="Working out what putting it back takes…")

    def action_accept(self) -> None:
        """It may stay so."""

        def accepted() -> list[Looked]:
            self.session.take_as_it_is(self._looked)
            return self.session.look()

        self.do(accepted, self._shown, saying=LOOKING)

    def action_undo(self) -> None:
        """Take it back, after a look at what that means."""
        self.handrail.ask_to_undo(self.session)

    def action_close(self) -> None:
        """Back; nothing is changed."""
        self.app.pop_screen()

    def explained(self) -> list[Said]:
        return [
            Said("Is it still as this run left it?", kind="heading"),
            Said("Every step is looked at as an undo would. p makes a plan of what can be made as it was, which you "
                 "see before anything is done and can take back; a says that it may stay as it is, and then an undo "
                 "takes that back too; Esc leaves it. Who changed something, CloudTrail's event history tells for 90 "
                 "days."),
        ]  # fmt: skip


def looked_rows(session: Session, looked: list[Looked]) -> list[Said]:
    """The verdict, what is not as it was left, the rest, and what costs money now."""
    from ... import looking_again

    run, moved = session.run, looking_again.not_as_left(looked)
    assert run is not None, "only a run is looked at"
    rows = [Said(looking_again.how_it_stands(looked), kind="strong")]
    rows += [Said(looking_again.not_carried_out(run))] if looking_again.not_carried_out(run) else []
    if moved:
        rows += [Said(), Said("Not as it was left", kind="heading")]
    for each in moved:
        rows.append(Said(line(each.what), looking_again.LOOKS[each.state], LOOKS[each.state]))
        rows += [Said(text, kind="muted") for text in looking_again.moved(each)]
        rows += [Said(text, kind="muted") for text in looking_again.why_not_put_back(run, looked, each)]
    rest = [each for each in looked if each not in moved]
    if rest:
        rows += [Said(), Said("Looked at", kind="heading")]
    for each in rest:
        rows.append(Said(line(each.what), looking_again.LOOKS[each.state], LOOKS[each.state]))
        rows += [Said(text, kind="muted") for text in looking_again.moved(each)]
    prices = [Said(looking_again.costs_now(each)) for each in looked if looking_again.costs_now(each)]
    return [*rows, Said(), Said("It costs now", kind="heading"), *(prices or [Said("Nothing by itself.")])]
