from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.retry import (
    ATTEMPTS_MAX,
    ATTEMPTS_MIN,
    FIRST_SECONDS_MAX,
    PATIENCE,
    POSTPONED_MAX,
    WAIT_SECONDS_MAX,
    GiveUp,
    RetryIn,
    after_postponing,
    next_try,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
JITTER = st.floats(min_value=0, max_value=1, exclude_max=True)


def wait(attempts: int, jitter: float = 0.5) -> float:
    decision = next_try(attempts=attempts, first_tried_at=START, now=START, jitter=jitter)
    assert isinstance(decision, RetryIn)
    return decision.seconds


@given(JITTER)
def test_the_first_retry_comes_within_five_seconds(jitter: float) -> None:
    assert 0 < wait(1, jitter) <= FIRST_SECONDS_MAX == 5


def test_each_wait_is_twice_the_one_before_up_to_five_minutes() -> None:
    waits = [wait(attempts) for attempts in range(1, 10)]
    assert waits[:6] == [3.75 * 2**n for n in range(6)]
    assert waits[6:] == [225.0, 225.0, 225.0]


@given(st.integers(min_value=1, max_value=ATTEMPTS_MAX - 1), JITTER)
def test_no_wait_is_longer_than_five_minutes_however_often(attempts: int, jitter: float) -> None:
    assert 0 < wait(attempts, jitter) <= WAIT_SECONDS_MAX == 300


def test_those_who_failed_together_come_back_spread_over_half_the_wait() -> None:
    assert wait(7, 0.0) == 150
    assert wait(7, 0.999) == pytest.approx(300, rel=0.01)


@given(JITTER)
def test_a_lasting_outage_is_retried_for_at_least_a_day_and_then_given_up(jitter: float) -> None:
    now, attempts = START, 1
    while isinstance(
        decision := next_try(attempts=attempts, first_tried_at=START, now=now, jitter=jitter),
        RetryIn,
    ):
        now += timedelta(seconds=decision.seconds)
        attempts += 1
    assert now - START >= PATIENCE == timedelta(hours=24)
    assert now - START < PATIENCE + timedelta(minutes=6)
    assert decision == GiveUp(f"given up after {attempts} attempts")


def test_time_that_passed_without_attempts_is_no_reason_to_give_up() -> None:
    late = START + timedelta(days=9)
    seldom = next_try(attempts=ATTEMPTS_MIN - 1, first_tried_at=START, now=late, jitter=0.0)
    often = next_try(attempts=ATTEMPTS_MIN, first_tried_at=START, now=late, jitter=0.0)
    assert isinstance(seldom, RetryIn)
    assert isinstance(often, GiveUp)


def test_what_was_begun_too_often_is_given_up_whatever_the_clock_says() -> None:
    decision = next_try(attempts=ATTEMPTS_MAX, first_tried_at=START, now=START, jitter=0.0)
    assert isinstance(decision, GiveUp)


def test_the_other_side_is_taken_at_its_word_but_not_for_ever() -> None:
    last = START + POSTPONED_MAX
    just_before = last - timedelta(seconds=1)
    assert after_postponing(first_tried_at=START, now=just_before, seconds=60) == RetryIn(60)
    assert after_postponing(first_tried_at=START, now=START, seconds=-5) == RetryIn(0)
    assert isinstance(after_postponing(first_tried_at=START, now=last, seconds=60), GiveUp)
