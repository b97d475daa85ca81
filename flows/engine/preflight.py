"""The one check that every set-up needs: may this user do all of it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .cloud import Cloud
from .denials import in_the_way
from .flow import Finding, Grade
from .permissions import Need
from .problems import CloudError
from .simulator import Answer, Verdict, simulate

ASKED = "IAM policy simulator"
GO_ON = "If a step is refused, Handrail stops there and names the permission."


def allowed(cloud: Cloud, needs: Sequence[Need]) -> list[Finding]:
    """What IAM's simulator says to these needs: its yes is a prediction, its no a warning, and what it does not know is
    not checked.

    It is asked instead of EC2's DryRun because it can never create anything, whatever answers.
    """
    try:
        verdicts = simulate(cloud, needs)
    except CloudError as problem:
        return [_unchecked(f"Whether you may do all of this was not checked. {problem.what}")]
    untold = [each for each in verdicts if each.answer is Answer.UNTOLD]
    refused = [each for each in verdicts if each.answer not in (Answer.ALLOWED, Answer.UNTOLD)]
    if not untold and not refused:
        return [Finding("permissions", Grade.PREDICTED, "You may do all of this.", ASKED)]
    found = [_refused(refused, verdicts)] if refused else []
    if untold:
        what = "all of this" if len(untold) == len(verdicts) else _named(untold, verdicts)
        whys = "; ".join(sorted({each.why for each in untold}))
        rest = "permissions-not-checked" if refused else "permissions"
        found.append(_unchecked(f"Whether you may do {what} was not checked: {whys}.", rest))
    return found


def _unchecked(sentence: str, id: str = "permissions") -> Finding:
    return Finding(id, Grade.NOT_CHECKED, sentence, ASKED, GO_ON)


def _refused(refused: Sequence[Verdict], verdicts: Sequence[Verdict]) -> Finding:
    """What will be refused, and by which kind of policy, because that says who can change it."""
    remedies = []
    for answer in Answer:
        if those := [each for each in refused if each.answer is answer]:
            named = _named(those, verdicts)
            lacks = f"Ask your administrator for {named} first."
            remedies.append(lacks if answer is Answer.LACKS else in_the_way(answer, named, answer is Answer.FORBIDDEN))
    sentence = f"You will probably be refused: {_named(refused, verdicts)}."
    return Finding("permissions", Grade.PREDICTED, sentence, ASKED, " ".join(remedies))


def _named(those: Sequence[Verdict], verdicts: Iterable[Verdict]) -> str:
    """Their actions, with the things where the answer is another for other things."""
    differing = {each.action for each in verdicts if each not in those}
    return ", ".join(
        sorted({f"{each.action} on {each.resource}" if each.action in differing else each.action for each in those})
    )
