"""Webhooks: which events reach the App, what they look like, and what became of each delivery."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import aiohttp

from app.rehearsal.faults import Faults
from app.rehearsal.github import validation
from app.rehearsal.github.answers import encode, instant
from app.rehearsal.github.shapes.accounts import organization, simple_user
from app.rehearsal.github.shapes.repositories import webhook_repository
from app.rehearsal.github.state import Account, Installation, Repository, State
from app.rehearsal.records import remember
from app.rehearsal.webhooks import GITHUB_POLICY, Delivery, Policy, Sender

UNASKED_EVENTS: Final = frozenset(
    {
        "github_app_authorization",
        "installation",
        "installation_repositories",
        "ping",
    }
)
PERMISSION_OF_EVENT: Final[Mapping[str, str]] = {
    "check_run": "checks",
    "check_suite": "checks",
    "installation_target": "metadata",
    "issue_comment": "issues",
    "issues": "issues",
    "label": "metadata",
    "member": "members",
    "pull_request": "pull_requests",
    "push": "contents",
    "repository": "metadata",
}
"""Which permission an App needs to subscribe to an event; GitHub refuses the manifest else.

A new login of an account needs none beside the one that every App has."""

DELIVERIES_KEPT: Final = timedelta(days=3)
HOOK_ID: Final = 484_316_027
PAYLOAD_BYTES_MAX: Final = 25 * 1024 * 1024


class DefectError(AssertionError):
    """The stand-in wrote something that GitHub would not: a defect of the stand-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookDelivery:
    """One sending of a webhook, as the App's delivery log lists it."""

    id: int
    guid: str
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    is_redelivery: bool
    headers: Mapping[str, str]
    delivery: Delivery

    @property
    def payload(self) -> Any:
        """What was sent, parsed."""
        return json.loads(self.delivery.body)

    @property
    def status(self) -> str:
        """`OK`, or why not, in GitHub's words."""
        if self.delivery.status is None:
            return "failed to connect to host"
        return "OK" if self.delivery.is_success else f"Invalid HTTP Response: {self.status_code}"

    @property
    def status_code(self) -> int:
        """The receiver's status; 502 when there was none."""
        return self.delivery.status or 502


class Hooks:
    """Sends the App's webhooks and keeps the log of their deliveries."""

    def __init__(
        self,
        *,
        state: State,
        secret: str,
        url: str | Callable[[], str],
        faults: Faults,
        policy: Policy = GITHUB_POLICY,
    ) -> None:
        self.log: list[HookDelivery] = []
        self.defects: list[str] = []
        self._state = state
        self._secret = secret.encode()
        self._url = url
        self._faults = faults
        self._policy = policy
        self._sender: Sender | None = None

    def open(self, session: aiohttp.ClientSession) -> None:
        """Begin to send, over this session."""
        self._sender = Sender(
            session=session,
            url=lambda: self.url,
            faults=self._faults,
            now=self._state.now,
            policy=self._policy,
        )

    @property
    def sender(self) -> Sender:
        """What sends the deliveries; there is none before the stand-in was started."""
        if self._sender is None:
            raise RuntimeError("the GitHub stand-in has not been started")
        return self._sender

    @property
    def url(self) -> str:
        """Where the webhooks go."""
        return self._url if isinstance(self._url, str) else self._url()

    def register(self, *, secret: str, url: str) -> None:
        """Send to this address from now on, signed with this secret."""
        self._secret, self._url = secret.encode(), url

    @property
    def config(self) -> dict[str, str]:
        """How the webhook is set up, without its secret."""
        secret = {"secret": "********"} if self._secret else {}
        return {"content_type": "json", "insecure_ssl": "0", **secret, "url": self.url}

    def emit(
        self, event: str, fields: Mapping[str, Any], *, repository: Repository, by: Account
    ) -> None:
        """Send an event of a repository to the installation that covers it and wants it."""
        installation = self._state.installation_of(repository)
        if installation is None or installation.suspended_at is not None:
            return
        if event not in UNASKED_EVENTS and event not in installation.events:
            return
        payload = {**fields}
        payload.setdefault("repository", webhook_repository(self._state, repository))
        payload["installation"] = {
            "id": installation.id,
            "node_id": f"MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u{installation.id}",
        }
        self._send_to(event, payload, installation, repository, by, repository.owner)

    def emit_installation(
        self, event: str, fields: Mapping[str, Any], *, installation: Installation, by: Account
    ) -> None:
        """Send an event of the installation itself, most of which come unasked."""
        if event not in UNASKED_EVENTS and event not in installation.events:
            return
        self._send_to(event, {**fields}, installation, None, by, installation.account)

    def ping(self) -> None:
        """Send the ping that comes with a new webhook."""
        at = instant(self._state.app.created_at)
        hook = {
            "type": "App",
            "id": HOOK_ID,
            "name": "web",
            "active": True,
            "events": list(self._state.app.events),
            "config": self.config,
            "updated_at": at,
            "created_at": at,
            "app_id": self._state.app.id,
            "deliveries_url": f"{self._state.urls.api}/app/hook/deliveries",
        }
        payload = {"zen": "Keep it logically awesome.", "hook_id": HOOK_ID, "hook": hook}
        self._send("ping", None, encode(payload), None, None)

    def redeliver(self, old: HookDelivery) -> None:
        """Send the same webhook again, under the same guid."""
        self._send(
            old.event,
            old.action,
            old.delivery.body,
            old.installation_id,
            old.repository_id,
            guid=old.guid,
        )

    def listed(self) -> list[HookDelivery]:
        """List the deliveries that had an attempt in the last days, newest first."""
        since = self._state.now() - DELIVERIES_KEPT
        tried = [one for one in self.log if one.delivery.sent_at is not None]
        return [one for one in reversed(tried) if (one.delivery.sent_at or since) > since]

    def _send_to(
        self,
        event: str,
        payload: dict[str, Any],
        installation: Installation,
        repository: Repository | None,
        by: Account,
        owner: Account,
    ) -> None:
        payload["sender"] = simple_user(self._state, by)
        if owner.is_organization:
            payload["organization"] = organization(self._state, owner)
        repository_id = None if repository is None else repository.id
        self._send(event, payload.get("action"), encode(payload), installation.id, repository_id)

    def _send(
        self,
        event: str,
        action: str | None,
        body: bytes,
        installation_id: int | None,
        repository_id: int | None,
        *,
        guid: str | None = None,
    ) -> None:
        problems = validation.webhook_problems(event, action, body)
        if problems:
            sentence = f"webhook {event}.{action}: {'; '.join(problems)}"
            self.defects.append(sentence)
            raise DefectError(sentence)
        if len(body) > PAYLOAD_BYTES_MAX:
            return  # GitHub does not send what is larger
        new_guid = str(uuid.UUID(int=self._state.random.getrandbits(128), version=4))
        headers = self._headers(event, guid or new_guid, body)
        delivery = self.sender.send(headers, body, delivery_id=guid or new_guid, event=event)
        remember(
            self.log,
            HookDelivery(
                id=self._state.next_id("delivery"),
                guid=guid or new_guid,
                event=event,
                action=action,
                installation_id=installation_id,
                repository_id=repository_id,
                is_redelivery=guid is not None,
                headers=headers,
                delivery=delivery,
            ),
        )

    def _headers(self, event: str, guid: str, body: bytes) -> dict[str, str]:
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/7f3a1c9",
            "X-GitHub-Delivery": guid,
            "X-GitHub-Event": event,
            "X-GitHub-Hook-ID": str(HOOK_ID),
            "X-GitHub-Hook-Installation-Target-ID": str(self._state.app.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": f"sha1={hmac.new(self._secret, body, hashlib.sha1).hexdigest()}",
            "X-Hub-Signature-256": f"sha256={hmac.new(self._secret, body, 'sha256').hexdigest()}",
        }
