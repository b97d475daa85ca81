"""An `aws` that is a few lines of sh: it notes what it is asked, answers whatever it is told to, and touches nothing.

For what a script or a runbook does with AWS's answers, where an account would only be in the way; a call costs three
milliseconds. Nobody waits either: `sleep` is noted, too.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ACCOUNT = "123456789012"
AWS = r"""#!/bin/sh
set -f
cd "${0%/*}" || exit 99
if [ "$1" = --version ]; then . ./version; exit; fi
read -r n <count
echo $((n + 1)) >count
printf '%s\0' "$#" "$@" >>asked
if [ -f "answer-$n" ]; then . "./answer-$n"; fi
if [ -f answer ]; then . ./answer; fi
query=""
for each; do
  if [ "$query" = next ]; then query=$each; elif [ "$each" = --query ]; then query=next; fi
done
case "$* $query" in
  *get-caller-identity*) echo 123456789012 ;;
  *' [!(!('*) printf 'True\tTrue\tFalse\tfine\n' ;;
  *' !(!('*) echo True ;;
  *'--output json'*) echo null ;;
  *' [?@]'*) printf 'None\n' ;;
  *' ['*)
    IFS=,
    tab=""
    for each in $query; do
      printf '%ssome-%s' "$tab" "${#each}"
      tab='	'
    done ;;
  *--query*) echo some-value ;;
esac
"""
SLEEP = '#!/bin/sh\necho "$1" >>"${0%/*}/slept"\n'


@dataclass(frozen=True)
class Ran:
    """How it ended, what `aws` was asked, and how long would have been waited."""

    code: int
    out: str
    err: str
    asked: Sequence[Sequence[str]]
    slept: int

    @property
    def commands(self) -> list[str]:
        """Each command's name, such as "ec2 describe-vpcs"."""
        return [" ".join(words[:2]) for words in self.asked]


@dataclass
class FalseAws:
    """A folder for the PATH with such an `aws` in it.

    Args:
        folder: where it is.
        answers: what to answer to which of its calls, from 0 on; None is each of those that are left.
        version: what it says to be, which is no call.
    """

    folder: Path
    answers: Mapping[int | None, str] = field(default_factory=dict)
    version: str = "2.31.0"

    def run(self, text: str, *words: str, env: Mapping[str, str] | None = None, programs: str = "") -> Ran:
        """Run a script of bash.

        Args:
            text: the script.
            words: what it is given.
            env: what is in its environment beside the PATH.
            programs: a PATH to use instead of the machine's.
        """
        for name, content in {
            "aws": AWS,
            "sleep": SLEEP,
            "count": "0\n",
            "asked": "",
            "slept": "",
            "version": f"echo aws-cli/{self.version} Python/3\n",
        }.items():
            (self.folder / name).write_text(content)
            (self.folder / name).chmod(0o755)
        for old in self.folder.glob("answer*"):
            old.unlink()
        for number, answer in self.answers.items():
            (self.folder / ("answer" if number is None else f"answer-{number}")).write_text(answer)
        script = self.folder / "script.sh"
        script.write_text(text)
        path = f"{self.folder}:{programs or os.environ['PATH']}"
        done = subprocess.run(
            ["/bin/bash", str(script), *words], env={"PATH": path, "LC_ALL": "C.UTF-8", **(env or {})}, timeout=60,
            check=False, capture_output=True, text=True, cwd=self.folder, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        slept = sum(map(int, (self.folder / "slept").read_text().split()))
        return Ran(done.returncode, done.stdout, done.stderr, [*self._asked()], slept)

    def _asked(self) -> Iterator[list[str]]:
        words = (self.folder / "asked").read_bytes().decode().split("\0")[:-1]
        while words:
            count = int(words[0])
            yield words[1 : count + 1]
            words = words[count + 1 :]


def says(text: str) -> str:
    """AWS's answer, as it is."""
    return f"cat <<'END'\n{text}\nEND\nexit 0\n"


def refuses(code: str, message: str, operation: str = "CreateThing") -> str:
    """AWS's refusal, as the AWS CLI tells it."""
    words = f"An error occurred ({code}) when calling the {operation} operation: {message}"
    return f"cat >&2 <<'END'\n\n{words}\nEND\nexit 254\n"
