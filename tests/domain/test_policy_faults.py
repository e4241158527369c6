"""Faults: where they are, what they say, and how many are told at once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

import pytest

from app.domain.clockwork import HOURS_CHARACTERS_MAX, known_zones
from app.domain.policy import Fault, Faults, kinds, parse
from app.domain.policy.keys import HELPERS_MAX, PLANS_MAX, TOPICS_MAX
from app.domain.policy.kinds import COMPARED_MAX, FAULTS_MAX

HEAD: Final = "version: 1\nhelpers: [{login: ada}]\n"


def faults(text: str | bytes, *, platform_bp: int = 0) -> Faults:
    answer = parse(text, currencies_settled=("usd", "jpy"), platform_bp=platform_bp)
    assert isinstance(answer, Faults), answer
    return answer


def only(text: str, *, platform_bp: int = 0) -> Fault:
    (fault,) = faults(text, platform_bp=platform_bp).faults
    return fault


def test_a_fault_says_where_it_is_and_what_to_do() -> None:
    assert only(HEAD + "reports: sums\n") == Fault(
        line=3,
        column=10,
        reason='reports cannot be "sums".',
        remedy="Possible: totals, helpers, off.",
    )


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    told = faults(
        "reports: sums\n"
        "plans:\n"
        "  - {id: help, price: free}\n"
        "helpers:\n"
        "  - {login: '@ada', clas: core}\n"
        "  - {login: grace}\n"
        "version: 2\n"
    )
    assert [(fault.line, fault.column) for fault in told.faults] == [
        (1, 10),
        (3, 10),
        (3, 23),
        (5, 13),
        (5, 21),
        (7, 10),
    ]
    assert not told.is_cut
    assert str(told).splitlines() == [str(fault) for fault in told.faults]


def test_columns_count_characters_and_lines_end_in_any_way() -> None:
    fault = only("version: 1\r\nhelpers:\r\n  - {login: ada, topics: [日本語, 😀, 1]}\r\n")
    assert (fault.line, fault.column) == (3, 35)
    assert fault.reason == "an entry of topics is a number, and text is needed."


def test_what_somebody_wrote_is_repeated_in_one_line_and_cut() -> None:
    fault = only(HEAD + f'label: "a\\nb {"c" * 100}"')
    assert fault.reason == f'label cannot be "a b {"c" * 36}…".'


def test_the_platforms_share_counts() -> None:
    text = HEAD + "split: {repository: 10%, classes: {core: 90.01%}}"
    fault = only(text, platform_bp=1000)
    assert fault.column == 42
    assert fault.reason == "90.01% and the platform's share are more than the whole."
    assert fault.remedy == "90.00% is the most."
    assert not isinstance(parse(text, currencies_settled=("usd",), platform_bp=999), Faults)


def test_an_operator_without_currencies_settles_in_none() -> None:
    answer = parse(HEAD + "currency: eur\n", currencies_settled=())
    assert isinstance(answer, Faults)
    assert answer.faults[0].remedy == "Possible: none."


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("expert: 1", "expert is a number, and true or false is needed."),
        ("expert: 1.5e3", "expert is a number, and true or false is needed."),
        ("expert: .inf", "expert is a number, and true or false is needed."),
        ("expert: 0x1f", "expert is a number, and true or false is needed."),
        ("expert: ~", "expert is empty, and true or false is needed."),
        ("expert: []", "expert is a list, and true or false is needed."),
        ("expert: {}", "expert is a mapping, and true or false is needed."),
        ("expert: 'true'", "expert is text, and true or false is needed."),
        ("expert: yes", "expert is text, and true or false is needed."),
        ("ai: []", "ai is a list, and a word is needed."),
        ("ai: null", "ai is empty."),
        ("ai: true", 'ai cannot be "true".'),
        ("community: []", "community is a list, and text is needed."),
        ("community: ", "community is empty."),
        ("community: true", "community is true or false, and text is needed."),
    ],
)
def test_a_wrong_type_is_named(line: str, reason: str) -> None:
    assert only(f"{HEAD}rungs: {{{line}}}").reason == reason


@pytest.mark.parametrize("written", ["1.0", "+1", "01", "0x1", "1_0", "101", "0", "-1", "9" * 5000])
def test_a_whole_number_is_written_plainly(written: str) -> None:
    fault = only(f"version: 1\nhelpers: [{{login: ada, tickets_max: {written}}}]")
    assert fault.reason.endswith("a whole number from 1 to 100 is needed.")
    assert fault.remedy == "Write it like tickets_max: 1."


def test_quotes_are_advised_only_where_they_help() -> None:
    assert only(HEAD + "label: 5").remedy == 'Put it in quotes: "5".'
    assert only(HEAD + "promises: {grace: 5}").remedy == (
        "Write minutes, hours, days or weeks: 30m, 8h, 3d, 2w."
    )


def test_prices_wait_for_a_currency_that_we_know() -> None:
    told = only(HEAD + "currency: doubloons\nplans: [{id: question, price: 0}]")
    assert told.reason == 'currency cannot be "doubloons".'
    told = only(HEAD + "currency: [usd]\nplans: [{id: question, price: 0}]")
    assert told.reason == "currency is a list, and a word is needed."


@pytest.mark.parametrize(
    ("many", "of", "most"),
    [
        ("version: 1\nhelpers: [%s]", "{login: a%s}", HELPERS_MAX),
        (HEAD + "plans: [%s]", "{id: a%s, price: 1}", PLANS_MAX),
        ("version: 1\nhelpers: [{login: ada, topics: [%s]}]", "topic %s", TOPICS_MAX),
    ],
)
def test_lists_are_bounded(many: str, of: str, most: int) -> None:
    def listed(count: int) -> str:
        return many % ", ".join(of % each for each in range(count))

    assert not isinstance(parse(listed(most), currencies_settled=("usd",)), Faults)
    assert only(listed(most + 1)).remedy == "Keep fewer."


@pytest.mark.parametrize(
    ("line", "most"),
    [
        ("label: {}", 50),
        ("messages: {{opened: {}}}", 300),
        ("plans: [{{id: {}, price: 1}}]", 30),
        ("plans: [{{id: a, price: 1, title: {}}}]", 80),
    ],
)
def test_texts_are_bounded(line: str, most: int) -> None:
    kept = HEAD + line.format("a" * most)
    assert not isinstance(parse(kept, currencies_settled=("usd",)), Faults)
    assert only(HEAD + line.format("a" * (most + 1))).remedy == "Shorten it."


def test_hours_are_bounded() -> None:
    hours = "Mon 09:00-10:00" + ", 09:00-10:00" * 20
    assert len(hours) > HOURS_CHARACTERS_MAX
    assert only(f"{HEAD}calendar: {{hours: '{hours}'}}").remedy == "Shorten it."


def test_no_more_faults_are_told_than_somebody_reads() -> None:
    def unknown(count: int) -> str:
        return HEAD + "".join(f"plan{n}: 1\n" for n in range(count))

    exactly = faults(unknown(FAULTS_MAX))
    assert (len(exactly.faults), exactly.is_cut) == (FAULTS_MAX, False)
    more = faults(unknown(FAULTS_MAX + 1))
    assert (len(more.faults), more.is_cut) == (FAULTS_MAX, True)
    assert str(more).endswith("\nThere are more faults; these come first.")
    guessed = [fault for fault in more.faults if fault.remedy.startswith("Did you mean plans?")]
    assert len(guessed) == FAULTS_MAX  # a few keys are compared in no time


def test_what_was_meant_is_guessed_until_it_takes_long() -> None:
    zones = "".join(f"  - {{login: a{n}, timezone: Europe/Olso}}\n" for n in range(20))
    told = faults(f"version: 1\nhelpers:\n{zones}").faults
    guessed = [fault for fault in told if "Did you mean Europe/Oslo?" in fault.remedy]
    assert len(told) == 20
    assert guessed == list(told[: -(-COMPARED_MAX // len(known_zones()))])


def test_a_long_word_is_not_guessed_at() -> None:
    assert only(HEAD + "helpers" * 6 + ": 1").remedy.startswith("Known here: version, label")


def test_a_file_of_misspelt_words_compares_few_thousands_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []

    def counting(word: str, known: Iterable[str], n: int) -> list[str]:
        compared.extend(known)
        return get_close_matches(word, compared[-1:], n=n)

    monkeypatch.setattr(kinds, "get_close_matches", counting)
    zones = "".join(f"  - {{login: a{n}, timezone: Europe/Olso}}\n" for n in range(HELPERS_MAX))
    assert len(faults(f"version: 1\nhelpers:\n{zones}").faults) == HELPERS_MAX
    # All of them would be thirty thousand, and a tenth of a second.
    assert len(known_zones()) < len(compared) <= 4_000
