"""Routes: what can be asked, who may ask it, and what the answer looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.rehearsal.github.answers import Answer, RefusalError, not_found, page_of
from app.rehearsal.github.auth import Caller, Gate
from app.rehearsal.github.limits import Limits
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, Comment, Issue, Repository, State

WRITING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
CONTENT_CREATING: Final = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request after it has been found to be allowed and well formed."""

    site: Site
    gate: Gate
    limits: Limits
    caller: Caller
    method: str
    url: str
    """The address without its query, by the repository's id, as Link headers have it."""
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    found_repository: Repository | None

    @property
    def state(self) -> State:
        """What GitHub knows."""
        return self.site.state

    @property
    def bot(self) -> Account:
        """The account under which an installation acts."""
        return self.state.app.bot

    @property
    def repository(self) -> Repository:
        """The repository that the path names."""
        if self.found_repository is None:
            raise not_found()
        return self.found_repository

    def issue(self) -> Issue:
        """Find the issue that the path names, or say where it went."""
        repository, number = self.repository, int(self.parameters["number"])
        key = (repository.id, number)
        moved = self.state.moved_issues.get(key)
        if moved is not None:
            rest = self.url.partition(f"/issues/{number}")[2]
            api = self.state.urls.api
            raise moved_to(
                f"{api}/repositories/{moved.repository.id}/issues/{moved.number}{rest}",
                self.method,
            )
        if key in self.state.deleted_issues:
            raise RefusalError(410, "This issue was deleted")
        issue = repository.issues.get(number)
        if issue is None:
            raise not_found()
        if not repository.has_issues and issue.pull_request is None:
            raise RefusalError(410, "Issues are disabled for this repo")
        return issue

    def comment(self) -> Comment:
        """Find the comment that the path names, in this repository."""
        comment = self.state.comments.get(int(self.parameters["comment_id"]))
        if comment is None or comment.issue.repository is not self.repository:
            raise not_found()
        return comment

    def page(self, items: list[Any], write: Callable[[Any], Any]) -> Answer:
        """Answer one page of a list; only what is on the page is written."""
        shown, link = page_of(items, self.query, self.url)
        return Answer(200, [write(item) for item in shown], {"Link": link} if link else {})


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method and path, with everything that holds for it before it is handled."""

    method: str
    path: str
    handle: Handler
    is_in_repository: bool
    is_for_app: bool
    is_for_client: bool
    is_for_user: bool
    is_for_anybody: bool
    needs: tuple[tuple[str, str], ...]
    """(permission, level) of which one suffices; none: the token alone does."""
    body: str | None
    """The description of the request's body; None: it takes none."""
    answers: Mapping[int, str | None]
    """status → description of the answer's body; None: it has none that is described."""

    @property
    def is_writing(self) -> bool:
        """Whether the request changes something."""
        return self.method in WRITING

    @property
    def is_content_creating(self) -> bool:
        """Whether the request falls under the secondary limits for content."""
        return self.is_in_repository and self.method in CONTENT_CREATING

    @property
    def accepted_permissions(self) -> str:
        """The value of X-Accepted-GitHub-Permissions."""
        return "; ".join(f"{permission}={level}" for permission, level in self.needs)


@dataclass(frozen=True, slots=True)
class Table:
    """The routes of one noun."""

    routes: list[Route] = field(default_factory=list)

    def add(
        self,
        request: str,
        answers: Mapping[int, str | None],
        *,
        needs: str = "",
        body: str | None = None,
        is_for_app: bool = False,
        is_for_client: bool = False,
        is_for_user: bool = False,
        is_for_anybody: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Register a handler for `METHOD /path`.

        A path that begins with `~` is inside a repository, by name or by id. `needs` is
        `permission:level`, or several of them with `|` between.
        """
        method, _, path = request.partition(" ")
        wanted = [one.partition(":") for one in needs.split("|") if one]

        def register(handler: Handler) -> Handler:
            self.routes.append(
                Route(
                    method=method,
                    path=path.removeprefix("~"),
                    handle=handler,
                    is_in_repository=path.startswith("~"),
                    is_for_app=is_for_app,
                    is_for_client=is_for_client,
                    is_for_user=is_for_user,
                    is_for_anybody=is_for_anybody,
                    needs=tuple((permission, level) for permission, _, level in wanted),
                    body=body,
                    answers=answers,
                )
            )
            return handler

        return register


def moved_to(url: str, method: str) -> RefusalError:
    """Send the caller elsewhere, in the way that keeps the method of what is no GET."""
    if method == "GET":
        return RefusalError(301, "Moved Permanently", headers={"Location": url})
    return RefusalError(307, "Temporary Redirect", headers={"Location": url})
