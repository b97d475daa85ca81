"""What the exit codes of every command mean; a task may have further ones of its own."""

from __future__ import annotations

EXIT_CODES = {
    0: "done, or waiting for you; `undo`: all is taken back that may go, and what is left for others' sake stands in "
    "`left`, with what it costs; `check`: it works, perhaps with a caution, or waits for something",
    1: "it failed after something was created, which is in the journal; or AWS refused an undo something that may go, "
    "or it was broken off: the same command goes on",
    2: "the command or an answer is not right; every missing key is named",
    3: "a check or AWS refused, and nothing was created; `check`: something is broken",
    4: "no credentials, no permission or no way to AWS; nothing was created",
    5: "`check` could not look at all that matters, so whether it works is not known",
    130: "interrupted; what was sent is written down",
}
