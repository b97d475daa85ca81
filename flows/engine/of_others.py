"""What others have put into what a run made, or made lean on it; and what stays because of that.

Undo asks before its first call, so that nothing is taken apart of which the rest must stay. A person is shown the
same before they say yes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from .actions import Action
from .cache import CachedCloud
from .cloud import Cloud
from .expressions import part
from .journal import Run
from .later_runs import Later, later_runs
from .others_before import id_of, leaning
from .plan import Plan
from .problems import CloudError, Incomplete, NoAccess, NoSuchCall
from .references import FOUND, IF_THERE, Ref, fill, found
from .refusals import matches, no_such_thing
from .sending import Carrier
from .settings import fingerprints
from .staying import Stay, needed_by, staying
from .undo_plan import DELETE, KEEP, Decision, Others

OTHERS, FILES = "others", "files"
DECISIONS: Mapping[str, Decision] = {
    OTHERS: Decision(
        OTHERS,
        "Others use some of it, or changed it. What becomes of that?",
        {KEEP: "It stays, with all that it needs", DELETE: "It goes, and what others put there goes with it"},
        KEEP,
        DELETE,
    ),
    FILES: Decision(
        FILES,
        "There are files in it. What becomes of them?",
        {KEEP: "They stay, and so does their bucket", DELETE: "They are deleted for good, in every version"},
        KEEP,
        DELETE,
    ),
}
"""What is decided only where there is something to decide; nobody who says nothing loses anything."""
NAMED = 10
"""Things of others that are named; where there are more, that is said."""
DOUBT = (
    "It is there, but nothing proves that this run made it: no answer to its call was written down. Look whose it is; "
    "others=delete takes it away."
)
EDITED = "Somebody changed it since it was made"


@dataclass(frozen=True)
class Claim:
    """Why something of a run should stay.

    Args:
        action: the id of the action that made it.
        why: in a sentence; names each thing of others.
        key: the decision that lets it go; empty where there is none.
        things: what others have there: each an id, or an id and more by which it is known.
        others: where they were found.
        known: whether it could be looked at; if not, it stays until it can.
        more: whether there are more things than those.
        needs: the ids of the actions of which more stays with it; None: of all that it stands on or is part of.
        partly: whether it is about parts of a thing, of which the rest goes.
        gone: whether it is none: the thing would stay for others' sake, and is not there any more.
    """

    action: str
    why: str
    key: str = ""
    things: tuple[Any, ...] = field(default=(), compare=False)
    others: Others | None = field(default=None, compare=False)
    known: bool = True
    more: bool = field(default=False, compare=False)
    needs: frozenset[str] | None = None
    partly: bool = False
    gone: bool = False

    @property
    def stay(self) -> Stay:
        return Stay(self.why, "others" if self.known else "refused")

    def holds(self, decisions: Mapping[str, str]) -> bool:
        return not self.gone and (not self.key or decisions.get(self.key) != DELETE)


def claims(actions: Iterable[Action], carrier: Carrier) -> list[Claim]:
    """What others and later runs claim of what these actions made. Raises NoAccess; what cannot be looked at is a claim
    itself."""
    cloud = CachedCloud(carrier.cloud)  # several may be asked about by the same call
    later = later_runs(carrier.run)
    return [
        claim for action in actions for claim in (*claims_on(action, carrier, cloud), *_later(action, carrier, later))
    ]


def _later(action: Action, carrier: Carrier, runs: Iterable[Later]) -> list[Claim]:
    """What other runs claim of what this action made or changed."""
    using = [each.run.id for each in runs if action.undo and each.leans_on(action, carrier.run)]
    return [Claim(action.id, f"The run {', '.join(using)} uses it: undo that first.", OTHERS)] if using else []


def stays_by(held: Iterable[Claim]) -> dict[str, Stay]:
    """Why each of the claimed actions is left, with all that is claimed of it."""
    stays: dict[str, Stay] = {}
    for claim in held:
        before = stays.get(claim.action)
        because = before.because if before and before.because == "refused" else claim.stay.because
        stays[claim.action] = Stay(f"{before.why} {claim.why}" if before else claim.why, because)
    return stays


def held_back(plan: Plan, standing: Iterable[Action], held: Iterable[Claim], run: Run) -> dict[str, Stay]:
    """All that stays because of these claims, each with its reason."""
    standing, held = list(standing), list(held)
    stays = staying(plan, standing, stays_by(each for each in held if each.needs is None), run)
    for claim in (each for each in held if each.needs is not None):
        action = next(each for each in standing if each.id == claim.action)
        stays = staying(plan, standing, {**needed_by(action, claim.needs or (), run), **stays}, run)
    return stays_by(each for each in held if each.needs is not None and not each.partly) | stays


def claims_on(action: Action, carrier: Carrier, cloud: Cloud | None = None) -> list[Claim]:
    """What others claim of what this action made. Raises NoAccess.

    With a `cloud` that remembers what was read for other actions it is the first look; without one it is the second,
    for which things of others are not asked about one by one.
    """
    if carrier.run.status(action.id) == "intent" or carrier.run.facts(action.id).get("doubt"):
        return _doubtful(action, carrier)
    looked = [each for each in action.others if cloud or not each.each]
    found = [claim for each in looked if (claim := _believed(action, each, carrier, cloud or carrier.cloud))]
    if edited := _edited(action, carrier):
        found.append(edited)
    if cloud and (taken_over := _taken_over(action, carrier)):
        found.append(taken_over)
    return found


def _doubtful(action: Action, carrier: Carrier) -> list[Claim]:
    """That it stays where there is something of which nothing proves that this run made it. Raises NoAccess."""
    try:
        return [Claim(action.id, DOUBT, OTHERS)] if _in_doubt(action, carrier) else []
    except NoAccess:
        raise
    except KeyError:  # nothing was made that it could be part of
        return []
    except CloudError as problem:
        if carrier.run.status(action.id) == "intent":  # it is told when its turn comes
            return []
        return [Claim(action.id, f"It could not be seen whose it is: {problem}", known=False)]


def _in_doubt(action: Action, carrier: Carrier) -> bool:
    """Whether there is something of which nothing proves that this run made it. Raises CloudError."""
    find = action.find
    if find is not None and carrier.search(find, carrier.run.when(action.id, "intent")) is not None:
        return False
    if find is None or action.unless or carrier.run.status(action.id) == "intent":
        return unproved(action, carrier) is not None
    # AWS refused the second call, since there was one: it is not ours because it cannot be proved
    return find.proof is None or bool(carrier.search(replace(find, proof=None)))


def unproved(action: Action, carrier: Carrier) -> Any:
    """What is there after a lost answer, and is not provably this run's; None if nothing is. Raises CloudError."""
    if action.unless:
        return carrier.search(action.unless)
    if action.find or not action.exists:
        return None
    still = next((step.still for step in action.undo if step.still), None) if isinstance(action.undo, tuple) else None
    there = carrier.look(still.look, still.path) == carrier.text(still.equals) if still else True
    return {} if there else None


def _believed(action: Action, others: Others, carrier: Carrier, cloud: Cloud) -> Claim | None:
    """What they claim. That it is not this run's, by marks that are asked about, may only not be known yet."""
    claim = _claimed(action, others, carrier, cloud)
    if claim is None or not claim.known or others.key or others.each is None:
        return claim
    again = partial(_claimed, action, others, carrier, carrier.cloud)
    return carrier.believed(again, bool, (action.id,)) if carrier.lately((action.id,)) else claim


def _claimed(action: Action, others: Others, carrier: Carrier, cloud: Cloud) -> Claim | None:
    try:
        path = str(fill(others.path, partial(_known, carrier)))
        ours, theirs = _made(carrier.run), list[Any]()
        more = False
        for page in cloud.pages(others.look.fill(carrier.resolve)):
            if more := len(theirs) > NAMED and not others.remove:  # nobody reads a hundred thousand files to decide
                break
            them = (each for each in part(path, page) or () if not _is_one_of(ours, id_of(each)))
            theirs += [each for each in them if _leans(each, others, carrier, cloud)]
    except (NoSuchCall, KeyError):  # an emulator that does not know the question, or nothing was made
        return None
    except NoAccess:
        raise
    except CloudError as problem:
        if matches(problem, others.absent) or no_such_thing(problem):
            return None
        return Claim(action.id, f"It could not be seen whether others use it: {problem}", known=False)
    theirs = _meant(theirs, others, carrier)
    if not theirs:
        return None
    named = list(dict.fromkeys(named_of(each) for each in theirs))
    shown = ", ".join(named[:NAMED]) + (" and more" if len(named) > NAMED else "")
    return Claim(action.id, f"{others.what}: {shown}.", others.key, tuple(theirs), others, more=more)


def _meant(theirs: list[Any], others: Others, carrier: Carrier) -> list[Any]:
    """These without what a run put there of which the journal says that it is about another thing."""
    if not theirs or not others.by or others.remove is None:
        return theirs
    thing = str(fill(others.by, partial(_known, carrier)))
    about_another = [each for each in later_runs(carrier.run) if thing not in each.names]
    put_there = [call for each in about_another for call in each.takes_back()]
    return [each for each in theirs if others.remove.fill(partial(of_theirs, each, carrier)) not in put_there]


def _known(carrier: Carrier, ref: Ref) -> Any:
    """What a reference stands for; nothing where its action has not run or AWS did not say it: it is not the run's."""
    try:
        return carrier.resolve(ref)
    except (KeyError, Incomplete):
        return ""


def _leans(each: Any, others: Others, carrier: Carrier, cloud: Cloud) -> bool:
    """Whether one that might lean on it does. Raises CloudError where that may not be looked at."""
    if others.each is None:
        return True
    asked = others.each.fill(partial(of_theirs, each, carrier))
    return leaning(cloud, asked, str(fill(others.leans, partial(_known, carrier))))


def of_theirs(thing: Any, carrier: Carrier, ref: Ref) -> Any:
    """What a reference stands for in a call about one thing of others: its id, more of it, or what the run knows."""
    if ref.action != FOUND:
        return carrier.resolve(ref)
    return id_of(thing) if ref == found("id") else part(ref.path.removeprefix(IF_THERE), thing)


def _made(run: Run) -> set[str]:
    """The ids of what this run made itself, with those that AWS told while it was waited for."""
    assert run.plan is not None, "only a confirmed run is taken back"
    facts = [run.facts(action.id) for action in run.plan.actions if run.facts(action.id).get("created")]
    told = [each for some in facts for each in some.get("outputs", {}).values()]
    # never a list in the answer itself: rules that one call made are told of once somebody changed them
    seen = [each for some in facts for each in some.get("seen", {}).values()]
    told += [each for one in seen for each in (one if isinstance(one, list) else [one])]
    return {each for each in told if isinstance(each, str)}


def _is_one_of(ours: set[str], id: str) -> bool:
    """Whether this is the id of something of ours, or its ARN."""
    return id in ours or id.rpartition("/")[2] in ours


def named_of(each: Any) -> str:
    """What one of theirs is called: its id, and what else it is known by; that alone where the id is an ARN."""
    if not isinstance(each, list):
        return str(each)
    id, *more = (str(word) for word in each if word and not isinstance(word, list))
    if more and id.startswith("arn:"):
        return ", ".join(more)
    return f"{id} ({', '.join(more)})" if more else id


def _edited(action: Action, carrier: Carrier) -> Claim | None:
    """That something which was noted of it when it was ready is different now, or cannot be seen."""
    facts = carrier.run.facts(action.id)
    first: Mapping[str, str] = facts.get("as_made", {})
    last: Mapping[str, str] = facts.get("as_ended", first)
    if not last:
        return None

    def changed() -> bool:
        now = fingerprints(action, carrier) or {}
        return bool(now) and any(now.get(name) not in (digest, first.get(name)) for name, digest in last.items())

    return _doubted(action, carrier, changed, Claim(action.id, f"{EDITED}.", OTHERS))


def _taken_over(action: Action, carrier: Carrier) -> Claim | None:
    """That it is not this run's any more, where more of the run stays with it."""
    steps = action.undo if isinstance(action.undo, tuple) else ()
    still = next((step.still for step in steps if step.still and step.still.ahead), None)
    if still is None or (still.since and carrier.run.status(still.since) not in ("done", "ready")):
        return None

    def theirs() -> bool:
        try:
            now = carrier.look(still.look, still.path)
        except CloudError as problem:
            if matches(problem, still.changed):
                return True
            raise
        return now is not None and str(now) != carrier.text(still.equals)

    return _doubted(action, carrier, theirs, Claim(action.id, still.otherwise))


def _doubted(action: Action, carrier: Carrier, doubt: Callable[[], bool], claim: Claim) -> Claim | None:
    """The claim, if there is that doubt about what the action made; another if that cannot be seen."""
    try:
        return claim if carrier.believed(doubt, bool, (action.id,)) else None
    except NoAccess:
        raise
    except CloudError as problem:
        if isinstance(problem, NoSuchCall) or no_such_thing(problem):
            return None
        return Claim(action.id, f"It could not be seen whether somebody changed it: {problem}", known=False)
