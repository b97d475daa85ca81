"""What others have already when a set-up is planned: it did without what the run makes or switches on.

So it does not lean on that, and an undo can put everything back as it was before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from .calls import Call
from .cloud import Cloud, answers
from .expressions import part
from .problems import CloudError, Denied, NoAccess, NoSuchCall
from .references import Ref, fill, found, join
from .refusals import no_such_thing
from .undo_plan import Others


def since(cloud: Cloud, *others: Others) -> tuple[Others, ...]:
    """These, but for what is there at this moment. Who may not look now may not later, and is not asked to then.

    Nothing in their calls may be of the run; what is of it in their paths stands for nothing yet. Raises NoAccess.
    """
    return tuple(_since(cloud, others))


def _since(cloud: Cloud, others: tuple[Others, ...]) -> Iterator[Others]:
    for each in others:
        try:
            known = list(_standing(cloud, each))
        except (Denied, NoSuchCall):
            continue
        except NoAccess:
            raise
        except CloudError:  # then what is there already is taken for what came since, and left
            known = []
        listed = json.dumps(known).replace("`", "\\u0060")
        yield replace(each, path=join(each.path, f" | [?!contains(`{listed}`, not_null(@[0], @))]")) if known else each


def _standing(cloud: Cloud, others: Others) -> Iterator[str]:
    path, leans = (str(fill(text, lambda _: "")) for text in (others.path, others.leans))
    for page in cloud.pages(others.look):
        for thing in part(path, page) or ():
            if others.each is None or leaning(cloud, others.each.fill(partial(_of, thing)), leans):
                yield id_of(thing)


def leaning(cloud: Cloud, each: Call, leans: str) -> bool:
    """Whether one that might lean on a thing does: JMESPath `leans` into an answer to the call `each`, which asks about
    it. One that is gone does not. Raises CloudError where that may not be looked at."""
    try:
        return any(part(leans, page) for page in answers(cloud, each))
    except CloudError as problem:
        if not no_such_thing(problem):
            raise
        return False


def _of(thing: Any, ref: Ref) -> Any:
    return id_of(thing) if ref == found("id") else part(ref.path, thing)


def id_of(thing: Any) -> str:
    """The id of a thing of others: itself, or the first of what it is known by."""
    return str(thing[0] if isinstance(thing, list) else thing)
