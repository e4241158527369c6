"""Pages from templates: everything is escaped, and amounts and moments are written one way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.money import show
from app.domain.operator import Operator
from app.domain.wording.texts import moment, promise, span

HERE = Path(__file__).parent


class Pages:
    """The templates, with what all of them may use."""

    def __init__(self, operator: Operator) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            money=show, moment=moment, promise=promise, span=span, sentence=sentence
        )
        self._environment.globals["operator"] = operator

    def respond(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """Render a template as an answer that no cache keeps."""
        text = self._environment.get_template(template).render(**values)
        return web.Response(
            text=text,
            status=status,
            content_type="text/html",
            charset="utf-8",
            headers={"Cache-Control": "no-store"},
        )


def sentence(words: str) -> str:
    """Make a sentence of a card plain: begin it with a capital, and take the code marks out."""
    plain = words.replace("`", "")
    return plain[:1].upper() + plain[1:]
