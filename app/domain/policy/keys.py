"""The keys of ``.github/support.yml``: what each means, and what counts without it; no I/O."""

from __future__ import annotations

from typing import Final

from app.domain.assignment import Rule
from app.domain.clockwork import ALWAYS, Calendar
from app.domain.policy.kinds import (
    Choice,
    ListOf,
    Record,
    Truth,
    Values,
    Whole,
    defaulting,
    optional,
    required,
)
from app.domain.policy.prices import Price
from app.domain.policy.scalars import (
    COUNTRY_KIND,
    CURRENCY_KIND,
    DURATION_KIND,
    HOURS_KIND,
    LABEL_KIND,
    LOGIN_KIND,
    MESSAGE_KIND,
    PLAN_ID_KIND,
    PROMISE_KIND,
    SHARE_KIND,
    TITLE_KIND,
    TOPIC_KIND,
    WINDOW_KIND,
    ZONE_KIND,
)
from app.domain.policy.support import (
    COMMANDS_PER_MINUTE_USUAL,
    AiRung,
    HelperClass,
    Limits,
    Messages,
    Plan,
    Promises,
    Reports,
    Rungs,
    Split,
)

HELPERS_MAX: Final = 50
PLANS_MAX: Final = 20
TOPICS_MAX: Final = 20
BLOCKED_MAX: Final = 200

TIMEZONE: Final = optional(
    "timezone", ZONE_KIND, "An IANA time zone; the repository's, else UTC, where it is left out."
)
HOURS: Final = optional(
    "hours", HOURS_KIND, "Opening hours; the repository's, else always open, where left out."
)
HOLIDAYS: Final = optional(
    "holidays", COUNTRY_KIND, "The country whose public holidays are closed (ISO 3166)."
)
CALENDAR_KIND: Final = Record(
    (TIMEZONE, HOURS, HOLIDAYS),
    lambda values: Calendar(
        zone=values[TIMEZONE] or "UTC",
        week=values[HOURS] or ALWAYS,
        country=values[HOLIDAYS],
    ),
)

LOGIN: Final = required("login", LOGIN_KIND, "The name of the helper's GitHub account.")
CLASS: Final = defaulting(
    "class",
    Choice({each.value: each for each in HelperClass}),
    "What the helper is to the project: it decides the repository's share.",
    "core",
)
TOPICS: Final = defaulting(
    "topics",
    ListOf(item=TOPIC_KIND, most=TOPICS_MAX),
    "What the helper knows about: words and labels.",
    [],
)
TICKETS_MAX: Final = optional(
    "tickets_max", Whole(1, 100), "Open tickets at once; as many as come where it is left out."
)
HELPER_KIND: Final[Record[Values]] = Record(
    (LOGIN, CLASS, TOPICS, TIMEZONE, HOURS, TICKETS_MAX), lambda values: values
)

ID: Final = required("id", PLAN_ID_KIND, "What is written after /support; never a command.")
TITLE: Final = optional("title", TITLE_KIND, "What the plan is called; its id where left out.")
PRICE: Final = required("price", Price(), "In units of the currency, without tax.")
RESPOND_WITHIN: Final = optional(
    "respond_within",
    PROMISE_KIND,
    "Until the helper answers: m and h are open time, d and w are working days.",
)
RESOLVE_WITHIN: Final = optional(
    "resolve_within",
    PROMISE_KIND,
    "Until the helper proposes a solution: m and h are open time, d and w are working days.",
)
PLAN_KIND: Final = Record(
    (ID, TITLE, PRICE, RESPOND_WITHIN, RESOLVE_WITHIN),
    lambda values: Plan(
        id=values[ID],
        title=values[TITLE] or values[ID],
        price_minor=values[PRICE],
        respond_within=values[RESPOND_WITHIN],
        resolve_within=values[RESOLVE_WITHIN],
    ),
)

_CLASS_SHARES: Final = {
    klass: optional(klass.value, SHARE_KIND, f"The repository's part with the class {klass}.")
    for klass in HelperClass
}
REPOSITORY: Final = defaulting(
    "repository", SHARE_KIND, "The repository's part; the helper always gets the rest.", "0%"
)
CLASSES: Final = defaulting(
    "classes",
    Record(
        tuple(_CLASS_SHARES.values()),
        lambda values: tuple(
            (klass, points)
            for klass, share in _CLASS_SHARES.items()
            if (points := values[share]) is not None
        ),
    ),
    "Where the part is another one for a class of helpers.",
    {},
)
SPLIT_KIND: Final = Record(
    (REPOSITORY, CLASSES),
    lambda values: Split(repository_bp=values[REPOSITORY], classes=values[CLASSES]),
)

AI: Final = defaulting(
    "ai",
    Choice({each.value: each for each in AiRung}),
    "Where the AI draft goes: into the thread, to the helper alone who checks it, or nowhere.",
    "comment",
)
COMMUNITY: Final = defaulting(
    "community", WINDOW_KIND, "How long volunteers are waited for, or off.", "24h"
)
EXPERT: Final = defaulting("expert", Truth(), "Whether paid plans are on offer.", default=True)
PRIVATE: Final = defaulting(
    "private",
    Truth(),
    "Whether the AI may read the issues of a repository that is private.",
    default=False,
)
READING_KIND: Final = Record((PRIVATE,), lambda values: values[PRIVATE])

RUNGS_KIND: Final = Record(
    (AI, COMMUNITY, EXPERT),
    lambda values: Rungs(ai=values[AI], community=values[COMMUNITY], is_expert=values[EXPERT]),
)

OFFER: Final = defaulting("offer", DURATION_KIND, "An unpaid offer ends after it.", "14d")
NO_HELPER: Final = defaulting(
    "no_helper", DURATION_KIND, "Without a helper the money goes back after it.", "48h"
)
ACCEPT_WITHIN: Final = defaulting(
    "accept_within", DURATION_KIND, "A proposal nobody answers is accepted after it.", "3d"
)
GRACE: Final = defaulting("grace", DURATION_KIND, "From acceptance to the division.", "3d")
PROMISES_KIND: Final = Record(
    (OFFER, NO_HELPER, ACCEPT_WITHIN, GRACE),
    lambda values: Promises(
        offer=values[OFFER],
        no_helper=values[NO_HELPER],
        accept_within=values[ACCEPT_WITHIN],
        grace=values[GRACE],
    ),
)

OPEN_PER_CUSTOMER: Final = defaulting(
    "open_per_customer", Whole(1, 100), "Open tickets of one customer at once.", 2
)
AI_DRAFTS_PER_DAY: Final = defaulting(
    "ai_drafts_per_day", Whole(0, 10_000), "AI drafts of the repository a day.", 50
)
COMMANDS_PER_MINUTE: Final = defaulting(
    "commands_per_minute",
    Whole(1, 60),
    "Commands of one person a minute; more are ignored.",
    COMMANDS_PER_MINUTE_USUAL,
)
BLOCKED: Final = defaulting(
    "blocked",
    ListOf(item=LOGIN_KIND, most=BLOCKED_MAX),
    "GitHub accounts whose commands and labels do nothing here.",
    [],
)
LIMITS_KIND: Final = Record(
    (OPEN_PER_CUSTOMER, AI_DRAFTS_PER_DAY, COMMANDS_PER_MINUTE, BLOCKED),
    lambda values: Limits(
        open_per_customer=values[OPEN_PER_CUSTOMER],
        ai_drafts_per_day=values[AI_DRAFTS_PER_DAY],
        commands_per_minute=values[COMMANDS_PER_MINUTE],
        blocked=values[BLOCKED],
    ),
)

OPENED: Final = optional("opened", MESSAGE_KIND, "The maintainers' words on top of a new card.")
_NOTICES: Final = {
    kind: optional(kind, MESSAGE_KIND, f"The maintainers' words {when}; the facts follow them.")
    for kind, when in (
        ("asked", "to a helper who is asked"),
        ("proposed", "to a customer who shall look at a solution"),
        ("reminder", "to a customer who has not looked yet"),
        ("waiting", "to a customer who has to answer a question"),
        ("review", "to a maintainer who has to decide"),
        ("cancel_asked", "to a helper whose customer wants to stop"),
        ("breach", "to a helper who is late"),
        ("refund", "to a customer who gets money back"),
    )
}
MESSAGES_KIND: Final = Record(
    (OPENED, *_NOTICES.values()),
    lambda values: Messages(
        opened=values[OPENED] or "",
        notices=tuple((kind, words) for kind, key in _NOTICES.items() if (words := values[key])),
    ),
)

VERSION: Final = required("version", Whole(1, 1), "The version of this format.")
LABEL: Final = defaulting(
    "label", LABEL_KIND, "Whoever sets it offers support to the author.", "paid-support"
)
CURRENCY: Final = optional(
    "currency", CURRENCY_KIND, "Of every price; left out: usd, else the operator's first one."
)
CALENDAR: Final = defaulting("calendar", CALENDAR_KIND, "When the repository is at work.", {})
HELPERS: Final = required(
    "helpers",
    ListOf(item=HELPER_KIND, least=1, most=HELPERS_MAX, unique="login"),
    "Who may help, in the order in which they are asked.",
)
PLANS: Final = defaulting(
    "plans", ListOf(item=PLAN_KIND, most=PLANS_MAX, unique="id"), "What can be bought.", []
)
SPLIT: Final = defaulting("split", SPLIT_KIND, "How a price is divided.", {})
ASSIGNMENT: Final = defaulting(
    "assignment", Choice({each.value: each for each in Rule}), "How a helper is found.", "rotate"
)
RUNGS: Final = defaulting("rungs", RUNGS_KIND, "The ladder of help.", {})
AI_READS: Final = defaulting("ai", READING_KIND, "What the AI may read.", {})
PROMISES: Final = defaulting("promises", PROMISES_KIND, "Waits in calendar time.", {})
LIMITS: Final = defaulting("limits", LIMITS_KIND, "How much is too much.", {})
REPORTS: Final = defaulting(
    "reports",
    Choice({each.value: each for each in Reports}),
    "What a report without sign-in may show; never customers.",
    "totals",
)
MESSAGES: Final = defaulting("messages", MESSAGES_KIND, "The maintainers' own words.", {})
FILE: Final[Record[Values]] = Record(
    (
        VERSION,
        LABEL,
        CURRENCY,
        CALENDAR,
        HELPERS,
        PLANS,
        SPLIT,
        ASSIGNMENT,
        RUNGS,
        AI_READS,
        PROMISES,
        LIMITS,
        REPORTS,
        MESSAGES,
    ),
    lambda values: values,
)
"""The whole file."""
