"""AWS's descriptions of its services, read in half the time that botocore takes to keep them in order twice."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
OPENED: dict[str, Any] = {".json": open, ".json.gz": gzip.open}


class _Plain:
    """Stands in for botocore's reader, which asks for ordered dicts, from before every dict was one."""

    def exists(self, file_path: str) -> bool:
        return any(Path(file_path + ending).is_file() for ending in OPENED)

    def load_file(self, file_path: str) -> Any:
        for ending, opened in OPENED.items():
            try:
                with opened(file_path + ending, "rb") as file:
                    return json.loads(file.read())
            except FileNotFoundError:
                continue
        return None


def quick(loader: T) -> T:
    """The same loader of botocore, which from now on reads quickly."""
    vars(loader)["file_loader"] = _Plain()
    return loader
