"""The tokens of people who signed in, as the App itself may look after them."""

from __future__ import annotations

import hashlib

from app.rehearsal.github.answers import Answer, instant, not_found
from app.rehearsal.github.auth import Token
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes.accounts import simple_user_or_none

table = Table()


@table.add(
    "POST /applications/{client_id}/token",
    {200: "Authorization"},
    body="ApplicationsClientIdTokenPostBody",
    is_for_client=True,
)
def check_token(call: Call) -> Answer:
    """Say whose token this is, as long as it is good."""
    token, app = _token(call), call.state.app
    issued_at = instant(token.issued_at)
    payload = {
        "id": 1,
        "url": f"{call.state.urls.api}/authorizations/1",
        "app": {
            "client_id": app.client_id,
            "name": app.name,
            "url": f"{call.state.urls.html}/apps/{app.slug}",
        },
        "token": token.text,
        "hashed_token": hashlib.sha256(token.text.encode()).hexdigest(),
        "token_last_eight": token.text[-8:],
        "note": None,
        "note_url": None,
        "created_at": issued_at,
        "updated_at": issued_at,
        "scopes": [],
        "fingerprint": None,
        "user": simple_user_or_none(call.state, token.caller.user),
        "installation": None,
        "expires_at": instant(token.expires_at),
    }
    return Answer(200, payload)


@table.add(
    "DELETE /applications/{client_id}/token",
    {204: None},
    body="ApplicationsClientIdTokenDeleteBody",
    is_for_client=True,
)
def revoke_token(call: Call) -> Answer:
    """End a token before its time."""
    call.gate.revoke(_token(call).text)
    return Answer(204)


def _token(call: Call) -> Token:
    """Find a good token of this client's; of any other nothing is told."""
    token = call.gate.user_token(call.body["access_token"])
    if token is None or call.parameters["client_id"] != call.state.app.client_id:
        raise not_found()
    return token
