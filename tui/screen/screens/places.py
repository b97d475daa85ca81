"""Who to be and where: the profiles and regions there are, most used first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ...places import PlaceOption
from ...safe import shown
from ..widgets.lines import Said
from ..widgets.options import Options
from ..widgets.row import Row
from ..workspace import Account
from .page import Page, Say

if TYPE_CHECKING:
    from flows.engine import NotChosen, Place

PROFILE, REGION = "profile", "region"


class Places(Page):
    """Choose a profile, a region, or both.

    Args:
        kind: which of the two comes first.
        then: what follows once one is chosen.
        missing: why it has to be chosen, if it has to.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "other", "Profiles/regions", tooltip="The regions instead of the profiles, or the other way"),
        Binding("p", "practise", "Practise", tooltip="Go on in a simulated account"),
        Binding("escape", "close", "Back", tooltip="Back without choosing"),
    ]

    def __init__(self, kind: str, then: Callable[[], None], missing: NotChosen | None = None) -> None:
        super().__init__()
        self._kind, self._then, self._missing = kind, then, missing
        self._place: Place | None = None

    def between(self) -> Iterable[Widget]:
        yield Say("", id="intro")
        yield Options(id="choices")
        yield Say("", id="note")

    def on_mount(self) -> None:
        self._place = self.handrail.workspace.place
        self.query_one(Options).focus()
        self._read()

    def _read(self) -> None:
        workspace, kind = self.handrail.workspace, self._kind
        self.name_it("Profile" if kind == PROFILE else "Region")
        self.do(lambda: workspace.place_options(kind), self._show, saying="Reading…")

    def _show(self, options: list[PlaceOption]) -> None:
        assert self._place is not None
        what = f"{shown(self._missing.what)} " if self._missing else ""
        none = "There are no profiles yet. Make one with `aws configure sso`, or Tab to choose a region."
        ask = f"Which {self._kind}? Drafts and answers are kept." if options else none
        self.query_one("#intro", Say).say(f"{what}{ask}")
        at = self._place.profile if self._kind == PROFILE else self._place.region or self.handrail.workspace.region
        self.query_one(Options).show([Row(option.name, option.name, option.about) for option in options], at=at)

    def waits(self, words: str) -> None:
        self.query_one("#note", Say).say(words)

    @on(Options.Chosen)
    def chosen(self, event: Options.Chosen) -> None:
        """Go there, or ask for the region first."""
        from ...places import without_region

        assert self._place is not None
        if self._kind == REGION:
            self._go(replace(self._place, region=event.key))
            return
        workspace = self.handrail.workspace
        place = replace(self._place, profile=event.key, region=workspace.said.region, practice=False)
        if not without_region(place, event.key):
            self._go(place)
            return
        self._place, self._kind, self._missing = place, REGION, None
        self._read()

    def _go(self, place: Place) -> None:
        def moved(account: Account) -> None:
            self.handrail.moved(account, self, self._then)

        self.do(lambda: self.handrail.workspace.pick(place), moved, saying="Signing in…")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._missing is not None if action == "practise" else True

    def action_other(self) -> None:
        """Profiles instead of regions, or the other way."""
        self._kind = REGION if self._kind == PROFILE else PROFILE
        self._read()

    def action_practise(self) -> None:
        """The same, in the practice account."""
        self.handrail.practise(self._then)

    def action_close(self) -> None:
        """Back to where one was."""
        if self._missing:
            self.handrail.go_home()
        else:
            self.app.pop_screen()

    def explained(self) -> list[Said]:
        return [
            Said("Profiles and regions", kind="heading"),
            Said("A profile says who you are and in which account; they come from ~/.aws/config and "
                 "~/.aws/credentials. A region is where things are created. What you use most stands first."),
            Said("A run that has created something stays in the account where it was made."),
        ]  # fmt: skip
