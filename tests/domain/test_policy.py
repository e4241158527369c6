"""What a good ``support.yml`` becomes, and which files are not ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest
from pydantic import TypeAdapter

from app.domain.assignment import Rule
from app.domain.clockwork import ALWAYS, Calendar, Promise, Unit, read_hours
from app.domain.policy import (
    AiRung,
    Faults,
    Foreign,
    ForeignKind,
    HelperClass,
    Limits,
    Messages,
    Plan,
    PolicyHelper,
    Promises,
    Reports,
    Rungs,
    Split,
    SupportPolicy,
    parse,
)
from app.domain.policy.countries import COUNTRIES

ROOT: Final = Path(__file__).parents[2]
MINIMAL: Final = "version: 1\nhelpers: [{login: ada}]\n"


def policy(
    text: str, *, settled: tuple[str, ...] = ("usd",), platform_bp: int = 0
) -> SupportPolicy:
    answer = parse(text, currencies_settled=settled, platform_bp=platform_bp)
    assert isinstance(answer, SupportPolicy), answer
    return answer


def example(name: str) -> str:
    return (ROOT / "schemas/examples" / name).read_text("utf-8")


def test_everything_in_the_documented_file_is_read() -> None:
    office = Calendar(zone="Europe/Oslo", week=read_hours("Mon-Fri 09:00-17:00"), country="NO")
    assert policy(example("good-full.yml")) == SupportPolicy(
        label="paid-support",
        currency="usd",
        calendar=office,
        helpers=(
            PolicyHelper(
                login="ada",
                klass=HelperClass.CORE,
                topics=("networking", "docker"),
                calendar=office,
                tickets_max=3,
            ),
        ),
        plans=(
            Plan(
                id="question",
                title="Quick question",
                price_minor=4900,
                respond_within=Promise(8, Unit.HOURS),
                resolve_within=Promise(3, Unit.DAYS),
            ),
            Plan(
                id="session",
                title="One-hour session",
                price_minor=18000,
                respond_within=Promise(4, Unit.HOURS),
                resolve_within=Promise(2, Unit.DAYS),
            ),
        ),
        split=Split(
            repository_bp=1000,
            classes=((HelperClass.CORE, 500), (HelperClass.COMMUNITY, 1500)),
        ),
        assignment=Rule.ROTATE,
        rungs=Rungs(ai=AiRung.COMMENT, community=timedelta(hours=24), is_expert=True),
        promises=Promises(
            offer=timedelta(days=14),
            no_helper=timedelta(hours=48),
            accept_within=timedelta(days=3),
            grace=timedelta(days=3),
        ),
        limits=Limits(
            open_per_customer=2, ai_drafts_per_day=50, commands_per_minute=5, blocked=("troll",)
        ),
        reports=Reports.TOTALS,
        messages=Messages(
            opened="Thank you for asking. We answer in English.",
            notices=(("reminder", "We would love to hear from you."),),
        ),
    )


def test_what_is_left_out_has_its_documented_default() -> None:
    full = policy(example("good-full.yml"))
    assert policy(MINIMAL) == SupportPolicy(
        label="paid-support",
        currency="usd",
        calendar=Calendar(zone="UTC", week=ALWAYS, country=None),
        helpers=(
            PolicyHelper(
                login="ada",
                klass=HelperClass.CORE,
                topics=(),
                calendar=None,
                tickets_max=None,
            ),
        ),
        plans=(),
        split=Split(repository_bp=0, classes=()),
        assignment=full.assignment,
        rungs=full.rungs,
        promises=full.promises,
        limits=replace(full.limits, commands_per_minute=10, blocked=()),
        reports=full.reports,
        messages=Messages(opened=""),
    )


def test_a_default_counts_for_each_key_by_itself() -> None:
    read = policy(MINIMAL + "rungs: {community: off}\npromises: {grace: 1w}\n")
    assert read.rungs == Rungs(ai=AiRung.COMMENT, community=None, is_expert=True)
    assert read.promises.offer == timedelta(days=14)
    assert read.promises.grace == timedelta(weeks=1)


def test_our_own_file_is_a_good_one() -> None:
    assert isinstance(
        parse((ROOT / ".github/support.yml").read_bytes(), currencies_settled=("usd",)),
        SupportPolicy,
    )


def test_dollars_or_the_operators_first_currency_count_where_the_file_names_none() -> None:
    text = MINIMAL + "plans: [{id: question, price: 5000}]\n"
    for settled in (("jpy", "usd"), ("usd",), ()):
        read = policy(text, settled=settled)
        assert (read.currency, read.plans[0].price_minor) == ("usd", 500_000)
    read = policy(text, settled=("jpy", "eur"))
    assert (read.currency, read.plans[0].price_minor) == ("jpy", 5000)


@pytest.mark.parametrize(
    ("currency", "price", "minor"),
    [
        ("usd", "49", 4900),
        ("usd", "49.5", 4950),
        ("usd", "49.90", 4990),
        ("usd", "'49.90'", 4990),
        ("usd", "0.50", 50),
        ("usd", "0000.70", 70),
        ("usd", "999999.99", 99_999_999),
        ("jpy", "50", 50),
        ("kwd", "49.90", 49_900),
        ("isk", "500", 50_000),
    ],
)
def test_prices_are_exact(currency: str, price: str, minor: int) -> None:
    text = f"{MINIMAL}currency: {currency}\nplans: [{{id: question, price: {price}}}]\n"
    assert policy(text, settled=(currency,)).plans[0].price_minor == minor


@pytest.mark.parametrize(
    ("share", "points"),
    [("0%", 0), ("10%", 1000), ("2.5%", 250), ("12.25%", 1225), ("0.01%", 1), ("100.00%", 10_000)],
)
def test_shares_are_basis_points(share: str, points: int) -> None:
    assert policy(f"{MINIMAL}split: {{repository: {share}}}").split.repository_bp == points


def test_a_class_without_a_share_of_its_own_has_the_repositorys() -> None:
    split = policy(example("good-full.yml")).split
    assert [split.repository_bp_of(klass) for klass in HelperClass] == [500, 1000, 1500]


def test_the_shares_of_platform_and_repository_may_be_the_whole() -> None:
    text = MINIMAL + "split: {repository: 90%}"
    assert policy(text, platform_bp=1000).split.repository_bp == 9000


def test_a_helper_has_the_repositorys_calendar_but_for_what_is_their_own() -> None:
    read = policy(example("good-hours.yml"))
    ada, grace, linus, margaret = read.helpers
    assert read.calendar_of(ada) == read.calendar
    assert read.calendar_of(grace) == replace(read.calendar, zone="America/New_York")
    assert read.calendar_of(linus) == replace(read.calendar, week=read_hours("Sat,Sun 10:00-24:00"))
    assert read.calendar_of(margaret) == Calendar(zone="UTC", week=ALWAYS)


def test_a_plan_without_a_title_is_called_by_its_id() -> None:
    read = policy(MINIMAL + "plans: [{id: quick-one, price: 49}]")
    assert read.plans == (
        Plan(
            id="quick-one",
            title="quick-one",
            price_minor=4900,
            respond_within=None,
            resolve_within=None,
        ),
    )
    assert read.plan("quick-one") is read.plans[0]
    assert read.plan("other") is None


def test_the_order_of_the_file_is_kept() -> None:
    logins = ["mona", "ada", "zed", "bob"]
    listed = "".join(f"  - login: {login}\n" for login in logins)
    read = policy(f"version: 1\nhelpers:\n{listed}")
    assert [helper.login for helper in read.helpers] == logins


def test_a_mark_of_utf_8_is_no_part_of_the_file() -> None:
    assert parse(b"\xef\xbb\xbf" + MINIMAL.encode(), currencies_settled=("usd",)) == policy(MINIMAL)


def test_the_digest_is_of_what_is_said_and_not_of_how() -> None:
    one = policy("version: 1\nhelpers:\n  - {login: ada, topics: [dns]}\nlabel: help me\n")
    same = policy("# Hello\nlabel: 'help me'\nhelpers: [{topics: ['dns'], login: ada}]\nversion: 1")
    assert one.digest == same.digest
    assert len(one.digest) == 64
    assert int(one.digest, 16)


@pytest.mark.parametrize(
    "change",
    [
        "label: help",
        "calendar: {timezone: Europe/Oslo}",
        "calendar: {hours: Mon 09:00-10:00}",
        "calendar: {holidays: NO}",
        "plans: [{id: question, price: 49}]",
        "split: {repository: 1%}",
        "split: {classes: {core: 0%}}",
        "assignment: claim",
        "rungs: {ai: off}",
        "promises: {grace: 4d}",
        "limits: {ai_drafts_per_day: 1}",
        "reports: off",
        "messages: {opened: Hello}",
    ],
)
def test_every_change_changes_the_digest(change: str) -> None:
    assert policy(MINIMAL).digest != policy(MINIMAL + change).digest


def test_a_digest_of_what_no_policy_holds_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="a policy holds no bytes"):
        _ = replace(policy(MINIMAL), label=b"x").digest  # type: ignore[arg-type]  # on purpose


def test_a_policy_can_be_stored_and_read_back() -> None:
    adapter = TypeAdapter(SupportPolicy)
    for path in sorted((ROOT / "schemas/examples").glob("good-*.yml")):
        read = policy(path.read_text("utf-8"), settled=("usd", "jpy"))
        assert adapter.validate_json(adapter.dump_json(read)) == read


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", ForeignKind.EMPTY),
        ("# nothing yet\n", ForeignKind.EMPTY),
        ("---\n", ForeignKind.EMPTY),
        ("null", ForeignKind.EMPTY),
        ("supportLabel: support\nclose: true\nlock: false\n", ForeignKind.OTHER_APP),
        ("_extends: .github\n", ForeignKind.OTHER_APP),
        ("helpers: [ada]\nsupportComment: >\n  Hello\n", ForeignKind.OTHER_APP),
        ("supportLabel: support\nsupportComment: 'open\n", ForeignKind.OTHER_APP),
        ("supportLabel: &label support\nclose: *label\n", ForeignKind.OTHER_APP),
        ("label: support\n", ForeignKind.NOT_OURS),
        ("- version\n- helpers\n", ForeignKind.NOT_OURS),
        ("version", ForeignKind.NOT_OURS),
    ],
)
def test_a_file_that_is_not_for_us_is_foreign(text: str, kind: ForeignKind) -> None:
    for source in (text, text.encode()):
        answer = parse(source, currencies_settled=("usd",))
        assert answer == Foreign(kind)
        assert answer.reason.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\n",
        "version: 1\nsupportLabel: support\n",
        "helpers: []\n",
        "version: [\n",
        "supportLabel: support\nversion: [\n",
    ],
)
def test_a_file_that_is_meant_for_us_is_not_foreign(text: str) -> None:
    assert isinstance(parse(text, currencies_settled=("usd",)), Faults)


def test_the_countries_are_those_of_the_time_zone_database() -> None:
    table = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text("utf-8")
    codes = [line.split("\t")[0] for line in table.splitlines() if not line.startswith("#")]
    assert list(COUNTRIES) == codes
