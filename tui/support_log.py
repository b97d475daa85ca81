"""`--log FILE`: what support needs, and no secrets: versions, each call with its end and its time, and our mistakes."""

from __future__ import annotations

import logging
import os
import platform
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    Handler = logging.StreamHandler[TextIO]
else:
    Handler = logging.StreamHandler


class _File(Handler):
    """The file of this process."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path = path
        super().__init__(file)

    def close(self) -> None:
        self.stream.close()
        super().close()


def begin(path: Path) -> None:
    """Write on to this file from now on, which only its owner may read. Raises Refused."""
    from flows.engine import files
    from flows.engine.call_log import LOG
    from flows.version import __version__

    for before in [each for each in LOG.handlers if isinstance(each, _File)]:
        if before.path == path:
            return
        LOG.removeHandler(before)
        before.close()
    file = files.to_append(path, remedy="Give another file with --log.")
    handler = _File(path, file)
    form = logging.Formatter("%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    handler.setFormatter(form)
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.info(
        "handrail %s, Python %s, %s, TERM=%s",
        __version__,
        platform.python_version(),
        platform.platform(),
        os.environ.get("TERM", ""),
    )


def mistake(error: BaseException) -> None:
    """Where a mistake of ours was made; not its message, which may quote what was answered."""
    if "flows.engine.call_log" in sys.modules:
        from flows.engine.call_log import LOG

        frames = "".join(traceback.format_tb(error.__traceback__))
        LOG.error("%s\n%s", type(error).__name__, frames)
