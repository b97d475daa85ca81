"""A machine image, given to another account: made from a machine or taken as it is, copied where needed, and shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flows.aws import accounts, amis, kms_keys, shared_keys
from flows.aws.kms_keys import KEEP, Key, Seen, Whose
from flows.engine import Action, Caution, Choice, Cloud, Finding, Flow, Handover, Late, Plan, Text, Use, Yes, monthly

from . import answers, checks, diagnosis, handover, prices, receiver_steps, repairs, steps, why
from .answers import NO_REBOOT, REBOOT, STOP
from .consents import CONSENTS
from .picture import PICTURE
from .rules import Situation
from .which import WhichImage


class ShareImage(Flow):
    """Give a machine's copy, or an image that exists, to an account."""

    title = "Share a machine image"
    words = ("ami", "ec2", "copy a server", "other account", "cross-account", "kms")
    check = WhichImage
    came_for = ("image",)
    beyond = repairs.BEYOND
    matters = why.WHY
    picture = PICTURE
    consents = CONSENTS

    image = Choice(
        "Which image? Or make a new one?",
        lambda flow: amis.mine(flow.cloud),
        check=answers.ready,
        default=amis.NEW,
        fine_tuning=True,
        why="If a good image exists already, there is no need to touch the machine.",
    )
    instance = Choice(
        "Which machine do you want to give away?",
        lambda flow: amis.machines(flow.cloud),
        check=answers.from_disks,
        when=image.is_(amis.NEW),
        label="Machine",
        why="The image is a full copy of its disks: system, programs and data, also every password and key on them.",
        empty="There is no machine in this region. Choose an existing image with --set image=, or another --region.",
    )
    image_name = Text(
        "What should the image be called?",
        amis.name,
        wanted="A name",
        check=answers.free,
        when=image.is_(amis.NEW),
        default=lambda flow: f"{flow.instance.name or flow.instance.id}-{datetime.now(UTC):%Y%m%d}",
        example="shop-1-golden",
        why="The receiver sees this name. It cannot be changed later.",
    )
    consistency = Choice(
        "How shall the image be made?",
        {
            STOP: "Stop the machine, copy, start it again (safest)",
            REBOOT: "Short restart (about a minute without it)",
            NO_REBOOT: "Without interruption (files being written may be damaged)",
        },
        check=answers.possible,
        default=STOP,
        when=image.is_(amis.NEW),
        why="A copy of a switched-off disk is complete. A copy of a running one is like pulling the plug.",
    )
    account = Text(
        "What is the receiver's account number?",
        accounts.number,
        wanted="An account number",
        check=answers.another,
        example="210987654321",
        why="AWS accounts are identified only by this number of 12 digits. Names and e-mail addresses do not work.",
    )
    region = Choice(
        "In which region does the receiver need it?",
        lambda flow: amis.regions(flow.cloud),
        default=lambda flow: flow.cloud.identity.region,
        why="Images live in one region. For another region a copy is made and shared there; it costs storage there.",
        empty="No region is switched on in this account.",
    )
    launch = Yes(
        "Start a machine from it in the receiver's account now?",
        default="no",
        label="Start one there now",
        why="The only real proof is a start on the other side. It needs a profile of the receiver's account here, and "
        "the machine costs money there while it runs.",
    )
    target_profile = Text(
        "Which AWS profile belongs to the receiver's account?",
        str,
        wanted="A profile",
        check=answers.theirs,
        when=launch.is_(True),
        example="partner",
        why="A name from your AWS configuration. It is only used for the machine that is started there.",
    )
    copies = Yes(
        "May the receiver make an own copy?",
        default="yes",
        fine_tuning=True,
        why="An own copy is independent of you. For copying, the disks' snapshots are shared as well.",
    )
    size = Text(
        "What type of machine should be started there?",
        answers.size,
        wanted="A type of machine",
        default="t3.micro",
        when=launch.is_(True),
        fine_tuning=True,
        example="t3.micro",
        why="A small one is enough to see that it works.",
    )
    own_copy = Yes(
        "Make the receiver's own copy first, and start the machine from that?",
        default="no",
        check=answers.copyable,
        when=launch.is_(True),
        fine_tuning=True,
        why="With a copy of their own they need neither your image nor your key any more. Storing it costs them.",
    )
    key = Choice(
        "Which key should the image's disks be encrypted with?",
        lambda flow: kms_keys.options(flow.cloud, flow.elsewhere()),
        form=lambda text, flow: kms_keys.by_alias(text, kms_keys.options(flow.cloud, flow.elsewhere())),
        check=answers.fits,
        default=lambda flow: kms_keys.NEW if flow.key_is_closed() else KEEP,
        fine_tuning=True,
        why="Amazon's standard key never leaves your account. With another, a copy is made that the receiver may use.",
    )

    def elsewhere(self) -> str:
        """The other region it is wanted in; empty when it is this one."""
        return "" if self.region == self.cloud.identity.region else self.region

    def keys(self) -> list[str]:
        """The keys with which the disks are encrypted now."""
        image = self.image
        if isinstance(image, amis.Image):
            return list(dict.fromkeys(amis.keys_of(self.cloud, snapshots=image.snapshots)))
        return list(dict.fromkeys(amis.keys_of(self.cloud, volumes=self.instance.volumes)))

    def standing_keys(self) -> list[Seen]:
        """What can be seen of them."""
        return [kms_keys.look(self.cloud, key) for key in self.keys()]

    def _own_keys(self) -> list[str]:
        """Those that are surely one's own."""
        return [seen.key.arn for seen in self.standing_keys() if seen.key]

    def key_is_closed(self) -> str:
        """Why what is encrypted now cannot be opened for another account; empty when it can, is not encrypted, or when
        nobody can tell: then it is left as it is, and said so."""
        keys = self.standing_keys()
        if any(seen.whose is Whose.AMAZONS for seen in keys):
            return "they are encrypted with Amazon's standard key, which never leaves your account"
        return f"it does not exist in {self.region}" if keys and self.elsewhere() else ""

    def _situation(self) -> Situation:
        image = self.image if isinstance(self.image, amis.Image) else None
        anew = self.key != KEEP
        copied = anew or bool(self.elsewhere()) or (bool(self.launch) and self.own_copy)
        products = image.products if image else self.instance.products
        return Situation(
            self.cloud,
            self.account,
            image,
            products,
            tuple(self.standing_keys()),
            planned=True,
            copied=copied,
            anew=anew,
        )

    def called(self, key: Key | str) -> str:
        """What the shared image is called: no two in one region have the same name."""
        if isinstance(self.image, str):
            return self.image_name
        name = self.image.name or self.image.id
        return name if key == KEEP or self.elsewhere() else f"{name[:121]}-shared"

    def plan(self) -> Plan:
        key, opening = self._opened()
        opened = tuple(action.id for action in opening)
        piece, making = self._piece(key, opened)
        things: list[Action | Use] = [*opening, *making, *self._sharing(piece, opened)]
        facts: dict[str, Any] = {"account": self.account, "region": self.region, "owner": self.cloud.identity.account}
        facts["keys"] = self._own_keys()
        outputs: dict[str, Any] = {"image": piece.id, **({"key": key} if key else {})}
        if self.launch:
            things += self._launching(piece, outputs, tuple(each.id for each in things if isinstance(each, Action)))
        facts |= monthly.noted(things)
        return Plan.of(things, outputs=outputs, facts=facts, reads=handover.READS)

    def _opened(self) -> tuple[Late, list[Action]]:
        """The key of a copy, empty when the disks keep theirs; and what opens the key, or keys, to the receiver."""
        if self.key == KEEP:
            standing = [seen.key for seen in self.standing_keys()]
            shares = [self.image.id, *self.image.snapshots] if isinstance(self.image, amis.Image) else []
            more = [(key, f"-{at}" if at else "") for at, key in enumerate(key for key in standing if key)]
            opened = [
                shared_keys.open_to(key, self.cloud, [self.account], "ec2", more=suffix, shares=shares)
                for key, suffix in more
            ]
            return "", [action for each in opened for action in each.actions]
        if isinstance(self.key, Key):
            one = shared_keys.open_to(self.key, self.cloud, [self.account], "ec2", self.elsewhere())
        else:
            one = shared_keys.make(f"{self.called(self.key)}-share", self.cloud, [self.account], self.elsewhere())
        return one.arn, list(one.actions)

    def _piece(self, key: Late, opened: tuple[str, ...]) -> tuple[steps.Piece, list[Action]]:
        """The image that is shared, and how it comes about."""
        first, actions = self._source(f"{self.image_name[:121]}-source" if key and self.image == amis.NEW else "")
        if not key and not self.elsewhere():
            return first, actions
        here = self.cloud.identity.region
        piece = steps.copy(
            first, here, self.elsewhere(), self.called(self.key), self.account, self._own_keys(), key, opened,
            prices.copy(self._gigabytes(), self.elsewhere()),
        )  # fmt: skip
        dropped = [steps.drop(first)] if key and isinstance(self.image, str) else []
        return piece, [*actions, *piece.actions, *dropped]

    def _source(self, passing: str) -> tuple[steps.Piece, list[Action]]:
        """The image to begin with; one that is only made to be copied has a `passing` name."""
        if isinstance(self.image, amis.Image):
            return steps.Piece(self.image.id, self.image.snapshots), []
        machine = self.instance
        stopping = machine.state == amis.RUNNING and self.consistency == STOP
        piece = steps.make(
            machine,
            passing or self.image_name,
            () if passing else prices.image(self._gigabytes(), self.elsewhere() and self.cloud.identity.region),
            "" if passing or self.elsewhere() else self.account,
            reboot=self.consistency != NO_REBOOT,
            after=("stop",) if stopping else (),
        )
        first, *rest = piece.actions
        if stopping:
            keys = self._own_keys()
            return piece, [steps.stop(machine, keys), first, steps.start(machine, keys), *rest]
        return piece, [first, *rest]

    def _gigabytes(self) -> int:
        """How large the disks are together that are given away; 0 where AWS does not say."""
        if isinstance(self.image, amis.Image):
            return self.image.gigabytes
        return amis.gigabytes(self.cloud, self.instance.volumes)

    def _sharing(self, piece: steps.Piece, opened: tuple[str, ...]) -> Iterator[Action | Use]:
        """What the receiver may not do yet. What they may do already is not taken from them at undo either."""
        standing = isinstance(self.image, amis.Image) and piece.id == self.image.id
        if standing and self.account in amis.may_launch(self.cloud, str(piece.id)).accounts:
            yield Use("shared", f"{self.account} may launch it already", "AWS::EC2::Image", str(piece.id))
        else:
            yield steps.share(piece, self.account, opened)
        for number, snapshot in enumerate(piece.snapshots if self.copies else ()):
            if standing and self.account in amis.may_copy(self.cloud, str(snapshot)).accounts:
                yield Use(
                    f"disk-{number + 1}", f"{self.account} may copy disk {number + 1} already", "AWS::EC2::Snapshot",
                    str(snapshot),
                )  # fmt: skip
            else:
                yield steps.share_disk(piece, number, self.account)

    def _launching(self, piece: steps.Piece, outputs: dict[str, Any], before: tuple[str, ...]) -> Iterator[Action]:
        """What is done in the receiver's account, once all of that has been done here."""
        called = self.called(self.key)
        if self.own_copy:
            encrypted = self.key != KEEP or bool(self.keys())
            piece = receiver_steps.receive(
                piece, self.region, called, self.target_profile, prices.received(self._gigabytes()),
                encrypted=encrypted, after=before,
            )  # fmt: skip
            outputs["received"], before = piece.id, piece.after
            yield from piece.actions
        machine = receiver_steps.launch(piece, self.region, called, self.target_profile, self.size, before)
        outputs["machine"] = machine.resource
        yield machine

    def checks(self) -> Iterable[Finding | Caution]:
        yield from checks.beforehand(self._situation())
        if self.launch:
            yield checks.allowed_there(self.cloud, self.region, self.target_profile)

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return diagnosis.diagnose(cloud, subject["image"], accounts.receiver(cloud, subject["account"]))
