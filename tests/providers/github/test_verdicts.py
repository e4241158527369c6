"""What an answer that is no success means: wait, try again, look first, or give up."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import gidgethub
import pytest

from app.domain.errors import Ambiguous, MainstayError, OutOfReach, Postpone, Refused, Transient
from app.providers.github.verdicts import NotBelieved, NotThere, verdict
from tests.providers.github.orders import NOON


def judge(
    status: int,
    message: str = "",
    *,
    is_repeatable: bool = False,
    postponed_before: int = 0,
    **headers: Any,
) -> MainstayError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    error = gidgethub.HTTPException(HTTPStatus(status), message, headers=named)
    return verdict(
        error,
        is_repeatable=is_repeatable,
        is_for_tenant=True,
        now=NOON,
        postponed_before=postponed_before,
    )


def seconds(status: int, message: str = "", postponed_before: int = 0, **headers: Any) -> float:
    error = judge(status, message, postponed_before=postponed_before, **headers)
    assert isinstance(error, Postpone)
    assert error.is_for_tenant
    return error.seconds


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_failure_of_theirs_leaves_open_whether_it_was_done(status: int) -> None:
    assert type(judge(status)) is Ambiguous
    assert type(judge(status, is_repeatable=True)) is Transient


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, OutOfReach),
        (307, OutOfReach),
        (400, Refused),
        (401, NotBelieved),
        (403, Refused),
        (404, NotThere),
        (409, NotThere),
        (410, NotThere),
        (422, Refused),
        (451, Refused),
    ],
)
def test_a_refusal_is_final_where_waiting_does_not_help(
    status: int, kind: type[MainstayError]
) -> None:
    assert type(judge(status)) is kind


def test_a_reason_says_what_github_said_and_is_bounded() -> None:
    assert str(judge(422, "Body is too long")) == "GitHub answered 422: Body is too long"
    assert len(str(judge(422, "x" * 5000))) == 300


@pytest.mark.parametrize("status", [403, 429])
def test_retry_after_counts_first(status: int) -> None:
    told: dict[str, Any] = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "9999999999"}
    assert seconds(status, retry_after="90", **told) == 90


@pytest.mark.parametrize("status", [403, 429])
def test_else_the_end_of_the_hour_counts(status: int) -> None:
    reset = str(int(NOON.timestamp()) + 600)
    assert seconds(status, x_ratelimit_remaining="0", x_ratelimit_reset=reset) == 601


def test_else_it_is_a_minute_and_doubles() -> None:
    waits = [seconds(429, postponed_before=n) for n in (0, 1, 2, 3, 4, 5, 1_000_000)]
    assert waits == [60, 120, 240, 480, 900, 900, 900]
    assert seconds(403, "You have exceeded a secondary rate limit.") == 60


@pytest.mark.parametrize("given", ["", "soon", "-5", "1e9", "Tue, 24 Nov 2026 12:00:00 GMT", "٣"])
def test_a_header_that_is_no_number_counts_as_none(given: str) -> None:
    assert seconds(429, retry_after=given) == 60


def test_no_wait_is_shorter_than_a_second_or_longer_than_an_hour() -> None:
    assert seconds(429, retry_after="0") == 1
    assert seconds(429, retry_after="999999") == 3600
    assert seconds(403, x_ratelimit_remaining="0", x_ratelimit_reset="1") == 1


def test_what_is_left_of_the_hour_makes_a_lack_of_permission_no_limit() -> None:
    error = judge(
        403,
        "Resource not accessible by integration",
        x_ratelimit_remaining="4999",
        x_ratelimit_reset="9999999999",
    )
    assert type(error) is Refused


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (403, "Repository was archived so is read-only."),
        (403, "Unable to create comment because issue is locked."),
        (403, "This installation has been suspended"),
        (422, "There is at least one repository that is not accessible to the parent installation"),
    ],
)
def test_a_place_that_somebody_closed_is_out_of_reach(status: int, message: str) -> None:
    assert type(judge(status, message)) is OutOfReach
