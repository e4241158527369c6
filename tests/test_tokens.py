"""What nobody may guess: a ticket's token and a session's secret."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest

from app.main import new_token
from app.web.server import OF_TICKET
from app.web.session import new_secret
from tests.stories.scene import scene

MADE = 1000
OF_A_TICKET = re.compile(OF_TICKET[len("{token:") : -1])


def read(token: str) -> bytes:
    """Give the bytes that a token stands for."""
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


@pytest.mark.parametrize(("make", "bits"), [(new_token, 128), (new_secret, 256)])
def test_it_has_so_many_random_bits(make: Callable[[], str], bits: int) -> None:
    made = [read(make()) for _ in range(MADE)]
    size = {len(each) for each in made}
    assert len(size) == 1
    assert min(size) * 8 >= bits
    # A bit that does not change, or one that another one tells, would be none.
    numbers = [int.from_bytes(each) for each in made]
    for at in range(min(size) * 8):
        assert MADE / 4 < sum(number >> at & 1 for number in numbers) < MADE * 3 / 4
    assert len({each[:8] for each in made}) == len({each[-8:] for each in made}) == MADE


async def test_every_ticket_of_the_product_has_a_token_of_that_kind(sqlite_url: str) -> None:
    async with scene(sqlite_url) as played:
        tokens = [(await played.asked(login)).token for login in ("carol", "dave")]
    assert len({*tokens}) == 2
    for token in tokens:
        assert len(read(token)) * 8 >= 128
        assert OF_A_TICKET.fullmatch(token)
