"""Every key of ``.github/support.yml`` as people read of it: docs/support-yml.md; no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from app.domain.policy.keys import FILE
from app.domain.policy.kinds import Choice, Field, ListOf, Record, Text, Truth, Whole, Written
from app.domain.policy.prices import Price

HEAD: Final = (
    "| key | what it is | what to write | where it is left out |\n| --- | --- | --- | --- |"
)


def keys_page() -> str:
    """Give the keys as Markdown: a table of those at the top, and one for each that has its own."""
    tables = [_table(FILE)]
    for field in FILE.fields:
        inner = _inner(field.kind)
        if inner is not None:
            of = "each entry of " if isinstance(field.kind, ListOf) else ""
            tables.append(f"### In {of}`{field.name}`\n\n{_table(inner)}")
    return "\n\n".join(tables)


def _table(record: Record[Any]) -> str:
    return "\n".join([HEAD, *_rows(record)])


def _rows(record: Record[Any], within: str = "") -> Iterator[str]:
    for field in record.fields:
        yield (
            f"| `{within}{field.name}` | {field.about} | {_form(field.kind)} | {_without(field)} |"
        )
        # The top has a table for each of its mappings; a deeper one stands where it belongs.
        if record is not FILE and isinstance(field.kind, Record):
            yield from _rows(field.kind, f"{within}{field.name}.")


def _inner(kind: object) -> Record[Any] | None:
    item = kind.item if isinstance(kind, ListOf) else kind
    return item if isinstance(item, Record) else None


def _form(kind: object) -> str:
    match kind:
        case Text(remedy=remedy):
            return remedy
        case Choice(hint=hint) if hint:
            return hint
        case Choice(values=values):
            return f"One of {', '.join(f'`{each}`' for each in values)}."
        case Truth():
            return "`true` or `false`."
        case Whole(least=least, most=most):
            return f"`{least}`." if least == most else f"A whole number from {least} to {most:,}."
        case Price():
            return "A number, without its currency: `49` or `49.90`."
        case ListOf(least=least, most=most):
            return f"A list of {least} to {most}."
    assert isinstance(kind, Record), f"nobody has said how {kind!r} is written"
    return "Keys of its own, below."


def _without(field: Field[Any]) -> str:
    if field.is_required:
        return "it is needed"
    return _shown(field.default)


def _shown(default: Written | None) -> str:
    match default:
        case None | {} | []:
            return ""
        case bool():
            return f"`{str(default).lower()}`"
    return f"`{default}`"
