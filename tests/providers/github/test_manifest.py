"""The manifest asks for what the code uses, and for nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.providers.github.grants import PERMISSIONS, Scope
from app.providers.github.register import manifest_of
from app.providers.github.translate import READERS, UNASKED
from app.rehearsal.github.hooks import PERMISSION_OF_EVENT

MANIFEST = Path(__file__).parents[3] / "app.yml"
LEVELS = ("read", "write", "admin")


@pytest.fixture(scope="module")
def manifest() -> Any:
    return YAML(typ="safe").load(MANIFEST.read_text())


def test_it_subscribes_to_exactly_the_events_that_are_translated(manifest: Any) -> None:
    assert manifest["default_events"] == sorted(READERS.keys() - UNASKED)


def test_every_address_in_it_is_one_of_the_servers(manifest: Any) -> None:
    us, back = "https://support.example.org", "https://support.example.org/setup/app"
    filled = manifest_of(manifest, public_url=us, name="Fjord", redirect_url=back)
    assert filled["setup_url"] == f"{us}/dashboard"
    assert "example.com" not in str(filled)
    shown = manifest_of(manifest, public_url=manifest["url"], name="", redirect_url="")
    assert {key: shown[key] for key in ("hook_attributes", "callback_urls", "setup_url")} == {
        key: manifest[key] for key in ("hook_attributes", "callback_urls", "setup_url")
    }


def test_what_comes_unasked_is_translated() -> None:
    assert READERS.keys() > UNASKED


def test_it_asks_for_exactly_the_permissions_that_tokens_are_minted_with(manifest: Any) -> None:
    used: dict[str, str] = {}
    for scope in Scope:
        for permission, level in PERMISSIONS[scope].items():
            used[permission] = max(used.get(permission, level), level, key=LEVELS.index)
    assert manifest["default_permissions"] == used


def test_every_event_is_covered_by_a_permission(manifest: Any) -> None:
    needed = {PERMISSION_OF_EVENT[event] for event in manifest["default_events"]}
    assert needed <= manifest["default_permissions"].keys()


def test_every_scope_is_used_by_what_we_do() -> None:
    folder = MANIFEST.parent / "app" / "providers" / "github"
    rooms = [path.read_text() for path in folder.glob("*.py") if path.name != "grants.py"]
    for name in ("grant_to_speak(", "grant_to_ask(", "grant_to_read("):
        assert any(name in room for room in rooms)
