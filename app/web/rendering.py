"""Pages from templates: everything is escaped, and amounts and moments are written one way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.domain.money import Money, show
from app.domain.operator import Operator
from app.domain.wording.texts import moment
from app.web.assets import Assets
from app.web.markdown import render, render_draft

HERE = Path(__file__).parent

_MARKED = re.compile(r"`([^`]*)`")


class Pages:
    """The templates, with what all of them may use."""

    def __init__(self, operator: Operator, assets: Assets, *, can_sign_in: bool = False) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update(
            money=show,
            currency=currency,
            moment=moment,
            sentence=sentence,
            markdown=render,
            draft=render_draft,
        )
        self._environment.globals.update(
            operator=operator, asset=assets.address, can_sign_in=can_sign_in
        )

    def respond(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """Render a template as an answer."""
        text = self._environment.get_template(template).render(**values)
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def currency(amount: Money) -> str:
    """Give the currency's code where the amount itself shows only a sign: a dollar is of many."""
    code = amount.currency.upper()
    return "" if show(amount).endswith(code) else code


def sentence(words: str) -> Markup:
    """Write a sentence of a card for a page: begun with a capital, its code marks made real."""
    html = Markup("")
    for at, part in enumerate(_MARKED.split(words[:1].upper() + words[1:])):
        # Every second part stood between marks: a command, or somebody's name.
        html += _marked(part) if at % 2 else part
    return html


def _marked(words: str) -> Markup:
    tag = "code" if words.startswith("/") else "b"
    return Markup("<{tag}>{words}</{tag}>").format(tag=tag, words=words)
