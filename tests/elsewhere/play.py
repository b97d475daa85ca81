"""A set-up carried out, then a deed of somebody else, then the undo: played in copies of one world."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from elsewhere import colleague, hand
from elsewhere.colleague import DEEDS, Deed
from elsewhere.everything import Things, everything, parts_of
from elsewhere.hand import Made
from elsewhere.verdict import Course, complaints
from support.killed import Case
from support.world import Ended, World


@dataclass(frozen=True)
class Stage:
    """A world in which a case was carried out and nothing happened since."""

    case: Case
    world: World
    state: Path
    run: str
    parts: Collection[str]
    before: Things
    applied: Things
    made: Collection[Made]

    def taken_away(self, *actions: str) -> list[str] | None:
        """What an undo gets wrong when the work of these actions, and what leans on it, is gone already.

        None if the run itself took all of that away.
        """
        return self._after(lambda world: world.do(hand.taken_away, self.state, self.run, actions, self._decided))

    def done_to(self, made: Made, deed: Deed) -> list[str] | None:
        """What an undo gets wrong after this deed; None if there is nothing to which it could be done."""

        def do(world: World) -> list[str] | None:
            if not world.do(colleague.done, deed.act, made, self.made):
                return None
            return [made.action] if deed.takes else []

        return self._after(do, mere=deed.mere, turned=deed.turns)

    def deeds(self) -> Iterator[tuple[Made, Deed]]:
        """All that may be done to this case."""
        for made in self.made:
            for deed in DEEDS.get(made.operation, ()):
                yield made, deed

    def _after(self, do: Callable[[World], list[str] | None], **what: bool) -> list[str] | None:
        with self.world.branch() as world, _copied(self.state):
            gone = do(world)
            if gone is None:
                return None
            disturbed = world.do(everything, self.parts)
            undo = self._undo(world)
            after = world.do(everything, self.parts)
            again = self._undo(world)
            course = Course(self.before, self.applied, disturbed, after, undo, again, gone=gone, **what)
            return complaints(course, self.made)

    def _undo(self, world: World) -> Ended:
        decided = [word for said in self.case.decided for word in ("--set", said)]
        return world.handrail("undo", self.run, *decided, "--yes", "--output", "json", state=self.state)

    @property
    def _decided(self) -> Mapping[str, str]:
        return dict(said.split("=") for said in self.case.decided)


@contextmanager
def carried_out(world: World, case: Case, state: Path) -> Iterator[Stage]:
    """The case carried out in a copy of this world."""
    state.mkdir()
    answers = state / "answers.json"
    answers.write_text(json.dumps(dict(case.answers)))
    words = ("run", case.flow, "--answers", str(answers), *case.agreed, "--yes", "--output", "json")
    with world.branch() as branch:
        parts = parts_of(branch.do(hand.services, case.flow, case.answers))
        before = branch.do(everything, parts)
        ended = branch.handrail(*words, state=state)
        assert (ended.code, ended.json["status"]) == (0, case.ends), ended
        run = ended.json["run"]
        made = branch.do(hand.made, state, run)
        yield Stage(case, branch, state, run, parts, before, branch.do(everything, parts), made)


@contextmanager
def _copied(state: Path) -> Iterator[None]:
    """What happens to that folder meanwhile is forgotten."""
    kept = state.with_name(f"{state.name}-kept")
    shutil.copytree(state, kept)
    try:
        yield
    finally:
        shutil.rmtree(state)
        with suppress(FileNotFoundError):
            kept.rename(state)
