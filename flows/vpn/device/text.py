"""Setting text: the few shapes that all files share."""

from collections.abc import Iterable
from textwrap import fill

WIDTH = 100


def lines(each: Iterable[str], indent: str = "") -> str:
    """One line for each, the last one ended too; nothing at all for none."""
    return "".join(f"{indent}{line}\n" for line in each)


def paragraph(sentences: str, mark: str = "") -> str:
    """Sentences wrapped for a terminal, hanging from a mark such as a number."""
    return (
        fill(
            sentences,
            WIDTH,
            initial_indent=mark,
            subsequent_indent=" " * len(mark),
            break_long_words=False,
            break_on_hyphens=False,
        )
        + "\n"
    )
