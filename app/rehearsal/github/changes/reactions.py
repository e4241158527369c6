"""Changes of reactions. GitHub sends no webhooks for them."""

from __future__ import annotations

from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, Comment, Issue, Reaction


def add(site: Site, to: Issue | Comment, content: str, by: Account) -> tuple[Reaction, bool]:
    """React; a second reaction of the same kind by the same account is the first one again.

    Gives the reaction and whether it is new.
    """
    for reaction in to.reactions:
        if reaction.account is by and reaction.content == content:
            return reaction, False
    number, node_id = site.state.next_ids("reaction")
    reaction = Reaction(
        id=number, node_id=node_id, account=by, content=content, created_at=site.state.now()
    )
    to.reactions.append(reaction)
    return reaction, True


def remove(to: Issue | Comment, reaction_id: int) -> bool:
    """Take a reaction away; False when there is none with this id."""
    kept = [reaction for reaction in to.reactions if reaction.id != reaction_id]
    was_there = len(kept) < len(to.reactions)
    to.reactions[:] = kept
    return was_there
