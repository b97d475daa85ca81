"""Commands that a person is shown to paste: one line, which a shell reads as the words that were meant.

Names, keys and tags in them are written by other people, and one that holds `$(…)` must not run where it is pasted. So
every command in a text is made here and nowhere else. bash and zsh read all of them. fish and a plain POSIX sh read
those whose words can be printed and have no blanks at an end or in a row; fish takes a backslash between quotes for its
own.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from ..place import Place

AMISS = "\\'! "
"""What does not stand for itself between `$'` and `'`: `!` because of zsh's and bash's history, blanks because several
of them become one where lines are wrapped."""


REAL = re.compile(r"(^|[\s“`(])(aws (--profile \S+ )?[a-z0-9-]+ [a-z0-9-]+|git (push|clone))\b")
"""A command that would reach a real account."""
CLI = re.compile(r"(?:(?<=[\s“`(])|^)aws (?=([a-z][a-z0-9-]*) [a-z][a-z0-9-]*)", re.MULTILINE)
"""Where a command of the AWS CLI begins that does not say whose account is meant, and which service it asks."""
NEXT = re.compile(r"\n|(?<=[\s“`(])(aws|handrail) ")
"""Where it is over, at the latest."""
IDS = {"s3api": "s3", "elbv2": "elastic_load_balancing_v2", "logs": "cloudwatch_logs", "events": "eventbridge"}
"""What the AWS CLI calls otherwise than the settings of single addresses do (AWS SDKs and Tools Reference Guide,
"Service-specific endpoints", 2026-11)."""


def command(*words: str, **options: str) -> str:
    """A command of these words, then `--some-option value` for each of `some_option="value"`."""
    return " ".join([*map(quoted, words), *(option(name, value) for name, value in options.items())])


def aws(*words: str, **options: str) -> str:
    """`aws("rds", "start-db-cluster", db_cluster_identifier=name)`."""
    return command("aws", *words, **options)


def aws_of(account: str, *words: str, **options: str) -> str:
    """The same for whoever owns another account, who has a profile of their own: where we work says nothing of it."""
    return command("aws", "--profile", f"OF-{account}", *words, **options)


def handrail(*words: str, **settings: str) -> str:
    """`handrail("check", "vpn", connection=id)`: what is set of the answers comes as `--set KEY=VALUE`."""
    return command(
        "handrail", *words, *(word for key, value in settings.items() for word in ("--set", f"{key}={value}"))
    )


OWN = re.compile(r"\bhandrail (--practice|runs|resume|undo) ")
"""Commands that reach practice alone: a run knows where it is."""


def next_steps(steps: Iterable[str], place: Place) -> tuple[str, ...]:
    """What to do now, with commands that say where they work.

    In practice all but its own commands is marked as what one would do on AWS: pasted from there, a command would reach
    the real account. What comes first stays first: whoever looks before that sees nothing.
    """
    told = [_placed(step, place) for step in steps]
    if not place.practice:
        return tuple(told)
    return tuple(step if OWN.search(step) else f"On AWS you would now: {step}" for step in told)


def placed(text: str, place: Place) -> str:
    """The text, in which commands say where they work, but for those of Handrail that know a run: other shells are
    elsewhere, and a command without its profile or address reaches another account.

    In practice a text with other commands says that they are for AWS.
    """
    told = _placed(text, place)
    return f"On AWS: {told}" if place.practice and REAL.search(told) else told


def _placed(text: str, place: Place) -> str:
    if place.practice:
        where = "--practice"
    else:
        where = _where(profile=place.profile, region=place.region, endpoint_url=place.endpoint_url)
        text = CLI.sub(lambda found: found[0] + _of_aws(found, place), text)
    return re.sub(r"\b(handrail) (?=(check|run|task) )", lambda found: f"{found[1]} {where} ", text) if where else text


def _of_aws(found: re.Match[str], place: Place) -> str:
    """What a command of the AWS CLI does not say yet of where it works."""
    end = NEXT.search(found.string, found.end())
    said = found.string[found.end() : end.start() if end else None]
    service = IDS.get(found[1], found[1].replace("-", "_"))
    address = dict(place.endpoints).get(service, place.endpoint_url)
    lacking = {
        "profile": "" if " --profile" in said else place.profile,
        "region": "" if " --region" in said else place.region,
        "endpoint_url": "" if " --endpoint-url" in said else address,
    }
    return f"{where} " if (where := _where(**lacking)) else ""


def _where(**said: str) -> str:
    return " ".join(option(name, value) for name, value in said.items() if value)


def option(name: str, value: str) -> str:
    """`--some-option value` for `some_option`; in one word where the value would be taken for an option itself."""
    flag = f"--{name.replace('_', '-')}"
    return quoted(f"{flag}={value}") if value.startswith("-") else f"{flag} {quoted(value)}"


def here(name: str) -> str:
    """A file of this folder as an operand, which is not taken for an option or for standard input."""
    return f"./{name}" if name.startswith("-") else name


def quoted(word: str) -> str:
    """One word. What has no glyph, such as a new line, comes as an escape: a paste stays one line and nothing hides."""
    if not word.isprintable() or "  " in word:
        return "$'" + "".join(c if c.isprintable() and c not in AMISS else _octal(c) for c in word) + "'"
    # zsh takes a leading = for the place of a program
    return f"'{word}'" if word.startswith("=") and shlex.quote(word) == word else shlex.quote(word)


def _octal(c: str) -> str:
    """Its bytes in UTF-8: the one escape that every version of bash and zsh knows."""
    return "".join(f"\\{byte:03o}" for byte in c.encode(errors="surrogatepass"))
