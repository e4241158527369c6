"""The headers that every answer carries: pages, errors, redirects, files and figures alike."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import hdrs, web

from app.web.senders import REQUEST_ID, name_of

HSTS_SECONDS = 365 * 24 * 3600
"""How long a browser comes by https alone, once it has."""

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action {targets}; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Referrer-Policy": "no-referrer",  # the address of a ticket's page is nobody else's business
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",  # what may be kept says so itself
}


def protect(app: web.Application, *, public_url: str, form_targets: Sequence[str]) -> None:
    """Give these headers to whatever the application answers.

    A browser follows the redirects after a form to ``form_targets`` alone: the checkout's origins,
    and GitHub's, where whoever is not signed in any more is sent.
    """
    headers = {
        **_ALWAYS,
        "Content-Security-Policy": _POLICY.format(targets=" ".join(("'self'", *form_targets))),
    }
    if public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}"

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        response.headers[REQUEST_ID] = name_of(request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        # Which library answers, and in which version, helps nobody but an attacker.
        response.headers.popall(hdrs.SERVER, None)

    app.on_response_prepare.append(prepare)
