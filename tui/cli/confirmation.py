"""What must be agreed to before something is created where nobody is asked: cautions, refused checks, read-only."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import flows
from flows.engine import Asking, Blocked, Caution, Flow, Place, Refused, Review, Session, consents
from flows.engine.asked import unknown


def known_yeses(accepted: Collection[str], flow: type[Flow]) -> None:
    """Raise Refused for ids that nothing asks a yes for: a typo would be told only where the yes is missed.

    What another set-up asks for may stand there: a script says the same yeses to several.
    """
    own = _yeses(flow)
    if not (strange := [each for each in accepted if each not in own]):
        return
    elsewhere = {id_ for each in flows.every() for id_ in _yeses(each)}
    if wrong := [unknown(each, own, f"the ids for --accept of {flow.id}") for each in strange if each not in elsewhere]:
        raise Refused(" ".join(what for what, _, _ in wrong), remedy=" ".join(remedy for _, _, remedy in wrong))


def _yeses(flow: type[Flow]) -> list[str]:
    """What may need a yes there: when it is made, put back, or mended."""
    both = (ids for check in (False, True) for ids in consents.of(flow, check=check).values())
    return list(dict.fromkeys(id_ for ids in both for id_ in ids))


def look_ahead(session: Session) -> None:
    """Go past what needs a conscious yes, so that the whole review can be seen; `confirmed` insists on the yes."""
    while isinstance(state := session.state(), Asking) and state.cautions:
        for caution in state.cautions:
            session.accept(caution.id)


def confirmed(review: Review, accepted: Collection[str], place: Place) -> None:
    """Raise Blocked unless every check lets it pass and every caution that needs a yes has one."""
    if review.plan.actions:
        writable(place)
    if review.refusals:
        first = review.refusals[0]
        others = " ".join(found.sentence for found in review.refusals[1:])
        raise Blocked(f"{first.sentence} {others}".strip(), first.evidence, first.remedy)
    if open_ := _open(review, accepted):
        what = " ".join(caution.message for caution in open_)
        raise Blocked(what, remedy=f"If that is what you want, add {_flags(open_)}.")


def yeses(review: Review, accepted: Collection[str]) -> str:
    """How to say the conscious yeses that a plan still needs where nobody is asked; empty where it needs none."""
    open_ = _open(review, accepted)
    return f"`handrail run` does this only with a conscious yes: add {_flags(open_)}." if open_ else ""


def _open(review: Review, accepted: Collection[str]) -> list[Caution]:
    return [caution for caution in review.cautions if caution.confirm and caution.id not in accepted]


def _flags(cautions: Iterable[Caution]) -> str:
    return " ".join(f"--accept {id}" for id in dict.fromkeys(caution.id for caution in cautions))


def writable(place: Place) -> None:
    """Raise Blocked if nothing may be changed there."""
    if place.read_only:
        raise Blocked("Nothing was changed: this is read-only.", remedy="Leave out --read-only.")
