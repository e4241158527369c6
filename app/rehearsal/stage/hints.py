"""What to try next: one sentence, and a comment that can be made with one click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.rehearsal.cast import CUSTOMER, HELPER, HELPERS, LABEL, MAINTAINER
from app.rehearsal.github.state import Issue
from app.rehearsal.marks import Mark, read_mark


@dataclass(frozen=True, slots=True)
class Hint:
    """What to try, and who would say what; nothing to say where something else is to be done."""

    words: str
    by: str = ""
    comment: str = ""


def hint(issue: Issue) -> Hint:
    """Look at the newest card, and say how the story can go on."""
    card = _newest_card(issue)
    if card is None:
        return Hint(
            "Ask for help as the customer. (Or, as the maintainer, set the label "
            f"{LABEL}: that makes an offer to the issue's author.)",
            CUSTOMER,
            "/support",
        )
    if card.money == "pending":
        return _PENDING
    if card.stage == "queued":
        return _queued(issue)
    if card.stage == "working":
        helper = next((each.login for each in issue.assignees), HELPER)
        return Hint(
            "When it is solved, the helper proposes.", helper, "/support propose it is in the docs"
        )
    return _BY_STAGE.get(card.stage, _OVER)


def _newest_card(issue: Issue) -> Mark | None:
    marks = (read_mark(each.body) for each in reversed(issue.comments) if each.is_via_app)
    return next((mark for mark in marks if mark is not None and mark.kind == "card"), None)


def _queued(issue: Issue) -> Hint:
    asked = next((each.login for each in issue.assignees), "")
    if not asked:
        # Who cannot be assigned is asked in a comment: the newest one that mentions a helper.
        texts = [each.body for each in reversed(issue.comments) if each.is_via_app]
        named = (login for text in texts for login in HELPERS if f"@{login}" in text)
        asked = next(named, HELPER)
    return Hint(
        f"{asked} is asked: answer, and the ticket is theirs. Or move the clock, and see what "
        "happens when nobody does.",
        asked,
        "Please set `proxy` and `ca_file` in `widgets.toml`; the variables are not read.",
    )


_PENDING: Final = Hint(
    "A bank debit takes days: let the bank answer below, or move the clock by four days."
)
_BY_STAGE: Final = {
    "offered": Hint("Follow a pay link on the card, and pay. No card is needed."),
    "waiting_on_customer": Hint(
        "The helper asked something, and their clock stands still: answer as the customer.",
        CUSTOMER,
        "It is the same with the newest version.",
    ),
    "proposed": Hint(
        "The customer accepts, or says what is missing: /support decline and why. Silence counts "
        "as a yes; the clock shows it.",
        CUSTOMER,
        "/support accept",
    ),
    "accepted": Hint("Move the clock to the next deadline: then the price is divided."),
    "settled": Hint(
        "It is done: look at the ledger. Then, in another issue, cancel, or let something fail."
    ),
    "review": Hint(
        "The maintainer decides: /support accept pays the helper, /support refund gives it back.",
        MAINTAINER,
        "/support refund it did not help",
    ),
}
_OVER: Final = Hint("This one is over. Ask again, or open another issue.", CUSTOMER, "/support")
