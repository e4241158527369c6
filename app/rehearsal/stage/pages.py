"""The pages that GitHub would show: issues, one issue, files."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from markupsafe import Markup

from app.rehearsal.cast import CUSTOMER, LABEL, PARTS
from app.rehearsal.github.state import Issue, Repository
from app.rehearsal.said import newest
from app.rehearsal.stage import thread
from app.rehearsal.stage.backstage import SAID_SHOWN_MAX, look, pulse, webhooks
from app.rehearsal.stage.hints import hint
from app.rehearsal.stage.house import TEXT_CHARACTERS_MAX, House
from app.rehearsal.stage.markdown import render
from app.rehearsal.stage.rendering import respond

_MORE_LABELS: Final = (LABEL, "bug", "question")


class Pages:
    """What can be looked at; nothing here changes anything."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses."""
        repository = r"/{owner:[\w.-]+}/{repo:[\w.-]+}"
        return [
            web.get("/", self.front),
            web.get("/_stage/pulse", self.beat),
            web.get("/_stage/outside", self.outside),
            web.get(repository, self.files),
            web.get(f"{repository}/issues", self.issues),
            web.get(f"{repository}/issues/new", self.new_issue),
            web.get(rf"{repository}/issues/{{number:\d{{1,9}}}}", self.issue),
            web.get(f"{repository}/blob/{{ref:[^/]+}}/{{path:.+}}", self.file),
        ]

    async def front(self, _: web.Request) -> web.Response:
        """Lead to the newest open issue of the first repository."""
        repository = next(iter(self._house.world.github.state.repositories.values()))
        open_issues = [issue for issue in repository.issues.values() if issue.state == "open"]
        place = f"/{open_issues[-1].number}" if open_issues else ""
        raise web.HTTPSeeOther(f"/{repository.full_name}/issues{place}")

    async def issues(self, request: web.Request) -> web.Response:
        """Show all issues of a repository."""
        repository = self._house.repository(request)
        return await self._respond(
            request, "issues.html", repository, issues=list(reversed(repository.issues.values()))
        )

    async def new_issue(self, request: web.Request) -> web.Response:
        """Show the form for a new issue."""
        return await self._respond(
            request, "new.html", self._house.repository(request), by=CUSTOMER
        )

    async def issue(self, request: web.Request) -> web.Response:
        """Show an issue with its conversation."""
        issue = self._house.issue(request)
        by = request.query.get("as", CUSTOMER)
        return await self._respond(
            request,
            "thread.html",
            issue.repository,
            issue=issue,
            author=thread.face_of(issue.author),
            items=list(thread.items(issue)),
            comments_count=len(issue.comments),
            assignees=[thread.face_of(account) for account in issue.assignees],
            assignable=[login for login in PARTS if login not in _logins(issue)],
            more_labels=_more_labels(issue),
            hint=hint(issue),
            by=by if by in PARTS else CUSTOMER,
            comment=request.query.get("comment", "")[:TEXT_CHARACTERS_MAX],
        )

    async def files(self, request: web.Request) -> web.Response:
        """Show a repository's files and its README."""
        repository = self._house.repository(request)
        commit = repository.branches[repository.default_branch]
        return await self._respond(
            request,
            "files.html",
            repository,
            paths=sorted(repository.objects.files(commit)),
            readme=self._text(repository, commit, "README.md"),
        )

    async def file(self, request: web.Request) -> web.Response:
        """Show one file as it was in a commit, or as it is on a branch."""
        repository, ref = self._house.repository(request), request.match_info["ref"]
        branch = repository.default_branch if ref == "HEAD" else ref
        commit = repository.branches.get(branch, ref)
        path = request.match_info["path"]
        if commit not in repository.objects.commits:
            raise web.HTTPNotFound
        text = self._text(repository, commit, path)
        return await self._respond(request, "file.html", repository, path=path, text=text)

    async def outside(self, request: web.Request) -> web.Response:
        """Show everything that was said to the outside, and what came from there."""
        world = self._house.world
        repository = next(iter(world.github.state.repositories.values()))
        said = newest(world, SAID_SHOWN_MAX)
        return await self._respond(
            request, "outside.html", repository, said=said, told=webhooks(world)
        )

    async def beat(self, _: web.Request) -> web.Response:
        """Say in one word whether there may be something new."""
        return web.Response(text=pulse(self._house.world), headers={"Cache-Control": "no-store"})

    def _text(self, repository: Repository, commit: str, path: str) -> Markup | str:
        """Give a file's text, Markdown rendered; links in it lead to where they would."""
        entry = repository.objects.find(commit, path)
        if entry is None or entry.type != "blob":
            raise web.HTTPNotFound
        text = repository.objects.blobs[entry.sha].decode(errors="replace")
        if path.endswith(".md"):
            return render(text, base=f"/{repository.full_name}/blob/{commit}/{path}")
        return text

    async def _respond(
        self, request: web.Request, template: str, repository: Repository, **values: Any
    ) -> web.Response:
        return respond(
            template,
            here=request.path_qs,
            repository=repository,
            backstage=await look(self._house.world),
            pulse=pulse(self._house.world),
            note=self._house.take_note(),
            **values,
        )


def _logins(issue: Issue) -> set[str]:
    return {account.login for account in issue.assignees}


def _more_labels(issue: Issue) -> list[str]:
    names = dict.fromkeys(
        [*_MORE_LABELS, *(each.name for each in issue.repository.labels.values())]
    )
    return [name for name in names if not issue.has_label(name)]
