"""What a policy will do, before it does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.wording.preview import preview
from tests.domain.policies import OPERATOR, TEXT, policy

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
"""A Tuesday: ten o'clock in Oslo, four at night in New York."""


OWN_HOURS = (", timezone: America/New_York, hours: Mon-Fri 08:00-12:00", "")
"""Grace has the repository's calendar."""


def lines(shown: str, begin: str) -> list[str]:
    return [line for line in shown.splitlines() if line.startswith(begin)]


def test_every_plan_is_divided_for_every_class_that_has_a_helper() -> None:
    assert lines(preview(policy(), OPERATOR, NOW), "| ")[1:] == [
        "| Quick question | $49.00 | core | **$42.56** | $2.36 (5%) | $2.36 (5%) | $1.72 |",
        "| Quick question | $49.00 | community | **$37.83** | $7.09 (15%) | $2.36 (5%) | $1.72 |",
        "| One-hour session | $180.00 | core | **$157.04** | $8.72 (5%) | $8.72 (5%) | $5.52 |",
        (
            "| One-hour session | $180.00 | community | **$139.59** | $26.17 (15%) | $8.72 (5%) "
            "| $5.52 |"
        ),
    ]


def test_helpers_take_turns_and_their_deadlines_are_on_their_own_clocks() -> None:
    shown = preview(policy(), OPERATOR, NOW)
    assert "at 24 Nov 2026, 09:00 UTC" in shown
    first, second, third = (lines(shown, f"{number}. ")[0] for number in (1, 2, 3))
    assert first == (
        "1. **Quick question** goes to `Ada`. It is their turn: they have not been asked "
        "before. Promised: first answer by Wed 25 Nov 10:00 (Europe/Oslo); if taken at once, "
        "solved by Fri 27 Nov 10:00 (Europe/Oslo)."
    )
    assert "**One-hour session** goes to `grace`" in second
    assert "first answer by Tue 24 Nov 12:00 (America/New_York)" in second
    assert third.startswith(
        "3. **Quick question** goes to `Ada`. It is their turn: they were asked longest ago."
    )
    assert "first answer by Wed 25 Nov 10:20 (Europe/Oslo)" in third


def test_who_is_full_is_not_asked_again() -> None:
    full = policy(("tickets_max: 3", "tickets_max: 1"), ("12:00}", "12:00, tickets_max: 1}"))
    assert lines(preview(full, OPERATOR, NOW), "3. ") == [
        "3. **Quick question**: No helper can be asked now: 2 have no room for another ticket."
    ]


def test_where_topics_decide_the_samples_are_about_some() -> None:
    shown = preview(
        policy(
            ("assignment: rotate", "assignment: topics"),
            ("08:00-12:00}", "08:00-12:00, topics: [docs]}"),
        ),
        OPERATOR,
        NOW,
    )
    assert lines(shown, "1. ")[0].startswith(
        "1. **Quick question** about networking goes to `Ada`. They know about networking."
    )
    assert " about docs goes to `grace`" in lines(shown, "2. ")[0]
    nobody = policy(("assignment: rotate", "assignment: topics"), (", topics: [networking]", ""))
    assert lines(preview(nobody, OPERATOR, NOW), "1. ")[0].startswith(
        "1. **Quick question** goes to `Ada`"
    )


def test_where_nobody_is_asked_that_is_said() -> None:
    shown = preview(policy(("assignment: rotate", "assignment: claim")), OPERATOR, NOW)
    assert lines(shown, "2. ") == [
        (
            "2. **One-hour session**: Here nobody is asked: the first helper who claims the "
            "ticket has it."
        )
    ]


def test_what_is_not_promised_has_no_deadline() -> None:
    bare = policy((", respond_within: 8h, resolve_within: 3d", ""))
    assert lines(preview(bare, OPERATOR, NOW), "1. ")[0].endswith(" No time is promised.")


FRIDAY = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
"""Half an hour before Oslo closes for the weekend."""


def test_money_that_goes_back_before_the_first_answer_is_due_is_told_as_it_comes() -> None:
    shown = preview(policy(), OPERATOR, FRIDAY)
    assert lines(shown, "1. ")[0].endswith(
        " If nobody acts, everything is paid back on Sun 29 Nov 16:30 (Europe/Oslo), before the "
        "first answer is due on Mon 30 Nov 16:30 (Europe/Oslo). Promised: if taken at once, solved "
        "by Wed 2 Dec 16:30 (Europe/Oslo)."
    )
    patient = preview(policy(("no_helper: 48h", "no_helper: 5d")), OPERATOR, FRIDAY)
    assert "Promised: first answer by Mon 30 Nov 16:30 (Europe/Oslo)" in lines(patient, "1. ")[0]


def test_a_wait_that_ends_over_a_weekend_is_doubted_on_any_day() -> None:
    shown = preview(policy(), OPERATOR, NOW)
    assert "### Worth a second look" in shown
    assert lines(shown, "- ")[0] == (
        "- A ticket that is paid for on Fri 27 Nov 17:00 (Europe/Oslo) has its first answer due by "
        "Mon 30 Nov 17:00 (Europe/Oslo), but everything is paid back on Sun 29 Nov 17:00 "
        "(Europe/Oslo) already if nobody has acted: `no_helper` is 2 days of calendar time. Write "
        "`no_helper: 4d` or more under `promises`, or promise a faster answer."
    )


@pytest.mark.parametrize(
    "edits",
    [
        [("no_helper: 48h", "no_helper: 4d")],
        [("hours: Mon-Fri 09:00-17:00, holidays: NO", "hours: 24/7"), OWN_HOURS],
        [(", respond_within: 8h, resolve_within: 3d", ""), (", respond_within: 4h", "")],
        [("no_helper: 48h", "no_helper: 9w"), ("respond_within: 8h", "respond_within: 99w")],
    ],
)
def test_what_fits_is_not_doubted(edits: list[tuple[str, str]]) -> None:
    assert "Worth a second look" not in preview(policy(*edits), OPERATOR, NOW)


def test_a_price_of_which_the_helper_gets_next_to_nothing_is_doubted() -> None:
    given = policy(("repository: 10%", "repository: 95%"), ("community: 15%", "community: 95%"))
    patient = replace(given, promises=replace(given.promises, no_helper=timedelta(days=7)))
    assert lines(preview(patient, OPERATOR, NOW), "- ")[0] == (
        "- A helper of class community gets $0.01 for Quick question and $0.01 for One-hour "
        "session: the processing fee and the other shares take the rest. If that is not meant, "
        "lower `split` or raise the price."
    )


def test_without_plans_there_is_nothing_to_divide() -> None:
    free = policy(text=TEXT[: TEXT.index("plans:")])
    shown = preview(free, OPERATOR, NOW)
    assert shown.startswith("There is no plan, so nothing can be bought.")
    assert "Who gets what" not in shown
    assert "1. **A question** goes to `Ada`." in shown


def test_plans_that_are_not_for_sale_say_why() -> None:
    closed = preview(policy(("expert: true", "expert: false")), OPERATOR, NOW)
    assert closed.startswith("`rungs` has `expert: false`")
    unconfigured = preview(policy(), replace(OPERATOR, has_checkout=False), NOW)
    assert unconfigured.startswith("This operator has no checkout yet")
    assert "Who gets what" in unconfigured


def test_the_waits_are_said() -> None:
    assert lines(preview(policy(), OPERATOR, NOW).partition("### Waits")[2], "- ") == [
        "- An unpaid offer ends after 14 days.",
        "- If no helper acts within 2 days after the payment, everything is paid back.",
        "- A proposal that nobody answers is accepted after 3 days, and divided 3 days later.",
        "- Volunteers are waited for 1 day, where a customer chooses that.",
    ]
    nobody = preview(policy(("community: 24h", "community: off")), OPERATOR, NOW)
    assert lines(nobody, "- ")[-1] == "- Volunteers are not waited for."
