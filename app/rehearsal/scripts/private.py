"""A repository turns private: the AI stays out, a ticket is paid and settled, no page names it."""

from __future__ import annotations

from datetime import timedelta

import aiohttp

from app.rehearsal.cast import CUSTOMER, HELPER, MAINTAINER, QUESTION, QUESTION_TITLE
from app.rehearsal.github.roles import Role
from app.rehearsal.scripts.shopping import pay_link, pays, read
from app.rehearsal.scripts.story import Story


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.rest()
    story.github.set_permission(story.repository, CUSTOMER, Role.READ)
    story.github.set_visibility(story.repository, is_private=True, by=MAINTAINER)
    story.tell(MAINTAINER, "makes the repository private", where=story.repository.full_name)
    await story.rest()

    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await story.says(CUSTOMER, "/support", reaction="eyes")
    story.expect("offered", "unpaid")
    story.check(not story.ours("draft"), "there is a draft in a private repository")
    story.check(not story.world.openai.requests, "the AI was asked about a private repository")

    pay_page = pay_link(story, "question")
    ticket_page = pay_page.partition("?")[0].replace("/pay/", "/t/")
    await _names_nothing(story, pay_page)
    await _names_nothing(story, ticket_page)
    await pays(story, CUSTOMER, "question", "$49.00")
    story.expect("queued", "paid")
    await _names_nothing(story, ticket_page)
    await story.says(HELPER, "/support propose Set `proxy` in widgets.toml.", reaction="eyes")
    await _names_nothing(story, ticket_page)
    await story.says(CUSTOMER, "/support accept", reaction="eyes")
    await story.waits(timedelta(days=3, minutes=1))
    story.expect("settled", "paid")
    await _names_nothing(story, ticket_page)
    await _names_nothing(story, pay_page)


async def _names_nothing(story: Story, url: str) -> None:
    """Look at a page as somebody who is signed out: nothing that is private stands there."""
    async with aiohttp.ClientSession() as browser:
        page = await read(story, browser, url)
    private = (story.repository.full_name, QUESTION_TITLE, CUSTOMER, HELPER, MAINTAINER)
    named = [name for name in private if name in page]
    story.check(not named, f"a page that everybody may see names {named}")
