"""A key that is only switched off is switched on, and off again at undo.

AWS KMS Developer Guide, "Enable and disable keys", 2026-11: nothing is lost while a key is off, and it works again once
it is on; whoever may use it says its policy, as before.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.engine import Action, Call, Cloud, Finding, Grade, Restore, since
from flows.engine.flow import Mend
from flows.engine.repair import Part, admits

from . import keepers, kms_dependents, kms_keys
from .kms_keys import Key, Seen

OFF = "Disabled"


def mended(found: Finding, seen: Seen, region: str = "") -> Finding:
    """What was found of the state of a key, with the repair where it is one's own and nothing but switched off."""
    wrong = found.grade in (Grade.REFUSED, Grade.CAUTION)
    return found.mended_by(_on(seen.key, region)) if wrong and seen.key and seen.state == OFF else found


def _on(key: Key, region: str) -> Mend:
    this = {"KeyId": key.id}

    def mend(cloud: Cloud) -> Iterator[Part]:
        yield from keepers.agreed(f"The key {key.name}", kms_keys.tags(cloud, key.id))
        yield Action(
            f"switch-on-{key.id}",
            f"Switch the key {key.name} on",
            Call("kms.EnableKey", this, region),
            undo=Restore(
                Call("kms.DescribeKey", this, region), "KeyMetadata.KeyState", Call("kms.DisableKey", this, region)
            ),
            others=since(cloud, *kms_dependents.of_key(key.id, "", region)),
            undone=f"That the key {key.name} was switched on",
        )
        yield admits(f"Whoever the policy of the key {key.name} lets use it may do so again, for all that it encrypts.")

    return mend
