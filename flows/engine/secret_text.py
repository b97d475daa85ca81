"""A question for what nobody else may see: a password, a key.

The answer is held in memory alone. What is written down of it, in a draft, a journal, an answers file, is that it was
given, or the name of the file or variable it came from. Where nobody is asked it is given by such a name only: every
user of the machine reads command lines, and an answers file keeps what stands in it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NoReturn

from . import files
from .options import Caution
from .problems import Refused
from .questions import Form, Question

GIVEN: Final = "(hidden)"
"""What stands for a secret wherever answers are shown or written down."""
STAND_IN: Final = "stand.in.for.your.own.key"
"""What the practice account keeps of one. People may practise with the key of a real device, and the account's file
outlives the run and its undo: the process that was given it has the key, whoever opens the account later has this."""
FILE, ENVIRONMENT = "@", "env:"
"""How a reference begins: the name of a file with the secret in it, and of a variable of the environment."""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
BY_REFERENCE = "{0}=@FILE, or {0}=env:NAME for a variable of the environment"


class Hidden:
    """A text that is shown by nothing: not as text, in an exception, or as JSON. `reveal` is the one way to it.

    Args:
        text: the secret.
        source: the reference that it came by; empty where it was typed.
    """

    __slots__ = ("_text", "source")

    def __init__(self, text: str, source: str = "") -> None:
        self._text, self.source = text, source

    def reveal(self) -> str:
        """The secret itself, for what is sent to AWS and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return GIVEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("what is hidden is written nowhere")


class SecretText(Question[Hidden]):
    """Typed text that is not shown. It has no default and no example: whoever takes it has one of their own.

    Args:
        rule: what is wrong with a secret, in a sentence that does not tell it; empty if nothing is.
        form: what it looks like, such as “8 to 64 letters and digits”.
    """

    def __init__(self, ask: str, rule: Callable[[str], str], *, form: str, **rest: Any) -> None:
        super().__init__(ask, **rest)
        self._rule, self.form = rule, form

    @property
    def kind(self) -> str:
        return "secret"

    def read(self, raw: object, flow: Form) -> Hidden:
        hidden = self._found(raw)
        if not (text := hidden.reveal()):
            raise Refused(f"{self.label} is needed.", remedy=f"Enter {self.form}.")
        if wrong := self._rule(text):
            raise Refused(wrong, remedy=f"Enter {self.form}.")
        return hidden

    def parse(self, raw: object, flow: Form) -> tuple[Hidden, tuple[Caution, ...]]:
        value, cautions = super().parse(raw, flow)
        return value, (*cautions, *(replace(each, key=self.id) for each in _readable(value.source)))

    def kept(self, raw: object, value: object = None) -> object:
        if isinstance(value, Hidden):
            return value.source or GIVEN
        return raw if isinstance(raw, str) and raw.startswith((FILE, ENVIRONMENT)) else GIVEN

    def shown(self, value: Hidden, raw: object) -> str:
        return f"from {value.source}" if value.source else "given, not shown"

    def allowed(self) -> str:
        return f"{self.form}; not shown, and where nobody is asked by reference: @FILE or env:NAME"

    def _found(self, raw: object) -> Hidden:
        match raw:
            case Hidden():
                return raw
            case None | "":
                return Hidden("")
            case str() if raw == GIVEN:
                remedy = f"Enter it again; where nobody is asked: --set {BY_REFERENCE.format(self.id)}."
                raise Refused(f"{self.label} was given before, and is kept nowhere.", remedy=remedy)
            case str() if raw.startswith(FILE):
                return self._in_file(raw.removeprefix(FILE))
            case str() if raw.startswith(ENVIRONMENT):
                return self._in_environment(raw.removeprefix(ENVIRONMENT))
            case _:
                raise Refused(
                    f"{self.label} is not taken as text.",
                    "Other users of this machine read command lines, and an answers file keeps what is in it.",
                    f"Give {BY_REFERENCE.format(self.id)}.",
                )

    def _in_file(self, name: str) -> Hidden:
        if not name:
            raise Refused("“@” names no file.", remedy=f"Give {BY_REFERENCE.format(self.id)}.")
        path = Path(name).expanduser().absolute()
        return Hidden(files.one_line(path, remedy="Write it there as one line, or give another file."), f"{FILE}{path}")

    def _in_environment(self, name: str) -> Hidden:
        if not VARIABLE.fullmatch(name):
            raise Refused(
                "“env:” wants the name of a variable behind it: letters, digits and “_”.",
                remedy=f"Give {BY_REFERENCE.format(self.id)}.",
            )
        if name not in os.environ:
            raise Refused(f"There is no variable {name} in the environment.", remedy="Set and export it first.")
        return Hidden(os.environ[name].strip(), f"{ENVIRONMENT}{name}")


def _readable(source: str) -> Iterator[Caution]:
    """That others may read the file, if they may."""
    path = Path(source.removeprefix(FILE))
    if source.startswith(FILE) and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Caution(
            "secret-readable",
            f"Others on this machine can read {path}, which holds a secret: chmod 600 makes it yours.",
        )
