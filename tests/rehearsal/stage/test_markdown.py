from __future__ import annotations

import pytest

from app.rehearsal.stage.markdown import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("~~no~~ **yes**", "<p><s>no</s> <strong>yes</strong></p>"),
        ("a <!-- hidden --> b", "<p>a  b</p>"),
        ("<!-- hidden\n-->\nseen", "<p>seen</p>"),
        ("<sub>small</sub>", "<p><sub>small</sub></p>"),
        ("Hello @carol!", '<p>Hello <strong class="mention">@carol</strong>!</p>'),
        ("&#64;carol me@carol `@carol`", "<p>@carol me@carol <code>@carol</code></p>"),
        ('<strong class="box">x</strong>', '<p><strong class="">x</strong></p>'),
    ],
)
def test_text_looks_as_on_github(text: str, html: str) -> None:
    assert render(text).strip().replace("<br />", "<br>") == html


def test_tables_and_folds_are_shown() -> None:
    html = render("<details><summary>More</summary>\n\n| a |\n|---|\n| 1 |\n\n</details>")
    assert html.startswith("<details><summary>More</summary>")
    assert "<td>1</td>" in html


def test_addresses_become_links_but_not_within_one() -> None:
    rel = 'rel="nofollow noreferrer"'
    assert render("See https://a.example/b?c=1.").strip() == (
        f'<p>See <a href="https://a.example/b?c=1" {rel}>https://a.example/b?c=1</a>.</p>'
    )
    inner = render("[https://a.example @bob](https://b.example)").strip()
    assert inner == f'<p><a href="https://b.example" {rel}>https://a.example @bob</a></p>'


def test_relative_links_begin_where_the_text_stands() -> None:
    base = "/octo/widgets/blob/main/docs/a.md"
    html = render("[b](b.md) [top](#top) [c](https://c.example)", base=base)
    assert 'href="/octo/widgets/blob/main/docs/b.md"' in html
    assert 'href="#top"' in html
    assert 'href="https://c.example"' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>x()</script>",
        "<img src=x onerror=x()>",
        "[a](javascript:x())",
        "<a href='javascript:x()'>a</a>",
        "<iframe src=//e.example></iframe>",
        "<form action=/x><button>b</button></form>",
        "<p style='color:red' onclick='x()'>a</p>",
        "<svg><script>x()</script></svg>",
    ],
)
def test_nothing_dangerous_is_left(text: str) -> None:
    html = render(text)
    for bad in ("<script", "<img", 'href="javascript', "<iframe", "<form", "<button", "<svg"):
        assert bad not in html
    for bad in (" style=", " onclick=", " onerror="):
        assert bad not in html or "&lt;" in html
