"""Make one file that holds Handrail and all that it needs, for a machine without pip: `make onefile`.

shiv puts the packages into a zip that Python runs. They hold compiled parts, so the file is for one version of Python
on one kind of machine, which stands in its name; on another version it says so, in words that Python 2 understands.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from flows.version import __version__

ROOT = Path(__file__).parents[1]
MADE_FOR = sys.version_info[:2]
NAME = f"handrail-{__version__}-py{MADE_FOR[0]}{MADE_FOR[1]}-{sysconfig.get_platform()}.pyz"
FIRST = f"""\
import sys
if sys.version_info[:2] != {MADE_FOR}:
    sys.exit("This file was made for Python %d.%d, and this is Python %d.%d. Start it by that one: python%d.%d FILE"
             % ({MADE_FOR} + sys.version_info[:2] + {MADE_FOR}))
"""


def main() -> Path:
    """Make it in `dist/`, and return where it is. Raises CalledProcessError when shiv or pip could not."""
    target, raw = ROOT / "dist" / NAME, ROOT / "build" / NAME
    for path in (target, raw):
        path.parent.mkdir(exist_ok=True)
    shiv = [sys.executable, "-m", "shiv", "--compressed", "--reproducible", "--console-script", "handrail"]
    subprocess.run(  # noqa: S603 - the interpreter that runs this
        [*shiv, "--output-file", str(raw), f"{ROOT}[practice]", "--quiet", "--disable-pip-version-check"],
        check=True,
        env={"SOURCE_DATE_EPOCH": "1577836800", **os.environ},
    )
    with zipfile.ZipFile(raw) as made, target.open("wb") as file:
        file.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as whole:
            for entry in made.infolist():
                held = made.read(entry)
                whole.writestr(entry, FIRST.encode() + held if entry.filename == "__main__.py" else held)
    target.chmod(0o755)
    raw.unlink()
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 2**20:.0f} MiB, for {platform.python_version()}")
    return target


if __name__ == "__main__":
    main()
