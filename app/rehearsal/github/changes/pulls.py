"""Changes of pull requests."""

from __future__ import annotations

from app.rehearsal.github.changes import issues, repositories, timeline
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, Issue, PullRequest, Repository


def open_pull_request(
    site: Site,
    repository: Repository,
    files: repositories.Files,
    *,
    title: str,
    body: str | None,
    by: Account,
    branch: str,
    is_from_fork: bool = False,
) -> Issue:
    """Propose one commit to the default branch, from a branch here or from the author's fork."""
    base_sha = repository.branches[repository.default_branch]
    made = repositories.commit(site, repository, files, by, message=title, parent_sha=base_sha)
    if not is_from_fork:
        repository.branches[branch] = made.sha
    number, node_id = site.state.next_ids("pull_request")
    pull = PullRequest(
        id=number,
        node_id=node_id,
        head_ref=branch,
        head_sha=made.sha,
        base_ref=repository.default_branch,
        base_sha=base_sha,
        from_fork_of=by if is_from_fork else None,
    )
    issue = issues.new_issue(site, repository, title=title, body=body, by=by, pull=pull)
    timeline.tell(site, "opened", issue, by)
    return issue


def synchronize(site: Site, issue: Issue, files: repositories.Files, by: Account) -> None:
    """Push one more commit to a pull request's branch."""
    pull = issue.pull_request
    if pull is None:
        raise ValueError(f"#{issue.number} is no pull request")
    before, repository = pull.head_sha, issue.repository
    made = repositories.commit(
        site, repository, files, by, message="Update the proposal", parent_sha=before
    )
    if pull.from_fork_of is None:
        repository.branches[pull.head_ref] = made.sha
    pull.head_sha = made.sha
    pull.commits_count += 1
    timeline.note(site, issue, by, "synchronized", made.sha)
    timeline.tell(site, "synchronize", issue, by, before=before, after=made.sha)


def merge(site: Site, issue: Issue, by: Account) -> None:
    """Merge a pull request: its files come to the default branch, and it is closed.

    So are the issues that its description says it closes.
    """
    pull = issue.pull_request
    if pull is None:
        raise ValueError(f"#{issue.number} is no pull request")
    objects = issue.repository.objects
    before, after = objects.files(pull.base_sha), objects.files(pull.head_sha)
    changed: dict[str, str | bytes | None] = {
        path: objects.blobs[sha] for path, sha in after.items() if before.get(path) != sha
    }
    changed |= dict.fromkeys(before.keys() - after.keys())
    pull.merged_at, pull.merged_by = site.state.now(), by
    issue.repository.contributor_ids.add(issue.author.id)
    repositories.push(
        site, issue.repository, changed, by, message=f"Merge pull request #{issue.number}"
    )
    issues.close(site, issue, by)
    issues.close_named(site, issue.repository, issue.body or "", by, issue)
