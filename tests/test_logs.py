from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from app import logs

WEBHOOK_SECRET = "correct-horse-battery"
PEM = """-----BEGIN RSA PRIVATE KEY-----
MIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun
VTLw7onLRnrq0/IzW7yWR7QkrmBL7jTKEn5u+qKhbwKfBstIs+bMY2Zkp18gnTxK
-----END RSA PRIVATE KEY-----
"""
KEY_LINE = PEM.splitlines()[1]

SHAPED = [
    "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
    "ghs_123456_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0In0.c2lnbmF0dXJlLXBhcnQ",
    "github_pat_11ABCDEFG0abcdefghij_klmnopqrstuvwxyz",
    "sk_live_51H8xyzABCDEFGHIJ",
    "rk_test_51H8xyzABCDEFGHIJ",
    "sk-proj-abcdefghijklmnop",
    "whsec_abcdefghijklmnop",
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0In0.c2lnbmF0dXJlLXBhcnQ",
    KEY_LINE,
]


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield io.StringIO()
    root.handlers, root.level = before
    logging.captureWarnings(capture=False)
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


def records(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def by_structlog(text: str) -> None:
    structlog.get_logger("app.worker").info("said", text=text)


def by_a_library(text: str) -> None:
    logging.getLogger("gidgethub").warning("asked with %s", text)


def in_the_message(text: str) -> None:
    structlog.get_logger().info(f"asked with {text}")


def deep_in_a_value(text: str) -> None:
    structlog.get_logger().info("asked", request={"bodies": [{"inner": (text,)}, text.encode()]})


def as_a_name(text: str) -> None:
    structlog.get_logger().info("asked", by={text: 1})


def in_a_traceback(text: str) -> None:
    try:
        raise ValueError(text)  # noqa: TRY301  # the traceback is what is looked at
    except ValueError:
        structlog.get_logger().exception("failed")


def in_a_librarys_traceback(text: str) -> None:
    try:
        raise ValueError(text)  # noqa: TRY301  # the traceback is what is looked at
    except ValueError:
        logging.getLogger("sqlalchemy").exception("failed")


def as_an_object(text: str) -> None:
    structlog.get_logger().info("asked", error=ValueError(text))


def in_the_context(text: str) -> None:
    with structlog.contextvars.bound_contextvars(delivery=text):
        structlog.get_logger().info("asked")


WAYS = [
    by_structlog,
    by_a_library,
    in_the_message,
    deep_in_a_value,
    as_a_name,
    in_a_traceback,
    in_a_librarys_traceback,
    as_an_object,
    in_the_context,
]


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_secret_is_masked_whichever_way_it_comes(
    stream: io.StringIO, log_format: str, way: Callable[[str], None]
) -> None:
    logs.set_up(log_format, [WEBHOOK_SECRET, PEM], stream)
    for secret in (WEBHOOK_SECRET, *SHAPED):
        way(f"before {secret} after")
    written = stream.getvalue()
    assert written.count("before") >= len(SHAPED) + 1
    assert logs.MASK in written
    assert [secret for secret in (WEBHOOK_SECRET, *SHAPED) if secret in written] == []


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nobody_writes_a_line_of_their_own(
    stream: io.StringIO, log_format: str, way: Callable[[str], None]
) -> None:
    logs.set_up(log_format, stream=stream)
    lines = ('{"event": "forged"}', "2026-11-24T12:00:00.000000Z [info     ] forged")
    for end in ("\n", "\r", "\r\n", "\x0b", "\x0c", "\x1b[2K\x1b[G", "\x85", "\u2028", "\u2029"):
        way(end.join(("before", *lines, "after")))
    written = stream.getvalue()
    assert written.count("before") >= 9
    assert [sign for sign in written if not sign.isprintable() and sign != "\n"] == []
    assert [line for line in written.split("\n") if line.startswith(lines)] == []
    if log_format == "json":
        assert [record["event"] for record in records(stream) if record["event"] == "forged"] == []


def test_what_is_no_secret_stays(stream: io.StringIO) -> None:
    logs.set_up("json", [WEBHOOK_SECRET], stream)
    structlog.get_logger().info(
        "a risk-management task",
        tickets=3,
        ratio=0.5,
        is_paid=True,
        none=None,
        path="/r/ada/engine",
    )
    (record,) = records(stream)
    del record["timestamp"]
    assert record == {
        "event": "a risk-management task",
        "level": "info",
        "logger": "tests.test_logs",
        "tickets": 3,
        "ratio": 0.5,
        "is_paid": True,
        "none": None,
        "path": "/r/ada/engine",
    }


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("GET /pay/Zm9v?plan=question", f"GET /pay/{logs.MASK}?plan=question"),
        ("https://mainstay.example/t/Zm9v", f"https://mainstay.example/t/{logs.MASK}"),
        ("postgresql://ada:hunter2@db/mainstay", f"postgresql://{logs.MASK}@db/mainstay"),
        ("Authorization: Bearer abcdefghijklm", f"Authorization: Bearer {logs.MASK}"),
        ("authorization: basic YWRhOmh1bnRlcjI=", f"authorization: basic {logs.MASK}"),
        (repr(PEM), f"'{logs.MASK}\\n'"),
        ("the bearer of this letter", "the bearer of this letter"),
    ],
)
def test_a_shape_is_masked_and_what_stands_around_it_is_kept(text: str, masked: str) -> None:
    assert logs.Mask().text(text) == masked


@pytest.mark.parametrize(
    "name", ["Authorization", "client_secret", "csrf_token", "Cookie", "api_key"]
)
def test_a_value_under_a_telling_name_is_masked(name: str) -> None:
    record = logs.Mask()(None, "info", {name: "short", "headers": {name: b"short"}})
    assert record == {name: logs.MASK, "headers": {name: logs.MASK}}


def test_a_key_is_masked_line_by_line() -> None:
    assert KEY_LINE not in logs.Mask([PEM]).text(f"bad line: {KEY_LINE}")


def test_a_record_without_a_bottom_is_written_as_text() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    written = logs.Mask([WEBHOOK_SECRET])(None, "info", {"value": endless, "event": WEBHOOK_SECRET})
    assert json.dumps(written).count("again") >= logs.DEPTH_MAX - 1
    assert written["event"] == logs.MASK


@pytest.mark.parametrize("write", [by_structlog, by_a_library])
def test_the_context_is_in_every_record(stream: io.StringIO, write: Callable[[str], None]) -> None:
    logs.set_up("json", stream=stream)
    with structlog.contextvars.bound_contextvars(delivery="d1", lane="7:12", ticket="t1"):
        write("hello")
    (record,) = records(stream)
    assert (record["delivery"], record["lane"], record["ticket"]) == ("d1", "7:12", "t1")
    assert record["timestamp"].endswith("Z")


def test_warnings_are_logged_rather_than_printed(stream: io.StringIO) -> None:
    logs.set_up("json", stream=stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("an old name", DeprecationWarning, stacklevel=1)
    assert "an old name" in records(stream)[0]["event"]


def test_text_is_for_people(stream: io.StringIO) -> None:
    logs.set_up("text", stream=stream)
    structlog.get_logger().warning("a delivery was buried", delivery="d1")
    assert "a delivery was buried" in stream.getvalue()
    assert "delivery=d1" in stream.getvalue()
    assert "\x1b[" not in stream.getvalue()


def test_logs_go_to_stderr_and_data_keeps_stdout_to_itself() -> None:
    code = (
        "from app import logs; import structlog; logs.set_up('json');"
        "structlog.get_logger().info('a log'); print('data')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "data\n"
    assert json.loads(ran.stderr)["event"] == "a log"
