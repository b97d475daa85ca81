"""What must be agreed to before something is created where nobody is asked: cautions, refused checks, read-only."""

from __future__ import annotations

from collections.abc import Collection

from flows.engine import Asking, Blocked, Place, Review, Session


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
    if open_ := [caution for caution in review.cautions if caution.confirm and caution.id not in accepted]:
        what = " ".join(caution.message for caution in open_)
        flags = " ".join(f"--accept {id}" for id in dict.fromkeys(caution.id for caution in open_))
        raise Blocked(what, remedy=f"If that is what you want, add {flags}.")


def writable(place: Place) -> None:
    """Raise Blocked if nothing may be changed there."""
    if place.read_only:
        raise Blocked("Nothing was changed: this is read-only.", remedy="Leave out --read-only.")
