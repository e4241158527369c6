"""An issue as its page shows it: what was said and what happened, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup

from app.rehearsal.cast import PARTS
from app.rehearsal.github.roles import Association, association_of
from app.rehearsal.github.state import Account, Comment, Issue, Reaction, TimelineEntry, Version
from app.rehearsal.stage.markdown import render

_SIGNS: Final = {
    "+1": ("👍", "thumbs up"),
    "-1": ("👎", "thumbs down"),
    "laugh": ("😄", "laugh"),
    "confused": ("😕", "confused"),
    "heart": ("❤️", "heart"),
    "hooray": ("🎉", "hooray"),
    "rocket": ("🚀", "rocket"),
    "eyes": ("👀", "eyes"),
}
_CAST: Final = tuple(PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Somebody, as a picture and a name."""

    login: str
    initial: str
    shade: int
    """Which of the colours: everybody of the cast has one, all others share the last."""
    is_bot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """All reactions of one kind."""

    picture: str
    name: str
    who: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The issue's text, or a comment."""

    id: int
    """The comment's id; 0 for the issue's own text."""
    face: Face
    badges: tuple[str, ...]
    at: datetime
    html: Markup
    signs: tuple[Sign, ...]
    versions: tuple[Version, ...]
    """Every text that it ever had, the newest first; empty where it was never edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened between the comments."""

    at: datetime
    face: Face
    words: str
    subject: str
    """What it was about, which is shown as a label or in bold."""
    is_label: bool


Item = Talk | Happening


def face_of(account: Account) -> Face:
    """Draw somebody."""
    return face(account.login, is_bot=account.is_bot)


def face(login: str, *, is_bot: bool = False) -> Face:
    """Draw somebody of whom only the login is known."""
    return Face(
        login=login,
        initial=login[:1].upper(),
        shade=_CAST.index(login) if login in _CAST else len(_CAST),
        is_bot=is_bot,
    )


def items(issue: Issue) -> Iterator[Item]:
    """Give everything that the page of an issue shows, oldest first."""
    yield Talk(
        id=0,
        face=face_of(issue.author),
        badges=_badges(issue, issue.author, is_first=True),
        at=issue.created_at,
        html=render(issue.body or "*No description provided.*"),
        signs=_signs(issue.reactions),
        versions=(),
    )
    comments = {str(comment.id): comment for comment in issue.comments}
    for entry in issue.timeline:
        if entry.kind == "commented":
            if entry.detail in comments:
                yield _talk(issue, comments[entry.detail])
        elif (words := _WORDS.get(entry.kind)) is not None:
            yield _happening(entry, words)


def _talk(issue: Issue, comment: Comment) -> Talk:
    return Talk(
        id=comment.id,
        face=face_of(comment.author),
        badges=_badges(issue, comment.author),
        at=comment.created_at,
        html=render(comment.body),
        signs=_signs(comment.reactions),
        versions=tuple(reversed(comment.versions)) if len(comment.versions) > 1 else (),
    )


def _badges(issue: Issue, account: Account, *, is_first: bool = False) -> tuple[str, ...]:
    if account.is_bot:
        return ("bot",)
    association = association_of(issue.repository, account)
    badges = [] if is_first or account is not issue.author else ["Author"]
    if association is not Association.NONE:
        badges.append(association.capitalize())
    return tuple(badges)


def _signs(reactions: list[Reaction]) -> tuple[Sign, ...]:
    by_kind: dict[str, list[str]] = {}
    for reaction in reactions:
        by_kind.setdefault(reaction.content, []).append(reaction.account.login)
    return tuple(
        Sign(picture=_SIGNS[kind][0], name=_SIGNS[kind][1], who=", ".join(who), count=len(who))
        for kind, who in by_kind.items()
    )


_WORDS: Final = {
    "labeled": "added the label",
    "unlabeled": "removed the label",
    "assigned": "assigned",
    "unassigned": "unassigned",
    "closed": "closed this as",
    "reopened": "reopened this",
    "renamed": "changed the title to",
    "locked": "locked the conversation",
    "unlocked": "unlocked the conversation",
    "comment_deleted": "deleted a comment",
    "transferred": "moved this to",
}


def _happening(entry: TimelineEntry, words: str) -> Happening:
    subject = "" if entry.kind == "comment_deleted" else entry.detail.replace("_", " ")
    if entry.kind == "assigned" and entry.detail == entry.by.login:
        words, subject = "took this on", ""
    if isinstance(entry.closer, Issue):
        subject += f" in #{entry.closer.number}"
    elif entry.closer is not None:
        subject += f" in {entry.closer.sha[:7]}"
    return Happening(
        at=entry.at,
        face=face_of(entry.by),
        words=words,
        subject=subject,
        is_label=entry.kind in ("labeled", "unlabeled"),
    )
