"""The doctor: looks at everything that a server needs, changes nothing, and says what to do.

Each look has its own time limit, and no look depends on another; where the settings themselves are
wrong, only the database can still be looked at. What is printed is masked like a log.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import structlog

from app import credentials, logs, manifest
from app import environment as env
from app.domain.errors import MainstayError, Postpone, Transient
from app.domain.findings import Finding, Verdict, fault, note, ok
from app.providers.github.client import Client
from app.providers.github.examine import Examination as GitHub
from app.providers.openai.examine import Examination as Model
from app.providers.rooms import Check
from app.providers.stripe.examine import Examination as Stripe
from app.settings import Settings, SettingsFault
from app.store.examine import examine as examine_database

GOOD, FAULT = 0, 1

LOOK_SECONDS_MAX: Final = 15.0
"""What takes longer is not in order."""

REQUEST_SECONDS_MAX: Final = 8.0

DIFFERENT_SIGNS_MIN: Final = 8
"""A random secret of sixteen characters has more, `secretsecretsecret` fewer."""

PUBLISHED: Final = "rehearsal"
"""The secrets of the rehearsal stand in its source, and all have this word."""

_log = structlog.get_logger("app.doctor")


def run(environment: Mapping[str, str], *, as_json: bool) -> int:
    """Look at everything, print a line each, and say by the exit code whether all is well."""
    faults: tuple[str, ...] = ()
    settings = None
    try:
        environment = credentials.merged(environment)
        settings = Settings.from_env(environment)
    except SettingsFault as error:
        faults = error.faults
    secrets = tuple(settings.secrets()) if settings else ()
    logs.set_up("json", secrets)
    found = [("settings", _setting(each)) for each in faults]
    found += asyncio.run(examine(environment, settings))
    mask = logs.Mask(secrets)
    for name, finding in found:
        print(mask.text(_json_line(name, finding) if as_json else _line(name, finding)))
    return FAULT if any(each.verdict is Verdict.FAULT for _, each in found) else GOOD


def _setting(sentence: str) -> Finding:
    what, colon, remedy = sentence.partition(": ")
    return fault(f"{what}." if colon else sentence, remedy or "see docs/settings.md.")


async def examine(
    environment: Mapping[str, str], settings: Settings | None
) -> list[tuple[str, Finding]]:
    """Make every look at the same time, and give what was found in a fixed order."""
    async with AsyncExitStack() as stack:
        checks = [Check("database", lambda: asyncio.to_thread(_database, environment))]
        if settings is not None:
            github = Client(
                app_id=settings.github.app_id,
                private_key=settings.github.private_key.get_secret_value(),
                api_url=settings.github.api_url,
                now=_now,
                timeout_seconds=REQUEST_SECONDS_MAX,
            )
            stack.push_async_callback(github.close)
            checks = [*_own(settings), *checks, *_outside(settings, github)]
        findings = await asyncio.gather(*map(_look, checks))
    return [(check.name, finding) for check, finding in zip(checks, findings, strict=True)]


def _own(settings: Settings) -> Sequence[Check]:
    async def secrets() -> Finding:
        return judge_secrets(settings)

    async def reach() -> Finding:
        return await _reach(settings.public_url)

    async def proxies() -> Finding:
        return judge_proxies(settings)

    return Check("secrets", secrets), Check("public url", reach), Check("proxies", proxies)


def _outside(settings: Settings, github: Client) -> Sequence[Check]:
    own = settings.github
    examination = GitHub(
        github,
        url=own.url,
        api_url=own.api_url,
        public_url=settings.public_url,
        manifest=manifest.read(),
        sign_in=(own.client_id, own.client_secret.get_secret_value())
        if own.client_id and own.client_secret
        else None,
        now=_now,
    )
    checks = [*_at(own.api_url, examination.checks())]
    if settings.stripe is None:
        checks.append(_absent("stripe", "Paid plans are not offered: STRIPE_API_KEY is not set."))
    else:
        stripe = Stripe(
            api_key=settings.stripe.api_key.get_secret_value(),
            api_url=settings.stripe.api_url,
            public_url=settings.public_url,
            currencies=settings.fees.currencies,
            checkout_urls=settings.stripe.checkout_urls,
        )
        checks += _at(settings.stripe.api_url, stripe.checks())
    if settings.openai is None:
        checks.append(
            _absent("model", "There is no AI: OPENAI_API_KEY or OPENAI_MODEL is not set.")
        )
    else:
        model = Model(
            api_key=settings.openai.api_key.get_secret_value(),
            base_url=settings.openai.base_url,
            model=settings.openai.model,
        )
        checks += _at(settings.openai.base_url, model.checks())
    return checks


def _at(url: str, checks: Sequence[Check]) -> Sequence[Check]:
    """Let checks know whom they ask."""
    return [replace(check, place=urlsplit(url).netloc) for check in checks]


def _absent(name: str, sentence: str) -> Check:
    async def look() -> Finding:
        return note(sentence)

    return Check(name, look)


async def _look(check: Check) -> Finding:
    """Make one look; whatever goes wrong with it is a finding, and no other look's business."""
    try:
        async with asyncio.timeout(LOOK_SECONDS_MAX):
            try:
                return await check.look()
            except Transient:  # a moment's trouble is none of the operator's
                return await check.look()
    except TimeoutError:
        return fault(
            f"No answer came within {LOOK_SECONDS_MAX:.0f} seconds.", _unreached(check.place)
        )
    except Transient as error:
        return fault(str(error), _unreached(check.place))
    except Postpone as error:
        return fault(str(error), f"ask again in {error.seconds:.0f} seconds.")
    except MainstayError as error:
        return fault(str(error), "put right what it says; it does not pass by itself.")
    except Exception:  # noqa: BLE001 - no look may end the others
        _log.exception("a look failed", check=check.name)
        return fault("It could not be understood.", "see what was logged, and tell us of it.")


def _unreached(place: str) -> str:
    """Say where to look if somebody else does not answer."""
    return (
        f"try again in a few minutes; if it stays so, see whether this machine reaches "
        f"{place or 'it'}: its network, its name server, a proxy, a firewall."
    )


def judge_proxies(settings: Settings) -> Finding:
    """Say whether limits can tell people apart; ``serve`` itself speaks no TLS."""
    if settings.trusted_proxies:
        named = ", ".join(map(str, settings.trusted_proxies))
        return ok(f"Whom the proxies at {named} name is believed, so limits count each by itself.")
    if urlsplit(settings.public_url).scheme == "https":
        return note(
            "PUBLIC_URL is https, which a proxy has to speak for `serve`, and TRUSTED_PROXIES "
            "names none: limits take everybody behind it for one sender. Set TRUSTED_PROXIES to "
            "the proxy's address, if it adds to X-Forwarded-For."
        )
    return ok("PUBLIC_URL is http: no proxy has to speak TLS for `serve`, and none is named.")


def judge_secrets(settings: Settings) -> Finding:
    """Say whether the secrets that people choose can be guessed; none is shown."""
    ours = {
        "SECRET_KEY": [settings.secret_key],
        "GITHUB_WEBHOOK_SECRET": [settings.github.webhook_secret],
        "STRIPE_WEBHOOK_SECRET": settings.stripe.webhook_secrets if settings.stripe else (),
    }
    values = [(name, each.get_secret_value()) for name, them in ours.items() for each in them]
    weak = [
        name
        for name, value in values
        if len(set(value)) < DIFFERENT_SIGNS_MIN or PUBLISHED in value.lower()
    ]
    if weak:
        return fault(
            f"{', '.join(dict.fromkeys(weak))} can be guessed.",
            "make another one with `openssl rand -hex 32`.",
        )
    counts = Counter(value for _, value in values)
    if same := [name for name, value in values if counts[value] > 1]:
        return fault(
            f"{' and '.join(dict.fromkeys(same))} are the same.",
            "give each a secret of its own, by `openssl rand -hex 32`.",
        )
    return ok("The secrets are long, and differ.")


async def _reach(public_url: str) -> Finding:
    parts = urlsplit(public_url)
    is_near = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not is_near:
        return fault(
            f"PUBLIC_URL is {public_url}, and everybody on the way can read along.",
            "put the server behind TLS, and write https://.",
        )
    timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS_MAX)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(f"{public_url}/healthz", allow_redirects=False) as response,
        ):
            is_ours = response.status == 200 and b"alive" in await response.content.read(1024)
    except (aiohttp.ClientError, OSError) as error:
        return fault(
            f"{public_url} does not answer ({type(error).__name__}).",
            "start `serve`, and let that address lead to it.",
        )
    if not is_ours:
        return fault(
            f"At {public_url} something else answers than this server ({response.status}).",
            "let that address lead to `serve`, the path /healthz too.",
        )
    if is_near:
        return note(f"{public_url} answers, and only this machine reaches it: GitHub does not.")
    return ok(f"{public_url} leads to this server.")


def _database(environment: Mapping[str, str]) -> Finding:
    read = env.Reader(environment)
    url = read("DATABASE_URL", env.parse_database_url)
    if read.faults:
        return fault("The database is not named rightly.", "mend DATABASE_URL.")
    return examine_database(url.get_secret_value())


def _line(name: str, finding: Finding) -> str:
    remedy = f" {finding.remedy[:1].upper()}{finding.remedy[1:]}" if finding.remedy else ""
    return f"{finding.verdict:<6} {name:<18} {finding.sentence}{remedy}"


def _json_line(name: str, finding: Finding) -> str:
    told = {
        "check": name,
        "verdict": finding.verdict,
        "sentence": finding.sentence,
        "remedy": finding.remedy,
    }
    return json.dumps(told, ensure_ascii=False)


def _now() -> datetime:
    return datetime.now(UTC)
