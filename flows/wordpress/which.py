"""What the check of a WordPress machine asks: which machine, and what it should be like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.aws import instances
from flows.engine import Choice, Cloud, Text
from flows.engine.check import Check, Subject, by_key

from . import answers


class WhichMachine(Check):
    """WordPress on a machine: its files, its permalinks and the limits of PHP."""

    title = "WordPress shows an error, or refuses uploads, updates or permalinks"
    what = "WordPress"
    words = (
        "404", "permalinks", "upload", "file size", "memory", "ftp", "permissions", "white page", "php", "apache",
        "permission denied", "down",
    )  # fmt: skip
    reaches = "sends a command to each machine, which changes nothing"
    something_else = ("folder",)

    instance = Choice(
        "Which machine?",
        lambda flow: by_key(instances.machines(flow.cloud)),
        why="The machine itself is asked, by a command through Systems Manager, so neither SSH nor an open port is "
        "needed. A page of random name stands on it for that second; nothing else is changed.",
        label="Machine",
        example="i-0123456789abcdef0",
        empty="There is no machine in this region. Choose another region with --region.",
    )
    folder = Text(
        "In which folder is WordPress?",
        answers.folder,
        wanted="A folder",
        default="/var/www/html",
        example="/var/www/html",
        why="The folder with wp-load.php.",
    )
    upload_limit_mb = Text(
        "How large a file should be possible to upload? In MB",
        answers.uploads,
        wanted="A size",
        default=100,
        fine_tuning=True,
        label="Largest upload (MB)",
        example="100",
        why="PHP has two limits for it; both are looked at.",
    )
    memory_limit_mb = Text(
        "How much memory should PHP have? In MB",
        answers.memory,
        wanted="A size",
        default=256,
        fine_tuning=True,
        label="Memory of PHP (MB)",
        example="256",
        why="Large pictures and page builders need memory.",
    )

    @classmethod
    def of_run(cls, outputs: Mapping[str, str], answers: Mapping[str, Any]) -> dict[str, str]:
        """The machine, by the name that a run has for it."""
        return cls.whole({"instance": outputs["machine"]})

    @classmethod
    def everything(cls, cloud: Cloud) -> Iterator[Subject]:
        """The machines that can be asked; of the others it is not known whether WordPress is on them."""
        for option in instances.machines(cloud):
            if option.value.answers:
                yield Subject({"instance": option.key}, option.label)
