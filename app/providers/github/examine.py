"""Whether all is well between us and GitHub: what the doctor looks at; it changes nothing there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote

import aiohttp

from app.domain.errors import Refused, Transient
from app.domain.findings import Finding, fault, note, ok
from app.providers.github.client import Client
from app.providers.github.plain import Answered, ask, connections
from app.providers.github.register import HOOK_PATH
from app.providers.rooms import Check

TIMEOUT_SECONDS: Final = 8.0

SKEW_MAX: Final = timedelta(seconds=30)
"""The App's own token forgives a clock that is a minute ahead."""

DELIVERIES_LOOKED_AT: Final = 100
INSTALLATIONS_LOOKED_AT: Final = 100
NAMED_MAX: Final = 5
FAILED_SINCE: Final = timedelta(days=1)
REFUSED: Final = (401, 429)
"""How our hook answers what is not signed with our secret, and what of it comes too often."""
LEVELS: Final = ("read", "write", "admin")
NO_TOKEN: Final = "gho_doctor"  # noqa: S105 - it is nobody's
"""A token that nobody has: asking about it tells whether our credentials are good."""


class Examination:
    """Everything that concerns the App, over connections of its own."""

    def __init__(
        self,
        client: Client,
        *,
        url: str,
        api_url: str,
        public_url: str,
        manifest: Mapping[str, Any],
        sign_in: tuple[str, str] | None,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._url = url
        self._api_url = api_url
        self._public_url = public_url
        self._manifest = manifest
        self._sign_in = sign_in
        """The client's id and secret."""
        self._now = now

    def checks(self) -> Sequence[Check]:
        """Give what is to be looked at, each by itself."""
        return (
            Check("github app", self._app),
            Check("clock", self._clock),
            Check("permissions", self._permissions),
            Check("installations", self._installations),
            Check("sign-in", self._signing_in),
            Check("github webhook", self._hook),
            Check("github deliveries", self._deliveries),
        )

    async def _app(self) -> Finding:
        try:
            app = await self._client.get(None, "app")
        except Refused as error:
            return fault(
                f"GitHub does not take the App's key: {error}",
                "check that GITHUB_APP_ID and the private key belong to one App, and the clock.",
            )
        return ok(f"GitHub knows us as {app['name']} ({self._client.app_id}).")

    async def _clock(self) -> Finding:
        try:
            async with (
                connections(TIMEOUT_SECONDS) as http,
                http.get(self._api_url, allow_redirects=False) as response,
            ):
                theirs = parsedate_to_datetime(response.headers["Date"])
        except (aiohttp.ClientError, OSError, LookupError, ValueError) as error:
            raise Transient(
                f"GitHub did not say what time it is ({type(error).__name__})."
            ) from error
        apart = abs(self._now() - theirs)
        seconds = round(apart.total_seconds())
        if apart > SKEW_MAX:
            return fault(
                f"The clock is {seconds} seconds away from GitHub's.",
                "let the machine keep its time by NTP, or GitHub and Stripe will not believe it.",
            )
        return ok(f"The clock is right, within {seconds + 1} seconds.")

    async def _permissions(self) -> Finding:
        app = await self._client.get(None, "app")
        lacking = [
            f"{name} ({level})"
            for name, level in self._manifest["default_permissions"].items()
            if not _covers(app["permissions"].get(name), level)
        ]
        deaf = sorted(set(self._manifest["default_events"]) - set(app["events"]))
        if lacking or deaf:
            what = [f"permissions {', '.join(lacking)}"] if lacking else []
            what += [f"events {', '.join(deaf)}"] if deaf else []
            return fault(
                f"The App lacks {' and '.join(what)}.",
                "give it them at GitHub, under Permissions & events, and let each owner accept.",
            )
        more = sorted(app["permissions"].keys() - self._manifest["default_permissions"].keys())
        if more:
            return note(f"The App asks for more than it uses: {', '.join(more)}.")
        return ok("The App has the permissions and events of app.yml.")

    async def _installations(self) -> Finding:
        page = await self._client.get(None, f"app/installations?per_page={INSTALLATIONS_LOOKED_AT}")
        wanted = self._manifest["default_permissions"].items()
        behind = [
            str(account.get("login") or account.get("slug"))
            for account, given in ((each["account"], each["permissions"]) for each in page)
            if not all(_covers(given.get(name), level) for name, level in wanted)
        ]
        if behind:
            more = " and more" if len(behind) > NAMED_MAX else ""
            return note(
                f"{len(behind)} of {len(page)} installations lack a permission until their owners "
                f"accept it at GitHub: {', '.join(behind[:NAMED_MAX])}{more}."
            )
        return ok(f"Every installation has the permissions of app.yml ({len(page)} of them).")

    async def _signing_in(self) -> Finding:
        if self._sign_in is None:
            return note("Nobody can sign in: GITHUB_CLIENT_ID is not set.")
        basic = aiohttp.encode_basic_auth(*self._sign_in)
        url = f"{self._api_url}/applications/{quote(self._sign_in[0], safe='')}/token"
        try:
            async with connections(TIMEOUT_SECONDS) as http:
                await ask(
                    http, "POST", url, {"Authorization": basic}, json={"access_token": NO_TOKEN}
                )
        except Answered as error:
            if error.status != 401:  # it knows us, and no such token
                return ok("GitHub takes the client's id and secret.")
        return fault(
            "GitHub does not take the client's id and secret: nobody can sign in.",
            "make a new client secret on the App's page, for GITHUB_CLIENT_SECRET.",
        )

    async def _hook(self) -> Finding:
        config = await self._client.get(None, "app/hook/config")
        wanted = f"{self._public_url}{HOOK_PATH}"
        if config.get("url") != wanted:
            return fault(
                f"The App's webhooks go to {config.get('url') or 'nowhere'}.",
                f"set the webhook URL on the App's page to {wanted}",
            )
        if config.get("content_type") != "json":
            return fault(
                "The App's webhooks are not sent as JSON.",
                "set the content type on the App's page to application/json.",
            )
        if not config.get("secret"):
            return fault(
                "The App's webhooks are not signed.",
                "enter GITHUB_WEBHOOK_SECRET as the webhook secret on the App's page.",
            )
        if str(config.get("insecure_ssl")) != "0":
            return fault(
                "GitHub does not check our certificate when it sends webhooks.",
                "enable SSL verification on the App's page.",
            )
        return ok(f"The App's webhooks go to {wanted}, signed.")

    async def _deliveries(self) -> Finding:
        page = await self._client.get(None, f"app/hook/deliveries?per_page={DELIVERIES_LOOKED_AT}")
        tries: defaultdict[str, list[Any]] = defaultdict(list)
        for each in page:
            if self._now() - datetime.fromisoformat(each["delivered_at"]) <= FAILED_SINCE:
                tries[each["guid"]].append(each)
        failed = [
            of_one[0]  # the newest comes first
            for of_one in tries.values()
            if not any(200 <= each["status_code"] < 300 for each in of_one)
        ]
        if not failed:
            return ok(f"Every webhook of the last day arrived ({len(tries)} of them).")
        newest = failed[0]
        remedy = (
            "GITHUB_WEBHOOK_SECRET is not the App's webhook secret: enter the same in both places."
            if newest["status_code"] in REFUSED
            else "see whether `serve` runs and PUBLIC_URL leads to it; what was lost is asked for "
            "again by itself."
        )
        return fault(
            f"{len(failed)} of {len(tries)} webhooks of the last day did not arrive; the newest "
            f"was {newest['event']}, answered {newest['status_code']}.",
            remedy,
        )


def _covers(given: str | None, wanted: str) -> bool:
    return given in LEVELS and LEVELS.index(given) >= LEVELS.index(wanted)
