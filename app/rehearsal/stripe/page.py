"""The checkout page: plain HTML forms, so that a person can play every end of a payment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.rehearsal.stripe import checkout, methods, money
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.methods import Payer
from app.rehearsal.stripe.payments import DECLINED
from app.rehearsal.stripe.refusals import Json, NotOfferedError, RefusedError

PATH: Final = "/c/pay/{session_id}"

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)


class CheckoutPage:
    """What the browser shows at a session's URL."""

    def __init__(self, book: Book, *, seller: str) -> None:
        self._book = book
        self._seller = seller

    async def show(self, request: web.Request) -> web.Response:
        """GET: the page in the state that the session is in."""
        self._book.tick()
        return self._page(self._session(request))

    async def choose(self, request: web.Request) -> web.Response:
        """POST: do what the person chose, then go where Stripe would send the browser."""
        self._book.tick()
        session = self._session(request)
        form = await request.post()
        choice = _CHOICES.get(str(form.get("choice")))
        if choice is None:
            raise web.HTTPBadRequest(text="That is none of the choices on this page.")
        try:
            url, problem = choice(self._book, session["id"])
        except NotOfferedError as refused:
            return self._page(session, str(refused), status=409)
        if problem is not None:
            return self._page(session, problem, status=402)
        raise web.HTTPSeeOther(url or request.path)

    def _session(self, request: web.Request) -> Json:
        try:
            return self._book.get("checkout.session", request.match_info["session_id"])
        except RefusedError:
            raise web.HTTPNotFound(text="There is no such checkout.") from None

    def _page(
        self, session: Json, problem: str | None = None, *, status: int = 200
    ) -> web.Response:
        order, currency = self._book.orders[session["id"]], session["currency"]
        is_hold = order.intent_data.get("capture_method") == "manual"
        html = _TEMPLATES.get_template("checkout.html").render(
            seller=self._seller,
            session=session,
            problem=problem,
            lines=[
                {
                    "description": line["description"],
                    "quantity": line["quantity"],
                    "amount": money.shown(line["amount_total"], currency),
                }
                for line in order.lines
            ],
            total=money.shown(session["amount_total"], currency),
            card_says="The amount is only authorised for now." if is_hold else "Paid at once.",
            debit=methods.debit_among(session["payment_method_types"]),
            debit_days=self._book.pace.debit_clears_after.days,
            success_url=checkout.success_url(session),
            is_processing=checkout.is_processing(self._book, session),
            expires_at=datetime.fromtimestamp(session["expires_at"], UTC),
        )
        return web.Response(status=status, text=html, content_type="text/html")


Choice = Callable[[Book, str], tuple[str | None, str | None]]
"""(book, session id) → where the browser goes, or what the page says is wrong."""


def _pay(book: Book, session_id: str) -> tuple[str | None, str | None]:
    return checkout.pay(book, session_id, Payer()), None


def _pay_later(book: Book, session_id: str) -> tuple[str | None, str | None]:
    return checkout.pay_later(book, session_id, Payer()), None


def _decline(book: Book, session_id: str) -> tuple[str | None, str | None]:
    checkout.decline(book, session_id, Payer())
    return None, DECLINED


def _abandon(book: Book, session_id: str) -> tuple[str | None, str | None]:
    return checkout.abandon(book, session_id), None


def _debit_succeeds(book: Book, session_id: str) -> tuple[str | None, str | None]:
    checkout.settle_later(book, session_id, succeeds=True)
    return None, None


def _debit_fails(book: Book, session_id: str) -> tuple[str | None, str | None]:
    checkout.settle_later(book, session_id, succeeds=False)
    return None, None


_CHOICES: Final[dict[str, Choice]] = {
    "pay": _pay,
    "pay_later": _pay_later,
    "decline": _decline,
    "abandon": _abandon,
    "debit_succeeds": _debit_succeeds,
    "debit_fails": _debit_fails,
}
