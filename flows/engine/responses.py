"""Responses of AWS as set-ups read them: what one does not say is a Problem where it is asked for, never a traceback.

By AWS's own descriptions nearly every member of an answer may be left out. Those that are known to be are read with
`get`; of all others a set-up says `answer["VpcId"]`, and whoever looks hears a sentence where there is none.
"""

from __future__ import annotations

from typing import Any, NoReturn, SupportsIndex, overload

from .problems import Incomplete


class Unsaid(Incomplete, KeyError):
    """Also what any reader of documents, such as JMESPath, expects to hear."""


class Unlisted(Incomplete, IndexError):
    """The same of lists."""


class Told(dict[str, Any]):
    """An answer, or a part of one."""

    __slots__ = ()

    def __missing__(self, member: str) -> NoReturn:
        raise Unsaid(f"AWS's answer does not say its {member}.", remedy="Try again in a minute.")


class Several(list[Any]):
    """A list in an answer."""

    __slots__ = ()

    @overload
    def __getitem__(self, at: SupportsIndex) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> list[Any]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> Any:
        try:
            return super().__getitem__(at)
        except IndexError:
            raise Unlisted("A list in AWS's answer is empty.", remedy="Try again in a minute.") from None


Told.__name__, Several.__name__ = "dict", "list"  # jmespath knows documents and lists by these names alone
PARTS = (dict, list)


def told(answer: Any) -> Any:
    """An answer as botocore made it, or a part of one, as set-ups read it."""
    if type(answer) is dict:
        return Told({key: told(part) if type(part) in PARTS else part for key, part in answer.items()})
    return Several([told(part) if type(part) in PARTS else part for part in answer])
