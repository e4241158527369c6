from __future__ import annotations

import pytest

from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Issue
from tests.rehearsal.github.product import Api, Clock, Receiver


@pytest.fixture
async def failed(github: GitHubStandIn, receiver: Receiver, issue: Issue) -> Issue:
    """The issue, with one comment whose webhook was answered 503."""
    await github.settle()
    receiver.status = 503
    github.comment(issue, "lost", by="reader")
    await github.settle()
    receiver.status = 202
    return issue


async def test_a_failed_delivery_is_listed_and_sent_again(
    api: Api, github: GitHubStandIn, receiver: Receiver, failed: Issue, clock: Clock
) -> None:
    newest = (await api.as_app("GET", "/app/hook/deliveries")).json[0]
    assert (newest["event"], newest["action"]) == ("issue_comment", "created")
    assert newest["status"] == "Invalid HTTP Response: 503"
    assert (newest["status_code"], newest["redelivery"]) == (503, False)
    assert newest["repository_id"] == failed.repository.id
    clock.forward(minutes=10)
    again = await api.as_app("POST", f"/app/hook/deliveries/{newest['id']}/attempts")
    assert (again.status, again.json) == (202, {})
    await github.settle()
    first, second = receiver.received[-2:]
    assert first.body == second.body
    for header in ("X-GitHub-Delivery", "X-Hub-Signature-256", "X-GitHub-Event"):
        assert first.headers[header] == second.headers[header]
    listed = (await api.as_app("GET", "/app/hook/deliveries")).json
    assert [(one["status"], one["redelivery"]) for one in listed[:2]] == [
        ("OK", True),
        ("Invalid HTTP Response: 503", False),
    ]
    assert listed[0]["guid"] == listed[1]["guid"]
    assert listed[0]["id"] > listed[1]["id"]
    assert listed[0]["delivered_at"] == "2026-11-24T12:10:00Z"
    detail = (await api.as_app("GET", f"/app/hook/deliveries/{listed[0]['id']}")).json
    assert detail["request"]["payload"]["comment"]["body"] == "lost"


async def test_deliveries_come_in_pages_by_cursor(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    for number in range(5):
        github.comment(issue, str(number), by="reader")
    await github.settle()
    seen: list[int] = []
    url = "/app/hook/deliveries?per_page=3"
    sizes = []
    while url:
        reply = await api.as_app("GET", url)
        sizes.append(len(reply.json))
        seen += [one["id"] for one in reply.json]
        url = reply.links.get("next", "")
    assert sizes == [3, 3, 1]
    assert seen == sorted((one.id for one in github.deliveries), reverse=True)
    assert (await api.as_app("GET", "/app/hook/deliveries?cursor=nonsense")).status == 400


async def test_deliveries_are_listed_by_status(api: Api, failed: Issue) -> None:
    failures = (await api.as_app("GET", "/app/hook/deliveries?status=failure")).json
    successes = (await api.as_app("GET", "/app/hook/deliveries?status=success&per_page=1")).json
    assert [one["event"] for one in failures] == ["issue_comment"]
    assert [one["status"] for one in successes] == ["OK"]


async def test_the_log_goes_back_three_days(api: Api, failed: Issue, clock: Clock) -> None:
    listed = (await api.as_app("GET", "/app/hook/deliveries")).json
    clock.forward(days=2, hours=23)
    assert (await api.as_app("GET", "/app/hook/deliveries")).json == listed
    clock.forward(hours=1)
    assert (await api.as_app("GET", "/app/hook/deliveries")).json == []
    again = await api.as_app("POST", f"/app/hook/deliveries/{listed[0]['id']}/attempts")
    assert again.status == 404


async def test_a_receiver_that_is_away_is_a_failed_delivery(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    await github.settle()
    github.site.hooks.sender._url = "http://127.0.0.1:1/"
    github.comment(issue, "lost", by="reader")
    await github.settle()
    newest = (await api.as_app("GET", "/app/hook/deliveries")).json[0]
    assert (newest["status"], newest["status_code"]) == ("failed to connect to host", 502)
    detail = await api.as_app("GET", f"/app/hook/deliveries/{newest['id']}")
    assert detail.status == 200


async def test_an_installation_does_not_see_the_log(api: Api, failed: Issue) -> None:
    assert (await api("GET", "/app/hook/deliveries")).status == 401
