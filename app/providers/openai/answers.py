"""What the model's answers say, in either API; pure, and the pair of ``perform.py``.

Only whole answers count. What was cut off, declined or empty is refused, and the refusal tells how
many tokens it cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.domain.errors import Refused, Transient

Json = dict[str, Any]

MODEL_CHARACTERS_MAX: Final = 100


NOT_EVERYWHERE: Final = ("response_format", "max_completion_tokens", "safety_identifier")
"""Parameters that not every compatible server knows; one that does not names it in its error."""


class NotKnownError(Refused):
    """The server does not know one of those parameters: it may be asked again without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer; nothing of it has been checked yet."""

    text: str
    model: str
    """The model that answered, by its server's own name: an alias may stand for several."""
    input_tokens: int
    output_tokens: int


def responses_answer(answer: Json) -> Answer:
    """Read an answer of the Responses API."""
    try:
        usage = answer.get("usage") or {}
        cost = _Cost(usage.get("input_tokens") or 0, usage.get("output_tokens") or 0)
        if answer["status"] == "incomplete":
            why = (answer.get("incomplete_details") or {}).get("reason")
            raise cost.refused("declined to answer" if why == "content_filter" else "was cut off")
        if answer["status"] != "completed":
            raise Transient(f"The model's answer is {answer['status']}.")
        parts = [
            part
            for item in answer["output"]
            if item["type"] == "message"  # the others show how it came to its answer
            for part in item["content"]
        ]
        is_declined = any(part["type"] == "refusal" for part in parts)
        text = "".join(part["text"] for part in parts if part["type"] == "output_text")
        return cost.answer(text, str(answer["model"]), is_declined=is_declined)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise _not_understood() from error


def chat_answer(answer: Json) -> Answer:
    """Read an answer of the Chat Completions API; compatible servers leave much of it out."""
    try:
        usage = answer.get("usage") or {}
        cost = _Cost(usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0)
        choice = answer["choices"][0]
        message = choice["message"]
        if choice.get("finish_reason") == "length":
            raise cost.refused("was cut off")
        is_declined = (
            bool(message.get("refusal")) or choice.get("finish_reason") == "content_filter"
        )
        text = message.get("content") or ""
        return cost.answer(text, str(answer["model"]), is_declined=is_declined)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise _not_understood() from error


@dataclass(frozen=True, slots=True)
class _Cost:
    input_tokens: int
    output_tokens: int

    def __post_init__(self) -> None:
        if not (isinstance(self.input_tokens, int) and isinstance(self.output_tokens, int)):
            raise TypeError("tokens are counted in whole numbers")

    def refused(self, what: str) -> Refused:
        # Not certain: it was answered, and cost what it says.
        return Refused(
            f"The model {what} ({self.input_tokens} tokens in, {self.output_tokens} out).",
            is_certain=False,
        )

    def answer(self, text: str, model: str, *, is_declined: bool) -> Answer:
        if is_declined:
            raise self.refused("declined to answer")
        if not text.strip():
            raise self.refused("gave an empty answer")
        return Answer(
            text=text,
            model=model[:MODEL_CHARACTERS_MAX],
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
        )


def _not_understood() -> Transient:
    return Transient("The model's server gave an answer that we do not understand.")
