"""Where the project lives, for the package's page: known to whoever builds it, not written down here.

A code host's workflow says it in `GITHUB_SERVER_URL` and `GITHUB_REPOSITORY`; by hand, set the two, or there is none.
"""

import os
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Urls(MetadataHookInterface):
    """What hatchling asks for the members of the metadata that are worked out."""

    def update(self, metadata: dict[str, Any]) -> None:
        server, name = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
        home = f"{server}/{name}" if server and name else ""
        pages = {
            "Source": "",
            "Documentation": "/tree/main/docs",
            "Changes": "/blob/main/CHANGELOG.md",
            "Issues": "/issues",
        }
        metadata["urls"] = {what: home + path for what, path in pages.items()} if home else {}
