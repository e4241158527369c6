"""The Markdown of a check run, on a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.wording.texts import quoted
from app.web.markdown import render
from tests.domain.policies import OPERATOR, policy
from tests.web.samples import NOW


def test_a_preview_is_headings_tables_and_lists() -> None:
    from app.domain.wording.preview import preview

    html = render(preview(policy(), OPERATOR, NOW))
    assert "<h3>Who gets what</h3>" in html
    assert '<td data-column="Helper"><strong>' in html
    assert html.count("<table>") == html.count("</table></div>") == 1
    assert "<ol>\n<li><strong>Quick question</strong> goes to <code>Ada</code>" in html
    assert "<ul>\n<li>An unpaid offer ends after 14 days.</li>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        "[x](https://evil.example)",
        "![x](https://evil.example)",
        "<https://evil.example>",
        "https://evil.example",
        "[x]: https://evil.example\n\n[x]",
        "| a |\n|---|\n| <i>x</i> |",
        '| " onclick=x |\n|---|\n| x |',
    ],
)
def test_no_link_no_image_and_no_html_is_made(text: str) -> None:
    html = render(text)
    for tag in ("<a", "<img", "<b>", "<i>", '" onclick', "href"):
        assert tag not in html


@given(st.text())
def test_what_people_wrote_is_shown_as_they_wrote_it(text: str) -> None:
    html = render(f"- {quoted(text)}")
    assert set("<>") & set(html.replace("<ul>", "").replace("</ul>", "")) <= set("<>")
    for part in html.split("<")[1:]:
        assert part.partition(">")[0].lstrip("/") in {"ul", "li", "code", "strong", "em", "br", "p"}
