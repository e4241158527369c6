"""What the buttons of the stage do; each leads back to the page that it stood on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from aiohttp import web

from app.rehearsal.faults import REQUEST_FAULTS, Fault
from app.rehearsal.github.person import NotAllowedError
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Issue
from app.rehearsal.stage.backstage import FAULT_WORDS, SERVICES
from app.rehearsal.stage.books import next_deadline
from app.rehearsal.stage.house import TEXT_CHARACTERS_MAX, House, back_to, person
from app.rehearsal.stripe.refusals import NotOfferedError

TITLE_CHARACTERS_MAX: Final = 256
NAME_CHARACTERS_MAX: Final = 50

CLOSED_AS: Final = ("completed", "not_planned", "duplicate")
"""What GitHub lets people say of an issue that they close."""

MOVES: Final[Mapping[str, timedelta]] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
WEBHOOKS: Final[Mapping[str, str]] = {"GitHub": r"^[^.]+$", "Stripe": r"\."}
"""How an event's name tells whose webhook it is."""

Form = Mapping[str, object]
Act = Callable[[GitHubStandIn, Issue, Form, str], None]
"""(GitHub, the issue, what the form says, who acts)"""


def _comment(github: GitHubStandIn, issue: Issue, form: Form, by: str) -> None:
    text = _text(form, "comment", TEXT_CHARACTERS_MAX)
    if text:
        github.comment(issue, text, by=by)


def _close(github: GitHubStandIn, issue: Issue, form: Form, by: str) -> None:
    """Close an issue by hand, or let a commit or a pull request do it."""
    _comment(github, issue, form, by)
    how, words = str(form.get("how")), f"Mend it. Fixes #{issue.number}"
    files = {f"mended/{issue.number}.txt": "It works now.\n"}
    if how == "commit":
        github.push(issue.repository, files, by=by, message=words)
    elif how == "pull_request":
        branch = f"mend-{issue.number}"
        pull = github.open_pull_request(
            issue.repository, "Mend it", files, by=by, branch=branch, body=words
        )
        github.merge(pull, by=by)
    else:
        reason = how if how in CLOSED_AS else "completed"
        github.close_issue(issue, by=by, reason=reason)


def _reopen(github: GitHubStandIn, issue: Issue, form: Form, by: str) -> None:
    github.reopen_issue(issue, by=by)
    _comment(github, issue, form, by)


def _label(github: GitHubStandIn, issue: Issue, form: Form, by: str) -> None:
    name = _text(form, "label", NAME_CHARACTERS_MAX)
    if name:
        github.label(issue, name, by=by)


def _unlabel(github: GitHubStandIn, issue: Issue, form: Form, by: str) -> None:
    github.unlabel(issue, _text(form, "unlabel", NAME_CHARACTERS_MAX), by=by)


def _assign(github: GitHubStandIn, issue: Issue, form: Form, by: str) -> None:
    login = _text(form, "assign", NAME_CHARACTERS_MAX)
    github.assign(issue, login, by=by)
    if all(account.login != login for account in issue.assignees):
        raise NotAllowedError(f"{login} cannot be assigned before they have commented here")


def _unassign(github: GitHubStandIn, issue: Issue, form: Form, by: str) -> None:
    github.unassign(issue, _text(form, "unassign", NAME_CHARACTERS_MAX), by=by)


def _delete(github: GitHubStandIn, issue: Issue, form: Form, by: str) -> None:
    wanted = _text(form, "delete", NAME_CHARACTERS_MAX)
    for comment in issue.comments:
        if str(comment.id) == wanted:
            github.delete_comment(comment, by=by)
            return


ACTS: Final[Mapping[str, Act]] = {
    "comment": _comment,
    "close": _close,
    "reopen": _reopen,
    "label": _label,
    "unlabel": _unlabel,
    "assign": _assign,
    "unassign": _unassign,
    "delete": _delete,
}


class Acts:
    """Everything that changes something: people at GitHub, the bank, the clock, faults."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses."""
        repository = r"/{owner:[\w.-]+}/{repo:[\w.-]+}"
        acts = "|".join(ACTS)
        return [
            web.post("/_stage/clock", self.move_clock),
            web.post("/_stage/bank", self.let_bank_answer),
            web.post("/_stage/fault", self.break_something),
            web.post(f"{repository}/issues", self.open_issue),
            web.post(rf"{repository}/issues/{{number:\d{{1,9}}}}/{{act:{acts}}}", self.act),
        ]

    async def open_issue(self, request: web.Request) -> web.Response:
        """Open an issue, and go to it."""
        form = await request.post()
        by = person(form.get("by"))
        title = _text(form, "title", TITLE_CHARACTERS_MAX) or "Untitled"
        body = _text(form, "body", TEXT_CHARACTERS_MAX)
        repository = self._house.repository(request)
        issue = self._house.world.github.open_issue(repository, title, body, by=by)
        await self._house.settle()
        raise back_to(issue, by)

    async def act(self, request: web.Request) -> web.Response:
        """Let a person do something in an issue; what GitHub does not offer them is said."""
        issue, form = self._house.issue(request), await request.post()
        by = person(form.get("by"))
        try:
            ACTS[request.match_info["act"]](self._house.world.github, issue, form, by)
        except NotAllowedError as refused:
            self._house.say_once(f"GitHub does not let {by} do that: {refused}.")
        await self._house.settle()
        raise back_to(issue, by)

    async def move_clock(self, request: web.Request) -> web.Response:
        """Move the clock on by an hour, by a day, or to what comes next."""
        form = await request.post()
        move = str(form.get("move"))
        if move not in (*MOVES, "next"):
            raise web.HTTPBadRequest(text="The clock does not move like that.")
        by = MOVES[move] if move in MOVES else await self._until_next()
        self._house.world.clock.advance(by)
        await self._house.settle()
        raise self._back(form)

    async def let_bank_answer(self, request: web.Request) -> web.Response:
        """Let the bank answer a debit."""
        form = await request.post()
        try:
            self._house.world.stripe.settle_later(
                str(form.get("session")), succeeds=form.get("answer") == "pays"
            )
        except NotOfferedError as refused:
            self._house.say_once(str(refused))
        await self._house.settle()
        raise self._back(form)

    async def break_something(self, request: web.Request) -> web.Response:
        """Let the next request to a service, or its next webhook, go wrong."""
        form = await request.post()
        service, name = str(form.get("service")), str(form.get("fault"))
        if name not in set(Fault):
            raise web.HTTPBadRequest(text="That is nothing that can go wrong here.")
        fault = Fault(name)
        patterns = SERVICES if fault in REQUEST_FAULTS else WEBHOOKS
        if service not in patterns:
            self._house.say_once(f"{service} sends no webhooks.")
        else:
            self._house.world.faults.once(fault, path=patterns[service])
            self._house.say_once(f"{service}, next time: {FAULT_WORDS[fault]}.")
        raise self._back(form)

    async def _until_next(self) -> timedelta:
        world = self._house.world
        now = world.clock()
        assert world.product is not None, "the product runs in this process"
        found = await world.product.database.reading(lambda session: next_deadline(session, now))
        if found is None:
            self._house.say_once("Nothing is waited for.")
            return timedelta(0)
        return found.at - now + timedelta(seconds=1)

    def _back(self, form: Form) -> web.HTTPSeeOther:
        """Go back to the page that the button stood on; only to one of ours."""
        place = str(form.get("back", "/"))
        is_ours = place.startswith("/") and not place.startswith(("//", "/\\"))
        return web.HTTPSeeOther(place if is_ours else "/")


def _text(form: Form, name: str, characters_max: int) -> str:
    """Take a field of a form as text; browsers send line breaks as CRLF."""
    return str(form.get(name, "")).replace("\r\n", "\n").strip()[:characters_max]
