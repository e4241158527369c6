"""The GraphQL API, as far as REST does not tell the same: what closed an issue.

Questions are parsed, held against the schema and answered by graphql-core; the schema is a part of
GitHub's own, in its words. https://docs.github.com/graphql/reference
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graphql import GraphQLError, build_schema, graphql_sync

from app.rehearsal.github.answers import Answer, instant
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.state import Account, Issue, TimelineEntry

SCHEMA: Final = build_schema(
    """
    scalar DateTime
    scalar GitObjectID
    enum IssueState { CLOSED OPEN }
    enum IssueStateReason { COMPLETED DUPLICATE NOT_PLANNED REOPENED }
    enum IssueTimelineItemsItemType { CLOSED_EVENT }
    interface Node { id: ID! }
    interface Actor { login: String! }
    type Bot implements Actor & Node { id: ID!, login: String!, databaseId: Int }
    type User implements Actor & Node { id: ID!, login: String!, databaseId: Int }
    type Commit implements Node { id: ID!, oid: GitObjectID! }
    type PullRequest implements Node { id: ID!, number: Int! }
    type ProjectV2 implements Node { id: ID!, number: Int! }
    union Closer = Commit | ProjectV2 | PullRequest
    type ClosedEvent implements Node {
      id: ID!
      actor: Actor
      closer: Closer
      createdAt: DateTime!
      stateReason: IssueStateReason
    }
    union IssueTimelineItems = ClosedEvent
    type IssueTimelineItemsConnection { nodes: [IssueTimelineItems], totalCount: Int! }
    type Issue implements Node {
      id: ID!
      number: Int!
      state: IssueState!
      timelineItems(
        first: Int
        last: Int
        itemTypes: [IssueTimelineItemsItemType!]
      ): IssueTimelineItemsConnection!
    }
    type Query { node(id: ID!): Node }
    """
)

table = Table()


class _Asked:
    """A question: the fields of its answer are worked out as they are asked for."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def node(self, _info: object, id: str) -> dict[str, Any] | None:  # noqa: A002 - GitHub's name
        """Find an object by its global id."""
        issue = self._issue(id)
        if issue is None:
            raise _refusal(
                "NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'."
            )
        return {
            "__typename": "Issue",
            "id": issue.node_id,
            "number": issue.number,
            "state": issue.state.upper(),
            "timelineItems": lambda _info, **wanted: self._timeline(issue, **wanted),
        }

    def _issue(self, node_id: str) -> Issue | None:
        caller, state = self._call.caller, self._call.state
        if caller.installation is None or not caller.may("issues", "read"):
            return None
        for repository in state.repositories_of(caller.installation):
            if caller.repository_ids is None or repository.id in caller.repository_ids:
                for issue in repository.issues.values():
                    if issue.node_id == node_id and issue.pull_request is None:
                        return issue
        return None

    def _timeline(
        self,
        issue: Issue,
        first: int | None = None,
        last: int | None = None,
        **_types: object,
    ) -> dict[str, Any]:
        if (first is None) == (last is None):
            raise _refusal(
                "MISSING_PAGINATION_BOUNDARIES",
                "You must provide a `first` or `last` value to properly paginate.",
            )
        closed = [each for each in issue.timeline if each.kind == "closed"]
        shown = closed[:first] if last is None else closed[-last:]
        return {
            "totalCount": len(closed),
            "nodes": [self._closed_event(issue, each) for each in shown],
        }

    def _closed_event(self, issue: Issue, entry: TimelineEntry) -> dict[str, Any]:
        return {
            "__typename": "ClosedEvent",
            "id": f"CE_{issue.id}_{issue.timeline.index(entry)}",
            "actor": _actor(entry.by),
            "closer": lambda _info: self._closer(entry),
            "createdAt": instant(entry.at),
            "stateReason": entry.detail.upper(),
        }

    def _closer(self, entry: TimelineEntry) -> dict[str, Any] | None:
        """Give what closed it, to a token that may read such a thing."""
        closer = entry.closer
        if closer is None:
            return None
        needed = "pull_requests" if isinstance(closer, Issue) else "contents"
        if not self._call.caller.may(needed, "read"):
            raise _refusal("FORBIDDEN", "Resource not accessible by integration")
        if isinstance(closer, Issue):
            return {"__typename": "PullRequest", "id": closer.node_id, "number": closer.number}
        return {"__typename": "Commit", "id": f"C_{closer.sha}", "oid": closer.sha}


@table.add("POST /graphql", {200: None}, body="dict")
def ask(call: Call) -> Answer:
    """Answer a question; what is wrong with it stands beside the data, under status 200."""
    result = graphql_sync(
        SCHEMA,
        str(call.body.get("query")),
        _Asked(call),
        variable_values=call.body.get("variables"),
        operation_name=call.body.get("operationName"),
    )
    answer: dict[str, Any] = {}
    if result.data is not None or not result.errors:
        answer["data"] = result.data
    if result.errors:
        answer["errors"] = [_written(error) for error in result.errors]
    return Answer(200, answer)


def _actor(account: Account) -> Mapping[str, Any]:
    return {
        "__typename": "Bot" if account.is_bot else "User",
        "id": account.node_id,
        "login": account.login,
        "databaseId": account.id,
    }


def _refusal(kind: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"type": kind})


def _written(error: GraphQLError) -> dict[str, Any]:
    """Write an error as GitHub does: with its type beside the message."""
    written: dict[str, Any] = dict(error.formatted)
    kind = written.pop("extensions", {}).get("type")
    return {"type": kind, **written} if kind else written
