"""Why the file is read: who pushed or confirmed, what was there before, and since when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.domain.deliveries import Provider
from app.domain.effects import Chosen, Confirmed, Occasion, Pushed, ReadPolicy, Rerun
from app.domain.events import PolicyRead, Version
from app.domain.ids import InstallationId, RepositoryId
from app.domain.people import Identity, Permission
from app.providers.github import files
from app.providers.github.perform import GitHub
from app.rehearsal.github.git import NO_SHA
from app.rehearsal.github.roles import Role
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Installation, Repository
from tests.providers.github.orders import FIRST, NOON, asked
from tests.rehearsal.github.product import Clock

PATH = ".github/support.yml"
OLD, NEW = "version: 1\n", "version: 1\nhelpers: [{login: ada}]\n"
Order = Callable[[Occasion], ReadPolicy]


@pytest.fixture
def order(installation: Installation, repository: Repository) -> Order:
    return lambda occasion: ReadPolicy(
        installation=InstallationId(installation.id),
        repository=RepositoryId(repository.id),
        cause="an-event",
        occasion=occasion,
    )


async def read(performer: GitHub, effect: ReadPolicy) -> PolicyRead:
    event = await performer.perform(effect, FIRST)
    assert isinstance(event, PolicyRead)
    assert event.occasion == effect.occasion
    return event


def identity(github: GitHubStandIn, login: str) -> Identity:
    number = str(github.state.account(login).id)
    return Identity(provider=Provider.GITHUB, external_id=number, login=login)


def version(repository: Repository, commit: str) -> Version:
    blob = repository.objects.files(commit)[PATH]
    return Version(blob=blob, text=repository.objects.blobs[blob])


@pytest.mark.parametrize("role", [Role.MAINTAIN, Role.ADMIN])
async def test_a_maintainers_push_comes_with_what_it_found_and_what_it_made(
    github: GitHubStandIn, repository: Repository, performer: GitHub, order: Order, role: Role
) -> None:
    github.set_permission(repository, "ada", role)
    before = repository.branches["main"]
    after = github.push(repository, {PATH: NEW}, by="ada").sha
    github.push(repository, {"README.md": "later"}, by="octo")
    event = await read(
        performer, order(Pushed(by=identity(github, "ada"), before=before, after=after))
    )
    assert event.permission is Permission(role.slug)
    assert event.before == version(repository, before)
    assert event.after == version(repository, after)
    assert event.text == NEW.encode()


async def test_of_anybody_elses_push_only_their_permission_is_asked(
    github: GitHubStandIn, repository: Repository, performer: GitHub, order: Order
) -> None:
    before = repository.branches["main"]
    after = github.push(repository, {PATH: NEW}, by="ada").sha
    github.requests.clear()
    event = await read(
        performer, order(Pushed(by=identity(github, "ada"), before=before, after=after))
    )
    assert (event.permission, event.before, event.after) == (Permission.WRITE, None, None)
    assert "GET collaborators/ada/permission" in asked(github)
    assert not [path for path in asked(github) if "sha=" in path]


async def test_a_first_push_found_nothing_and_a_lost_commit_is_unknown(
    github: GitHubStandIn, repository: Repository, performer: GitHub, order: Order
) -> None:
    by, after = identity(github, "octo"), repository.branches["main"]
    first = await read(performer, order(Pushed(by=by, before=NO_SHA, after=after)))
    assert first.before == Version(blob="", text=None)
    assert first.after == version(repository, after)
    lost = await read(performer, order(Pushed(by=by, before="0" * 39 + "1", after=after)))
    assert lost.before is None


async def test_a_login_that_was_given_away_has_no_word(
    github: GitHubStandIn, repository: Repository, performer: GitHub, order: Order
) -> None:
    by = identity(github, "ada")
    github.set_permission(repository, "ada", Role.ADMIN)
    github.rename_user("ada", "lovelace")
    github.add_user("ada")
    renamed = await read(performer, order(Confirmed(by=by, commit=repository.branches["main"])))
    assert renamed.permission is Permission.ADMIN, "the account counts, not its name"
    stranger = identity(github, "ada")
    event = await read(performer, order(Confirmed(by=stranger, commit=repository.branches["main"])))
    assert event.permission is Permission.READ


async def test_who_confirms_is_asked_about_with_what_they_saw(
    github: GitHubStandIn, repository: Repository, performer: GitHub, order: Order
) -> None:
    seen = github.push(repository, {PATH: NEW}, by="ada").sha
    github.push(repository, {PATH: OLD + "# later\n"}, by="ada")
    event = await read(performer, order(Confirmed(by=identity(github, "octo"), commit=seen)))
    assert event.permission is Permission.ADMIN
    assert event.after == version(repository, seen)
    assert event.blob != version(repository, seen).blob
    again = await read(performer, order(Rerun(commit=seen)))
    assert again.after == version(repository, seen)
    assert again.permission is Permission.NONE


async def test_what_was_chosen_says_whether_it_was_pushed_to_since(
    github: GitHubStandIn,
    repository: Repository,
    installation: Installation,
    performer: GitHub,
    order: Order,
    clock: Clock,
) -> None:
    assert (await read(performer, order(Chosen(at=NOON)))).is_untouched
    assert (await read(performer, order(Chosen(at=None)))).is_untouched, "GitHub knows when"
    clock.forward(minutes=1)
    github.push(repository, {"README.md": "later"}, by="ada")
    assert not (await read(performer, order(Chosen(at=NOON)))).is_untouched
    assert not (await read(performer, order(Chosen(at=None)))).is_untouched
    assert (await read(performer, order(Chosen(at=NOON + timedelta(minutes=1))))).is_untouched
    assert not (await read(performer, order(Rerun(commit="f" * 40)))).is_untouched


async def test_an_organisation_is_no_helper(
    github: GitHubStandIn, repository: Repository, performer: GitHub, order: Order
) -> None:
    github.add_organization("acme", owner="octo")
    text = "version: 1\nhelpers: [{login: acme}]\n"
    github.push(repository, {PATH: text}, by="octo")
    assert (await read(performer, order(Chosen(at=NOON)))).logins == (("acme", None),)


async def test_a_workflow_that_a_file_of_others_may_be_for_is_found(
    github: GitHubStandIn,
    repository: Repository,
    performer: GitHub,
    order: Order,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def rival() -> str:
        return (await read(performer, order(Chosen(at=NOON)))).rival

    folder = ".github/workflows"
    github.push(repository, {PATH: "close: true\n"}, by="octo")
    assert await rival() == ""
    uses = "jobs: {a: {steps: [{uses: Dessant/Support-Requests@v4}]}}\n"
    others = {f"{folder}/notes.md": uses, f"{folder}/big.yml": "#" * 70_000 + uses}
    github.push(repository, {f"{folder}/ci.yml": "on: push\n", **others}, by="octo")
    assert await rival() == ""
    github.push(repository, {f"{folder}/support.yaml": uses}, by="octo")
    assert await rival() == f"{folder}/support.yaml"
    monkeypatch.setattr(files, "WORKFLOWS_READ_MAX", 1)
    assert await rival() == "", "the first is ci.yml"
    github.push(repository, {PATH: None}, by="octo")
    github.requests.clear()
    assert await rival() == f"{folder}/support.yaml", "ci.yml is not read where there is no file"
    assert len([path for path in asked(github) if "blobs" in path]) == 1
    for text in (NEW, "version: 2\n"):
        github.push(repository, {PATH: text}, by="octo")
        github.requests.clear()
        assert await rival() == ""
        assert not [path for path in asked(github) if "workflows" in path]
