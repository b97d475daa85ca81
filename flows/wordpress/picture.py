"""What will be there, drawn: visitors, the machine, and what runs on it."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("visitors", "Visitors", "with a browser"),
    Thing("address", "Fixed address", "stays", of="name domain", made="address", found="fixed-address"),
    Thing("door", "Security group", "who may come", of="visitors", made="firewall", found="firewall", beside=True),
    Thing("machine", "Machine", "a computer", of="instance_type instance", made="machine", found="state machine",
          seen="agent firewall"),
    Thing("role", "Role", "for commands", of="name", made="role profile role-in-profile", found="agent", beside=True),
    Thing("site", "WordPress", "your pages", of="mode", made="watch", found="folder web files php database"),
    Thing("subnet", "Subnet", "its network", of="subnet", seen="state agent firewall", beside=True),
    Link("visitors", "address machine", "Visitors come to this address.", found="records"),
    Link("visitors", "door", "Whoever is not named here is not let in.", made="let-in"),
    Link("address", "machine", "The address leads to the machine, also after a stop.", made="use-address"),
    Link("door", "machine", "The firewall stands before the machine."),
    Link("machine", "role", "Commands reach it by this role, without an open port.", made="role-in-profile"),
    Link("machine", "site", "The web server on it answers with WordPress.", made="put-right", found="site"),
    Link("machine", "subnet", "It has its private address there."),
)  # fmt: skip
