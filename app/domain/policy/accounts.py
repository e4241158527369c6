"""The accounts behind the logins of a file: nobody's, or another's than before; no I/O."""

from __future__ import annotations

from app.domain.ids import UserId
from app.domain.policy.changes import Accounts
from app.domain.policy.faults import Fault, Faults
from app.domain.policy.syntax import START, Listing, Mapping, Place, Scalar, compose


def account_faults(
    text: bytes | str, found: tuple[tuple[str, UserId | None], ...], in_force: Accounts
) -> Faults | None:
    """Hold the logins of a valid file against the accounts of today and of the file in force.

    `found` are the logins with the accounts of persons that they belong to today.
    """
    places = _login_places(text)
    before = {login.lower(): user for login, user in in_force}
    faults: list[Fault] = []
    for login, user in found:
        place = places.get(login.lower(), START)
        if user is None:
            faults.append(
                place.fault(
                    f"There is no person @{login} on GitHub.",
                    "Write the login that they have today, or take the helper out.",
                )
            )
        elif before.get(login.lower(), user) != user:
            faults.append(
                place.fault(
                    f"@{login} is another account than in the file that is in force.",
                    "Somebody else took a login that was free: write the helper's new one. "
                    "If you mean the new account, take it out first, and add it in a second step.",
                )
            )
    return Faults(tuple(sorted(faults))) if faults else None


def _login_places(text: bytes | str) -> dict[str, Place]:
    """Say where each helper's login stands in a valid file."""
    root = compose(text)
    helpers = root.get("helpers") if isinstance(root, Mapping) else None
    items = helpers.items if isinstance(helpers, Listing) else ()
    logins = [item.get("login") for item in items if isinstance(item, Mapping)]
    return {each.text.lower(): each.place for each in logins if isinstance(each, Scalar)}
