"""What stands under a field: why it is refused, what needs a yes, what is worth knowing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...safe import line, shown
from ..widgets.lines import Said

if TYPE_CHECKING:
    from flows.engine import Asking, Caution, Place, Problem


MOVES = "Ctrl-O"
"""The key to another profile or region."""


def notice(asking: Asking, place: Place, *, confirming: bool, remarks: Sequence[Caution]) -> list[Said]:
    """Everything there is to say about the answer in the field, which is asked at that place."""
    from ... import words
    from ...ways_out import in_this_face

    rows = [Said(words.because(asking), "look", "warn")] if asking.because else []
    if problem := asking.problem:
        rows.append(Said(shown(problem.what), "refused", "bad"))
        rows += [Said(shown(problem.why), "why", "muted")] if problem.why else []
        remedy = in_this_face(shown(problem.remedy), MOVES, place)
        rows += [Said(remedy, "instead", "point")] if remedy else []
        rows += [Said(words.instead(problem.instead), "set-up", "point")] if problem.instead else []
        return rows + ([Said(f"enters {line(better(problem))}", "F2", "point")] if corrected(asking) else [])
    if asking.offer is not None and asking.offer.way_out:
        way_out = in_this_face(shown(asking.offer.way_out), MOVES, place)
        rows.append(Said(way_out, asking.offer.listed.value, "warn"))
    rows += [Said(line(words.told(remark)), "note", "muted") for remark in remarks]
    if not confirming:
        return rows
    for caution in asking.cautions:
        look = "danger" if caution.danger else "warn"
        rows.append(Said(line(words.told(caution)), caution.danger or "caution", look))
    rows.append(Said("goes on like this", "y", "point"))
    switch = next((caution.switch for caution in asking.cautions if caution.switch), "")
    rows += [Said(f"takes {line(switch)} instead", "s", "point")] if switch else []
    return [*rows, Said("changes the answer", "Esc", "point")]


def better(problem: Problem) -> str:
    """What to enter instead of what is wrong; empty if nobody knows."""
    return problem.suggestion or str(getattr(problem.__cause__, "suggestion", ""))


def offered(asking: Asking | None) -> str:
    """What one key writes into the field: what is corrected, else the example; empty if there is none. A list of which
    only a part is refused stays: an example in its place would lose the rest."""
    from flows.engine import Many
    from flows.engine.pasted_lists import several

    if asking is None or (asking.offer is not None and not asking.offer.typed):
        return corrected(asking)
    refused = asking.problem is not None and isinstance(asking.question, Many)
    listed = refused and len(several(asking.said)) > 1
    return corrected(asking) or ("" if listed else asking.question.example)


def corrected(asking: Asking | None) -> str:
    """What the field would hold with the corrected value in it; empty if there is none."""
    from flows.engine import Many
    from flows.engine.pasted_lists import several

    if asking is None or asking.problem is None:
        return ""
    problem = asking.problem
    fixed = better(problem)
    if not fixed or not isinstance(asking.question, Many):
        return fixed
    entries = several(asking.said)
    wrong = max((entry for entry in entries if entry in problem.what), key=len, default="")
    if len(entries) > 1 and not wrong:
        return ""
    put_right = (fixed if entry == wrong or len(entries) == 1 else entry for entry in entries)
    return "\n".join(dict.fromkeys(put_right))  # it may have been in the list already
