"""What will be there, drawn: who connects, the database, and what keeps it awake."""

from __future__ import annotations

from flows.engine import Link, Picture, Thing

PICTURE = Picture.of(
    Thing("clients", "Clients", "who may connect", of="access servers addresses", found="clients"),
    Thing("door", "Security group", "lets only them in", made="firewall let-in", found="open-to-the-world closed"),
    Thing("server", "Instance", "answers SQL", made="instance", found="instances", seen="state"),
    Thing("copies", "Read copies", "only to read", of="readers", made="instance", beside=True),
    Thing("cluster", "Cluster", "its data", of="name engine", made="cluster", found="state key-state limits"),
    Thing("hours", "Schedule", "wakes it", of="awake from to", made="awake asleep", found="schedule", beside=True),
    Thing("vpc", "VPC", "your network", of="vpc", seen="state"),
    Thing("places", "Subnets", "in two zones", of="places", made="subnets", beside=True),
    Link("clients", "door", "Whoever is not named here is not let in.", made="let-in"),
    Link("door", "server copies", "The firewall stands before each of them."),
    Link("server copies", "cluster", "They answer from the same data, and grow and shrink with the load."),
    Link("cluster", "hours", "At these hours its minimum is raised, so that nobody waits.", made="hours-role"),
    Link("cluster", "vpc", "It has its addresses in this network."),
    Link("vpc", "places", "They are in several data centres, so that one may fail."),
)
