"""What a person is told who cannot be signed in; no I/O."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """A heading, what it means, and what the way on is called; empty where there is none."""

    title: str
    sentence: str
    way_on: str = ""


NOT_SET_UP = Told(
    "Signing in is not set up here",
    "Whoever runs this server has not connected it to GitHub's sign-in. Everything on an issue "
    "works without it: commands, cards and pay links.",
)
FORGED = Told(
    "That did not begin here",
    "This browser did not ask to sign in just now, or it took longer than ten minutes. Nothing "
    "has happened.",
    "Sign in",
)
DENIED = Told(
    "You are not signed in",
    "GitHub told us nothing about you, as you wished.",
    "Sign in after all",
)
USED = Told(
    "Please sign in once more",
    "GitHub did not take the answer that it gave your browser; usually it was used already.",
    "Sign in again",
)
AWAY = Told(
    "GitHub does not answer",
    "We could not ask GitHub who you are. Please try again in a minute.",
    "Try again",
)
OUR_FAULT = Told(
    "Nobody can sign in at the moment",
    "This server's connection to GitHub's sign-in is not in order. Whoever runs it has a note of "
    "it; everything on an issue still works.",
)
