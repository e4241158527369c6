"""The outside world: one folder for each provider, always with the same rooms.

``verify`` and ``translate`` of everybody who sends us messages stand in one table here. Performers
are made by ``app/main.py`` from the settings, for the providers that are configured.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from app.domain.deliveries import Provider
from app.providers.github.translate import translate as github_translate
from app.providers.github.verify import verify as github_verify
from app.providers.rooms import Attempt, Hook, Performer, Translate, Verify
from app.providers.stripe.translate import translate as stripe_translate
from app.providers.stripe.verify import verify as stripe_verify


def hooks(*, github_app_id: int) -> Mapping[Provider, Hook]:
    """Give the table of those who send us messages; whoever is not in it sends none.

    ``github_app_id`` tells which comments on GitHub are our own.
    """
    return {
        Provider.GITHUB: Hook(github_verify, partial(github_translate, app_id=github_app_id)),
        Provider.STRIPE: Hook(stripe_verify, stripe_translate),
    }


__all__ = ["Attempt", "Hook", "Performer", "Translate", "Verify", "hooks"]
