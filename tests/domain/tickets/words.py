"""What people say on a random walk, and how far a story has come when it begins."""

from __future__ import annotations

BEGINNINGS = (
    "",
    "press",
    "press bank",
    "press pay",
    "unseen",
    "volunteers",
    "pay ask",
    "pay claim",
    "pay claim propose",
    "pay claim propose decline propose",
    "pay claim propose decline propose decline",
    "unseen claim propose accept",
    "pay claim propose accept",
    "pay claim propose accept wait",
    "pay claim dispute",
    "pay claim propose dispute",
    "pay claim propose accept dispute",
    "pay claim propose accept wait dispute",
    "kept pay",
    "kept pay claim",
)
"""How far a story has come before everybody does what they want."""

WORDS = (
    "community", "human", "accept @dave", "ai",
    "cancel", "accept", "accept @ada", "decline because", "claim", "release", "propose here",
    "refund because", "session", "question", "status", "off", "private", "nonsense",
    "propose\n\nDoes it work now?", "transfer @grace", "transfer @ada", "escalate it", "reopen why",
    "rate 4 fine", "refund 20 for it", "refund 49 for it",
)  # fmt: skip
HELPERS_WORDS = (
    "claim", "propose here", "propose again", "release", "transfer @grace", "escalate",
    "refund 20 for it", "accept",
)  # fmt: skip
ANSWERS = ("set proxy=on", "Which version is it?")
