"""AWS's descriptions of its services, read in half the time that botocore takes to keep them in order twice."""

from __future__ import annotations

import gzip
import json
from typing import Any

from botocore.loaders import JSONFileLoader, Loader


class _Plain(JSONFileLoader):
    """botocore asks for ordered dicts, from before every dict was one."""

    def load_file(self, file_path: str) -> Any:
        for ending, opened in ((".json", open), (".json.gz", gzip.open)):
            try:
                with opened(file_path + ending, "rb") as file:
                    return json.loads(file.read())
            except FileNotFoundError:
                continue
        return None


def quick(loader: Loader) -> Loader:
    """The same loader, which from now on reads quickly."""
    loader.file_loader = _Plain()
    return loader
