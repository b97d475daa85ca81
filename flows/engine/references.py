"""Values that are not known yet when a plan is made: what an earlier call will answer, the run's own id, a secret.

`Ref("gateway", "VpnGateway.VpnGatewayId")` is what the answer to the action "gateway" will hold at that JMESPath; a
`Join` is text with such values inside. They stand in a plan wherever a value may, and are filled in as it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ref:
    """A value that is known only once `action` has run: JMESPath `path` into the answer to its call."""

    action: str
    path: str


RUN = Ref("handrail", "run")
"""The id of the run that carries the plan out."""

FLOW = Ref("handrail", "flow")
"""The name of the set-up."""

HANDED_OVER = Ref("handrail", "handed-over")
"""Nothing, once the run was handed over with its files and next steps; before, what says this is not said at all."""

TOKEN = Ref("handrail", "token")
"""The id of the run, letters and digits only, for the tokens by which AWS knows a repeated request."""

FOUND = "@found"
IF_THERE = "@if-there:"


def secret(name: str) -> Ref:
    """The value of one of the plan's `Secret`s: known while the plan runs, and kept nowhere."""
    return Ref("handrail", f"secret:{name}")


def before(action: str) -> Ref:
    """What a `Restore` found before `action` changed it."""
    return Ref(action, "@before")


def seen(action: str, path: str) -> Ref:
    """What the wait of `action` saw when it was over: JMESPath `path` into that last answer."""
    return Ref(action, f"@seen:{path}")


def found(path: str) -> Ref:
    """In the call of an `Action` or an `Undo` with a `read`, or the `proof` of a `Find`: JMESPath `path` into what was
    just read."""
    return Ref(FOUND, path)


def if_found(path: str) -> Ref:
    """The same as a parameter that is left out where nothing stands there: what is said again, so that it stays."""
    return Ref(FOUND, f"{IF_THERE}{path}")


def edited(action: str) -> Ref:
    """In the call of an action with an `Entry`: the document as it stands, with the entry in it."""
    return Ref(action, "@edited")


@dataclass(frozen=True, slots=True)
class Join:
    """Text with `Ref`s inside, for example a description that names the run."""

    parts: tuple[str | Ref, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """In the call of an `Action` with a `read`, or the `put` of its `Restore`: what was just read, but for one thing.

    So AWS gets a document whole that it takes only as a whole, with whatever others changed of it meanwhile.

    Args:
        document: JMESPath to the document.
        at: the names that lead to the thing; of a list, `name=value` of the one that is meant.
        value: laid over what stands there, member by member; null takes a member away.
        whole: it is that one of a list as a whole: it replaces the one that stands there, or is put beside the others;
            null takes that one out.
    """

    document: str
    at: tuple[str, ...]
    value: Any
    whole: bool = False


Late = str | Ref | Join
"""Text that may be known only once the plan runs."""


def join(*parts: Late) -> Join:
    """Texts put together, with whatever is late in them."""
    return Join(tuple(piece for part in parts for piece in (part.parts if isinstance(part, Join) else (part,))))


Resolve = Callable[[Ref], Any]


def fill(value: Any, resolve: Resolve) -> Any:
    """`value` with every `Ref` in it replaced by what `resolve` says."""
    match value:
        case Ref():
            return resolve(value)
        case Join(parts):
            return "".join(str(fill(part, resolve)) for part in parts)
        case Changed(document, at, over, whole):
            return _laid_over(resolve(found(document)), at, fill(over, resolve), whole)
        case Mapping():
            filled = {key: fill(item, resolve) for key, item in value.items()}
            return {key: item for key, item in filled.items() if item is not None or not _may_lack(value[key])}
        case list() | tuple():
            return [fill(item, resolve) for item in value]
        case _:
            return value


def _may_lack(value: Any) -> bool:
    return isinstance(value, Ref) and value.path.startswith(IF_THERE)


def _laid_over(standing: Any, at: tuple[str, ...], over: Any, whole: bool) -> Any:
    if isinstance(standing, list) or (whole and len(at) == 1):
        return _in_list(standing or [], at, over, whole)
    there = standing if isinstance(standing, Mapping) else {}
    laid = {at[0]: _laid_over(there.get(at[0]), at[1:], over, whole)} if at else over
    if whole and at[:-1] == ("Items",):  # CloudFront's lists say how many they have
        laid["Quantity"] = len(laid["Items"] or ())
    return {name: each for name, each in {**there, **laid}.items() if each is not None}


def _in_list(standing: list[Any], at: tuple[str, ...], over: Any, whole: bool) -> list[Any] | None:
    name, _, value = at[0].partition("=")
    meant = [str(each.get(name)) == value for each in standing]
    if not whole or len(at) > 1:
        return [_laid_over(each, at[1:], over, whole) if it else each for it, each in zip(meant, standing, strict=True)]
    listed = [over if it else each for it, each in zip(meant, standing, strict=True)] + ([] if any(meant) else [over])
    return [each for each in listed if each is not None] or None


def refs(value: Any) -> Iterator[Ref]:
    """Every `Ref` anywhere inside `value`, a plan's parts included."""
    match value:
        case None | str() | int():  # most of what there is
            pass
        case Ref():
            yield value
        case Mapping():
            for item in value.values():
                yield from refs(item)
        case list() | tuple():
            for item in value:
                yield from refs(item)
        case _ if is_dataclass(value):
            for part in fields(value):
                yield from refs(getattr(value, part.name))
        case _:
            pass
