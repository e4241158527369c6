"""Pinning the terms of a ticket: what the file and the operator promise today; no I/O."""

from __future__ import annotations

from app.domain.money import Money
from app.domain.operator import Operator
from app.domain.policy import AiRung, Plan, SupportPolicy
from app.domain.tickets.terms import PlanTerms, Share, Terms


def pin(policy: SupportPolicy, operator: Operator, *, has_draft: bool) -> Terms:
    """Take the terms of a ticket that is opened now; a later edit does not reach them."""
    is_sold = operator.has_checkout and policy.rungs.is_expert
    plans = tuple(_plan(plan, policy, operator) for plan in policy.plans) if is_sold else ()
    promises = policy.promises
    return Terms(
        policy=policy.digest,
        plans=plans,
        helpers=tuple(each.login for each in policy.helpers),
        assignment=policy.assignment,
        has_draft=has_draft,
        is_draft_for_helpers=has_draft and policy.rungs.ai is AiRung.HELPERS,
        offer=promises.offer,
        no_helper=promises.no_helper,
        accept_within=promises.accept_within,
        grace=promises.grace,
        community=policy.rungs.community,
        zone=policy.calendar.zone,
        opened_text=policy.messages.opened,
        notice_texts=policy.messages.notices,
    )


def _plan(plan: Plan, policy: SupportPolicy, operator: Operator) -> PlanTerms:
    """Take a plan with the division for every class that has a helper."""
    classes = dict.fromkeys(each.klass for each in policy.helpers)
    shares = tuple(
        Share(
            klass=klass,
            fee=operator.fees[policy.currency],
            platform_bp=operator.platform_bp,
            repository_bp=policy.split.repository_bp_of(klass),
        )
        for klass in classes
    )
    return PlanTerms(
        id=plan.id,
        title=plan.title,
        price=Money(plan.price_minor, policy.currency),
        respond_within=plan.respond_within,
        resolve_within=plan.resolve_within,
        shares=shares,
    )
