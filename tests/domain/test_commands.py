"""The grammar of the commands: what a comment says, wherever in it the line stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.domain.command_lines import first_command_line
from app.domain.commands import (
    HELP,
    VERBS,
    WORDS_CHARACTERS_MAX,
    Accept,
    Cancel,
    Claim,
    Command,
    Community,
    Decline,
    Help,
    Human,
    Mistake,
    MistakeKind,
    NotBuilt,
    Off,
    Open,
    Propose,
    Refund,
    Release,
    Status,
    Verb,
    help_table,
    read,
)
from app.domain.plain_text import LINES_MAX, TEXT_CHARACTERS_MAX
from tests.domain.bombs import COMMENTS, comment, cpu_seconds, patience

quick = settings(max_examples=100, deadline=None)
PLANS = ("question", "Session")
lines = st.text(st.characters(exclude_characters="\r\n"), max_size=40)


def understood(text: str, currency: str | None = "usd") -> Command | Mistake | None:
    return read(text, plan_ids=PLANS, currency=currency)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/support", Open()),
        ("/support   ", Open()),
        ("/SUPPORT", Open()),
        ("/support session", Open(choice="Session")),
        ("/support SESSION please", Open(choice="Session")),
        ("/support `session`", Open(choice="Session")),
        ("/support question", Open(choice="question")),
        ("/support question 3 why", Open(choice="question")),
        ("/support ai", Open(choice="ai")),
        ("/support status", Status()),
        ("/support Status.", Status()),
        ("/support\tstatus", Status()),
        ("/support\u00a0status", Status()),
        ("/support status of this", Status()),
        ("/support community", Community()),
        ("/support Community, please", Community()),
        ("/support human", Human()),
        ("/support help", Help()),
        ("/support help!", Help()),
        ("/support cancel", Cancel()),
        ("/support cancel I found it myself", Cancel(reason="I found it myself")),
        ("/support accept", Accept()),
        ("/support accept, thank you @ada", Accept()),
        ("/support accept @ada", Accept(login="ada")),
        ("/support accept @ada-l! thanks", Accept(login="ada-l")),
        ("/support decline it still crashes", Decline(reason="it still crashes")),
        ("/support claim", Claim()),
        ("/support release", Release()),
        ("/support propose", Propose()),
        ("/support propose see #12", Propose(note="see #12")),
        ("/support refund nobody answered", Refund(reason="nobody answered")),
        ("/support off", Off()),
        ("/support off 3d", Off(duration=timedelta(days=3))),
        ("/support OFF 8H I am ill", Off(duration=timedelta(hours=8))),
        ("/support off 0", Off(duration=timedelta())),
        ("/support decline <!-- secret --> no", Decline(reason="no")),
        ("/support decline no <!-- secret", Decline(reason="no")),
    ],
)
def test_a_command_is_read(line: str, command: Command) -> None:
    assert understood(line) == command


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("/support quote 200", Verb.QUOTE),
        ("/support time 1h30m note", Verb.TIME),
        ("/support budget 200", Verb.BUDGET),
        ("/support private", Verb.PRIVATE),
        ("/support session budget 200", Verb.BUDGET),
        ("/support session PRIVATE budget 200", Verb.PRIVATE),
        ("/support ai private", Verb.PRIVATE),
        ("/support community private", Verb.PRIVATE),
    ],
)
def test_what_is_not_built_yet_is_refused_in_one_sentence(line: str, verb: Verb) -> None:
    command = understood(line)
    assert isinstance(command, NotBuilt)
    assert command.verb is verb
    assert " yet" in command.sentence
    assert command.sentence.count(".") == 1
    assert command.sentence.endswith(".")


def test_the_question_verb_is_left_to_a_plan_of_that_name() -> None:
    assert "question" not in VERBS
    command = read("/support question 3 why", plan_ids=["session"])
    assert isinstance(command, NotBuilt)
    assert command.verb is Verb.QUESTION


@pytest.mark.parametrize(
    ("line", "kind", "part"),
    [
        ("/support statsu", MistakeKind.UNKNOWN, "`statsu`. Did you mean `/support status`?"),
        ("/support sesion", MistakeKind.UNKNOWN, "Did you mean `/support Session`?"),
        ("/support xylophone", MistakeKind.UNKNOWN, "`/support help` lists"),
        ("/support open", MistakeKind.UNKNOWN, "`open`"),
        ("/support @everyone", MistakeKind.UNKNOWN, "I do not know that."),
        ("/support [x](http://evil)", MistakeKind.UNKNOWN, "I do not know that."),
        ("/support `a`b`", MistakeKind.UNKNOWN, "I do not know that."),
        ("/support !!!", MistakeKind.UNKNOWN, "I do not know that."),
        ("/support decline", MistakeKind.REASON, "`/support decline …`"),
        ("/support decline ...", MistakeKind.REASON, "say why"),
        ("/support decline <!-- why -->", MistakeKind.REASON, "say why"),
        ("/support refund", MistakeKind.REASON, "`/support refund …`"),
        ("/support refund 20", MistakeKind.REASON, "`/support refund …`"),
        ("/support refund 1,000 why", MistakeKind.AMOUNT, "as 1000 or as 1.000"),
        ("/support refund 20 eur why", MistakeKind.AMOUNT, "USD"),
        ("/support refund 0 why", MistakeKind.AMOUNT, "more than zero"),
        ("/support reopen", MistakeKind.REASON, "`/support reopen …`"),
        ("/support transfer", MistakeKind.LOGIN, "`/support transfer @octocat`"),
        ("/support transfer @-x", MistakeKind.LOGIN, "not a name on GitHub"),
        ("/support rate", MistakeKind.RATING, "1 to 5"),
        ("/support rate 6", MistakeKind.RATING, "1 to 5"),
        ("/support rate great", MistakeKind.RATING, "1 to 5"),
        ("/support accept @", MistakeKind.LOGIN, "`/support accept @octocat`"),
        ("/support off until Monday", MistakeKind.DURATION, "`/support off 3d`"),
        ("/support off 3", MistakeKind.DURATION, "how long"),
        ("/support off -3d", MistakeKind.DURATION, "how long"),
        ("/support accept @-no", MistakeKind.LOGIN, "not a name"),
        ("/support budget 1,000", MistakeKind.AMOUNT, "as 1000 or as 1.000"),
        ("/support session budget 1.000", MistakeKind.AMOUNT, "as 1000 or as 1.000"),
        ("/support budget", MistakeKind.AMOUNT, "cannot read"),
        ("/support budget a lot", MistakeKind.AMOUNT, "cannot read"),
        ("/support budget -5", MistakeKind.AMOUNT, "more than zero"),
        ("/support quote 50 eur", MistakeKind.AMOUNT, "USD"),
        ("/support refund 1,000 too late", MistakeKind.AMOUNT, "as 1000 or as 1.000"),
        ("/support refund eur 20 why", MistakeKind.AMOUNT, "USD"),
        *(
            (f"/support refund {slip}", MistakeKind.AMOUNT, "no amount that I can read")
            for slip in (
                "$20: why",
                "20; slow",
                "20USD: slow",
                "**$20** slow",
                "20k why",
                "EUR20 why",
                "50% half was fine",
                "~20 x",
                "$20-because",
                "20.- why",
                "(20) why",
            )
        ),
    ],
)
def test_a_mistake_is_answered_with_what_to_write(line: str, kind: MistakeKind, part: str) -> None:
    mistake = understood(line)
    assert isinstance(mistake, Mistake)
    assert mistake.kind is kind
    assert part in mistake.sentence
    assert len(mistake.sentence) < 160


def test_without_a_currency_no_amount_is_read() -> None:
    assert isinstance(understood("/support budget 1,000", currency=None), NotBuilt)


def test_words_are_cut_at_their_bound() -> None:
    command = understood("/support decline " + "no " * 1000)
    assert isinstance(command, Decline)
    assert 0 < len(command.reason) <= WORDS_CHARACTERS_MAX


FENCE = "`" * 3


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        # where it may stand
        ("Hello,\n/support status\nthanks", "status"),
        ("Hello,\r\n\r\n/support status\r\nthanks", "status"),
        ("old\r/support status", "status"),
        ("   /support status", "status"),
        ("- a list\n  /support status", "status"),
        ("# A heading\n/support status", "status"),
        ("/support status\n---", "status"),
        ("**\n/support status\n**", "status"),
        ("<details>\n/support status\n</details>", "status"),
        ("<details>\n\n/support status\n\n</details>", "status"),
        # the first one counts
        ("/support status\n/support accept", "status"),
        ("> /support accept\n\n/support status", "status"),
        # a whole word, at the start of its line
        ("please /support status", None),
        ("/supporting you", None),
        ("/support.", None),
        ("/support/status", None),
        ("/support-me", None),
        ("- /support status", None),
        ("**/support status**", None),
        ("\\/support status", None),
        ("http://x/support status", None),
        ("\ue0000\ue001 status", None),
        ("", None),
        # indented code
        ("    /support status", None),
        ("\t/support status", None),
        ("text\n    /support status", None),
        # quotes, with their lazy lines and what ends them
        ("> /support accept", None),
        ("  > /support accept", None),
        (">> a\n> /support accept", None),
        ("> it is solved\n/support accept", None),
        ("> it is solved\n\n/support accept", "accept"),
        ("> - a\n\n/support accept", "accept"),
        ("<blockquote>\n\n/support accept\n\n</blockquote>\n\n/support status", "status"),
        # fences
        (f"{FENCE}\n/support accept\n{FENCE}", None),
        (f"{FENCE}\n/support accept\n{FENCE}\n/support status", "status"),
        (f"{FENCE}sh\n/support accept", None),
        (f"{FENCE}`\n{FENCE}\n/support accept\n{FENCE}`\n/support status", "status"),
        (f"{FENCE}\n/support accept\n{FENCE} no end\n/support accept", None),
        (f"~~~\n{FENCE}\n/support accept\n~~~\n/support status", "status"),
        (f"~~~\n/support accept\n{FENCE}\n/support accept", None),
        (f"   {FENCE}\n/support accept\n   {FENCE}\n/support status", "status"),
        (f"    {FENCE}\n/support status", "status"),
        (f"> {FENCE}\n> /support accept\n/support status", "status"),
        (f"- {FENCE}\n  /support accept\n  {FENCE}\n\n/support status", "status"),
        (f"{FENCE} a`b\n/support status", "status"),
        # code in a line, over lines
        ("`/support accept`", None),
        ("`a\n/support accept\nb`", None),
        ("`a\n/support status", "status"),
        ("``a`\n/support accept\n``", None),
        ("\\`a\n/support status\nb`", "status"),
        ("<code>\n/support accept\n</code>\n\n/support status", "status"),
        ("a <code>b\n/support accept\n</code>\n/support status", "status"),
        ("<pre>\n/support accept\n</pre>\n/support status", "status"),
        ("</pre>\n\n/support status", "status"),
        # comments
        ("<!-- /support accept -->", None),
        ("<!--\n/support accept\n\n/support accept\n-->\n/support status", "status"),
        ("a <!-- b\n/support accept\n--> c\n/support status", "status"),
        ("<!--\n/support accept", None),
        ("<div><!--\n\n/support accept\n\n--></div>", None),
        ("<div><!-- a -->\n/support status\n</div>", "status"),
        ("a <!-- b\n/support status", "status"),
        # a link's definition shows nothing
        ("[a]:\n/support", None),
    ],
)
def test_the_command_line_is_the_one_that_a_reader_sees(text: str, argument: str | None) -> None:
    assert first_command_line(text) == argument


def test_what_stands_after_the_bound_is_not_read() -> None:
    assert first_command_line("x\n" * (TEXT_CHARACTERS_MAX // 2) + "/support") is None
    assert first_command_line("x" * 65_536 + "\n/support") == ""
    assert first_command_line("x\n" * (LINES_MAX - 1) + "/support") == ""
    assert first_command_line("x\n" * LINES_MAX + "/support") is None


@pytest.mark.parametrize("piece", COMMENTS)
def test_no_comment_takes_long(piece: str) -> None:
    text = comment(piece)
    assert cpu_seconds(lambda: understood(text)) < patience()


def test_of_a_text_that_was_made_to_take_long_nothing_is_read() -> None:
    often = "---\n> ---\n/support status\n"
    assert first_command_line(often * 10) == "status"
    assert first_command_line(often * 1000) is None


@quick
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_read_without_an_error(before: str, after: str) -> None:
    for text in (before, f"{before}\n/support {after}", f"/support {before}"):
        answer = understood(text)
        if isinstance(answer, Mistake | NotBuilt):
            assert answer.sentence


@quick
@given(lines, st.sampled_from(["> ", ">", "    ", "\t", "text "]))
def test_a_line_that_is_quoted_or_indented_is_never_a_command(argument: str, prefix: str) -> None:
    assert first_command_line(f"{prefix}/support {argument}") is None


@quick
@given(st.lists(lines, max_size=4), st.integers(3, 6), st.sampled_from("`~"))
def test_nothing_in_a_fence_is_a_command(inside: list[str], length: int, sign: str) -> None:
    safe = [line for line in inside if not line.lstrip().startswith(sign * length)]
    body = "\n".join(["/support accept", *safe, "/support accept"])
    fence = sign * length
    assert first_command_line(f"{fence}\n{body}\n{fence}") is None
    assert first_command_line(f"{fence}\n{body}\n{fence}\n/support status") == "status"


@quick
@given(st.integers(0, 3), st.text("abcXYZ09 .!", max_size=40))
def test_the_rest_of_the_line_is_the_argument(spaces: int, argument: str) -> None:
    assert first_command_line(f"{' ' * spaces}/support {argument}") == argument.strip()


def test_a_plan_that_is_called_like_a_reserved_word_could_not_be_asked_for() -> None:
    for word in VERBS:
        command = read(f"/support {word}", plan_ids=[])
        if isinstance(command, Open):
            assert command.choice == word == "ai"
        else:
            assert command is not None
            assert not (isinstance(command, Mistake) and command.kind is MistakeKind.UNKNOWN)
    assert len(set(VERBS)) == len(VERBS)


@dataclass(frozen=True, slots=True)
class Stored:
    """What a table would keep."""

    command: Command | Mistake


EVERY = "session status help cancel accept propose release claim transfer nonsense ai community"


@pytest.mark.parametrize("words", ["", "decline no", "refund no", *EVERY.split()])
def test_a_command_survives_being_stored_as_json(words: str) -> None:
    command = understood(f"/support {words}")
    assert command is not None
    adapter = TypeAdapter(Stored)
    again = adapter.validate_json(adapter.dump_json(Stored(command)))
    assert again.command == command
    assert type(again.command) is type(command)


def test_the_help_names_every_command_that_works_and_no_other() -> None:
    for row in HELP:
        line = row.usage.replace("<plan>", "session").replace("<why>", "no")
        line = line.replace("<stars>", "5").replace("[amount] ", "").split(" [")[0]
        command = understood(line)
        assert command is not None
        assert not isinstance(command, Mistake | NotBuilt)
    explained = {row.usage.split()[1] for row in HELP if " " in row.usage} - {"<plan>"}
    built = {word for word in VERBS if not isinstance(understood(f"/support {word}"), NotBuilt)} - {
        "budget",
        "quote",
    }
    assert explained == built


def test_the_help_is_a_markdown_table() -> None:
    lines = help_table().splitlines()
    assert lines[0] == "| Command | Who | What it does |"
    assert lines[1] == "| --- | --- | --- |"
    assert lines[2] == "| `/support` | anyone | asks for help: shows every plan with its price |"
    assert len(lines) == len(HELP) + 2
    assert all(line.count("|") == 4 for line in lines)
    assert max(map(len, lines)) < 100
