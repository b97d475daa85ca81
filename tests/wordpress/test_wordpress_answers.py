"""Every refusal and every warning with its sentence; one plan in every face; the script alone."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from support.faces import assert_clean_script, by_conversation
from support.retold import Retold
from wordpress.cases import EXISTING, NEW, VARIANTS, session

from flows.engine import Danger, Place, Refused
from flows.engine.boto import Aws
from flows.engine.cache import CachedCloud
from flows.practice import PracticeAccount, open_account
from flows.wordpress.script import script as provisioning
from tui.answers_file import load_answers
from tui.cli.main import cli


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeAccount]:
    """One for all of them: nothing here changes anything that the others look at."""
    with open_account(tmp_path_factory.mktemp("practice"), hurry=True) as account:
        yield account


@pytest.fixture(scope="module")
def cloud(account: PracticeAccount) -> CachedCloud:
    return CachedCloud(Aws(Place(practice=True), account.session))


def test_a_subnet_with_ipv6_alone_is_passed_over(cloud: CachedCloud) -> None:
    alone = {"SubnetId": "subnet-6", "AvailabilityZone": "eu-central-1a", "Ipv6Native": True}
    told = {"ec2.DescribeSubnets": lambda page: {**page, "Subnets": [alone, *page["Subnets"]]}}
    assert not session(Retold(cloud, told), None, NEW).review().refusals


REFUSALS: list[tuple[Mapping[str, Any], str]] = [
    ({**NEW, "mode": "both"}, "“both” is not among the choices for mode"),
    ({**NEW, "instance_type": "small"}, "“small” is no instance type. Enter one like t3.small."),
    ({**NEW, "instance_type": "t9.huge"}, "AWS has no instance type “t9.huge” in eu-central-1"),
    ({**NEW, "subnet": "shop-private-a"}, "“shop-private-a” is not among the choices for subnet"),
    ({**NEW, "domain": "https://example.com/"}, "Only the name, without https:// and without path."),
    ({**NEW, "domain": "*.example.com"}, "is no single name. WordPress needs exactly one"),
    ({**NEW, "domain": "203.0.113.7"}, "203.0.113.7 is an IP address."),
    ({**NEW, "upload_limit_mb": "1"}, "“1” will not do: a whole number from 2 to 1024 MB."),
    ({**NEW, "upload_limit_mb": "1025"}, "a whole number from 2 to 1024 MB."),
    ({**NEW, "upload_limit_mb": "100M"}, "“100M” will not do"),
    ({**NEW, "memory_limit_mb": "115"}, "115 MB will not do for uploads of 100 MB: at least 116 and at most 1024 MB."),
    ({**NEW, "memory_limit_mb": "1025"}, "at least 116 and at most 1024 MB."),
    ({**EXISTING, "memory_limit_mb": "100"}, "100 MB will not do for uploads of 100 MB: at least 116 MB."),
    ({**NEW, "name": "my blog"}, "“my blog” cannot be its name: letters, digits and hyphens"),
    ({**NEW, "name": "sg-1"}, "not sg-… at its start"),
    ({**NEW, "disk_gb": "7"}, "“7” will not do: a whole number from 8 to 16384 GB."),
    ({**NEW, "visitors": ["everybody"]}, "“everybody” is no network."),
    ({**NEW, "system": "windows"}, "“windows” is not among the choices for system"),
    ({**EXISTING, "instance": "shop-1"}, "does not answer Systems Manager. It needs an instance profile"),
    ({**EXISTING, "instance": "i-0"}, "“i-0” is not among the choices for instance"),
    ({**EXISTING, "folder": "html"}, "“html”: give the full path of the folder that contains wp-load.php"),
    ({**EXISTING, "folder": "/var/www/../etc"}, "give the full path of the folder"),
    ({**EXISTING, "folder": "/var/www/"}, "/var/www is a system folder"),
    ({**EXISTING, "folder": "/etc"}, "/etc is a system folder"),
    ({**EXISTING, "repair": ["everything"]}, "“everything” is not among the choices for repair"),
]


@pytest.mark.parametrize(("answers", "sentence"), REFUSALS, ids=[sentence for _, sentence in REFUSALS])
def test_refusals(cloud: CachedCloud, answers: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        session(cloud, None, answers)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("answers", "caution"),
    [
        ({**NEW, "instance_type": "t3.micro"}, "little-memory"),
        (NEW, "no-domain"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_warnings_are_told_and_stop_nothing(cloud: CachedCloud, answers: Mapping[str, Any], caution: str) -> None:
    made = session(cloud, None, answers)
    told = {each.id: each for each in made.review().cautions}
    assert caution in told
    assert not told[caution].confirm


def test_a_set_up_page_that_is_open_to_everybody_needs_a_yes(cloud: CachedCloud) -> None:
    warned = next(each for each in session(cloud, None, NEW).review().cautions if each.id == "set-up-page-open")
    assert warned.confirm
    assert warned.danger is Danger.OPENS


def test_without_a_reason_nobody_is_warned(cloud: CachedCloud) -> None:
    quiet = {**NEW, "domain": "www.example.com", "visitors": ["203.0.113.7/32"]}
    assert [each.id for each in session(cloud, None, quiet).review().cautions] == ["plain-http"], "of every new one"


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_file_and_a_conversation_lead_to_the_identical_plan(
    cloud: CachedCloud, tmp_path: Path, variant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = VARIANTS[variant]
    (tmp_path / "answers.yaml").write_text(yaml.safe_dump(dict(answers)))
    by_file = session(cloud, None, load_answers(tmp_path / "answers.yaml", ())).review().plan
    assert by_conversation("wordpress", cloud, answers) == by_file


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.some(1)
def test_the_scripts_are_clean(cloud: CachedCloud, tmp_path: Path, variant: str) -> None:
    plan = session(cloud, None, VARIANTS[variant]).review().plan
    assert_clean_script(plan, "wordpress", tmp_path)


def test_the_script_alone_needs_no_account_and_takes_what_answers_there_are(tmp_path: Path) -> None:
    def export(*sets: str) -> Any:
        flags = [word for each in sets for word in ("--set", each)]
        return CliRunner().invoke(cli, ["export", "wordpress", "--format", "script", *flags])

    assert export().stdout == provisioning()
    told = export("domain=www.example.com", "upload_limit_mb=64", "mode=existing_instance").stdout
    assert 'SITE="${SITE:-www.example.com}"' in told
    assert 'UPLOAD_MB="${UPLOAD_MB:-64}"' in told
    assert 'STEPS="${STEPS:-files permalinks php}"' in told
    for wrong in ("upload_limit_mb=;rm", "uplod_limit_mb=64"):
        assert isinstance(export(wrong).exception, Refused)
    file = tmp_path / "provision.sh"
    file.write_text(told)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", str(file)], check=True)


def test_a_set_up_without_a_script_says_so() -> None:
    done = CliRunner().invoke(cli, ["export", "vpn", "--format", "script"])
    assert "vpn runs nothing on a machine." in str(done.exception)
