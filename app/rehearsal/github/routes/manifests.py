"""What the code of a new App is good for: its credentials, once."""

from __future__ import annotations

from app.rehearsal.github.answers import Answer, not_found
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes import apps as shapes

table = Table()


@table.add(
    "POST /app-manifests/{code}/conversions",
    {201: "AppManifestsCodeConversionsPostResponse201"},
    is_for_anybody=True,
)
def convert(call: Call) -> Answer:
    """Give the credentials of the App that was made; the code ends with it."""
    found = call.state.conversions.pop(call.parameters["code"], None)
    if found is None or found.expires_at <= call.state.now():
        raise not_found()
    credentials = {
        "client_secret": found.client_secret,
        "webhook_secret": found.webhook_secret,
        "pem": found.private_key_pem,
    }
    return Answer(201, shapes.integration(call.state) | credentials)
