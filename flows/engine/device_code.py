"""Single sign-on with a page and a code, as on a host without a browser.

It is the AWS CLI's way: the device authorization of IAM Identity Center (IAM Identity Center OIDC API Reference,
2026-10), whose token goes into the very file that botocore and the CLI read. Nothing else is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .files import reason
from .problems import NoAccess, Problem, Unreachable
from .profiles import chain
from .transport import from_a_parser

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPES = "sso:account:access"
"""What a sign-in may be used for if the profile does not say; with it, AWS lets the sign-in renew itself."""
SLOWER = 5
"""Seconds that each "slow down" adds (RFC 8628, section 3.5)."""

Wanted = Mapping[str, Callable[[Any], Any]]
"""Members that an answer must have, with what brings each into its form."""


@dataclass(frozen=True)
class SingleSignOn:
    """Where single sign-on happens, and under which name its token is kept."""

    start_url: str
    region: str
    session: str | None
    scopes: tuple[str, ...]

    def _loader(self) -> Any:
        from botocore.credentials import SSOProvider
        from botocore.utils import JSONFileCache, SSOTokenLoader

        where: Any = SSOProvider
        return SSOTokenLoader(cache=JSONFileCache(where._SSO_TOKEN_CACHE_DIR))

    def token(self) -> Mapping[str, Any]:
        """What is kept; empty if nothing is."""
        from botocore.exceptions import SSOTokenLoadError

        try:
            found: Mapping[str, Any] = self._loader()(self.start_url, session_name=self.session)
        except SSOTokenLoadError:
            return {}
        return found

    def keep(self, token: Mapping[str, Any]) -> None:
        self._loader().save_token(self.start_url, token, session_name=self.session)


def single_sign_on(config: Mapping[str, Any], profile: str) -> SingleSignOn | None:
    """Where a profile, or one whose credentials it uses, is signed on; None if nowhere."""
    for settings in chain(config, profile).values():
        name = settings.get("sso_session")
        place = config.get("sso_sessions", {}).get(name, {}) if name else settings
        if "sso_start_url" in place and "sso_region" in place:
            scopes = place.get("sso_registration_scopes", SCOPES if name else "")
            listed = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
            return SingleSignOn(place["sso_start_url"], place["sso_region"], name, listed)
    return None


class DeviceSignIn:
    """One attempt to sign in on a page that can be opened on any device.

    Attributes:
        link: the page's address with the code in it.
        code: what the page must show, or be given.
        interval: seconds to wait before each `done`.
        seconds: how long the code is good for.
    """

    def __init__(self, session: Any, sso: SingleSignOn) -> None:
        from botocore import UNSIGNED
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError

        self._sso = sso
        config = Config(region_name=sso.region, signature_version=UNSIGNED, connect_timeout=10, read_timeout=30)
        try:
            self._client: Any = session.create_client("sso-oidc", config=config)
        except BotoCoreError as error:
            raise self._unreachable(error) from None
        name, scopes = f"handrail-{int(_now().timestamp())}", {"scopes": list(sso.scopes)} if sso.scopes else {}
        wanted: Wanted = {"clientId": str, "clientSecret": str, "clientSecretExpiresAt": _at}
        try:
            self._us = self._asked("register_client", wanted, clientName=name, clientType="public", **scopes)
            begun = self._asked(
                "start_device_authorization",
                {"deviceCode": str, "userCode": str, "verificationUri": str, "expiresIn": int, "interval": float},
                **self._ours(), startUrl=sso.start_url,
            )  # fmt: skip
        except ClientError as error:
            raise self._refused(error) from None
        self.link = str(begun.get("verificationUriComplete") or begun["verificationUri"])
        self.code, self._device = begun["userCode"], begun["deviceCode"]
        self.seconds = begun["expiresIn"]
        self.interval = min(max(begun["interval"], 0.0), float(self.seconds))

    def _ours(self) -> dict[str, Any]:
        return {"clientId": self._us["clientId"], "clientSecret": self._us["clientSecret"]}

    def done(self) -> bool:
        """Whether somebody has said yes there; then the sign-in is kept where botocore looks for it. Raises Problem."""
        from botocore.exceptions import ClientError

        try:
            token = self._asked(
                "create_token", {"accessToken": str, "expiresIn": _in}, **self._ours(), grantType=GRANT,
                deviceCode=self._device,
            )  # fmt: skip
        except ClientError as error:
            match error.response.get("Error", {}).get("Code"):
                case "AuthorizationPendingException":
                    return False
                case "SlowDownException":
                    self.interval += SLOWER
                    return False
                case "ExpiredTokenException":
                    raise NoAccess("The code has run out.", remedy="Ask for a new one.") from None
                case _:
                    raise self._refused(error) from None
        kept = {
            "startUrl": self._sso.start_url, "region": self._sso.region, "accessToken": token["accessToken"],
            "expiresAt": token["expiresIn"], **self._ours(), "registrationExpiresAt": self._us["clientSecretExpiresAt"],
        }  # fmt: skip
        if token.get("refreshToken"):
            kept["refreshToken"] = token["refreshToken"]
        try:
            self._sso.keep(kept)
        except OSError as error:
            raise NoAccess("The sign-in cannot be kept in ~/.aws/sso/cache.", f"{reason(error)}.") from None
        return True

    def _asked(self, operation: str, wanted: Wanted, **said: Any) -> dict[str, Any]:
        """What the service answers; what is wanted of it is there, in its form. Raises Problem and ClientError."""
        from botocore.exceptions import BotoCoreError

        try:
            answer: dict[str, Any] = {"interval": SLOWER, **getattr(self._client, operation)(**said)}
        except BotoCoreError as error:
            raise self._unreachable(error) from None
        except Exception as error:
            if not from_a_parser(error):
                raise
            raise self._senseless("makes no sense") from None
        for name, form in wanted.items():
            try:
                answer[name] = form(answer[name])
            except KeyError:
                raise self._senseless(f"has no {name}") from None
            except (TypeError, ValueError, OverflowError, OSError):
                raise self._senseless(f"has a {name} that makes no sense") from None
        return answer

    def _senseless(self, how: str) -> Problem:
        remedy = "Try again. Check sso_region in ~/.aws/config, and whether something in between answers instead."
        return Unreachable(f"The answer of single sign-on in {self._sso.region} {how}.", remedy=remedy)

    def _refused(self, error: Any) -> Problem:
        said = error.response
        why = str(said.get("error_description") or said.get("Error", {}).get("Message", "")) or str(error)
        if said.get("Error", {}).get("Code") == "AccessDeniedException":
            return NoAccess("The sign-in was refused on the page.", why, "Ask for a new code, and say yes to it there.")
        what = f"Single sign-on at {self._sso.start_url} ({self._sso.region}) refused to begin."
        return NoAccess(what, why, "Check sso_start_url and sso_region in ~/.aws/config.")

    def _unreachable(self, error: Exception) -> Problem:
        what = f"Single sign-on in {self._sso.region} cannot be reached."
        return Unreachable(what, str(error), "Check the network, a proxy, and sso_region.")


def _now() -> datetime:
    return datetime.now(UTC)


def _in(seconds: Any) -> str:
    return _stamp(_now() + timedelta(seconds=int(seconds)))


def _at(seconds: Any) -> str:
    return _stamp(datetime.fromtimestamp(int(seconds), UTC))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
