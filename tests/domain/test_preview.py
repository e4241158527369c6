"""What a policy will do, before it does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from app.domain.wording.preview import preview
from tests.domain.policies import OPERATOR, TEXT, policy

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
"""A Tuesday: ten o'clock in Oslo, four at night in New York."""


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
        "1. **Quick question** goes to `Ada`. It is the turn of Ada, who has not been asked "
        "before. Promised: first answer by Wed 25 Nov 10:00 (Europe/Oslo); if taken at once, "
        "solved by Fri 27 Nov 10:00 (Europe/Oslo)."
    )
    assert "**One-hour session** goes to `grace`" in second
    assert "first answer by Tue 24 Nov 12:00 (America/New_York)" in second
    assert third.startswith(
        "3. **Quick question** goes to `Ada`. It is the turn of Ada, who was asked longest ago."
    )
    assert "first answer by Wed 25 Nov 10:20 (Europe/Oslo)" in third


def test_who_is_full_is_not_asked_again() -> None:
    full = policy(("tickets_max: 3", "tickets_max: 1"), ("12:00}", "12:00, tickets_max: 1}"))
    assert lines(preview(full, OPERATOR, NOW), "3. ") == [
        ("3. **Quick question**: No helper can be asked now (without room for another ticket: 2).")
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
        "1. **Quick question** about networking goes to `Ada`. Ada knows about networking."
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
    assert lines(preview(policy(), OPERATOR, NOW), "- ") == [
        "- An unpaid offer ends after 14 days.",
        "- If no helper acts within 2 days after the payment, everything is paid back.",
        "- A proposal that nobody answers is accepted after 3 days, and divided 3 days later.",
        "- Volunteers are waited for 1 day, where a customer chooses that.",
    ]
    nobody = preview(policy(("community: 24h", "community: off")), OPERATOR, NOW)
    assert lines(nobody, "- ")[-1] == "- Volunteers are not waited for."
