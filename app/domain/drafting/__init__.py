"""The AI draft: what the model is asked, and what of its answer may be shown; no I/O.

The model has no tools and no secrets, and its words decide nothing: they are shown as an unchecked
draft, after a filter that leaves only what can be read.
"""

from __future__ import annotations

from app.domain.drafting.answers import Shown, Withheld, filter_answer, render_draft
from app.domain.drafting.prompts import ANSWER_SCHEMA, Prompt, build_prompt
from app.domain.drafting.ranking import Chunk, chunk, rank

__all__ = [
    "ANSWER_SCHEMA",
    "Chunk",
    "Prompt",
    "Shown",
    "Withheld",
    "build_prompt",
    "chunk",
    "filter_answer",
    "rank",
    "render_draft",
]
