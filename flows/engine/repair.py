"""Mending what a check found.

The chosen repairs are one plan, which goes the whole way of a set-up's: reviewed, carried out, journalled, gone on with
and taken back. So a repair is a set-up that asks nothing: `Session(repair(flow, subject, findings), cloud, journal)`
comes to its review at once.

What the check read is the condition of what is done about it. People read what was found, and the review, for as long
as they like, and others work in the account meanwhile: so the review looks once more whether all is as it was found,
and no setting is changed that stands otherwise than it did then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from . import expressions, shell
from .actions import Action
from .cloud import Cloud
from .flow import REPAIR, Finding, Flow, Grade, Handover
from .journal import Run
from .options import Caution, Danger
from .plan import Plan, Use
from .problems import CloudError, Refused
from .references import refs
from .refusals import matches
from .settings import digest
from .undo_plan import Entry, Restore

Part = Action | Use | Finding | Caution
"""What a repair comes to is made of these."""
ALL = "all"
"""Wants every repair there is."""
CHANGED = "Changed since the check: {}"
READ_ONLY = "No repairs are offered: this is read-only."


class Repair(Flow):
    """Mend what a check found."""

    title = "Repair"
    kind = REPAIR
    chosen: ClassVar[tuple[Finding, ...]] = ()

    def plan(self) -> Plan:
        return Plan.of((each for each in self._parts if isinstance(each, Action | Use)), facts=dict(self.given))

    def checks(self) -> Iterable[Finding | Caution]:
        return (each for each in self._parts if isinstance(each, Finding | Caution))

    @cached_property
    def _parts(self) -> list[Part]:
        """What the repairs come to; what several of them need is done once, and what one thing needs twice in turn."""
        parts: list[Part] = []
        for finding in self.chosen:
            assert finding.mend is not None, f"{finding.id} cannot be mended"
            more = [part for part in finding.mend(self.cloud) if part not in parts]
            taken = {part.id for part in parts if isinstance(part, Action)}
            if taken.isdisjoint(part.id for part in more if isinstance(part, Action)):
                parts += more
            else:
                what = f"Not mended in this turn: {finding.sentence}"
                parts.append(Finding(f"later:{finding.id}", Grade.NOT_CHECKED, what, remedy="Check again after it."))
        parts = [self._on_condition(part) for part in parts]
        return [*_in_turn(_in_order(parts)), *self._changed()]

    def _look_again(self) -> Iterable[Finding]:
        """What the check finds now."""
        return self.chosen

    def _on_condition(self, one: Part) -> Part:
        """The same for an action, for as long as the setting that it changes stands as it does now."""
        if not isinstance(one, Action) or not isinstance(one.undo, Restore):
            return one
        read, path = one.undo.read, one.undo.path
        if not isinstance(path, str) or any(refs(read)):
            return one
        try:
            now = expressions.part(path, self.cloud.make(read))
        except CloudError as problem:
            if not matches(problem, one.undo.absent):
                return one
            now = None
        return replace(one, decided=digest(now))

    def _changed(self) -> Iterator[Finding]:
        """What is not as it was found any more, or would be mended otherwise: it is looked at after what stands there
        was read, so that nobody comes between."""
        now = {each.repair: each for each in self._look_again() if each.mend}
        for each in self.chosen:
            assert each.mend is not None, f"{each.id} cannot be mended"
            found = now.get(each.repair)
            same = found and found.mend and [*found.mend(self.cloud)] == [*each.mend(self.cloud)]
            if not same:
                what = CHANGED.format(each.sentence)
                yield Finding(f"changed:{each.id}", Grade.REFUSED, what, remedy="Check again.")

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return Handover(next_steps=(f"See whether it works now: {_check(cls, facts)}",))


def _in_order(parts: list[Part]) -> list[Part]:
    """What comes after another part does, and waits for none that is not mended here."""
    here = {part.id for part in parts if isinstance(part, Action)}
    left: list[Part] = [
        replace(part, after=tuple(id for id in part.after if id in here)) if isinstance(part, Action) else part
        for part in parts
    ]
    ordered: list[Part] = []
    while left:
        later = {part.id for part in left if isinstance(part, Action)}
        ordered.append(next(part for part in left if not isinstance(part, Action) or later.isdisjoint(part.needs)))
        left.remove(ordered[-1])
    return ordered


def _in_turn(parts: list[Part]) -> list[Part]:
    """What changes one and the same document goes one after the other, and only the last waits for its effect."""
    last: dict[str, int] = {}
    for place, part in enumerate(parts):
        if not isinstance(part, Action) or not isinstance(part.undo, Restore | Entry):
            continue
        document = repr((part.undo.read.operation, part.undo.read.params))
        if document in last:
            former = parts[last[document]]
            assert isinstance(former, Action)
            if former.wait and part.wait:
                parts[last[document]] = replace(former, wait=None)
            parts[place] = replace(part, after=(*part.after, former.id), copies=(*part.copies, former.id))
        last[document] = place
    return parts


def repair(flow: type[Flow], subject: Mapping[str, str], findings: Iterable[Finding]) -> type[Flow]:
    """The repair of what a check of `flow` found.

    Args:
        flow: the set-up.
        subject: what was checked, by the keys of the check.
        findings: those that are to be mended, as `chosen` gives them.
    """
    about = {key: value for key, value in subject.items() if value and "\n" not in value}
    reads = {key: value for key, value in subject.items() if key not in flow.check.reaching}  # no page is fetched again

    def again(self: Repair) -> Iterable[Finding]:
        # what is done on a machine looks by itself before it changes anything
        return self.chosen if flow.check.reaches else flow.diagnose(self.cloud, reads)

    return _of(
        flow, {"title": f"Repair: {flow.title}", "chosen": tuple(findings), "given": about, "_look_again": again}
    )


def begun(flow: type[Flow], run: Run | None) -> type[Flow]:
    """What a run is gone on with: its set-up, or a repair of it, whose plan stands in the journal. Raises Refused."""
    if run is None or run.record.kind != REPAIR:
        return flow
    if run.record.status == "draft":  # it broke off before its plan was written down, and so before any call
        what = f"Of the repair {run.id} nothing was done, and what it was to do was not written down."
        raise Refused(what, remedy=f"Check again: {_check(flow, run.record.answers)}")
    return _of(flow, {"title": f"Repair: {flow.title}"})


def _check(flow: type[Flow], subject: Mapping[str, Any]) -> str:
    """The command that checks it."""
    named = [word for key, value in subject.items() for word in ("--set", f"{key}={value}")]
    return shell.handrail("check", flow.id, *named)


def _of(flow: type[Flow], about: Mapping[str, Any]) -> type[Flow]:
    return type(Repair.__name__, (Repair,), {"__module__": flow.__module__, "__doc__": Repair.__doc__, **about})


def redirects(message: str) -> Caution:
    """Traffic takes another way by it, which needs a conscious yes."""
    return Caution("traffic", message, confirm=True)


def admits(message: str, *, everybody: bool = False) -> Caution:
    """Somebody may do by it what they may not now, which needs a conscious yes; `everybody`: it is the whole world."""
    return Caution("access", message, confirm=True, danger=Danger.OPENS if everybody else None)


def lasts(message: str) -> Caution:
    """It cannot be taken back, which needs a conscious yes."""
    return Caution("for-good", message, confirm=True, danger=Danger.FOR_GOOD)


def offered(findings: Iterable[Finding], *, read_only: bool) -> list[Finding]:
    """What was found, without the repairs where nothing may be changed."""
    return [replace(each, repair="", mend=None) if read_only else each for each in findings]


WRONG = (Grade.REFUSED, Grade.WAITING, Grade.CAUTION)


def why_not(flow: type[Flow], finding: Finding, findings: Iterable[Finding]) -> str:
    """Why what was found is not mended from here; empty where it is, or need not be. `findings` are all of them: what
    follows from another goes with that."""
    if finding.grade not in WRONG or finding.repair:
        return ""
    behind = [each.sentence for each in findings if each.id in finding.follows and each.grade in WRONG]
    if behind:
        return f"It follows from this: {' '.join(behind)}"
    return finding.beyond or finding.of_rule(flow.beyond)


def chosen(findings: Iterable[Finding], wanted: Iterable[str]) -> tuple[Finding, ...]:
    """Those findings whose repairs are wanted, by their ids or by ALL. Raises Refused for one that is not offered."""
    can = [each for each in findings if each.repair]
    wanted = set(wanted)
    if unknown := sorted(wanted - {ALL} - {each.repair for each in can}):
        known = ", ".join(dict.fromkeys(each.repair for each in can))
        remedy = f"Offered are: {known}." if known else "Nothing that was found can be mended here."
        raise Refused(f"There is no repair “{unknown[0]}”.", remedy=remedy)
    wrong = (each.id for each in can if each.grade is not Grade.PROVED)  # what was chosen so is not changed unasked
    every = set(wrong) if ALL in wanted else set[str]()
    return tuple(each for each in can if each.id in every or each.repair in wanted)
