"""Put the manual page `handrail.1` beside the command. It is made of the command line when the package is built."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Manual(BuildHookInterface):
    """What hatchling calls before and after it builds a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        from tui.cli.main import cli
        from tui.cli.man_page import man_page

        self._folder = Path(tempfile.mkdtemp())
        page = self._folder / "handrail.1"
        page.write_text(man_page(cli), encoding="utf-8")
        build_data["shared_data"][str(page)] = "share/man/man1/handrail.1"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        shutil.rmtree(self._folder)
