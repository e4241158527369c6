"""The way of a request: who asks, how often, where, whether he may, and what he gets.

Nothing here awaits after the body has been read, so that each request is one step of the loop and
no lock is needed.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from email.utils import format_datetime
from typing import Final

from app.rehearsal.github import validation
from app.rehearsal.github.answers import Answer, RefusalError, forbidden, not_found
from app.rehearsal.github.auth import NOBODY, Caller, Gate
from app.rehearsal.github.hooks import DefectError
from app.rehearsal.github.limits import Limits
from app.rehearsal.github.routing import Call, Route, moved_to
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Repository

SERVED_BY: Final = "github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    parameters: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What the pipeline found out about a request on its way, and the answer."""

    caller: Caller = NOBODY
    repository: Repository | None = None
    answer: Answer = field(default_factory=lambda: Answer(500))


class Pipeline:
    """Takes requests through authentication, limits, permissions, validation and their handler."""

    def __init__(self, site: Site, defects: list[str], *, client_secret: str) -> None:
        self.gate = Gate(site.state, client_secret=client_secret)
        self.limits = Limits(site.state.now)
        self.serves_public_reads = False
        self._site = site
        self._defects = defects
        self._numbers = itertools.count(1)

    def take(self, route: Route | None, asked: Asked) -> Outcome:
        """Answer a request; a refusal is an answer as well."""
        outcome = Outcome()
        try:
            self._answer(route, asked, outcome)
        except RefusalError as refusal:
            outcome.answer = refusal.answer
            self._hold("BasicError", outcome.answer, asked)
        except DefectError as defect:
            outcome.answer = Answer(500, {"message": f"the stand-in has a defect: {defect}"})
        outcome.answer = self._with_headers(route, outcome)
        return outcome

    def _answer(self, route: Route | None, asked: Asked, outcome: Outcome) -> None:
        _check_headers(asked)
        outcome.caller = self.gate.caller_of(asked.headers.get("Authorization"))
        if route is None:
            raise not_found()
        if route.path != "/rate_limit":
            self.limits.count(outcome.caller.name)
        _check_kind(route, outcome.caller)
        if route.is_in_repository:
            outcome.repository = self._repository(asked)
            self._check_access(route, outcome.caller, outcome.repository)
        if route.is_content_creating:
            self.limits.count_content(outcome.caller.name)
        call = self._call(route, asked, outcome)
        answer = route.handle(call)
        if answer.status not in route.answers:
            self._fail(asked, f"{answer.status} is no status of this route")
        self._hold(route.answers[answer.status], answer, asked)
        outcome.answer = self._unless_known(answer, asked, outcome.caller)

    def _call(self, route: Route, asked: Asked, outcome: Outcome) -> Call:
        return Call(
            site=self._site,
            gate=self.gate,
            limits=self.limits,
            caller=outcome.caller,
            method=asked.method,
            url=self._canonical_url(asked, outcome.repository),
            parameters=asked.parameters,
            query=asked.query,
            headers=asked.headers,
            body={} if route.body is None else validation.parse_request(route.body, asked.body),
            found_repository=outcome.repository,
        )

    def _canonical_url(self, asked: Asked, repository: Repository | None) -> str:
        api = self._site.state.urls.api
        if repository is None or "owner" not in asked.parameters:
            return api + asked.path
        _, _, _, _, *rest = asked.path.split("/")
        return "/".join([f"{api}/repositories/{repository.id}", *rest])

    def _repository(self, asked: Asked) -> Repository:
        state = self._site.state
        if "repository_id" in asked.parameters:
            found = state.repositories.get(int(asked.parameters["repository_id"]))
            if found is None or found.is_deleted:
                raise not_found()
            return found
        full_name = f"{asked.parameters['owner']}/{asked.parameters['repo']}"
        by_name = state.find_repository(full_name)
        if by_name is not None:
            return by_name
        former = state.repositories.get(state.former_names.get(full_name.lower(), 0))
        if former is None or former.is_deleted:
            raise not_found()
        raise moved_to(self._canonical_url(asked, former), asked.method)

    def _check_access(self, route: Route, caller: Caller, repository: Repository) -> None:
        is_public_read = not repository.is_private and not route.is_writing
        if route.is_for_app or (is_public_read and self.serves_public_reads):
            return
        if caller.installation is None:
            raise RefusalError(401, "Requires authentication")
        is_reached = self._site.state.covers(caller.installation, repository)
        if caller.repository_ids is not None:
            is_reached = is_reached and repository.id in caller.repository_ids
        if not is_reached:
            raise not_found() if repository.is_private or not route.is_writing else forbidden()
        if not any(caller.may(permission, level) for permission, level in route.needs):
            raise forbidden()
        if route.is_writing and repository.is_archived:
            raise RefusalError(403, "Repository was archived so is read-only.")

    def _hold(self, expression: str | None, answer: Answer, asked: Asked) -> None:
        """Hold an answer against the description: what does not fit is our own defect."""
        if expression is None or answer.is_raw:
            return
        problems = validation.answer_problems(expression, answer.body)
        if expression == "BasicError":
            problems = [one for one in problems if not one.startswith("errors")]
        if problems:
            self._fail(asked, "; ".join(problems))

    def _fail(self, asked: Asked, sentence: str) -> None:
        defect = f"{asked.method} {asked.path}: {sentence}"
        self._defects.append(defect)
        raise DefectError(defect)

    def _unless_known(self, answer: Answer, asked: Asked, caller: Caller) -> Answer:
        """Answer 304, which is free, to who has this answer already."""
        if asked.method != "GET" or answer.status != 200:
            return answer
        etag = f'W/"{hashlib.sha256(answer.body).hexdigest()}"'
        headers = {**answer.headers, "ETag": etag, "Cache-Control": "private, max-age=60"}
        known = {tag.strip() for tag in asked.headers.get("If-None-Match", "").split(",")}
        if etag in known or etag.removeprefix("W/") in known:
            self.limits.give_back(caller.name)
            return Answer(304, None, headers)
        return replace(answer, headers=headers)

    def _with_headers(self, route: Route | None, outcome: Outcome) -> Answer:
        headers: dict[str, str] = {
            "X-GitHub-Media-Type": "github.v3; format=json",
            "x-github-api-version-selected": validation.API_VERSION,
            "X-GitHub-Request-Id": f"{next(self._numbers):016X}",
            "Server": SERVED_BY,
            "Date": format_datetime(self._site.state.now().astimezone(UTC), usegmt=True),
        }
        if route is not None and route.needs:
            headers["X-Accepted-GitHub-Permissions"] = route.accepted_permissions
        headers |= self.limits.headers(outcome.caller.name)
        return replace(outcome.answer, headers=headers | dict(outcome.answer.headers))


def _check_headers(asked: Asked) -> None:
    if not asked.headers.get("User-Agent"):
        raise RefusalError(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a "
            "User-Agent header.",
        )
    version = asked.headers.get("X-GitHub-Api-Version", validation.API_VERSION)
    if version not in validation.API_VERSIONS:
        raise RefusalError(400, f"{version} is not a supported version.")


def _check_kind(route: Route, caller: Caller) -> None:
    """Refuse an installation where the App or a user is asked for, and the other way round."""
    if route.is_for_anybody:
        return
    if route.is_for_client != caller.is_client:
        raise RefusalError(401, "Requires authentication")
    if route.is_for_user and caller.installation is not None:
        raise forbidden()
    if route.is_for_app and not caller.is_app:
        raise RefusalError(401, "A JSON web token could not be decoded")
    if caller.is_app and not route.is_for_app:
        raise RefusalError(401, "Requires authentication")
    if caller is NOBODY and not route.is_in_repository:
        raise RefusalError(401, "Requires authentication")
