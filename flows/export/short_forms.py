"""CloudFormation's functions in their short forms, such as `!Ref Gateway`, and the YAML that holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

NUMBER = re.compile(r"[-+.]?\d[\d_.eExXoO+-]*")


@dataclass(frozen=True)
class Tag:
    """A function of CloudFormation in its short form, such as `!Ref Gateway`."""

    name: str
    text: str

    @property
    def inside(self) -> str:
        """The same within the text of a `!Sub`."""
        return self.text if self.name == "Sub" else f"${{{self.text}}}"


def functions(value: Any) -> Iterator[Tag]:
    """Every function anywhere inside a value."""
    match value:
        case Tag():
            yield value
        case Mapping():
            for item in value.values():
                yield from functions(item)
        case list():
            for item in value:
                yield from functions(item)


def named_in(function: Tag) -> set[str]:
    """The ids that a function names."""
    texts = re.findall(r"\$\{([\w:]+)", function.text) if function.name == "Sub" else [function.text]
    return {text.partition(".")[0] for text in texts}


class _Dumper(yaml.SafeDumper):
    """YAML with CloudFormation's short forms, and texts of several lines as such."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """What hides is an escape, and what other readers of YAML take for a number, such as 1e3, is quoted."""
    style = "|" if "\n" in text else "'" if NUMBER.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if any(map(hides, text)) else style)


def _tag(dumper: yaml.SafeDumper, tag: Tag) -> yaml.ScalarNode:
    return dumper.represent_scalar(f"!{tag.name}", tag.text)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Tag, _tag)


def dumped(document: Mapping[str, Any]) -> str:
    """A template as YAML, in its own order."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return "".join(f"\\U{ord(each):08X}" if hides(each) else each for each in text)


def hides(character: str) -> bool:
    """Whether a person would not see it, or not where it stands."""
    return not character.isprintable() and character != "\n"
