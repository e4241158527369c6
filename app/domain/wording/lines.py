"""The one line on a card that tells somebody why their command did nothing; no I/O."""

from __future__ import annotations

from app.domain.people import Person
from app.domain.tickets.ticket import Helper
from app.domain.wording.texts import name

UNCHECKED = "GitHub did not tell us who you are here. Please give the command once more."


def to(person: Person, sentence: str) -> str:
    """Address a sentence to the one who gave the command."""
    return f"**{name(person)}:** {sentence}"


def not_the_helper(login: str, helper: Helper) -> str:
    """Say that somebody else than the one who is thanked would be paid."""
    return (
        f"`{login}` is not the helper of this ticket. A bare `/support accept` thanks "
        f"{name(helper.person)}."
    )
