"""Write the texts that follow from the program: `make texts`. A test compares them with what stands there."""

from __future__ import annotations

import re
from pathlib import Path

from flows.practice.gaps import GAPS
from tui.cli.main import help_text

ROOT = Path(__file__).parents[2]


def gaps() -> str:
    """The README's list of what practice does otherwise than moto."""
    rows = "\n".join(f"| `{operation}` | {sentence} |" for operation, sentence in GAPS.items())
    return (
        f"<!-- gaps -->\n<details>\n<summary>All {len(GAPS)} of them</summary>\n\n"
        f"| call | what is different |\n|---|---|\n{rows}\n\n</details>\n<!-- /gaps -->"
    )


def main() -> None:
    readme = ROOT / "README.md"
    readme.write_text(re.sub(r"<!-- gaps -->.*<!-- /gaps -->", lambda _: gaps(), readme.read_text(), flags=re.S))
    (ROOT / "tui" / "help.txt").write_text(help_text())


if __name__ == "__main__":
    main()
