from __future__ import annotations

import re

from tests.rehearsal.stage.seat import THREAD, Seat


async def test_the_front_door_leads_to_the_open_issue(seat: Seat) -> None:
    page = await seat.get("/")
    assert (page.status, page.url) == (200, THREAD)
    assert "Sync hangs behind our company's proxy #1 Open" in page.text
    assert "Try next Ask for help as the customer." in page.text


async def test_the_command_is_answered_on_the_page_that_the_button_leads_to(seat: Seat) -> None:
    page = await seat.says("carol", "/support")
    assert (page.status, page.url) == (200, THREAD)
    assert '<span role="img" aria-label="eyes">👀</span> 1' in page.html
    assert "<h3>Support is on offer</h3>" in page.html
    assert "<td>Quick question</td>" in page.html
    assert re.search(r'<a href="http://127\.0\.0\.1:\d+/pay/[\w-]+\?plan=question"', page.html)
    assert "<details><summary>Commands</summary>" in page.html
    assert "AI draft, not checked by anybody." in page.text
    assert "mainstay:card" not in page.html
    assert "mainstay:draft" not in page.html
    assert "GitHub posts the AI draft" in page.text


async def test_people_have_their_roles_and_the_app_is_a_bot(seat: Seat) -> None:
    await seat.says("ada", "I know this.")
    await seat.says("octo", "Me too.")
    page = await seat.says("carol", "/support")
    headers = re.findall(r"<header>(.*?)</header>", page.html, re.DOTALL)
    names = [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in headers]
    assert [re.sub(r",? \d\d:\d\d", "", name) for name in names] == [
        "carol opened this 24 Nov",
        "ada commented 24 Nov Delete Collaborator",
        "octo commented 24 Nov Delete Owner",
        "carol commented 24 Nov Delete Author",
        "mainstay[bot] commented 24 Nov Delete bot",
        "mainstay[bot] commented 24 Nov Delete bot",
    ]


async def test_what_was_edited_keeps_its_history_marks_and_all(seat: Seat) -> None:
    await seat.says("carol", "/support")
    page = await seat.says("carol", "/support cancel")
    assert "<h3>Stopped</h3>" in page.html
    versions = re.findall(r"<pre>(.*?)</pre>", page.html, re.DOTALL)
    assert len(versions) == 2
    assert "stage=cancelled money=unpaid" in versions[0]
    assert "stage=offered money=unpaid" in versions[1]


async def test_what_happens_between_comments_stands_between_them(seat: Seat) -> None:
    seat.world.github.label(seat.issue, "paid-support", by="octo")
    seat.world.github.assign(seat.issue, "ada", by="octo")
    seat.world.github.assign(seat.issue, "octo", by="octo")
    seat.world.github.close_issue(seat.issue, by="octo", reason="not_planned")
    page = await seat.get()
    events = re.findall(r'<li class="happening">(.*?)</li>', page.html, re.DOTALL)
    words = [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in events]
    assert [re.sub(r" 24 Nov.*", "", each) for each in words] == [
        "O octo added the label paid-support",
        "O octo assigned ada",
        "O octo took this on",
        "O octo closed this as not planned",
    ]
    assert "Assignees A ada × O octo ×" in page.text
    assert '<span class="badge closed">Closed</span>' in page.html


async def test_what_people_write_is_never_markup_of_the_page(seat: Seat) -> None:
    attack = '<script>alert(1)</script><img src=x onerror=alert(1)> <b onclick="x">bold</b>'
    seat.world.github.edit_issue(seat.issue, by="carol", title=attack)
    page = await seat.says("mallory", f"{attack} [x](javascript:alert(1)) <style>*{{}}</style>")
    assert "<script>alert" not in page.html
    assert "<img src=x" not in page.html
    assert "onclick" not in page.html.replace("onclick=&#34;", "")
    assert "javascript:" not in page.html.replace("x](javascript:", "")
    assert "<b>bold</b>" in page.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.html


async def test_every_page_allows_our_own_script_and_style_alone(seat: Seat) -> None:
    for path in (
        THREAD,
        "/octo/widgets",
        "/octo/widgets/issues/new",
        "/_stage/outside",
        "/nowhere",
    ):
        page = await seat.get(path)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'; style-src 'self'; script-src 'self'" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert " style=" not in page.html
        assert "<script>" not in page.html


async def test_issues_are_listed_and_opened(seat: Seat) -> None:
    form = {"by": "mallory", "title": "A second one", "body": "Hello"}
    opened = await seat.post("/octo/widgets/issues", **form)
    assert opened.url == "/octo/widgets/issues/2?as=mallory"
    assert 'value="mallory" checked' in opened.html
    listed = await seat.get("/octo/widgets/issues")
    assert re.search(r"A second one .* Sync hangs behind", listed.text)
    assert "Open it" in (await seat.get("/octo/widgets/issues/new")).text


async def test_files_can_be_read_where_sources_and_links_lead(seat: Seat) -> None:
    page = await seat.says("carol", "/support")
    [source] = set(re.findall(r'href="([^"]+/docs/proxy\.md)"', page.html))
    assert source.startswith(f"{seat.url}/octo/widgets/blob/")
    document = await seat.get(source.removeprefix(seat.url))
    assert "<h1>Behind a proxy</h1>" in document.html
    code = await seat.get("/octo/widgets")
    assert ".github/support.yml" in code.text
    [link] = re.findall(r'href="([^"]+docs/proxy\.md)" rel', code.html)
    assert (await seat.get(link)).status == 200
    policy = await seat.get("/octo/widgets/blob/HEAD/.github/support.yml")
    assert "label: paid-support" in policy.text


async def test_what_is_not_there_is_a_clear_404(seat: Seat) -> None:
    for path in (
        "/octo/other/issues/1",
        "/octo/widgets/issues/99",
        "/octo/widgets/blob/main/docs",
        "/octo/widgets/blob/main/../../secret",
        "/octo/widgets/blob/0000/README.md",
        "/favicon.ico",
    ):
        page = await seat.get(path)
        assert (page.status, "There is nothing here" in page.text) == (404, True), path


async def test_a_hint_fills_the_box_in_and_names_who_would_say_it(seat: Seat) -> None:
    page = await seat.get()
    [link] = re.findall(r'<a class="button" href="([^"#]+)#speak"', page.html)
    filled = await seat.get(link.replace("&amp;", "&"))
    assert 'value="carol" checked' in filled.html
    assert ">/support</textarea>" in filled.html
