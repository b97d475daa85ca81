"""WordPress on one machine: a new one that installs it by itself, or one that exists and is put right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows.aws import instances, systems_manager
from flows.engine import Action, Caution, Choice, Cloud, Finding, Flow, Handover, Many, Picks, Plan, Text, Use, monthly

from . import answers, checks, diagnosis, handover, repairs, rules, script, why
from .answers import COMMAND, DASHBOARD, EXISTING, NEW
from .consents import CONSENTS
from .picture import PICTURE
from .which import WhichMachine


class WordPress(Flow):
    """Install it on a new machine, or put an existing one right."""

    title = "Run WordPress on a machine"
    words = ("blog", "php", "apache", "lamp", "ec2", "404", "permalinks", "upload size")
    check = WhichMachine
    came_for = ("set_up", "address")
    beyond = repairs.BEYOND
    consents = CONSENTS
    matters = why.WHY
    picture = PICTURE

    mode = Choice(
        "A new machine, or one that has WordPress already?",
        {NEW: "A new machine, with everything installed", EXISTING: "One that exists, put right"},
        default=NEW,
        why="New: Apache, PHP, a database and WordPress on a fresh machine. Existing: owners, permalinks and PHP's "
        "limits of a machine you have; nothing is installed on it.",
    )
    instance_type = Text(
        "What type of machine?",
        instances.type_name,
        known=instances.usual_types,
        wanted="A type of machine",
        check=answers.fit,
        default="t4g.small",
        when=mode.is_(NEW),
        example="t3.small",
        why="WordPress with its database wants 2 GB of memory: t4g.small (ARM) or t3.small. The type can be changed "
        "later with a short stop.",
    )
    subnet = Choice(
        "In which subnet?",
        lambda flow: instances.places(flow.cloud),
        check=answers.offered,
        when=mode.is_(NEW),
        why="Visitors and the download of WordPress need a subnet with a way to the internet; only those are listed.",
        empty="There is no subnet with a way to the internet. Make one first, or choose another --region.",
    )
    instance = Choice(
        "Which machine?",
        lambda flow: instances.machines(flow.cloud),
        check=answers.manageable,
        when=mode.is_(EXISTING),
        label="Machine",
        why="Commands are sent through Systems Manager, so neither SSH nor an open port is needed. To see what would "
        "change, the machine is asked before you confirm; a page of random name stands on it for that second.",
        empty="There is no machine in this region. Choose another --region.",
    )
    domain = Text(
        "Under which name will visitors reach it? (empty: its address)",
        answers.domain,
        check=answers.nameless,
        blank="its address",
        default="",
        when=mode.is_(NEW),
        example="www.example.com",
        why="WordPress keeps the address of the first visit in its database. A name must lead here by then.",
    )
    upload_limit_mb = Text(
        "How large a file may be uploaded in WordPress? In MB",
        answers.uploads,
        wanted="A size",
        default=100,
        label="Largest upload (MB)",
        example="100",
        why="Themes, plugins and videos are uploaded as one file. PHP's limit for the whole form is set 8 MB higher.",
    )
    memory_limit_mb = Text(
        "How much memory may one PHP process take? In MB",
        answers.memory,
        wanted="A size",
        check=answers.holds,
        default=256,
        label="Memory of PHP (MB)",
        example="256",
        why="Large pictures and page builders need memory; too much for many visitors at once makes it run out of it.",
    )

    name = Text(
        "What shall the machine be called?",
        answers.name,
        wanted="A name",
        default="wordpress",
        when=mode.is_(NEW),
        fine_tuning=True,
        example="blog",
        why="The machine, its role and its firewall get this name, so you can find them together.",
    )
    system = Choice(
        "Which system?",
        {instances.AMAZON_LINUX: "Amazon Linux 2023", instances.UBUNTU: "Ubuntu 24.04"},
        default=instances.AMAZON_LINUX,
        when=mode.is_(NEW),
        fine_tuning=True,
        why="Always the current image, which AWS or Canonical names itself. Both have the agent of Systems Manager.",
    )
    disk_gb = Text(
        "How large a disk? In GB",
        answers.whole(8, 16384, "GB"),
        wanted="A size",
        default=16,
        when=mode.is_(NEW),
        fine_tuning=True,
        label="Disk (GB)",
        example="16",
        why="The system takes 3 GB, the rest is for pictures and the database. Growing later is easy.",
    )
    visitors = Many(
        "Who may open the page?",
        answers.visitors,
        check=answers.first_come,
        default="0.0.0.0/0",
        when=mode.is_(NEW),
        fine_tuning=True,
        example="203.0.113.7/32",
        why="The set-up page of WordPress has no password: whoever opens it first owns the site.",
    )
    folder = Text(
        "In which folder is WordPress?",
        answers.folder,
        wanted="A folder",
        default="/var/www/html",
        when=mode.is_(EXISTING),
        fine_tuning=True,
        example="/var/www/html",
        why="The folder with wp-load.php. Permissions are changed only below it; system folders are refused.",
    )
    repair = Picks(
        "What shall be put right?",
        rules.STEPS,
        default=", ".join(rules.STEPS),
        least=1,
        when=mode.is_(EXISTING),
        fine_tuning=True,
        why="What is right already is left as it is. Every file is copied before it is changed.",
    )
    updates = Choice(
        "How is WordPress updated?",
        {
            DASHBOARD: "From its dashboard (the web server owns its files)",
            COMMAND: "By command (only uploads writable)",
        },
        default=DASHBOARD,
        fine_tuning=True,
        why="From the dashboard is comfortable. By command, a broken plugin can change fewer files.",
    )

    def plan(self) -> Plan:
        return self._new() if self.mode == NEW else self._existing()

    def _values(self) -> dict[str, str]:
        """The script's parameters, as far as both ways have them."""
        return {
            "UPLOAD_MB": str(self.upload_limit_mb), "MEMORY_MB": str(self.memory_limit_mb), "UPDATES": self.updates,
        }  # fmt: skip

    def _new(self) -> Plan:
        values = {**self._values(), "SITE": self.domain}
        kind = instances.kind(self.cloud, self.instance_type)
        place, image = self.subnet, instances.image(self.cloud, self.system, kind)
        data = script.user_data({**values, "KEY": "first-start"})
        machine = instances.machine(self.name, kind, place, self.system, image, self.disk_gb, data)
        address, used = instances.address(self.name), instances.use_address()
        things: list[Action | Use] = [
            Use("subnet", f"Use the subnet {place.name or place.id}", "AWS::EC2::Subnet", place.id),
            *systems_manager.access(self.name, instances.INSTANCE),
            instances.firewall(self.name, place),
            instances.let_in(self.visitors),
            address,
            machine,
            used,
            systems_manager.watched(instances.INSTANCE, script.WATCH, (used.id,)),
        ]
        return Plan.of(
            things,
            outputs={"machine": machine.resource, "address": address.resource},
            facts={"values": values, "system": self.system, **monthly.noted(things)},
            reads=handover.READS,
            decisions=(instances.last_image(self.name),),
        )

    def _existing(self) -> Plan:
        values = {**self._values(), "ROOT": self.folder, "STEPS": " ".join(self.repair)}
        machine = self.instance
        what = ", ".join(rules.BRIEFLY[each] for each in self.repair)
        return Plan.of(
            [
                Use("machine", f"Use the machine {machine.name or machine.id}", "AWS::EC2::Instance", machine.id),
                systems_manager.changed(
                    "put-right", f"Put right on {machine.name or machine.id} what is wrong: {what}", machine.id,
                    script.for_run({**values, "MODE": "apply"}), script.for_run({**values, "MODE": "undo"}),
                    f"What was changed on {machine.name or machine.id}",
                ),
            ],
            outputs={"machine": machine.id},
            facts={"values": values},
            reads=handover.READS,
        )  # fmt: skip

    def checks(self) -> Iterable[Finding | Caution]:
        if self.mode == EXISTING:
            values = {**self._values(), "ROOT": self.folder, "STEPS": " ".join(self.repair)}
            yield from rules.examine(self.cloud, self.instance.id, values, before=True)
            return
        yield from checks.names_free(self.cloud, self.name, self.subnet)
        yield checks.address_left(self.cloud)
        yield checks.plain(self.domain)

    @classmethod
    def script(cls, given: Mapping[str, Any]) -> str:
        values = {}
        for key, value in given.items():
            cls.question(key)
            if key in answers.PARAMETERS:
                name, read = answers.PARAMETERS[key]
                values[name] = str(read(str(value).strip()))
        if given.get("mode") == EXISTING:
            values["STEPS"] = " ".join(rules.STEPS)
        return script.filled(values)

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return diagnosis.diagnose(cloud, subject)
