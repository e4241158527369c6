"""What a ticket pins of the file and of the operator on the day when it is opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.assignment import Rule
from app.domain.policy import SupportPolicy, parse
from app.domain.tickets.pinning import pin
from tests.domain.tickets.builders import OPERATOR, usd

POLICY = b"""\
version: 1
calendar: {timezone: Europe/Oslo}
helpers:
  - {login: ada, class: core}
  - {login: grace, class: community}
  - {login: linus, class: core}
plans:
  - {id: question, title: Quick question, price: 49, respond_within: 8h}
split: {repository: 10%, classes: {core: 5%}}
assignment: claim
promises: {offer: 7d, no_helper: 24h, accept_within: 2d, grace: 1d}
messages: {opened: "Hi!"}
"""


def policy(text: bytes = POLICY) -> SupportPolicy:
    read = parse(text, currencies_settled=("usd",), platform_bp=OPERATOR.platform_bp)
    assert isinstance(read, SupportPolicy)
    return read


def test_promises_helpers_and_prices_are_those_of_today() -> None:
    terms = pin(policy(), OPERATOR, has_draft=True)
    assert terms.policy == policy().digest
    assert terms.helpers == ("ada", "grace", "linus")
    assert (terms.assignment, terms.has_draft, terms.zone) == (Rule.CLAIM, True, "Europe/Oslo")
    assert (terms.offer, terms.no_helper) == (timedelta(days=7), timedelta(days=1))
    assert (terms.accept_within, terms.grace) == (timedelta(days=2), timedelta(days=1))
    assert terms.opened_text == "Hi!"
    (plan,) = terms.plans
    assert (plan.id, plan.title, plan.price) == ("question", "Quick question", usd(4900))
    assert (str(plan.respond_within), plan.resolve_within) == ("8h", None)


def test_each_class_that_has_a_helper_has_its_share_once() -> None:
    (plan,) = pin(policy(), OPERATOR, has_draft=False).plans
    assert [(each.klass, each.repository_bp) for each in plan.shares] == [
        ("core", 500),
        ("community", 1000),
    ]
    assert {each.platform_bp for each in plan.shares} == {500}
    assert plan.share("community").repository_bp == 1000
    assert plan.share("extended") == plan.shares[0]  # of a class that came into the file later
    assert plan.share("core").divide(usd(4900)).helper == usd(4256)


def test_a_plan_is_found_by_its_id() -> None:
    terms = pin(policy(), OPERATOR, has_draft=False)
    assert terms.plan("question") == terms.plans[0]
    assert terms.plan("nothing") is None


def test_without_a_checkout_or_the_paid_rung_nothing_is_sold() -> None:
    assert pin(policy(), replace(OPERATOR, has_checkout=False), has_draft=True).plans == ()
    free = policy(POLICY + b"rungs: {expert: false}\n")
    assert pin(free, OPERATOR, has_draft=True).plans == ()
