from __future__ import annotations

from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Installation, Issue
from tests.rehearsal.github.product import Api, Clock


async def test_every_answer_carries_what_is_left(api: Api, clock: Clock) -> None:
    first = await api("GET", "/installation/repositories")
    second = await api("GET", "/nothing")
    assert first.headers["x-ratelimit-limit"] == "5000"
    assert first.headers["x-ratelimit-remaining"] == "4999"
    assert second.headers["x-ratelimit-resource"] == "core"
    assert first.headers["x-ratelimit-reset"] == str(int(clock().timestamp()) + 3600)
    overview = (await api("GET", "/rate_limit")).json["resources"]["core"]
    assert overview["used"] == int(second.headers["x-ratelimit-used"])


async def test_the_hour_s_requests_can_be_used_up(
    api: Api, github: GitHubStandIn, clock: Clock, installation: Installation
) -> None:
    github.limits.primary_per_hour = 2
    statuses = [(await api("GET", "/installation/repositories")).status for _ in range(3)]
    assert statuses == [200, 200, 403]
    refused = await api("GET", "/installation/repositories")
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert refused.json["message"] == (
        f"API rate limit exceeded for installation ID {installation.id}."
    )
    assert (await api.as_app("GET", "/app")).status == 200
    clock.forward(minutes=59)
    assert (await api("GET", "/installation/repositories")).status == 403
    clock.forward(minutes=1)
    api.token = await api.mint(installation)
    assert (await api("GET", "/installation/repositories")).status == 200


async def test_an_answer_that_is_known_is_free(api: Api, issue: Issue) -> None:
    path = f"/repositories/{issue.repository.id}/issues/{issue.number}"
    first = await api("GET", path)
    again = await api("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"]
    issue.title = "Something else"
    changed = await api("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status, changed.json["title"]) == (200, "Something else")


async def test_content_is_limited_by_the_minute_and_by_the_hour(
    api: Api, github: GitHubStandIn, clock: Clock, issue: Issue
) -> None:
    github.limits.content_per_minute, github.limits.content_per_hour = 2, 3
    path = f"/repositories/{issue.repository.id}/issues/{issue.number}/comments"

    async def comment() -> tuple[int, str | None]:
        reply = await api("POST", path, {"body": "x"})
        return reply.status, reply.headers.get("Retry-After")

    assert await comment() == (201, None)
    clock.forward(seconds=20)
    assert await comment() == (201, None)
    assert await comment() == (403, "40")
    assert (await api("GET", path)).status == 200
    clock.forward(seconds=40)
    assert await comment() == (201, None)
    clock.forward(minutes=10)
    status, wait = await comment()
    assert (status, wait) == (403, str(49 * 60))
    github.limits.are_secondary_on = False
    assert await comment() == (201, None)
    assert len(issue.comments) == 4


async def test_the_documented_limits_are_the_default(github: GitHubStandIn) -> None:
    limits = github.limits
    assert (limits.content_per_minute, limits.content_per_hour) == (80, 500)
    assert limits.are_secondary_on
