"""What the check run says: of faults, of what is proposed, in force, or waiting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from app.domain.adoption import Compared, Judgement, PolicyState
from app.domain.checks import (
    ANNOTATIONS_MAX,
    DESCRIPTION_CHARACTERS_MAX,
    LABEL_CHARACTERS_MAX,
    TEXT_CHARACTERS_MAX,
    Annotation,
    Check,
    Conclusion,
)
from app.domain.deliveries import Provider
from app.domain.effects import Chosen, Confirmed, Occasion, Pushed, Rerun
from app.domain.events import MergeState, Merging, PolicyRead, ProposalRead, RepositorySeen
from app.domain.ids import InstallationId, RepositoryId
from app.domain.people import Identity, Permission
from app.domain.policy import Faults, Foreign, ForeignKind, SupportPolicy, parse
from app.domain.policy.changes import Change, changes
from app.domain.wording import checks
from app.domain.wording.preview import preview
from tests.domain.policies import OPERATOR, TEXT, policy

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
EXAMPLES = sorted((Path(__file__).parents[2] / "schemas/examples").glob("*.yml"))
PATH = ".github/support.yml"
BOB = Identity(provider=Provider.GITHUB, external_id="7", login="bob")
PROPOSED = ProposalRead(
    installation=InstallationId(5),
    repository=RepositoryId(70),
    commit="c" * 40,
    path=PATH,
    text=b"",
    logins=(),
)
RAISED = policy(("core: 5%", "core: 0%"), ("Welcome.", "Hello."))


def proposed(
    found: SupportPolicy | Faults | Foreign | None,
    told: tuple[Change, ...] | None = (),
    rival: str = "",
) -> Check:
    read = replace(PROPOSED, rival=rival)
    compared = None if told is None else Compared(changes=told)
    return checks.proposal(read, found, compared, OPERATOR, NOW)


def outcome(
    judged: Judgement,
    occasion: Occasion | None = None,
    permission: Permission = Permission.NONE,
    rival: str = "",
) -> Check:
    read = PolicyRead(
        installation=InstallationId(5),
        repository=RepositorySeen(id=RepositoryId(70), owner="octo", name="w", is_private=False),
        path=PATH,
        blob="b",
        commit="c" * 40,
        text=b"",
        logins=(),
        occasion=occasion,
        permission=permission,
        rival=rival,
    )
    return checks.outcome(read, judged, OPERATOR, NOW)


def waiting(occasion: Occasion | None, permission: Permission = Permission.NONE) -> Check:
    told = changes(policy(), RAISED)
    judged = Judgement(state=PolicyState.PENDING, found=RAISED, changes=told)
    return outcome(judged, occasion, permission)


def outside_code(text: str) -> str:
    """Leave code out: nothing in it is a mention, a link or a formula."""
    return re.sub(r"`[^`]*`", "", text)


def checks_of_every_kind() -> Iterator[Check]:
    for path in EXAMPLES:
        found = parse(path.read_bytes(), currencies_settled=("usd", "eur", "jpy"))
        if isinstance(found, SupportPolicy):
            fees = dict.fromkeys(("usd", "eur", "jpy"), OPERATOR.fees["usd"])
            operator = replace(OPERATOR, fees=fees)
            text = preview(found, operator, NOW)
            yield Check(conclusion=Conclusion.SUCCESS, title="-", summary="-", text=text)
        else:
            yield proposed(found)
    yield from (checks.REMOVED, checks.OVERTAKEN)
    yield proposed(policy(), None)
    yield waiting(Pushed(by=BOB, before="", after=""), Permission.WRITE)
    yield outcome(Judgement(state=PolicyState.FOREIGN, found=Foreign(ForeignKind.OTHER_APP)))


@pytest.mark.parametrize("check", [*checks_of_every_kind()])
def test_every_check_keeps_githubs_bounds_and_mentions_nobody(check: Check) -> None:
    assert 0 < len(check.title) <= 80
    assert 0 < len(check.summary) <= TEXT_CHARACTERS_MAX
    assert len(check.text) <= TEXT_CHARACTERS_MAX
    assert "@" not in outside_code(check.title + check.summary + check.text)
    assert len(check.annotations) <= ANNOTATIONS_MAX
    for button in check.buttons:
        assert len(button.identifier) <= LABEL_CHARACTERS_MAX
        assert len(button.label) <= LABEL_CHARACTERS_MAX
        assert len(button.description) <= DESCRIPTION_CHARACTERS_MAX


def test_faults_stand_at_their_lines_with_reason_and_remedy() -> None:
    found = parse(TEXT.replace("price: 49", "price: free"), currencies_settled=("usd",))
    assert isinstance(found, Faults)
    check = proposed(found)
    assert check.conclusion is Conclusion.FAILURE
    assert check.title == "1 fault"
    (fault,) = found.faults
    assert check.annotations == (
        Annotation(path=PATH, line=9, column=50, message=f"{fault.reason} {fault.remedy}"),
    )
    assert "- Line 9, column 50: price cannot be" in check.summary
    assert outcome(Judgement(state=PolicyState.FAULTY, found=found)) == check


def test_more_faults_than_are_told_are_said_to_be_more() -> None:
    found = parse(TEXT + "\n".join(f"k{n}: 1" for n in range(60)), currencies_settled=("usd",))
    check = proposed(found)
    assert check.title == "More than 50 faults"
    assert len(check.annotations) == ANNOTATIONS_MAX
    assert check.summary.endswith("- There are more faults; these come first.")


def test_what_people_wrote_is_no_markup() -> None:
    text = 'version: 1\nhelpers: [{login: ada}]\n"@grace <b>": 1\n'
    found = parse(text, currencies_settled=("usd",))
    assert isinstance(found, Faults)
    summary = proposed(found).summary
    assert "@" not in outside_code(summary)
    assert "<b>" not in MarkdownIt().render(summary)
    titled = policy(("title: Quick question", 'title: "| [x](http://y) @ada"'))
    shown = preview(titled, OPERATOR, NOW)
    assert "@" not in outside_code(shown)
    assert "<a" not in MarkdownIt().enable("table").render(shown)


def test_a_file_of_others_is_neither_good_nor_bad() -> None:
    for kind in ForeignKind:
        check = proposed(Foreign(kind))
        assert check.conclusion is Conclusion.NEUTRAL
        assert check.summary.startswith(Foreign(kind).reason)
        assert outcome(Judgement(state=PolicyState.FOREIGN, found=Foreign(kind))) == check


def test_no_file_at_all_is_neither_good_nor_bad() -> None:
    assert proposed(None) == checks.REMOVED
    assert outcome(Judgement(state=PolicyState.MISSING, found=None)) == checks.REMOVED


def test_the_other_app_is_pointed_out_where_its_workflow_is_known() -> None:
    rival = ".github/workflows/support.yml"
    foreign = Foreign(ForeignKind.EMPTY)
    judged = Judgement(state=PolicyState.FOREIGN, found=foreign)
    missing = Judgement(state=PolicyState.MISSING, found=None)
    for check in (
        proposed(foreign, rival=rival),
        outcome(judged, rival=rival),
        outcome(missing, rival=rival),
    ):
        assert "workflows/support" in check.summary
        assert "dessant/support-requests" in check.summary
    assert "dessant" not in proposed(foreign).summary


def test_a_first_proposal_says_whose_word_it_takes() -> None:
    check = proposed(policy(), None)
    assert check.conclusion is Conclusion.SUCCESS
    assert check.title == "Good: 2 helpers, 2 plans"
    assert "No file is in force yet." in check.summary
    assert "`maintain` or `admin`" in check.summary
    assert check.buttons == ()


def test_a_proposal_says_what_differs_and_who_must_want_it() -> None:
    check = proposed(RAISED, changes(policy(), RAISED))
    before, after = check.summary.split("What else differs:")
    assert "- With a core helper the repository gets 0% instead of 5%" in before
    assert "**Confirm**" in before
    assert "own words on a new card" in after
    harmless = proposed(policy(("Welcome.", "Hi.")), changes(policy(), policy(("Welcome.", "Hi."))))
    assert "What differs counts once it is merged:" in harmless.summary
    assert "Confirm" not in harmless.summary
    assert proposed(policy()).summary == (
        "The file is good. Nothing that counts differs from the file that is in force."
    )


def merged(state: MergeState, **known: Any) -> Merging:
    return Merging(**{"state": state, "into": "main", "is_default": True, **known})


@pytest.mark.parametrize(
    ("merging", "begins", "ends"),
    [
        (
            merged(MergeState.TRIED, onto="f" * 40),
            "The file is good.",
            (
                "This is the file as a merge into `main` would leave it, tried at fffffff. It was "
                "held against the file in force, from eeeeeee."
            ),
        ),
        (
            merged(MergeState.CONFLICT),
            (
                "**It conflicts with `main`.** What is said here is about the file as its own "
                "branch has it: the merge may bring about something else."
            ),
            "It was held against the file in force, from eeeeeee.",
        ),
        (
            merged(MergeState.UNKNOWN, into="n`e`xt"),
            "GitHub has not tried yet to merge it into ``n`e`xt``.",
            "It was held against the file in force, from eeeeeee.",
        ),
        (
            merged(MergeState.TRIED, into="next", is_default=False, onto="f" * 40),
            (
                "It goes into `next`. The file on the default branch alone counts, so nothing of "
                "this does before it is there."
            ),
            "It was held against the file in force, from eeeeeee.",
        ),
    ],
)
def test_a_pull_request_says_how_it_was_read(merging: Merging, begins: str, ends: str) -> None:
    read = replace(PROPOSED, merging=merging)
    compared = Compared(changes=changes(policy(), RAISED), commit="e" * 40)
    check = checks.proposal(read, RAISED, compared, OPERATOR, NOW)
    assert check.summary.startswith(begins)
    assert check.summary.endswith(ends)


def test_faults_of_a_merged_file_stand_at_no_line_of_the_proposed_one() -> None:
    found = parse(TEXT.replace("price: 49", "price: free"), currencies_settled=("usd",))
    read = replace(PROPOSED, merging=merged(MergeState.TRIED, onto="f" * 40, is_as_proposed=False))
    check = checks.proposal(read, found, None, OPERATOR, NOW)
    assert check.annotations == ()
    assert "- Line 9, column 50: price cannot be" in check.summary
    assert "It is not line by line the one that the pull request shows." in check.summary


def test_what_is_adopted_says_what_it_changed() -> None:
    told = changes(policy(), RAISED)
    check = outcome(Judgement(state=PolicyState.ADOPTED, found=RAISED, changes=told))
    assert check.conclusion is Conclusion.SUCCESS
    assert check.title == "In force: 2 helpers, 2 plans"
    assert check.summary.startswith("This file is in force. What it changed:")
    assert check.buttons == ()
    same = outcome(Judgement(state=PolicyState.ADOPTED, found=policy()))
    assert same.summary == "This file is in force."
    confirmed = outcome(
        Judgement(state=PolicyState.ADOPTED, found=policy()),
        Confirmed(by=BOB, commit="c"),
        Permission.ADMIN,
    )
    assert confirmed.summary == "Confirmed by `bob`: this file is in force."


@pytest.mark.parametrize(
    ("occasion", "permission", "why"),
    [
        (
            Pushed(by=BOB, before="b", after="a"),
            Permission.WRITE,
            "`bob` pushed this, and has the role write here.",
        ),
        (
            Pushed(by=BOB, before="b", after="a"),
            Permission.ADMIN,
            "Something in this file was changed before this push",
        ),
        (
            Confirmed(by=BOB, commit="c"),
            Permission.WRITE,
            "`bob` pressed Confirm, and has the role write here: it takes `maintain` or `admin`.",
        ),
        (
            Confirmed(by=BOB, commit="c"),
            Permission.ADMIN,
            "What was confirmed is not what stands on the default branch by now.",
        ),
        (Chosen(at=NOW), Permission.NONE, "Nobody who may decide on it is known"),
        (Rerun(commit="c"), Permission.NONE, "Nobody who may decide on it is known"),
        (None, Permission.NONE, "Nobody who may decide on it is known"),
    ],
)
def test_what_waits_says_why_and_can_be_confirmed(
    occasion: Occasion | None, permission: Permission, why: str
) -> None:
    check = waiting(occasion, permission)
    assert check.conclusion is Conclusion.ACTION_REQUIRED
    assert check.title == "Waits for a maintainer"
    assert check.summary.startswith(why)
    assert "What waits:\n\n- With a core helper the repository gets 0%" in check.summary
    assert "What waits with it:" in check.summary
    assert [button.identifier for button in check.buttons] == ["confirm"]
    assert "### Who gets what" in check.text


def test_a_first_file_that_waits_says_that_nothing_is_on_offer() -> None:
    judged = Judgement(state=PolicyState.PENDING, found=policy())
    check = outcome(judged, Pushed(by=BOB, before="b", after="a"), Permission.WRITE)
    assert "Until then nothing is on offer." in check.summary


def test_a_summary_that_is_too_long_is_cut_at_a_line() -> None:
    told = tuple(Change("x" * 250) for _ in range(400))
    check = proposed(policy(), told)
    assert len(check.summary) <= TEXT_CHARACTERS_MAX
    assert check.summary.endswith("x\n…")


def test_nothing_else_is_said_where_nothing_else_differs() -> None:
    dearer = policy(("price: 49", "price: 59"))
    told = changes(policy(), dearer)
    assert "What else" not in proposed(dearer, told).summary
    pending = outcome(Judgement(state=PolicyState.PENDING, found=dearer, changes=told))
    assert "with it" not in pending.summary
