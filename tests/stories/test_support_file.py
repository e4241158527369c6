"""The file as a contract: seen before it is merged, and changed only by who may.

What depends on the database is tested on both of them with the services; here most play on one.
"""

from __future__ import annotations

from collections import Counter

import pytest

from app.domain.checks import CHECK_NAME, CONFIRM
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.roles import Role
from app.rehearsal.github.state import CheckRun, Issue
from tests.stories.scene import POLICY, Scene, scene

PATH = ".github/support.yml"
RAISED = POLICY.replace("core: 5%", "core: 0%")
DEARER = POLICY.replace("price: 49,", "price: 59,")
LABELLED = POLICY + "label: help\n"
BROKEN = POLICY.replace("split:", "splitt:")
HELD_BY_OTHERS = "supportLabel: support\nclose: true\n"


def runs(s: Scene, commit: str | None = None) -> list[CheckRun]:
    """Give the check runs that people see on a commit: the newest of our name."""
    at = commit or s.repository.branches["main"]
    found = [run for run in s.repository.check_runs if run.head_sha == at]
    assert {run.name for run in found} <= {CHECK_NAME}
    return found[-1:]


def check(s: Scene, commit: str | None = None) -> CheckRun:
    (run,) = runs(s, commit)
    return run


def head(pull: Issue) -> str:
    assert pull.pull_request is not None
    return pull.pull_request.head_sha


async def pushes(s: Scene, text: str | None, by: str, path: str = PATH) -> str:
    commit = s.github.push(s.repository, {path: text}, by=by)
    await s.settle()
    return commit.sha


async def presses(s: Scene, by: str, commit: str | None = None) -> None:
    s.github.press_check_button(check(s, commit), CONFIRM, by=by)
    await s.settle()


async def core_share(s: Scene) -> int:
    """Give the repository's share with a core helper, as a new ticket pins it."""
    talk = await s.asked("dave")
    return (await talk.ticket()).terms.plans[0].share("core").repository_bp


async def offered(s: Scene, words: str) -> bool:
    """Say whether a new ticket's card has these words."""
    return words in (await s.asked("dave")).card


async def test_a_pull_request_shows_what_it_would_do_before_it_is_merged(database_url: str) -> None:
    async with scene(database_url) as s:
        pull = s.github.open_pull_request(s.repository, "Prices", {PATH: BROKEN}, by="mallory")
        await s.settle()
        faulty = check(s, head(pull))
        assert faulty.conclusion == "failure"
        assert faulty.details_url is None, "who proposes something need not sign in anywhere"
        (fault,) = faulty.annotations
        assert (fault["path"], fault["start_line"], fault["end_line"]) == (PATH, 8, 8)
        assert (fault["start_column"], fault["end_column"]) == (1, 1)
        assert "Did you mean split?" in str(fault["message"])

        s.github.push_to_pull_request(pull, {PATH: DEARER}, by="mallory")
        await s.settle()
        good = check(s, head(pull))
        assert good.conclusion == "success"
        assert "The plan question costs `$59.00` instead of `$49.00`" in str(good.output["summary"])
        preview = str(good.output["text"])
        assert "| Quick question | $59.00 | core | **$54.15** |" in preview
        assert "goes to `ada`" in preview
        assert "first answer by Tue 24 Nov 17:00 (UTC)" in preview

        s.github.rerun_check(good, by="max")
        await s.settle()
        assert [run.conclusion for run in runs(s, head(pull))] == ["success"]
        assert "a merge into `main` would leave it" in str(check(s, head(pull)).output["summary"])

        s.github.merge(pull, by="max")
        await s.settle()
        assert check(s).conclusion == "success"
        assert await offered(s, "$59.00")


async def test_a_pull_request_is_judged_as_a_merge_would_leave_the_file(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        pull = s.github.open_pull_request(s.repository, "Label", {PATH: LABELLED}, by="mallory")
        await s.settle()
        commit = await pushes(s, DEARER, "max")
        s.github.push_to_pull_request(pull, {"README.md": "# Better\n"}, by="mallory")
        await s.settle()
        said = check(s, head(pull)).output
        assert "The label is “help” instead of “paid-support”" in str(said["summary"])
        assert "costs" not in str(said["summary"]), "the price is not what this changes"
        assert f"a merge into `main` would leave it, tried at {commit[:7]}." in str(said["summary"])
        assert "| Quick question | $59.00 | core |" in str(said["text"])
        s.github.merge(pull, by="max")
        await s.settle()
        assert "$59.00" in (await s.opens(labels=("help",))).card


async def test_an_open_pull_request_is_judged_again_when_the_file_is_another_one(
    database_url: str,
) -> None:
    async with scene(database_url) as s:
        pull = s.github.open_pull_request(s.repository, "Label", {PATH: LABELLED}, by="mallory")
        await s.settle()
        commit = await pushes(s, DEARER, "max")
        said = check(s, head(pull)).output
        assert f"tried at {commit[:7]}" in str(said["summary"])
        assert f"held against the file in force, from {commit[:7]}" in str(said["summary"])
        assert "| Quick question | $59.00 | core |" in str(said["text"])
        s.github.close_issue(pull, by="max")
        await pushes(s, POLICY, "max")
        assert check(s, head(pull)).output == said, "nobody can merge it"


async def test_a_pull_request_that_conflicts_is_said_to_be_judged_as_it_is(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        await pushes(s, DEARER, "max")
        await pushes(s, POLICY, "max")
        pull = s.github.open_pull_request(s.repository, "Dearer", {PATH: DEARER}, by="mallory")
        await s.settle()
        assert "conflicts" not in str(check(s, head(pull)).output["summary"])
        await pushes(s, POLICY.replace("price: 49,", "price: 99,"), "max")
        s.github.push_to_pull_request(pull, {"README.md": "# Better\n"}, by="mallory")
        await s.settle()
        said = str(check(s, head(pull)).output["summary"])
        assert said.startswith("**It conflicts with `main`.**")
        assert "The plan question costs `$59.00` instead of `$99.00`" in said


async def test_a_pull_request_that_goes_elsewhere_is_judged_again(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        s.github.push(s.repository, {"more": "2"}, by="octo", branch="next")
        pull = s.github.open_pull_request(s.repository, "Dearer", {PATH: DEARER}, by="mallory")
        await s.settle()
        s.github.retarget(pull, "next", by="octo")
        await s.settle()
        assert "It goes into `next`." in str(check(s, head(pull)).output["summary"])


async def test_a_pull_request_that_leaves_the_file_alone_gets_no_check(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        pull = s.github.open_pull_request(s.repository, "Mend", {"README.md": "#"}, by="mallory")
        await s.settle()
        assert runs(s, head(pull)) == []


async def test_a_helper_who_raises_their_own_share_gets_nothing(database_url: str) -> None:
    async with scene(database_url) as s:
        commit = await pushes(s, RAISED, "ada")
        waiting = check(s)
        assert waiting.conclusion == "action_required"
        assert "`ada` pushed this, and has the role write here" in str(waiting.output["summary"])
        assert "the repository gets 0% instead of 5%" in str(waiting.output["summary"])
        assert waiting.details_url == f"{s.world.url}/dashboard/{s.repository.id}"
        talk = await s.paid()

        await presses(s, "ada")
        assert check(s).conclusion == "action_required"
        assert "`ada` pressed Confirm" in str(check(s).output["summary"])
        await pushes(s, "# Widgets, better\n", "octo", "README.md")
        assert await core_share(s) == 500

        await presses(s, "max", commit)
        assert check(s, commit).conclusion == "success"
        assert "Confirmed by `max`" in str(check(s, commit).output["summary"])
        assert await core_share(s) == 0
        assert (await talk.ticket()).terms.plans[0].share("core").repository_bp == 500, "it is sold"


async def test_a_merge_counts_as_a_push_of_whoever_merges(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        pull = s.github.open_pull_request(s.repository, "More", {PATH: RAISED}, by="ada")
        s.github.merge(pull, by="ada")
        await s.settle()
        assert check(s).conclusion == "action_required"
        await pushes(s, POLICY, "ada")
        assert check(s).conclusion == "success", "nothing differs any more"
        again = s.github.open_pull_request(
            s.repository, "More", {PATH: RAISED}, by="ada", branch="again"
        )
        s.github.merge(again, by="octo")
        await s.settle()
        assert check(s).conclusion == "success"
        assert await core_share(s) == 0


async def test_an_edit_on_top_does_not_confirm_what_waits(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        await pushes(s, RAISED, "ada")
        await pushes(s, RAISED + "reports: off\n", "max")
        assert check(s).conclusion == "action_required"
        assert "changed before this push" in str(check(s).output["summary"])
        await presses(s, "max")
        assert check(s).conclusion == "success"


async def test_what_nobody_is_paid_by_anybody_may_change(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        await pushes(s, POLICY + "label: help\n", "ada")
        assert check(s).conclusion == "success"
        talk = await s.opens(labels=("help",))
        assert talk.state == ("offered", "unpaid")


@pytest.mark.parametrize(
    "line",
    [
        "promises: {offer: 14d, no_helper: 48h, accept_within: 30m, grace: 30m}",
        "limits: {open_per_customer: 20, commands_per_minute: 60, blocked: [octo, max]}",
        "ai: {private: true}",
        "reports: helpers",
    ],
)
async def test_a_helper_takes_nobodys_protection_away(sqlite_url: str, line: str) -> None:
    key = line.partition(":")[0]
    rest = [each for each in POLICY.splitlines() if not each.startswith(f"{key}:")]
    async with scene(sqlite_url) as s:
        await pushes(s, "\n".join([*rest, line, ""]), "ada")
        assert check(s).conclusion == "action_required"
        talk = await s.paid()
        await talk.says("ada", "/support propose")
        await s.wait(hours=2)
        assert talk.state == ("proposed", "paid")
        await talk.says("max", "/support refund It is not solved.")
        assert talk.state[0] == "refunded"


async def test_a_broken_file_is_told_on_its_commit_and_the_last_good_one_counts(
    sqlite_url: str,
) -> None:
    async with scene(sqlite_url) as s:
        await pushes(s, BROKEN, "octo")
        assert (check(s).conclusion, len(check(s).annotations)) == ("failure", 1)
        assert await offered(s, "$49.00")
        s.github.rerun_check(check(s), by="ada")
        await s.settle()
        assert (check(s).conclusion, len(check(s).annotations)) == ("failure", 1)
        await pushes(s, DEARER, "max")
        assert check(s).conclusion == "success"


async def test_a_helper_who_is_nobody_yet_is_found_by_another_run(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        commit = await pushes(s, POLICY.replace("login: grace", "login: linus"), "max")
        assert "no person @linus" in str(check(s).annotations[0]["message"])
        s.github.add_user("linus")
        s.github.rerun_check(check(s), by="octo")
        await s.settle()
        assert check(s, commit).conclusion == "success"
        assert "`linus`" in (await s.asked()).card


async def test_a_login_that_somebody_else_took_is_a_fault(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        s.github.rename_user("ada", "lovelace")
        s.github.add_user("ada")
        await pushes(s, DEARER, "max")
        assert check(s).conclusion == "failure"
        assert "another account" in str(check(s).annotations[0]["message"])
        await pushes(s, DEARER.replace("login: ada", "login: lovelace"), "max")
        assert check(s).conclusion == "success"
        assert "ada is called lovelace by now" in str(check(s).output["summary"])


async def test_a_file_of_another_app_is_silence(sqlite_url: str) -> None:
    workflow = {".github/workflows/s.yml": "uses: dessant/support-requests@v4\n"}
    async with scene(sqlite_url, policy=HELD_BY_OTHERS, files=workflow) as s:
        assert check(s).conclusion == "neutral"
        assert "belongs to another app" in str(check(s).output["summary"])
        assert "dessant/support-requests" in str(check(s).output["summary"])
        talk = await s.asked()
        assert (talk.ours, talk.issue.labels, talk.issue.reactions) == ([], [], [])
        pull = s.github.open_pull_request(s.repository, "Empty", {PATH: ""}, by="mallory")
        await s.settle()
        assert check(s, head(pull)).conclusion == "neutral"


async def test_no_file_at_all_gets_no_check(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=None) as s:
        assert s.repository.check_runs == []
        await pushes(s, POLICY, "ada")
        assert check(s).conclusion == "action_required"
        assert (await s.asked()).ours == []
        await presses(s, "octo")
        assert (await s.asked("dave")).cards


async def test_the_file_can_go_and_comes_back_only_by_who_may(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        await pushes(s, None, "ada")
        assert check(s).conclusion == "neutral"
        assert (await s.asked()).ours == []
        await pushes(s, POLICY, "ada")
        assert check(s).conclusion == "action_required"
        await pushes(s, POLICY + "# ours\n", "max")
        assert check(s).conclusion == "action_required", "max did not push what ada did"
        await presses(s, "max")
        assert check(s).conclusion == "success"


async def test_what_was_pushed_while_the_app_was_suspended_waits(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        s.github.suspend_app(s.installation)
        s.github.push(s.repository, {PATH: RAISED}, by="ada")
        await s.settle()
        s.github.unsuspend_app(s.installation)
        await s.settle()
        assert check(s).conclusion == "action_required"


async def test_all_checks_of_a_commit_are_run_again(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        await pushes(s, POLICY.replace("login: grace", "login: nina"), "max")
        assert check(s).conclusion == "failure", "nobody is called so"
        s.github.add_user("nina")
        s.github.rerun_all_checks(check(s), by="ada")
        await s.settle()
        assert check(s).conclusion == "success"


async def test_a_file_that_could_not_be_read_is_read_once_the_owner_has_allowed_it(
    sqlite_url: str,
) -> None:
    async with scene(sqlite_url, policy=None, buried=1) as s:
        allowed = dict(s.installation.permissions)
        lacking = {name: level for name, level in allowed.items() if name != "contents"}
        s.installation.permissions = lacking
        await s.wait(hours=2)  # tokens that were issued before end
        s.github.push(s.repository, {PATH: POLICY}, by="octo")
        await s.settle()
        assert s.repository.check_runs == []
        s.github.accept_permissions(s.installation, allowed)
        await s.settle()
        assert check(s).conclusion == "action_required", "who pushed it is not known any more"
        await presses(s, "octo")
        assert (await s.asked()).state == ("offered", "unpaid")


async def test_what_came_in_right_after_the_installation_was_not_reviewed(
    sqlite_url: str,
) -> None:
    async with scene(sqlite_url, policy=None) as s:
        s.github.uninstall_app(s.installation)
        other = s.github.create_repository("octo", "gadgets")
        s.github.set_permission(other, "ada", Role.WRITE)
        s.github.install_app("octo")
        await s.wait(seconds=5)
        s.github.push(other, {PATH: POLICY}, by="ada")
        await s.settle()
        (run,) = other.check_runs
        assert run.conclusion == "action_required"


async def test_each_commit_has_one_check_run_whatever_goes_wrong(database_url: str) -> None:
    rates = {Fault.BAD_GATEWAY: 0.1, Fault.ANSWER_LOST: 0.15, Fault.DUPLICATE: 0.3}
    async with scene(database_url, faults=Faults(seed=7, rates=rates, limit=60)) as s:
        pull = s.github.open_pull_request(s.repository, "Prices", {PATH: DEARER}, by="mallory")
        await s.settle()
        s.github.merge(pull, by="max")
        await s.settle()
        await pushes(s, RAISED, "ada")
        await presses(s, "octo")
        times = Counter(run.head_sha for run in s.repository.check_runs)
        assert set(times.values()) == {1}
        assert len(times) == 4
        assert check(s).conclusion == "success"
