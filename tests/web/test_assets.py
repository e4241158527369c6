"""Files that browsers keep until they change."""

from __future__ import annotations

import re
from pathlib import Path

from app.web.assets import Assets
from tests.web.serving import Served


async def test_a_page_names_files_by_their_content_and_they_are_kept_for_good(
    simple: Served,
) -> None:
    page = (await simple.get("/")).text
    named = set(re.findall(r'"(/static/[^"]+)"', page))
    assert len(named) == 2
    for address in named:
        answer = await simple.get(address)
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"].split(";")[0] in ("text/css", "image/svg+xml")
        assert len(answer.text) > 100


async def test_under_another_address_a_file_is_asked_for_again(simple: Served) -> None:
    for address in ("/static/style.css", "/static/style.css?v=old"):
        answer = await simple.get(address)
        assert answer.headers["Cache-Control"] == "no-cache"
        known = {"If-None-Match": answer.headers["ETag"]}
        again = await simple.get(address, headers=known)
        assert (again.status, again.text) == (304, "")
        other = await simple.get(address, headers={"If-None-Match": '"other"'})
        assert other.status == 200


async def test_nothing_else_is_served(simple: Served) -> None:
    for name in ("", "none.css", "..%2Fserver.py", "../server.py", "%2e%2e/server.py", "."):
        assert (await simple.get(f"/static/{name}")).status == 404


def test_another_content_has_another_address(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    (tmp_path / "secret.py").write_text("")
    before = Assets(tmp_path).address("a.css")
    (tmp_path / "a.css").write_text("b")
    assert Assets(tmp_path).address("a.css") != before
    assert "secret.py" not in Assets(tmp_path)._assets
