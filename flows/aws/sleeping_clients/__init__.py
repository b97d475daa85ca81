"""Programs that ask a database which may be asleep, in Python, Node and a shell, for its users to build upon.

They look without waking it, say what is being waited for, and repeat what the Data API answers while it wakes: the SDKs
do not do that by themselves (Aurora User Guide, "Automatic pause and resume", 2026-11).
"""

from __future__ import annotations

from importlib.resources import files

NAMES = {"ask.py": "ask.py.txt", "ask.mjs": "ask.mjs", "ask.sh": "ask.sh"}
"""What they are called, and the file here that each is made of."""
STEP = (
    "Hide its waking from users: ask.py, ask.mjs and ask.sh look without waking it, show a sign while it wakes, "
    "and ask again."
)


def written(cluster: str, region: str, arn: str, secret: str, database: str = "") -> dict[str, str]:
    """Each by its name, for one database: its name, region and ARN, the ARN of its secret, and the database inside."""
    places = {"CLUSTER": cluster, "REGION": region, "ARN": arn, "SECRET": secret, "DATABASE": database}
    made = dict[str, str]()
    for name, source in NAMES.items():
        text = files(__package__).joinpath(source).read_text(encoding="utf-8")
        for key, value in places.items():
            text = text.replace(f"@@{key}@@", value)
        made[name] = text
    return made
