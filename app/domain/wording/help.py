"""The help: one comment an issue, ever; no I/O."""

from __future__ import annotations

from app.domain.commands import help_table
from app.domain.money import Money, show
from app.domain.policy import SupportPolicy
from app.domain.wording.texts import quoted

CROWDED = (
    "Several people hold an offer in this issue already, so there is none to add. "
    "Please open an issue of your own."
)
NOTHING_ON_OFFER = "Paid support is not set up completely here yet, so there is nothing to offer."


def render(issue: int, policy: SupportPolicy, sentence: str) -> str:
    """Write the help for an issue: what was not understood, the plans, and the commands."""
    parts = [sentence] if sentence else []
    prices = {plan.id: show(Money(plan.price_minor, policy.currency)) for plan in policy.plans}
    plans = [
        f"- `/support {plan.id}`: {quoted(plan.title)}, {prices[plan.id]}" for plan in policy.plans
    ]
    if plans and sentence not in (NOTHING_ON_OFFER, CROWDED):
        parts.append("\n".join(["The maintainers of this repository offer paid support:", *plans]))
    parts.append(help_table())
    words = "\n\n".join(parts)
    return f"<!-- mainstay:help:{issue} -->\n{words}\n"
