"""One-off tasks for operators. Add a module and a line here; the command line follows."""

from __future__ import annotations

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without the import: the command line reads this at every start
if TYPE_CHECKING:
    from flows.engine.task import Task

TASKS = {
    "database-awake": "Is a serverless database asleep, what keeps it awake, and wake it.",
    "lint-buildspec": "Is a CodeBuild buildspec.yml right: every mistake with its line.",
}
"""Name to summary. The command line shows them before any task is imported; a test compares the two."""

WORDS = {
    "database-awake": "aurora, asleep, paused, wake up, resume, scale to zero, slow first connection, rds",
    "lint-buildspec": "codebuild, yaml, syntax error, YAML_FILE_ERROR, phases, artifacts, build failed",
}
"""What else people look for who need one; a test compares it with the tasks' own."""

OUTPUTS = {"lint-buildspec": ("sarif",)}
"""What `--output` takes besides text and json; a test compares it with the tasks' own."""


def find(name: str) -> Task:
    """The task of that name."""
    from importlib import import_module

    from flows.engine.task import Task

    module = import_module(f"flows.tasks.{name.replace('-', '_')}")
    kinds = (value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Task))
    return next(kind for kind in kinds if kind.__module__ == module.__name__)()
