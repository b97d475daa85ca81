"""What somebody sets once for all: a default profile and region, the colours, and lines instead of the screen.

They stand in `settings.toml` in the folder for configuration (`~/.config/handrail` on Linux). What is said on the
command line wins, then what the environment says, then this file, then AWS's own configuration. The file's region goes
with its profile: whoever names another profile gets that one's region. Practice has a region of its own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.engine import Refused
    from flows.place import Place

PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
KEYS = "AWS_ACCESS_KEY_ID"
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")


@dataclass(frozen=True)
class Preferences:
    """What the file says; each may be left out.

    Args:
        profile: the AWS profile for new set-ups, checks and tasks.
        region: the same for the region.
        theme: the colours, by the name that the palette has for them.
        plain: by lines, as with `--plain`.
    """

    profile: str = ""
    region: str = ""
    theme: str = ""
    plain: bool = False


def path() -> Path:
    """Where the file is, or would be."""
    import platformdirs

    return platformdirs.user_config_path("handrail") / "settings.toml"


def read() -> Preferences:
    """The file as it stands there now. Raises Refused."""
    file = path()
    try:
        text = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Preferences()
    except OSError as error:
        raise _refused(file, f"cannot be read: {error.strerror}", "Make it readable, or take it away.") from None
    return _understood(file, text)


def _understood(file: Path, text: bytes) -> Preferences:
    import tomllib

    example = 'Write one a line, for example: region = "eu-central-1"'
    try:
        said = tomllib.loads(text.decode())
    except UnicodeDecodeError:
        raise _refused(file, "is no text", example) from None
    except tomllib.TOMLDecodeError as error:
        raise _refused(file, f"is broken: {error}", example) from None
    kinds = {each.name: type(each.default) for each in fields(Preferences)}
    for key, value in said.items():
        if key not in kinds:
            raise _refused(file, f"says “{key}”, which is not known", f"Known are: {', '.join(kinds)}.")
        if type(value) is not kinds[key]:
            wanted = "true or false" if kinds[key] is bool else "a text in quotation marks"
            raise _refused(file, f"says {key} = {value}", f"It takes {wanted}.")
    return Preferences(**said)


def plain() -> bool:
    """Whether lines are preferred; HANDRAIL_PLAIN=0 says otherwise. Raises Refused."""
    return os.environ.get("HANDRAIL_PLAIN") != "0" and read().plain


def here(said: Place) -> Place:
    """Where something new is made: as was said, else as is preferred where nothing says otherwise. Raises Refused."""
    if said.practice:
        return said
    preferred = read()
    named = said.profile or _first(*PROFILES)
    profile = said.profile or ("" if named or _first(KEYS) else preferred.profile)
    region = "" if _first(*REGIONS) or named not in ("", preferred.profile) else preferred.region
    return replace(said, profile=profile, region=said.region or region)


def theme(known: Any) -> str:
    """The colours that are preferred, one of those that are `known`; "" if none are. Raises Refused."""
    preferred = read().theme
    if preferred and preferred not in known:
        from difflib import get_close_matches

        near = get_close_matches(preferred, known, n=1, cutoff=0)
        raise _refused(path(), f"says theme = “{preferred}”, which is none", f"Did you mean “{''.join(near)}”?")
    return preferred


def _first(*names: str) -> str:
    return next((value for name in names if (value := os.environ.get(name))), "")


def _refused(file: Path, what: str, remedy: str) -> Refused:
    from flows.engine import Refused

    return Refused(f"The settings file {file} {what}.", remedy=remedy)
