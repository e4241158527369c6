"""What differs between two policies, in words, and what of it a maintainer has to want."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import UserId
from app.domain.policy import SupportPolicy
from app.domain.policy.changes import (
    Change,
    changes,
    follow,
    is_sensitive,
    moves,
    percent,
    renames,
    stakes,
)
from tests.domain.policies import TEXT, policy

SENSITIVE = {
    "eur": (
        [("currency: usd", "currency: eur")],
        [
            "Prices are in eur instead of usd.",
            "The plan question costs €49.00 instead of $49.00.",
            "The plan session costs €180.00 instead of $180.00.",
        ],
    ),
    "share": (
        [("core: 5%", "core: 2.5%")],
        ["With a core helper the repository gets 2.5% instead of 5%; the helper gets the rest."],
    ),
    "shares": (
        [("repository: 10%, classes: {core: 5%, community: 15%}", "repository: 0%")],
        [
            "With a core helper the repository gets 0% instead of 5%; the helper gets the rest.",
            (
                "With an extended helper the repository gets 0% instead of 10%; "
                "the helper gets the rest."
            ),
            (
                "With a community helper the repository gets 0% instead of 15%; "
                "the helper gets the rest."
            ),
        ],
    ),
    "new helper": (
        [("plans:", "  - {login: dave, class: extended}\nplans:")],
        ["dave becomes a helper of the class extended."],
    ),
    "other helper": (
        [("login: Ada", "login: mallory")],
        ["mallory becomes a helper of the class core.", "Ada is no helper any more."],
    ),
    "class": (
        [("Ada, class: core", "Ada, class: community")],
        ["Ada is of the class community instead of core."],
    ),
    "price": (
        [("price: 49", "price: 59")],
        ["The plan question costs $59.00 instead of $49.00."],
    ),
    "other plan": (
        [("id: session", "id: hour")],
        ["The plan hour is new, for $180.00.", "The plan session is not on offer any more."],
    ),
    "no_helper": (
        [("no_helper: 48h", "no_helper: 24h")],
        ["Without a helper the money goes back after 1 day instead of 2 days."],
    ),
    "accept_within": (
        [("accept_within: 3d", "accept_within: 30m")],
        ["A proposal that nobody answers is accepted after 30 minutes instead of 3 days."],
    ),
    "grace": (
        [("grace: 3d", "grace: 90m")],
        ["An accepted ticket is divided after 90 minutes instead of 3 days."],
    ),
    "blocked": (
        [("[troll]", "[Octo]")],
        ["octo is blocked: their commands do nothing.", "troll is not blocked any more."],
    ),
    "reports": (
        [("reports: totals", "reports: helpers")],
        ["Reports without sign-in show: helpers instead of totals."],
    ),
    "private": (
        [("version: 1\n", "version: 1\nai: {private: true}\n")],
        ["The AI reads of a private repository: issues instead of nothing."],
    ),
}
OTHERS = {
    "label": ([("paid-support", "help")], "The label is “help” instead of “paid-support”."),
    "zone": (
        [("{timezone: Europe/Oslo,", "{timezone: Europe/Rome,")],
        "The repository works in the time zone Europe/Rome instead of Europe/Oslo.",
    ),
    "hours": ([("09:00-17:00", "09:00-16:00")], "The repository works at other hours."),
    "holidays": ([(", holidays: NO", "")], None),
    "topics": ([("[networking]", "[docker]")], "Ada knows about other topics."),
    "tickets_max": (
        [(", tickets_max: 3", "")],
        "Ada takes any number of tickets at once instead of 3.",
    ),
    "own zone": (
        [("America/New_York", "America/Chicago")],
        "grace works in the time zone America/Chicago instead of America/New_York.",
    ),
    "own hours": ([("08:00-12:00", "08:00-11:00")], "grace works at other hours."),
    "no own calendar": (
        [(", timezone: America/New_York, hours: Mon-Fri 08:00-12:00", "")],
        None,
    ),
    "letters": ([("login: Ada", "login: ada")], "Ada is written ada."),
    "title": (
        [("Quick question", "Question")],
        "The plan question is called “Question” instead of “Quick question”.",
    ),
    "answer": (
        [("respond_within: 8h", "respond_within: 1d")],
        (
            "The first answer of the plan question is promised within: 1 working day instead of "
            "8 working hours."
        ),
    ),
    "solution": (
        [(", resolve_within: 3d", "")],
        (
            "The solution of the plan question is promised within: no promise instead of "
            "3 working days."
        ),
    ),
    "assignment": (
        [("assignment: rotate", "assignment: claim")],
        "Helpers are found by claim instead of rotate.",
    ),
    "ai": ([("ai: comment", "ai: off")], "AI drafts are off instead of comment."),
    "community": (
        [("community: 24h", "community: off")],
        "Volunteers are waited for: not at all instead of 1 day.",
    ),
    "expert": (
        [("expert: true", "expert: false")],
        "Paid plans are not on offer instead of on offer.",
    ),
    "offer": (
        [("offer: 14d", "offer: 7d")],
        "An unpaid offer ends after 7 days instead of 14 days.",
    ),
    "open": (
        [("open_per_customer: 2", "open_per_customer: 1")],
        "Open tickets of one customer at once: 1 instead of 2.",
    ),
    "drafts": (
        [("ai_drafts_per_day: 50", "ai_drafts_per_day: 5")],
        "AI drafts a day: 5 instead of 50.",
    ),
    "commands": (
        [("commands_per_minute: 5", "commands_per_minute: 6")],
        "Commands of one person a minute: 6 instead of 5.",
    ),
    "notices": (
        [("Welcome.", "Welcome., refund: Sorry.")],
        "The maintainers' own words in notices are other ones.",
    ),
    "messages": (
        [("Welcome.", "Hello.")],
        "The maintainers' own words on a new card are other ones.",
    ),
}


@pytest.mark.parametrize("name", SENSITIVE)
def test_what_a_maintainer_has_to_want_is_said(name: str) -> None:
    edits, sentences = SENSITIVE[name]
    old, new = policy(), policy(*edits)
    assert changes(old, new) == tuple(Change(each, is_sensitive=True) for each in sentences)
    assert is_sensitive(old, new)


@pytest.mark.parametrize("name", OTHERS)
def test_what_anybody_may_change_is_said(name: str) -> None:
    edits, sentence = OTHERS[name]
    old, new = policy(), policy(*edits)
    told = changes(old, new)
    assert told
    assert not any(each.is_sensitive for each in told)
    assert not is_sensitive(old, new)
    if sentence is not None:
        assert [each.sentence for each in told] == [sentence]


def test_holidays_of_the_repository_are_everybodys() -> None:
    told = changes(policy(), policy((", holidays: NO", "")))
    assert [each.sentence for each in told] == [
        "grace works with other holidays.",
        "The repository works with other holidays.",
    ]


def test_an_own_calendar_like_the_repositorys_makes_no_difference() -> None:
    bare = policy((", timezone: America/New_York, hours: Mon-Fri 08:00-12:00", ""))
    same = policy(("America/New_York, hours: Mon-Fri 08:00-12:00", "Europe/Oslo"))
    assert [each.sentence for each in changes(bare, same)] == ["grace has an own calendar."]
    assert [each.sentence for each in changes(same, bare)] == ["grace has no own calendar."]


def test_another_order_is_said_but_needs_nobody() -> None:
    whole = policy()
    helpers = replace(whole, helpers=whole.helpers[::-1])
    plans = replace(whole, plans=whole.plans[::-1])
    assert changes(whole, helpers) == (Change("The helpers stand in another order."),)
    assert changes(whole, plans) == (Change("The plans stand in another order."),)
    assert not is_sensitive(whole, helpers)


def test_a_file_written_in_another_way_says_the_same() -> None:
    other = policy(("repository: 10%, classes: {core: 5%", "classes: {extended: 10%, core: 5%"))
    assert changes(policy(), other) == ()
    assert changes(policy(), policy()) == ()


def test_all_three_classes_alike_are_one_sentence() -> None:
    flat = TEXT.replace(", classes: {core: 5%, community: 15%}", "")
    told = changes(policy(text=flat), policy(("10%", "12.34%"), text=flat))
    assert [each.sentence for each in told] == [
        "With any helper the repository gets 12.34% instead of 10%; the helper gets the rest."
    ]


def test_where_there_was_nothing_everything_moves() -> None:
    assert moves(None, policy()) == frozenset(stakes(policy()).items())
    assert moves(policy(), None) == {(name, None) for name in stakes(policy())}
    assert moves(None, None) == frozenset()
    assert stakes(policy())["helper ada"] == "core"


def test_who_took_another_login_stays_the_same_helper() -> None:
    before = (("Ada", UserId(1)), ("grace", UserId(2)))
    renamed = renames(before, (("Lovelace", UserId(1)), ("Grace", UserId(2)), ("new", UserId(3))))
    assert renamed == {"ada": "Lovelace"}
    new = policy(("login: Ada", "login: Lovelace"))
    assert is_sensitive(policy(), new)
    assert changes(follow(policy(), renamed), new) == ()
    assert not is_sensitive(follow(policy(), renamed), new)


def test_a_login_that_is_another_account_now_is_not_followed() -> None:
    assert renames((("ada", UserId(1)),), (("ada", UserId(9)),)) == {}


ALL = SENSITIVE | OTHERS
NAMES = st.lists(st.sampled_from([*ALL]), max_size=6, unique=True)


@given(NAMES, NAMES)
def test_a_sentence_is_marked_exactly_where_a_stake_moves(one: list[str], other: list[str]) -> None:
    old, new = with_all(one), with_all(other)
    told = changes(old, new)
    assert any(each.is_sensitive for each in told) is is_sensitive(old, new)
    assert bool(told) is (old != new)
    assert list(told) == sorted(told, key=lambda each: not each.is_sensitive)


def with_all(names: list[str]) -> SupportPolicy:
    text = TEXT
    for name in names:
        for old, new in ALL[name][0]:
            text = text.replace(old, new, 1)
    return policy(text=text)


@pytest.mark.parametrize(
    ("points", "written"),
    [(0, "0%"), (1, "0.01%"), (250, "2.5%"), (1234, "12.34%"), (10_000, "100%")],
)
def test_a_share_is_written_as_in_the_file(points: int, written: str) -> None:
    assert percent(points) == written
