"""Things of others that have the name of something that a run made, since that was taken away or renamed.

AWS deletes by name, so before that it is looked whether the thing is the one that was made: by the id that AWS gave it,
which no other ever has, or, where it gives none, by its tags.
"""

from __future__ import annotations

from flows.engine import RUN, Call, Late, Others, join

MARK = "[?(Key || key)=='handrail:run' && (Value || value)=='"
"""JMESPath to the tag of a run in any list of tags, up to the run."""


def by_id(what: str, look: Call, thing: str, id: str, ours: Late, absent: tuple[str, ...] = ()) -> Others:
    """One of another id.

    Args:
        what: what it is, in a word.
        look: tells of what has the name.
        thing: JMESPath to it in that answer.
        id: the member that is its id.
        ours: the id of what the run made.
        absent: AWS's codes for that there is none.
    """
    theirs = join(f"[{thing}][?{id} && '", ours, f"' && {id}!='", ours, f"'].{id}")
    return Others(look, theirs, f"Another {what} has its name", key="", absent=absent)


def renamed(look: Call, things: str, id: str, name: str, ours: Late, called: str) -> Others:
    """What the run made, by another name than it was given.

    Args:
        look: tells of all that there are.
        things: JMESPath to the list of them in that answer.
        id: the member that is the id of one.
        name: the member that is its name.
        ours: the id of what the run made.
        called: the name that it was given.
    """
    now = join(f"{things}[?{id}=='", ours, f"' && {name}!='{called}'].{name}")
    return Others(look, now, "Somebody gave it another name", key="")


def by_tags(what: str, look: Call, things: str, tags: str, name: str, absent: tuple[str, ...] = ()) -> Others:
    """One without this run's tag.

    Args:
        what: what it is, in a word.
        look: tells of what has the name, and of its tags.
        things: JMESPath to a list with it in that answer.
        tags: the member that is the list of its tags.
        name: the name; the run may have made something else that has it, too, so it is not told bare.
        absent: AWS's codes for that there is none.
    """
    theirs = join(f"{things}[?{tags}!=`null` && !({tags}{MARK}", RUN, f"'])].['“{name}”'] | []")
    return Others(look, theirs, _by_tags(what), key="", absent=absent)


def by_tags_of_each(
    what: str, look: Call, path: str, tags: Call, absent: tuple[str, ...] = (), listed: str = ""
) -> Others:
    """The same where another call, `tags`, tells of them as an object, or in the list that is the member `listed`;
    `found` in it is of what is at `path`."""
    if listed:
        theirs = join(f"{listed}!=`null` && !({listed}{MARK}", RUN, "'])")
    else:
        theirs = join("tags!=`null` && (tags.\"handrail:run\" || 'nobody')!='", RUN, "'")
    return Others(look, path, _by_tags(what), key="", absent=absent, each=tags, leans=theirs)


def _by_tags(what: str) -> str:
    return f"Another {what} has its name, or its tags do not say any more that this run made it"
