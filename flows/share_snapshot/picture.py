"""What will be there, drawn: a database, its snapshot, and who may use it."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("database", "Database", "whose data you give away", of="database"),
    Thing(
        "snapshot", "Snapshot", "its data", of="snapshot_name snapshot", made="snapshot copy", found="snapshot manual"
    ),
    Thing("key", "Key", "encrypts it", of="key", made="key", found="key key-state", seen="key-use", beside=True),
    Thing("account", "Other accounts", "who receives it", of="account", seen="shared"),
    Thing("copy", "Their copy", "theirs, whatever becomes of yours", of="receive", made="receive"),
    Link("database", "snapshot", "The snapshot holds the data of one moment.", found="kind"),
    Link("snapshot", "key", "The snapshot is encrypted with this key."),
    Link("snapshot", "account", "These accounts may use it.", made="share", found="shared"),
    Link("key", "account", "They may use the key, or they could not read it.", made="key-use key-grants"),
    Link("account", "copy", "It is copied in their account."),
)
