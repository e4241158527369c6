"""What a person does at the checkout: pay, pay later, be declined, walk away."""

from __future__ import annotations

from app.rehearsal.stripe import methods, payments
from app.rehearsal.stripe.book import Book
from app.rehearsal.stripe.methods import Payer
from app.rehearsal.stripe.refusals import Json, NotOfferedError

_ENDED = {
    "complete": "This checkout is complete: it cannot be paid a second time.",
    "expired": "This checkout has expired: ask the shop for a new link.",
}


def pay(book: Book, session_id: str, payer: Payer) -> str:
    """Pay by card and give the URL that the browser goes on to."""
    session = _open(book, session_id)
    intent = _intent(book, session)
    payments.pay_by_card(book, intent, payer)
    is_paid = intent["status"] == "succeeded"
    return _complete(book, session, payer, "paid" if is_paid else "unpaid")


def pay_later(book: Book, session_id: str, payer: Payer) -> str:
    """Pay by bank debit, which takes days, and give the URL that the browser goes on to."""
    session = _open(book, session_id)
    debit = methods.debit_among(session["payment_method_types"])
    if debit is None:
        raise NotOfferedError("This checkout does not offer bank debits.")
    payments.start_debit(book, _intent(book, session), debit, payer)
    book.later(
        book.now() + book.pace.debit_clears_after,
        lambda: _clear_if_processing(book, session),
    )
    return _complete(book, session, payer, "unpaid")


def settle_later(book: Book, session_id: str, *, succeeds: bool) -> None:
    """Let the bank answer now."""
    session = book.get("checkout.session", session_id, "session")
    if not is_processing(book, session):
        raise NotOfferedError("No bank debit of this checkout is under way.")
    _settle(book, session, succeeds=succeeds)


def decline(book: Book, session_id: str, payer: Payer) -> None:
    """Try a card that is declined; the checkout stays open for another one."""
    payments.decline(book, _intent(book, _open(book, session_id)), payer)


def abandon(book: Book, session_id: str) -> str | None:
    """Walk away: nothing happens. Give the URL that the browser goes back to, if there is one."""
    url: str | None = _open(book, session_id)["cancel_url"]
    return url


def success_url(session: Json) -> str:
    """Give the URL that a completed checkout leads to."""
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def is_processing(book: Book, session: Json) -> bool:
    """Tell whether a bank debit of this session is under way."""
    intent_id = session["payment_intent"]
    return bool(intent_id and book.get("payment_intent", intent_id)["status"] == "processing")


def _open(book: Book, session_id: str) -> Json:
    session = book.get("checkout.session", session_id, "session")
    if session["status"] != "open":
        raise NotOfferedError(_ENDED[session["status"]])
    return session


def _intent(book: Book, session: Json) -> Json:
    """Give the session's PaymentIntent, which begins with the first attempt to pay."""
    if session["payment_intent"] is not None:
        return book.get("payment_intent", session["payment_intent"])
    intent = payments.new_intent(
        book,
        session["amount_total"],
        session["currency"],
        book.orders[session["id"]].intent_data,
        session["payment_method_types"],
    )
    session["payment_intent"] = intent["id"]
    return intent


def _complete(book: Book, session: Json, payer: Payer, payment_status: str) -> str:
    session.update(
        status="complete",
        payment_status=payment_status,
        url=None,
        collected_information={
            "business_name": None,
            "individual_name": None,
            "shipping_details": None,
        },
        customer_details={
            "address": payer.address,
            "business_name": None,
            "email": session["customer_email"] or payer.email,
            "individual_name": None,
            "name": payer.name,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )
    if session["automatic_tax"]["enabled"]:
        session["automatic_tax"]["status"] = "complete"
    if session["invoice_creation"]["enabled"] and payment_status == "paid":
        session["invoice"] = book.new_id("in")
    book.emit("checkout.session.completed", session)
    return success_url(session)


def _clear_if_processing(book: Book, session: Json) -> None:
    if is_processing(book, session):
        _settle(book, session, succeeds=True)


def _settle(book: Book, session: Json, *, succeeds: bool) -> None:
    payments.settle_debit(
        book, book.get("payment_intent", session["payment_intent"]), succeeds=succeeds
    )
    if succeeds:
        session["payment_status"] = "paid"
    outcome = "succeeded" if succeeds else "failed"
    book.emit(f"checkout.session.async_payment_{outcome}", session)
