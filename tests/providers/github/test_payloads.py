"""What is left out, null, wrongly typed or too much in a payload, and what is made of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest

from app.domain.deliveries import Delivery, Provider
from app.domain.events import (
    AppInstalled,
    CheckRequested,
    ConfirmationGiven,
    OfferRequested,
    PolicyTouched,
    RepositoriesChosen,
    RepositoryChanged,
)
from app.providers.github.payloads import TEXT_CHARACTERS_MAX
from app.providers.github.translate import translate
from tests.providers.github.payloads import (
    CHECK_RUN,
    CHECK_SUITE,
    CHOSEN,
    COMMENT,
    PAYLOADS,
    PUSH,
    REPOSITORY,
    WRONG,
    events,
    message,
    paths,
    with_,
)


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_whole_payload_says_something(kind: str) -> None:
    assert len(events(kind, PAYLOADS[kind])) == 1


@pytest.mark.parametrize("kind", PAYLOADS)
def test_no_wrong_value_anywhere_raises(kind: str) -> None:
    payload = PAYLOADS[kind]
    for path in paths(payload):
        for value in WRONG:
            for event in events(kind, with_(payload, path, value)):
                assert "\0" not in repr(event)


@pytest.mark.parametrize("kind", PAYLOADS)
def test_nothing_that_is_missing_raises(kind: str) -> None:
    payload = PAYLOADS[kind]
    for path in paths(payload):
        if not path.rpartition(".")[2].isdigit():
            events(kind, with_(payload, path, ...))


@pytest.mark.parametrize("kind", PAYLOADS)
def test_what_is_not_for_an_installation_says_nothing(kind: str) -> None:
    assert events(kind, with_(PAYLOADS[kind], "installation", ...)) == []
    assert events(kind, with_(PAYLOADS[kind], "installation", None)) == []


@pytest.mark.parametrize("kind", PAYLOADS)
@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"a":' * 5000, b'{"title":"\\ud800"}'])
def test_a_body_that_is_no_object_says_nothing(kind: str, body: bytes) -> None:
    delivery = Delivery(
        provider=Provider.GITHUB,
        external_id="a-delivery",
        kind=kind,
        body=body,
        received_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    assert translate(delivery, app_id=1) == []


@pytest.mark.parametrize("kind", ["issue_comment", "issues"])
def test_what_is_about_a_pull_request_says_nothing(kind: str) -> None:
    assert events(kind, with_(PAYLOADS[kind], "issue.pull_request", {"url": "…"})) == []
    assert len(events(kind, with_(PAYLOADS[kind], "issue.pull_request", None))) == 1


def test_a_comment_of_nobody_says_nothing() -> None:
    assert events("issue_comment", with_(COMMENT, "comment.user", None)) == []


def test_an_issue_whose_author_is_gone_is_the_ghosts() -> None:
    found = message(with_(COMMENT, "issue.user", None))
    assert (found.issue.author.external_id, found.issue.author.login) == ("10137", "ghost")


def test_texts_are_never_null_too_long_or_unstorable() -> None:
    found = message(with_(COMMENT, "comment.body", "a\0b" + "c" * 2 * TEXT_CHARACTERS_MAX))
    assert found.issue.body == ""
    assert found.message.text.startswith("abc")
    assert len(found.message.text) == TEXT_CHARACTERS_MAX


def test_instants_are_utc() -> None:
    [event] = events("issues", PAYLOADS["issues"])
    assert isinstance(event, OfferRequested)
    assert event.at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert event.at.tzinfo is UTC


def test_a_comment_written_by_hand_is_not_ours() -> None:
    assert message(COMMENT).message.is_ours
    assert not message(with_(COMMENT, "comment.performed_via_github_app", None)).message.is_ours
    assert not message(with_(COMMENT, "comment.performed_via_github_app", ...)).message.is_ours


def test_an_enterprise_is_known_by_its_slug() -> None:
    payload = with_(PAYLOADS["installation"], "installation.account", {"slug": "octo-corp"})
    [event] = events("installation", payload)
    assert isinstance(event, AppInstalled)
    assert event.account == "octo-corp"


def test_a_repository_that_names_no_owner_is_its_installations_unless_it_says_otherwise() -> None:
    for login, repository, owner in (
        ("octo", {"full_name": "octo/tools"}, 9),
        ("Octo", {"full_name": "oCTO/tools"}, 9),
        ("octo-corp", {"full_name": "octo/tools"}, None),
        ("octo", {"full_name": "octo/tools", "owner": {"login": "octo", "id": 8}}, 8),
    ):
        payload = with_(
            PAYLOADS["installation"], "repositories", [{**REPOSITORY, "owner": None, **repository}]
        )
        payload = with_(payload, "installation.account", {"login": login, "id": 9})
        [event] = events("installation", payload)
        assert isinstance(event, AppInstalled)
        assert [each.owner_id for each in event.repositories] == [owner]


def test_a_great_installation_comes_in_portions() -> None:
    many = [{**REPOSITORY, "id": number} for number in range(1, 251)]
    found = events("installation", with_(PAYLOADS["installation"], "repositories", many))
    first, *rest = found
    assert isinstance(first, AppInstalled)
    assert len(first.repositories) == 100
    assert [len(one.added) for one in rest if isinstance(one, RepositoriesChosen)] == [100, 50]
    chosen = events("installation_repositories", with_(CHOSEN, "repositories_removed", many))
    sizes = [
        (len(one.added), len(one.removed)) for one in chosen if isinstance(one, RepositoriesChosen)
    ]
    assert sizes == [(1, 0), (0, 100), (0, 100), (0, 50)]


@pytest.mark.parametrize(("count", "portions"), [(0, [0]), (100, [100]), (101, [100, 1])])
def test_a_portion_is_full_before_the_next_one_begins(count: int, portions: list[int]) -> None:
    many = [{**REPOSITORY, "id": number} for number in range(1, count + 1)]
    first, *rest = events("installation", with_(PAYLOADS["installation"], "repositories", many))
    assert isinstance(first, AppInstalled)
    added = [each.added for each in rest if isinstance(each, RepositoriesChosen)]
    assert [len(each) for each in (first.repositories, *added)] == portions
    assert [each.id for each in (*first.repositories, *chain(*added))] == [*range(1, count + 1)]


def test_every_portion_has_a_key_of_its_own() -> None:
    many = [{**REPOSITORY, "id": number} for number in range(1, 251)]
    delivery = Delivery(
        provider=Provider.GITHUB,
        external_id="a-delivery",
        kind="installation",
        body=json.dumps(with_(PAYLOADS["installation"], "repositories", many)).encode(),
        received_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    keys = [arrival.key for arrival in translate(delivery, app_id=1)]
    assert keys == ["github:a-delivery", "github:a-delivery:2", "github:a-delivery:3"]


def test_only_another_default_branch_makes_an_edited_repository_another_one() -> None:
    edited = with_(PAYLOADS["repository"], "action", "edited")
    assert events("repository", with_(edited, "changes", {"description": {"from": None}})) == []
    [event] = events("repository", with_(edited, "changes", {"default_branch": {"from": "old"}}))
    assert isinstance(event, RepositoryChanged)
    assert event.repository.default_branch == "main"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("commits.0.added", [".github/support.yml"]),
        ("commits.0.modified", ["a", ".github/paid-support.yml"]),
        ("commits.0.removed", [".github/support.yml"]),
        ("forced", True),
        ("commits", []),
        ("commits", [{"added": ["README.md"]}] * 20),
    ],
)
def test_a_push_that_may_touch_the_policy_says_so(path: str, value: Any) -> None:
    assert events("push", PUSH) == []
    [event] = events("push", with_(PUSH, path, value))
    assert isinstance(event, PolicyTouched)
    assert event.commit == "a" * 40


def test_a_push_names_who_pushed_and_from_where_if_it_can() -> None:
    [event] = events("push", PAYLOADS["push"])
    assert isinstance(event, PolicyTouched)
    assert event.by is not None
    assert (event.by.login, event.before) == ("carol", "b" * 40)
    for missing in ({"sender": None}, {"before": None}):
        [event] = events("push", {**PAYLOADS["push"], **missing})
        assert isinstance(event, PolicyTouched)
        assert event.by is None or event.before == ""


@pytest.mark.parametrize("action", ["closed", "edited", "labeled"])
def test_only_a_new_head_makes_a_pull_request_a_proposal(action: str) -> None:
    assert events("pull_request", {**PAYLOADS["pull_request"], "action": action}) == []


def test_a_check_run_speaks_of_a_press_or_of_another_run() -> None:
    [pressed] = events("check_run", CHECK_RUN)
    assert isinstance(pressed, ConfirmationGiven)
    assert (pressed.by.external_id, pressed.commit) == ("5", "c" * 40)
    [again] = events("check_run", {**CHECK_RUN, "action": "rerequested"})
    assert isinstance(again, CheckRequested)
    assert again.commit == "c" * 40


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("action", "created"),
        ("action", "completed"),
        ("check_run.name", "build"),
        ("check_run.app.id", 2),
        ("check_run.app", None),
        ("requested_action.identifier", "fix"),
        ("requested_action", None),
    ],
)
def test_another_check_run_or_button_says_nothing(path: str, value: Any) -> None:
    assert events("check_run", with_(CHECK_RUN, path, value)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("action", "requested"),
        ("action", "completed"),
        ("check_suite.app.id", 2),
        ("check_suite.app", None),
        ("check_suite.latest_check_runs_count", 0),
    ],
)
def test_only_a_suite_of_ours_that_is_shown_is_run_again(path: str, value: Any) -> None:
    [again] = events("check_suite", CHECK_SUITE)
    assert isinstance(again, CheckRequested)
    assert again.commit == "c" * 40
    assert events("check_suite", with_(CHECK_SUITE, path, value)) == []


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-11-24T12:00:00+02:00", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        (1_795_514_400, datetime(2026, 11, 24, 10, tzinfo=UTC)),
        (None, None),
    ],
)
def test_an_installation_says_when_it_was_made(written: Any, at: datetime | None) -> None:
    payload = with_(PAYLOADS["installation"], "installation.created_at", written)
    [event] = events("installation", payload)
    assert isinstance(event, AppInstalled)
    assert event.at == at


@pytest.mark.parametrize(
    ("path", "value"),
    [("ref", "refs/heads/draft"), ("ref", "refs/tags/main"), ("ref", "main"), ("deleted", True)],
)
def test_a_push_elsewhere_says_nothing(path: str, value: Any) -> None:
    assert events("push", with_({**PUSH, "forced": True}, path, value)) == []
