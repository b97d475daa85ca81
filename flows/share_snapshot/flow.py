"""A database's data at one moment, given to other accounts: a snapshot made, or copied where it must be, and shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from flows.aws import accounts, amis, kms_keys, rds_snapshots, shared_keys
from flows.aws.kms_keys import KEEP, Key, Whose
from flows.aws.rds_snapshots import MANUAL, NEW, Data
from flows.aws.shared_keys import Opened
from flows.engine import Action, Caution, Choice, Cloud, Finding, Flow, Handover, Many, Plan, Text, Use, Yes, monthly

from . import answers, checks, diagnosis, handover, repairs, steps, why
from .answers import ITSELF, NAMED
from .consents import CONSENTS
from .picture import PICTURE
from .rules import Situation
from .which import WhichSnapshot


class ShareSnapshot(Flow):
    """Give the data of a database, as a snapshot, to another account."""

    title = "Share a database snapshot"
    words = ("rds", "aurora", "copy a database", "other account", "cross-account", "kms")
    check = WhichSnapshot
    came_for = ("snapshot_arn",)
    beyond = repairs.BEYOND
    matters = why.WHY
    consents = CONSENTS
    picture = PICTURE

    snapshot = Choice(
        "Which snapshot? Or make a new one?",
        lambda flow: rds_snapshots.mine(flow.cloud),
        form=rds_snapshots.by_name,
        check=answers.fit,
        default=NEW,
        fine_tuning=True,
        why="A snapshot is the state at one moment. Automatic ones cannot be shared, so they are copied first.",
    )
    database = Choice(
        "Which database do you want to give away?",
        lambda flow: rds_snapshots.databases(flow.cloud),
        form=rds_snapshots.by_name,
        check=answers.fit,
        when=snapshot.is_(NEW),
        why="All of its data as it is now, with its users. The database itself goes on as before.",
        empty="There is no database in this region. Choose a snapshot with --set snapshot=, or another --region.",
    )
    account = Many(
        "What are the receivers' account numbers?",
        accounts.number,
        check=answers.others,
        label="Accounts",
        example="210987654321",
        why="AWS accounts are identified only by this number of 12 digits. Only these can copy or restore it, at most "
        "20; public sharing is never offered.",
    )
    region = Choice(
        "In which region does the receiver need it?",
        lambda flow: amis.regions(flow.cloud),
        default=lambda flow: flow.cloud.identity.region,
        why="Snapshots live in one region. The receiver can also copy it on into another in one step.",
        empty="No region is switched on in this account.",
    )
    way = Choice(
        "Share that snapshot itself, or one under another name?",
        {ITSELF: "That snapshot itself", NAMED: "One under a name of its own"},
        check=answers.possible,
        default=lambda flow: NAMED if flow.must_be_copied() else ITSELF,
        fine_tuning=True,
        label="Shared is",
        why="Automatic ones, those in another region and those with Amazon's key cannot be shared and are copied.",
    )
    snapshot_name = Text(
        "What should the shared snapshot be called?",
        rds_snapshots.name,
        wanted="A name",
        check=answers.unused,
        when=way.is_(NAMED),
        default=lambda flow: f"{rds_snapshots.plain(flow.data.name)}-{datetime.now(UTC):%Y%m%d}",
        example="orders-for-partner",
        why="Receivers see it as part of the address (ARN) of the snapshot.",
    )
    key = Choice(
        "Which key should the shared snapshot be encrypted with?",
        lambda flow: kms_keys.options(flow.cloud, flow.elsewhere()),
        form=lambda text, flow: kms_keys.by_alias(text, kms_keys.options(flow.cloud, flow.elsewhere())),
        check=answers.fits,
        default=lambda flow: kms_keys.NEW if flow.key_is_closed() else KEEP,
        when=way.is_(NAMED),
        fine_tuning=True,
        why="Amazon's standard key never leaves your account. The copy gets one that the other account may use.",
    )
    receive = Yes(
        "Make the receiver's own copy now, in their account?",
        default="no",
        fine_tuning=True,
        label="Their own copy",
        why="Until they have a copy of their own, they depend on your snapshot and your key. It needs a profile of "
        "their account here.",
    )
    target_profile = Text(
        "Which AWS profile belongs to the receiver's account?",
        str,
        wanted="A profile",
        check=answers.theirs,
        when=receive.is_(True),
        example="partner",
        why="A name from your AWS configuration. It is only used for the copy that is made there.",
    )

    @property
    def data(self) -> Data:
        """What is given away: a database, or a snapshot that exists."""
        return self.database if isinstance(self.snapshot, str) else self.snapshot

    def elsewhere(self) -> str:
        """The other region it is wanted in; empty when it is this one."""
        return "" if self.region == self.cloud.identity.region else self.region

    def key_is_closed(self) -> str:
        """Why what is encrypted now cannot be opened for another account; empty when it can, is not encrypted, or when
        nobody can tell: then it is left as it is, and said so."""
        data = self.data
        if not data.encrypted:
            return ""
        if data.amazons or kms_keys.look(self.cloud, data.key).whose is Whose.AMAZONS:
            return "it is encrypted with a key of Amazon's, which never leaves your account"
        return f"its key does not exist in {self.region}" if self.elsewhere() else ""

    def must_be_copied(self) -> str:
        """Why the snapshot that was chosen cannot be shared as it is; empty when it can."""
        if isinstance(self.snapshot, str):
            return "there is none yet"
        if self.data.made != MANUAL:
            return f"it is {self.data.made}, and only manual ones can be shared"
        return f"it is needed in {self.region}" if self.elsewhere() else self.key_is_closed()

    def passes(self) -> bool:
        """Whether the first snapshot of a database is only made to be copied. Read before the key is chosen."""
        return isinstance(self.snapshot, str) and bool(self.elsewhere() or self.key_is_closed())

    def plan(self) -> Plan:
        piece, key, actions = self._piece()
        there = rds_snapshots.shared_with(self.cloud, piece.kind, piece.name) if self.way == ITSELF else []
        new = [account for account in self.account if account not in there]
        things: list[Action | Use] = [*key.actions, *actions]
        shared = steps.share(piece, new, key.after)
        things += shared
        if already := [account for account in self.account if account in there]:
            sentence = f"{' and '.join(already)} may use it already"
            things.append(Use("shared", sentence, f"AWS::RDS::{piece.kind}", piece.name))
        outputs: dict[str, Any] = {"snapshot": piece.name, "snapshot_arn": piece.arn}
        if key.arn:
            outputs["key"] = key.arn
        if self.receive:
            copy = steps.receive(
                piece,
                self.data,
                self.region,
                self.target_profile,
                encrypted=self.data.encrypted or bool(key.arn),
                after=[each.id for each in shared] or piece.after,
            )
            things.append(copy)
            outputs["received"] = copy.resource
        facts = {
            "kind": piece.kind, "region": self.region, "accounts": list(self.account), "engine": self.data.engine,
            "encrypted": self.data.encrypted or bool(key.arn), "their_key": steps.THEIR_KEY,
            "option_group": self.data.option_group, **monthly.noted(things),
        }  # fmt: skip
        return Plan.of(things, outputs=outputs, facts=facts, reads=handover.READS)

    def _piece(self) -> tuple[steps.Piece, Opened, list[Action]]:
        """What is shared in the end, its key, and how both come about."""
        data, elsewhere = self.data, self.elsewhere()
        standing = steps.Piece(data.kind, data.name, data.arn)
        if self.way == ITSELF:
            return standing, self._opened(KEEP), []
        key = self._opened(self.key)
        anew = bool(elsewhere) or self.key != KEEP
        if not data.made and not anew:
            piece = steps.make(data, self.snapshot_name, self.account, passing=False)
            return piece, key, list(piece.actions)
        before = standing if data.made else steps.make(data, answers.passing(self.snapshot_name), (), passing=True)
        mine = self._own_key()
        piece = steps.copy(
            before, data, self.snapshot_name, self.cloud.identity.region, elsewhere,
            "" if self.key == KEEP else key.arn, mine.arn if mine else "", self.account, key.after,
        )  # fmt: skip
        dropped = [] if data.made else [steps.drop(before)]
        return piece, key, [*before.actions, *piece.actions, *dropped]

    def _opened(self, key: Key | str) -> Opened:
        """The key of what is shared, open to the receivers; one without an address where nothing is encrypted."""
        if key == kms_keys.NEW:
            return shared_keys.make(f"{self.snapshot_name}-share", self.cloud, self.account, self.elsewhere())
        if isinstance(key, Key):
            return shared_keys.open_to(key, self.cloud, self.account, "rds", self.elsewhere())
        mine = self._own_key()
        shares = [self.data.arn] if self.way == ITSELF else []
        return shared_keys.open_to(mine, self.cloud, self.account, "rds", shares=shares) if mine else Opened("")

    def _own_key(self) -> Key | None:
        """The key with which it is encrypted, if that is not Amazon's and can be looked at."""
        data = self.data
        if not data.encrypted or data.amazons:
            return None
        return kms_keys.look(self.cloud, data.key).key

    def checks(self) -> Iterable[Finding | Caution]:
        itself = self.way == ITSELF
        anew = not itself and self.key != KEEP
        here = Situation(self.cloud, self.data, self.account, planned=True, itself=itself, anew=anew)
        yield from checks.beforehand(here)

    @classmethod
    def handover(cls, cloud: Cloud, outputs: Mapping[str, str], facts: Mapping[str, Any]) -> Handover:
        return handover.hand_over(cloud, outputs, facts)

    @classmethod
    def diagnose(cls, cloud: Cloud, subject: Mapping[str, str]) -> Iterable[Finding]:
        return diagnosis.diagnose(cloud, subject["snapshot"], accounts.receiver(cloud, subject["account"]))
