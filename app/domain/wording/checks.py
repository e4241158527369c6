"""What the check run on ``support.yml`` says; no I/O.

It is Markdown that mentions nobody; annotations are plain text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never

from app.domain.adoption import Compared, Judgement, PolicyState
from app.domain.checks import (
    ANNOTATIONS_MAX,
    CONFIRM,
    TEXT_CHARACTERS_MAX,
    Annotation,
    Button,
    Check,
    Conclusion,
)
from app.domain.drafting.defusing import code_span
from app.domain.effects import Chosen, Confirmed, Pushed, Rerun
from app.domain.events import MergeState, PolicyRead, ProposalRead
from app.domain.operator import Operator
from app.domain.policy import MORE, Faults, Foreign, SupportPolicy
from app.domain.policy.changes import Change
from app.domain.wording.preview import preview
from app.domain.wording.texts import quoted

CONFIRM_BUTTON: Final = Button(
    identifier=CONFIRM, label="Confirm", description="Adopt this file (maintain or admin)"
)

MAY_CHANGE: Final = (
    "Whoever may push can change the rest. These changes count as soon as somebody with `maintain` "
    "or `admin` merges them, or presses **Confirm** on the commit's check run:"
)
OTHERS: Final = "What else differs:"
NOTHING_DIFFERS: Final = "Nothing that counts differs from the file that is in force."
FIRST: Final = "No file is in force yet."

UNMERGED: Final = (
    "What is said here is about the file as its own branch has it: the merge may bring about "
    "something else."
)
LOOK_AGAIN: Final = "**Re-run** looks again."
WAITING_ALREADY: Final = (
    "The default branch has a change already that waits for somebody's word: what differs because "
    "of that is listed here as well, and a merge does not confirm it."
)
COMMIT_CHARACTERS: Final = 7
"""So much of a commit's id is shown; GitHub makes it a link."""

REMOVED: Final = Check(
    conclusion=Conclusion.NEUTRAL,
    title="No file, nothing on offer",
    summary="Without the file nothing new is offered here. Tickets that were sold go on.",
)
OVERTAKEN: Final = Check(
    conclusion=Conclusion.NEUTRAL,
    title="Another version came after this one",
    summary=(
        "The file on the default branch is another one by now. What counts is said on the commit "
        "that brought it there."
    ),
)


def proposal(
    read: ProposalRead,
    found: SupportPolicy | Faults | Foreign | None,
    compared: Compared | None,
    operator: Operator,
    now: datetime,
) -> Check:
    """Say what a proposed file would do; `compared` is ``None`` while no file is in force."""
    match found:
        case None:
            check = _removed(read.rival)
        case Foreign():
            check = _foreign(found, read.rival)
        case Faults():
            check = _faulty(found, read.path)
        case SupportPolicy():
            check = Check(
                conclusion=Conclusion.SUCCESS,
                title=f"Good: {_size(found)}",
                summary=_proposed(compared.changes if compared else None),
                text=_bounded(preview(found, operator, now)),
            )
        case _:
            assert_never(found)
    is_shown = read.merging is None or read.merging.is_as_proposed
    return replace(
        check,
        summary=_bounded(*_caveats(read), check.summary, *_footing(read, compared)),
        annotations=check.annotations if is_shown else (),
    )


def _caveats(read: ProposalRead) -> Iterator[str]:
    """Say why what follows may not be what a merge brings about."""
    merging = read.merging
    if merging is None:
        return
    into = code_span(merging.into)
    match merging.state:
        case MergeState.CONFLICT:
            yield f"**It conflicts with {into}.** {UNMERGED}"
        case MergeState.UNKNOWN:
            yield f"GitHub has not tried yet to merge it into {into}. {UNMERGED} {LOOK_AGAIN}"
        case MergeState.TRIED | MergeState.CLOSED:
            pass
        case _:
            assert_never(merging.state)
    if not merging.is_default:
        yield (
            f"It goes into {into}. The file on the default branch alone counts, so nothing of this "
            "does before it is there."
        )


def _footing(read: ProposalRead, compared: Compared | None) -> Iterator[str]:
    """Say what was read, and what it was held against."""
    merging, told = read.merging, []
    if merging is not None and merging.state is MergeState.TRIED:
        into, onto = code_span(merging.into), merging.onto[:COMMIT_CHARACTERS]
        told.append(f"This is the file as a merge into {into} would leave it, tried at {onto}.")
        if not merging.is_as_proposed:
            told.append("It is not line by line the one that the pull request shows.")
    if compared is not None and compared.commit:
        commit = compared.commit[:COMMIT_CHARACTERS]
        told.append(f"It was held against the file in force, from {commit}.")
    if compared is not None and compared.is_waiting and compared.changes:
        told.append(WAITING_ALREADY)
    if told:
        yield " ".join(told)


def outcome(read: PolicyRead, judged: Judgement, operator: Operator, now: datetime) -> Check:
    """Say what became of the file on the default branch."""
    match judged.found:
        case None:
            return _removed(read.rival)
        case Foreign():
            return _foreign(judged.found, read.rival)
        case Faults():
            return _faulty(judged.found, read.path)
        case SupportPolicy():
            pass
        case _:
            assert_never(judged.found)
    is_pending = judged.state is PolicyState.PENDING
    summary = _waiting(read, judged) if is_pending else _in_force(read, judged)
    return Check(
        conclusion=Conclusion.ACTION_REQUIRED if is_pending else Conclusion.SUCCESS,
        title="Waits for a maintainer" if is_pending else f"In force: {_size(judged.found)}",
        summary=_bounded(summary),
        text=_bounded(preview(judged.found, operator, now)),
        buttons=(CONFIRM_BUTTON,) if is_pending else (),
    )


def _removed(rival: str) -> Check:
    return replace(REMOVED, summary=_bounded(REMOVED.summary, _rival(rival)))


def _foreign(found: Foreign, rival: str) -> Check:
    silence = f"{found.reason} Nothing happens in public because of it."
    return Check(
        conclusion=Conclusion.NEUTRAL,
        title="Not a file for Mainstay",
        summary=_bounded(silence, _rival(rival)),
    )


def _rival(workflow: str) -> str:
    if not workflow:
        return ""
    return (
        f"The workflow {quoted(workflow)} runs `dessant/support-requests`, which comments on "
        "issues with the label `support` and closes them. Our label is another one, "
        "`paid-support`, so that both can stay."
    )


def _faulty(found: Faults, path: str) -> Check:
    count = len(found.faults)
    told = "1 fault" if count == 1 else f"{'More than ' if found.is_cut else ''}{count} faults"
    lines = [
        f"- Line {fault.line}, column {fault.column}: {quoted(f'{fault.reason} {fault.remedy}')}"
        for fault in found.faults
    ]
    if found.is_cut:
        lines.append(f"- {MORE}")
    return Check(
        conclusion=Conclusion.FAILURE,
        title=told,
        summary=_bounded(
            "The file cannot be followed as it is. What is in force stays in force.",
            "\n".join(lines),
        ),
        annotations=tuple(
            Annotation(
                path=path,
                line=fault.line,
                column=fault.column,
                message=f"{fault.reason} {fault.remedy}",
            )
            for fault in found.faults[:ANNOTATIONS_MAX]
        ),
    )


def _proposed(changes: Sequence[Change] | None) -> str:
    if changes is None:
        return f"The file is good. {FIRST} {_whose_word('It counts')}"
    if not changes:
        return f"The file is good. {NOTHING_DIFFERS}"
    sensitive, others = _parted(changes)
    parts = ["The file is good."]
    if sensitive:
        parts += [MAY_CHANGE, _list(sensitive)]
    if others:
        parts += [OTHERS if sensitive else "What differs counts once it is merged:", _list(others)]
    return "\n\n".join(parts)


def _in_force(read: PolicyRead, judged: Judgement) -> str:
    first = "This file is in force."
    if isinstance(read.occasion, Confirmed) and read.permission.is_maintainer_of_money:
        first = f"Confirmed by `{read.occasion.by.login}`: this file is in force."
    if not judged.changes:
        return first
    return f"{first} What it changed:\n\n{_list(judged.changes)}"


def _waiting(read: PolicyRead, judged: Judgement) -> str:
    sensitive, others = _parted(judged.changes)
    parts = [_why_it_waits(read, judged)]
    if sensitive:
        parts += ["The file that was in force stays so. What waits:", _list(sensitive)]
        if others:
            parts += ["What waits with it:", _list(others)]
    else:
        parts.append("Until then nothing is on offer.")
    parts.append(_whose_word("The file counts"))
    return "\n\n".join(parts)


def _why_it_waits(read: PolicyRead, judged: Judgement) -> str:
    match read.occasion:
        case Pushed(by=by) if not read.permission.is_maintainer_of_money:
            return f"`{by.login}` pushed this, and has the role {read.permission} here."
        case Pushed():
            return (
                "Something in this file was changed before this push by somebody who may not "
                "decide on it."
            )
        case Confirmed(by=by) if not read.permission.is_maintainer_of_money:
            return (
                f"`{by.login}` pressed Confirm, and has the role {read.permission} here: "
                "it takes `maintain` or `admin`."
            )
        case Confirmed():
            return "What was confirmed is not what stands on the default branch by now."
        case Chosen() | Rerun() | None if judged.is_handed_over:
            return "The repository has a new owner since this file was agreed to."
        case Chosen() | Rerun() | None:
            return "Nobody who may decide on it is known to have brought this file here."
        case _:
            assert_never(read.occasion)


def _whose_word(what: str) -> str:
    return (
        f"{what} as soon as somebody with the role `maintain` or `admin` pushed it, or presses "
        "**Confirm** on the commit's check run."
    )


def _size(policy: SupportPolicy) -> str:
    helpers, plans = len(policy.helpers), len(policy.plans)
    return f"{helpers} helper{'' if helpers == 1 else 's'}, {plans} plan{'' if plans == 1 else 's'}"


def _parted(changes: Iterable[Change]) -> tuple[list[Change], list[Change]]:
    told = list(changes)
    return [each for each in told if each.is_sensitive], [
        each for each in told if not each.is_sensitive
    ]


def _list(changes: Iterable[Change]) -> str:
    return "\n".join(f"- {quoted(each.sentence)}" for each in changes)


def _bounded(*parts: str) -> str:
    """Join what there is, within GitHub's bound; what is cut is cut at a line."""
    whole = "\n\n".join(part.rstrip() for part in parts if part)
    if len(whole) <= TEXT_CHARACTERS_MAX:
        return whole
    return whole[: TEXT_CHARACTERS_MAX - 2].rpartition("\n")[0] + "\n…"
