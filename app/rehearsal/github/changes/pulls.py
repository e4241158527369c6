"""Changes of pull requests."""

from __future__ import annotations

from app.rehearsal.github.changes import issues, repositories, timeline
from app.rehearsal.github.merging import merged_files
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
    pull = _pull(issue)
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


def try_merge(site: Site, issue: Issue) -> bool | None:
    """Say whether a pull request can be merged; None where that is only being found out now.

    GitHub merges for trying when somebody looks, in the background: who looks again has the answer.
    https://docs.github.com/rest/pulls/pulls#get-a-pull-request
    """
    pull = _pull(issue)
    if issue.state != "open":
        return None
    objects, tip = issue.repository.objects, issue.repository.branches[pull.base_ref]
    if pull.tried == (tip, pull.head_sha):
        return not pull.has_conflict
    pull.tried = (tip, pull.head_sha)
    files = merged_files(objects, *pull.tried)
    pull.has_conflict = files is None
    if files is not None:
        tree, message = objects.add_tree(files), f"Merge {pull.head_sha} into {tip}"
        author, now = issue.author.login, site.state.now()
        pull.test_merge_sha = objects.add_commit(tree, pull.tried, message, author, now).sha
    return None


def retarget(site: Site, issue: Issue, base: str, by: Account) -> None:
    """Let a pull request go into another branch."""
    pull = _pull(issue)
    before = {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}
    pull.base_ref, pull.base_sha = base, issue.repository.branches[base]
    timeline.note(site, issue, by, "base_ref_changed", base)
    timeline.tell(site, "edited", issue, by, changes={"base": before})


def merge(site: Site, issue: Issue, by: Account) -> None:
    """Merge a pull request: what it changes comes to its base branch, and it is closed.

    So are the issues that its description says it closes, if that is the default branch.
    """
    pull, repository = _pull(issue), issue.repository
    objects, tip = repository.objects, repository.branches[pull.base_ref]
    after = merged_files(objects, tip, pull.head_sha)
    if after is None:
        raise ValueError(f"#{issue.number} conflicts with {pull.base_ref}")
    before = objects.files(tip)
    changed: dict[str, str | bytes | None] = {
        path: objects.blobs[sha] for path, sha in after.items() if before.get(path) != sha
    }
    changed |= dict.fromkeys(before.keys() - after.keys())
    pull.merged_at, pull.merged_by = site.state.now(), by
    repository.contributor_ids.add(issue.author.id)
    message = f"Merge pull request #{issue.number}"
    repositories.push(site, repository, changed, by, branch=pull.base_ref, message=message)
    issues.close(site, issue, by)
    if pull.base_ref == repository.default_branch:
        issues.close_named(site, repository, issue.body or "", by, issue)


def _pull(issue: Issue) -> PullRequest:
    if issue.pull_request is None:
        raise ValueError(f"#{issue.number} is no pull request")
    return issue.pull_request
