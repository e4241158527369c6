"""What is given input that nobody would write, and what must hold whatever it is given."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from app.domain.commands import read
from app.domain.deliveries import Delivery, Provider
from app.domain.drafting import Shown, filter_answer
from app.domain.errors import Refused
from app.domain.policy import Faults, Foreign, SupportPolicy, parse
from app.domain.verbs import Mistake, NotBuilt
from app.providers.github.translate import translate as translate_github
from app.providers.stripe.translate import KINDS
from app.providers.stripe.translate import translate as translate_stripe
from tests.domain.bombs import COMMENTS, FILES
from tests.domain.hostile import HOSTILE
from tests.domain.test_drafting import PATHS, URL, dangers
from tests.domain.test_policy_syntax import EXAMPLES
from tests.providers.github.payloads import PAYLOADS, WRONG

SECONDS_MAX: Final = 1.0
"""For any input: what traces every branch is some ten times as slow as the product."""

Target = Callable[[bytes], None]


def policy(data: bytes) -> None:
    """Give a file: whatever it is, the answer is one of three, and a fault has its place."""
    answer = parse(data, currencies_settled=("usd", "jpy"), platform_bp=500)
    assert isinstance(answer, SupportPolicy | Faults | Foreign)
    for fault in answer.faults if isinstance(answer, Faults) else ():
        assert fault.line >= 1
        assert fault.column >= 1
        assert fault.reason.endswith(".")
        assert fault.remedy.endswith(".")


def command(data: bytes) -> None:
    """Give a comment: what is answered is a sentence."""
    text = data.decode("utf-8", "surrogateescape")
    for comment in (text, f"/support {text}"):
        answer = read(comment, plan_ids=("question", "session"), currency="usd")
        assert not isinstance(answer, Mistake | NotBuilt) or answer.sentence.endswith((".", "?"))


def github(data: bytes) -> None:
    """Change some values of a genuine payload: nothing is raised, and no zero byte gets through."""
    kind = [*PAYLOADS][data[0] % len(PAYLOADS)] if data else "push"
    payload = changed(PAYLOADS[kind], data[1:])
    for arrival in translate_github(delivery(Provider.GITHUB, kind, payload), app_id=1):
        assert "\0" not in repr(arrival.event)


def stripe(data: bytes) -> None:
    """Change some values of a genuine event: it is understood, or refused."""
    kind = [*KINDS][data[0] % len(KINDS)] if data else "charge.refunded"
    names = ("id", "payment_intent", "charge", "client_reference_id", "status", "payment_status")
    subject = {**dict.fromkeys(names, "pi_1"), "object": kind.split(".")[0], "metadata": {"a": "b"}}
    body = {"id": "evt_1", "type": kind, "livemode": False, "data": {"object": subject}}
    with suppress(Refused):
        translate_stripe(delivery(Provider.STRIPE, kind, changed(body, data[1:])))


def answer(data: bytes) -> None:
    """Give an answer of a model: what is shown can only be read."""
    text = data.decode("utf-8", "replace")
    filter_answer(text, repository_url=URL, known_paths=PATHS)
    reply = json.dumps({"answer": text, "sources": [text], "is_handoff": False})
    shown = filter_answer(reply, repository_url=URL, known_paths=PATHS)
    assert not isinstance(shown, Shown) or dangers(shown.markdown) == []


TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {each.__name__: each for each in (policy, command, github, stripe, answer)}
)
SEEDS: Final[Mapping[str, tuple[bytes, ...]]] = MappingProxyType(
    {
        "policy": (
            *(path.read_bytes() for path in EXAMPLES),
            *(source[:2000].encode() for source in FILES.values()),
        ),
        "command": tuple(f"{piece * 3}\n/support status".encode() for piece in COMMENTS),
        "github": tuple(bytes((n, 1, 2, 3)) for n in range(len(PAYLOADS))),
        "stripe": tuple(bytes((n, 1, 2, 3)) for n in range(len(KINDS))),
        "answer": tuple(hostile.encode() for hostile, _ in HOSTILE),
    }
)


def try_out(name: str, data: bytes) -> None:
    """Give input to a target; raise what it raises, and where it takes too long."""
    started = time.process_time()
    TARGETS[name](data)
    spent = time.process_time() - started
    assert spent < SECONDS_MAX, f"{spent:.2f} s"


def changed(payload: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Change one value for each three bytes; what is left over is a text of the input's own."""
    payload = copy.deepcopy(payload)
    for at in range(0, min(len(data) - 2, 24), 3):
        high, low, which = data[at : at + 3]
        places = [*_places(payload)]
        if not places:
            break
        within, key = places[(high << 8 | low) % len(places)]
        values = (..., *WRONG, data[at + 3 :].decode("utf-8", "replace"))
        value = values[which % len(values)]
        if value is ...:
            del within[key]
        else:
            within[key] = copy.deepcopy(value)
    return payload


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = [*value.items()] if isinstance(value, dict) else [*enumerate(value)]
    for key, inner in pairs:
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def delivery(provider: Provider, kind: str, payload: Any) -> Delivery:
    return Delivery(
        provider=provider,
        external_id="a-delivery",
        kind=kind,
        body=json.dumps(payload).encode(),
        received_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
