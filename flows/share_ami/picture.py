"""What will be there, drawn: a machine, its image, and who may start it."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("machine", "Machine", "what you give away", of="instance"),
    Thing(
        "image", "Image", "a copy of it", of="image_name image", made="image copy", found="image deprecated products"
    ),
    Thing("key", "Key", "encrypts disks", of="key", made="key", found="key key-state", seen="key-use", beside=True),
    Thing("account", "Other account", "who receives it", of="account", found="shared"),
    Thing("copy", "Their machine", "started from the image", of="launch", made="launch receive"),
    Link("machine", "image", "The disks of the machine are copied into the image.", made="image"),
    Link("image", "key", "The image's disks are encrypted with this key."),
    Link("image", "account", "The account may start machines from it.", made="share", found="shared copies"),
    Link("key", "account", "The account may use the key, or it could not read the disks.", made="key-use key-grants"),
    Link("account", "copy", "A machine is started from it in their account."),
)
