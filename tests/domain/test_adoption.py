"""Whether a version of the file counts at once: who brought it, and what was there before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.adoption import (
    Latest,
    PolicyState,
    Shown,
    home,
    shown,
)
from app.domain.effects import Confirmed, Rerun
from app.domain.events import PolicyRead
from app.domain.ids import UserId
from app.domain.people import Permission
from app.domain.policy import Faults, Foreign
from tests.domain.policies import TEXT, edited
from tests.domain.readings import (
    BROKEN,
    CHOSEN,
    CONFIRMED,
    DEARER,
    LABELLED,
    MAX,
    PUSHED,
    RAISED,
    RAISED_BROKEN,
    RAISED_DEARER,
    RAISED_LABELLED,
    judged,
    latest,
    pushed,
    read,
    version,
)


@pytest.mark.parametrize("by", [Permission.ADMIN, Permission.MAINTAIN])
@pytest.mark.parametrize("text", [RAISED, DEARER, LABELLED])
def test_a_maintainer_changes_everything_by_a_push(text: str, by: Permission) -> None:
    found = judged(pushed(text, before=TEXT, by=by))
    assert found.state is PolicyState.ADOPTED
    assert found.changes
    assert found.is_vouched


@pytest.mark.parametrize(
    "by", [Permission.WRITE, Permission.TRIAGE, Permission.READ, Permission.NONE]
)
def test_who_may_only_push_changes_what_nobody_is_paid_by(by: Permission) -> None:
    assert judged(pushed(LABELLED, before=TEXT, by=by)).state is PolicyState.ADOPTED
    waiting = judged(pushed(RAISED, before=TEXT, by=by))
    assert waiting.state is PolicyState.PENDING
    assert not waiting.is_vouched
    assert [each.is_sensitive for each in waiting.changes] == [True]


def test_texts_of_a_push_count_for_nothing_without_the_permission() -> None:
    forged = read(
        RAISED, occasion=PUSHED, permission=Permission.WRITE, before=version(TEXT), after=RAISED
    )
    assert judged(forged).state is PolicyState.PENDING


def test_the_first_file_needs_a_maintainer_too() -> None:
    assert judged(pushed(TEXT, before=None), in_force=None).state is PolicyState.ADOPTED
    helper = pushed(TEXT, before=None, by=Permission.WRITE)
    assert judged(helper, in_force=None).state is PolicyState.PENDING


def test_a_maintainer_vouches_for_what_they_changed_and_not_for_what_they_found() -> None:
    last = latest(RAISED, PolicyState.PENDING)
    assert judged(pushed(RAISED_LABELLED, before=RAISED), last=last).state is PolicyState.PENDING
    assert judged(pushed(RAISED_DEARER, before=RAISED), last=last).state is PolicyState.PENDING
    undone = judged(pushed(DEARER, before=RAISED), last=last)
    assert undone.state is PolicyState.ADOPTED
    decided = edited(("core: 5%", "core: 3%"))
    assert judged(pushed(decided, before=RAISED), last=last).state is PolicyState.ADOPTED


def test_a_push_that_touches_nothing_confirms_nothing() -> None:
    last = latest(RAISED, PolicyState.PENDING)
    assert judged(pushed(RAISED, before=RAISED), last=last).state is PolicyState.PENDING


def test_a_later_push_of_somebody_else_does_not_ride_on_a_maintainers() -> None:
    riding = read(
        edited(("core: 3%", "core: 0%"), text=edited(("core: 5%", "core: 3%"))),
        occasion=PUSHED,
        permission=Permission.ADMIN,
        before=TEXT,
        after=edited(("core: 5%", "core: 3%")),
    )
    assert judged(riding).state is PolicyState.PENDING
    harmless = replace(riding, text=edited(("core: 5%", "core: 3%"), ("Welcome.", "Hi.")).encode())
    assert judged(harmless).state is PolicyState.ADOPTED


def test_what_cannot_be_compared_waits() -> None:
    unknown = read(RAISED, occasion=PUSHED, permission=Permission.ADMIN, before=None, after=RAISED)
    assert judged(replace(unknown, before=None)).state is PolicyState.PENDING
    assert judged(replace(unknown, after=None)).state is PolicyState.PENDING


def test_a_maintainer_mends_what_a_maintainer_broke() -> None:
    broken = judged(pushed(BROKEN, before=TEXT), last=latest(TEXT, PolicyState.ADOPTED))
    assert (broken.state, broken.is_vouched) == (PolicyState.FAULTY, True)
    last = latest(BROKEN, broken.state, is_vouched=broken.is_vouched)
    twice = judged(pushed(BROKEN + "x: 1\n", before=BROKEN), last=last)
    assert (twice.state, twice.is_vouched) == (PolicyState.FAULTY, True)
    assert judged(pushed(DEARER, before=BROKEN), last=last).state is PolicyState.ADOPTED


def test_a_raise_is_not_slipped_in_by_breaking_the_file() -> None:
    helper = judged(
        pushed(RAISED_BROKEN, before=TEXT, by=Permission.WRITE),
        last=latest(TEXT, PolicyState.ADOPTED, is_vouched=True),
    )
    assert (helper.state, helper.is_vouched) == (PolicyState.FAULTY, False)
    last = latest(RAISED_BROKEN, PolicyState.FAULTY)
    half = judged(pushed(RAISED_BROKEN + "x: 1\n", before=RAISED_BROKEN), last=last)
    assert not half.is_vouched
    assert judged(pushed(RAISED, before=RAISED_BROKEN), last=last).state is PolicyState.PENDING
    assert judged(pushed(LABELLED, before=RAISED_BROKEN), last=last).state is PolicyState.ADOPTED


def test_a_raise_is_not_slipped_in_by_a_maintainer_who_breaks_the_file() -> None:
    last = latest(RAISED, PolicyState.PENDING)
    broken = judged(pushed(RAISED_BROKEN, before=RAISED), last=last)
    assert (broken.state, broken.is_vouched) == (PolicyState.FAULTY, False)


def test_a_file_that_came_back_is_a_first_one() -> None:
    last = latest(None, PolicyState.MISSING, is_vouched=True)
    helper = pushed(TEXT, before=None, by=Permission.WRITE)
    assert judged(helper, in_force=None, last=last).state is PolicyState.PENDING


def test_what_stood_there_when_the_app_was_installed_was_reviewed() -> None:
    installed = read(TEXT, occasion=CHOSEN, is_untouched=True)
    assert judged(installed, in_force=None).state is PolicyState.ADOPTED
    since = replace(installed, is_untouched=False)
    assert judged(since, in_force=None).state is PolicyState.PENDING
    assert judged(read(TEXT), in_force=None).state is PolicyState.PENDING


def test_a_broken_file_that_was_there_at_installation_can_be_mended() -> None:
    broken = judged(read(BROKEN, occasion=CHOSEN, is_untouched=True), in_force=None)
    assert (broken.state, broken.is_vouched) == (PolicyState.FAULTY, True)
    last = latest(BROKEN, PolicyState.FAULTY, is_vouched=True)
    mended = judged(pushed(TEXT, before=BROKEN), in_force=None, last=last)
    assert mended.state is PolicyState.ADOPTED


def test_installing_again_does_not_confirm_what_was_pushed_meanwhile() -> None:
    again = judged(read(RAISED, occasion=CHOSEN, is_untouched=True))
    assert (again.state, again.is_vouched) == (PolicyState.PENDING, False)
    last = latest(RAISED, PolicyState.PENDING)
    assert judged(read(RAISED, occasion=Rerun(commit="f")), last=last).state is PolicyState.PENDING


def test_reading_without_an_occasion_adopts_what_nobody_is_paid_by() -> None:
    assert judged(read(LABELLED)).state is PolicyState.ADOPTED
    assert judged(read(TEXT)).state is PolicyState.ADOPTED
    assert judged(read(RAISED)).state is PolicyState.PENDING


@pytest.mark.parametrize("by", [Permission.ADMIN, Permission.MAINTAIN])
def test_a_maintainer_confirms_what_waits(by: Permission) -> None:
    given = read(RAISED, occasion=CONFIRMED, permission=by, after=RAISED)
    assert judged(given, last=latest(RAISED, PolicyState.PENDING)).state is PolicyState.ADOPTED
    first = judged(given, in_force=None, last=latest(RAISED, PolicyState.PENDING))
    assert first.state is PolicyState.ADOPTED


@pytest.mark.parametrize("by", [Permission.WRITE, Permission.NONE])
def test_nobody_else_confirms_it(by: Permission) -> None:
    given = read(RAISED, occasion=CONFIRMED, permission=by, after=RAISED)
    assert judged(given, last=latest(RAISED, PolicyState.PENDING)).state is PolicyState.PENDING


def test_what_was_confirmed_is_what_is_adopted_and_nothing_later() -> None:
    given = read(RAISED_DEARER, occasion=CONFIRMED, permission=Permission.ADMIN, after=RAISED)
    assert judged(given).state is PolicyState.PENDING
    harmless = replace(given, text=RAISED_LABELLED.encode())
    assert judged(harmless).state is PolicyState.ADOPTED
    assert judged(replace(given, after=version(BROKEN))).state is PolicyState.PENDING
    assert judged(replace(given, after=version(None))).state is PolicyState.PENDING
    assert judged(replace(given, after=None)).state is PolicyState.PENDING


def test_a_good_file_whose_helper_was_nobody_is_adopted_when_they_are_there() -> None:
    unknown = (("Ada", UserId(1)), ("grace", None))
    first = judged(replace(pushed(DEARER, before=TEXT), logins=unknown))
    assert (first.state, first.is_vouched) == (PolicyState.FAULTY, True)
    assert isinstance(first.found, Faults)
    (fault,) = first.found.faults
    assert (fault.line, fault.column) == (7, 13)
    assert fault.reason == "There is no person @grace on GitHub."
    last = latest(DEARER, PolicyState.FAULTY, is_vouched=True)
    again = judged(read(DEARER, occasion=Rerun(commit="f" * 40)), last=last)
    assert again.state is PolicyState.ADOPTED
    mended = edited(("login: grace", "login: linus"), text=DEARER)
    known = (("Ada", UserId(1)), ("linus", UserId(3)))
    corrected = judged(replace(pushed(mended, before=DEARER), logins=known), last=last)
    assert corrected.state is PolicyState.ADOPTED, "the new price came from maintainers, too"


def test_a_login_that_belongs_to_another_account_by_now_is_a_fault() -> None:
    recycled = (("ada", UserId(9)), ("grace", UserId(2)))
    found = judged(replace(pushed(TEXT, before=TEXT), logins=recycled))
    assert found.state is PolicyState.FAULTY
    assert isinstance(found.found, Faults)
    (fault,) = found.found.faults
    assert (fault.line, fault.column) == (6, 13)
    assert fault.reason == "@ada is another account than in the file that is in force."
    first = judged(replace(pushed(TEXT, before=None), logins=recycled), in_force=None)
    assert first.state is PolicyState.ADOPTED


def test_a_helper_who_took_another_login_needs_nobodys_word() -> None:
    text = edited(("login: Ada", "login: Lovelace"))
    renamed = (("Lovelace", UserId(1)), ("grace", UserId(2)))
    found = judged(replace(pushed(text, before=TEXT, by=Permission.WRITE), logins=renamed))
    assert found.state is PolicyState.ADOPTED
    assert [each.sentence for each in found.changes] == ["ada is called Lovelace by now."]
    stranger = (("Lovelace", UserId(3)), ("grace", UserId(2)))
    other = judged(replace(pushed(text, before=TEXT, by=Permission.WRITE), logins=stranger))
    assert other.state is PolicyState.PENDING


def test_no_file_and_other_files_need_nobodys_word() -> None:
    gone = judged(pushed(None, before=TEXT, by=Permission.WRITE))
    assert (gone.state, gone.found) == (PolicyState.MISSING, None)
    foreign = judged(pushed("close: true\n", before=TEXT, by=Permission.WRITE))
    assert foreign.state is PolicyState.FOREIGN
    assert isinstance(foreign.found, Foreign)
    assert foreign.policy is None
    last = latest("close: true\n", PolicyState.FOREIGN)
    taken = judged(pushed(RAISED, before="close: true\n"), in_force=None, last=last)
    assert taken.state is PolicyState.PENDING, "nobody knows what stood in it, and by whom"
    for nothing in ("", "# only a comment\n", None):
        filled = judged(pushed(TEXT, before=nothing), in_force=None)
        assert filled.state is PolicyState.ADOPTED
        broken = judged(pushed(BROKEN, before=nothing), in_force=None)
        assert broken.is_vouched


HEAD, FIRST, ASKED = "h" * 40, "f" * 40, "c" * 40


@pytest.mark.parametrize(
    ("reading", "last", "state", "is_news", "expected"),
    [
        # A push, or an installation: where it was found, once.
        (read(TEXT), None, PolicyState.ADOPTED, True, Shown((HEAD,))),
        (read(TEXT), latest(TEXT, PolicyState.ADOPTED), PolicyState.ADOPTED, False, Shown(())),
        (read(TEXT), latest(TEXT, PolicyState.PENDING), PolicyState.ADOPTED, True, Shown((FIRST,))),
        (read(None), None, PolicyState.MISSING, True, Shown(())),
        (read(None), latest(TEXT, PolicyState.ADOPTED), PolicyState.MISSING, True, Shown((HEAD,))),
        # Confirmed where it stands, there or on an equal commit, in vain, and too late.
        (
            read(TEXT, occasion=Confirmed(by=MAX, commit=FIRST), after=TEXT),
            latest(TEXT, PolicyState.PENDING),
            PolicyState.ADOPTED,
            True,
            Shown((FIRST,)),
        ),
        (
            read(TEXT, occasion=CONFIRMED, after=TEXT),
            latest(TEXT, PolicyState.PENDING),
            PolicyState.ADOPTED,
            True,
            Shown((FIRST, ASKED)),
        ),
        (
            read(TEXT, occasion=CONFIRMED, after=TEXT),
            latest(TEXT, PolicyState.PENDING),
            PolicyState.PENDING,
            False,
            Shown((ASKED,)),
        ),
        (
            read(LABELLED, occasion=CONFIRMED, after=TEXT),
            latest(LABELLED, PolicyState.PENDING),
            PolicyState.ADOPTED,
            True,
            Shown((FIRST, ASKED)),
        ),
        (
            read(RAISED, occasion=CONFIRMED, after=TEXT),
            latest(RAISED, PolicyState.PENDING),
            PolicyState.PENDING,
            False,
            Shown((), (ASKED,)),
        ),
        # Asked for again: always shown, and never as what another commit has.
        (
            read(TEXT, occasion=Rerun(commit=ASKED), after=TEXT),
            latest(TEXT, PolicyState.ADOPTED),
            PolicyState.ADOPTED,
            False,
            Shown((ASKED,)),
        ),
        (
            read(RAISED, occasion=Rerun(commit=ASKED), after=TEXT),
            latest(TEXT, PolicyState.ADOPTED),
            PolicyState.ADOPTED,
            True,
            Shown((HEAD,), (ASKED,)),
        ),
    ],
)
def test_it_is_shown_where_it_is_news_and_where_somebody_asked(
    reading: PolicyRead,
    last: Latest | None,
    state: PolicyState,
    is_news: bool,  # noqa: FBT001 - a column of the table above
    expected: Shown,
) -> None:
    assert shown(reading, last, state, is_news=is_news) == expected


def test_an_empty_repository_has_no_commit_to_show_it_on() -> None:
    reading = replace(read(None), commit="")
    last = latest(TEXT, PolicyState.ADOPTED)
    assert shown(reading, last, PolicyState.MISSING, is_news=True) == Shown(())


def test_in_an_archived_repository_nothing_can_be_shown() -> None:
    reading = read(TEXT, occasion=CHOSEN, is_untouched=True)
    archived = replace(reading, repository=replace(reading.repository, is_archived=True))
    assert shown(archived, None, PolicyState.ADOPTED, is_news=True) == Shown(())


def test_the_same_content_stays_at_home_where_it_was_found_first() -> None:
    assert home(read(TEXT), latest(TEXT, PolicyState.PENDING)) == FIRST
    assert home(read(TEXT), latest(RAISED, PolicyState.PENDING)) == HEAD
    assert home(read(TEXT), None) == HEAD
