"""python-gitlab through the gate with a fine-grained token on acme/web.

NARROWGATE_URL and NARROWGATE_TOKEN say where and as whom. Prints one line a step; fails with the first that is wrong.
"""

import os

import gitlab

URL = os.environ["NARROWGATE_URL"]
gl = gitlab.Gitlab(URL, private_token=os.environ["NARROWGATE_TOKEN"], retry_transient_errors=False)


def refused(status, action):
    """Runs the action and returns the error, which must have the status."""
    try:
        action()
    except gitlab.exceptions.GitlabError as error:
        assert error.response_code == status, f"{error.response_code} instead of {status}: {error.error_message}"
        return error
    raise AssertionError(f"succeeded, expected {status}")


def projects():
    """The project by id and by path; another project is refused."""
    assert gl.projects.get(20).path_with_namespace == "acme/web"
    project = gl.projects.get("acme/web")
    assert project.id == 20
    error = refused(403, lambda: gl.projects.get("acme/api"))
    assert "insufficient_granular_scope" in error.response_body.decode(), error.response_body
    refused(404, lambda: gl.projects.get("root/vault"))
    refused(403, project.variables.list)
    return project


def issues(project):
    """Create, change, close, comment; a deletion is refused."""
    made = [project.issues.create({"title": f"from python {number}"}) for number in range(5)]
    issue = project.issues.get(made[0].iid)
    issue.title = "renamed"
    issue.state_event = "close"
    issue.save()
    assert project.issues.get(issue.iid).state == "closed"
    assert project.issues.get(issue.iid).title == "renamed"
    refused(403, issue.delete)


def pagination(project):
    """Every page is fetched through the gate, by Link and by X-Next-Page."""
    first = project.issues.list(per_page=2, page=1, get_all=False)
    assert len(first) == 2, first
    everything = project.issues.list(per_page=2, get_all=True)
    assert len({issue.iid for issue in everything}) == len(everything) > 4, everything
    lazy = project.issues.list(per_page=2, iterator=True)
    assert lazy.next_page == 2 and lazy.per_page == 2, lazy
    assert len(list(lazy)) == len(everything)
    link = gl.http_get("/projects/20/issues", query_data={"per_page": 2}, raw=True).headers["Link"]
    assert link.count(URL) >= 2, link


def merge_requests(project):
    """A branch, a commit, a merge request from it."""
    project.branches.create({"branch": "from-python", "ref": "main"})
    content = {"file_path": "python.txt", "branch": "from-python", "content": "hello", "commit_message": "add"}
    project.files.create(content)
    assert project.files.get("python.txt", ref="from-python").decode() == b"hello"
    request = project.mergerequests.create(
        {"source_branch": "from-python", "target_branch": "main", "title": "From python"}
    )
    assert project.mergerequests.get(request.iid).title == "From python"
    request.title = "Changed"
    request.save()
    assert [entry.title for entry in project.mergerequests.list(get_all=True) if entry.iid == request.iid] == ["Changed"]


def tokens():
    """The token about itself; a token made by it, rotated and revoked."""
    me = gl.personal_access_tokens.get("self")
    assert me.granular and me.scopes == ["granular"], me
    body = {
        "name": "made by python",
        "granular_scopes": [
            {"access": "selected_memberships", "permissions": ["read_work_item"], "project_ids": [20]},
            {"access": "user", "permissions": ["read_personal_access_token"]},
        ],
    }
    made = gl.http_post("/user/personal_access_tokens", post_data=body)
    child = gitlab.Gitlab(URL, private_token=made["token"])
    assert child.projects.get(20, lazy=True).issues.list(get_all=False)
    refused(403, lambda: child.projects.get(20, lazy=True).issues.create({"title": "no"}))
    refused(403, lambda: gl.http_post("/user/personal_access_tokens", post_data=body | {
        "granular_scopes": [{"access": "all_memberships", "permissions": ["read_work_item"]}]}))

    token = gl.personal_access_tokens.get(made["id"])
    assert token.name == "made by python", token
    assert made["id"] in [entry.id for entry in gl.personal_access_tokens.list(get_all=True)]
    rotated = token.rotate()
    assert rotated["id"] != made["id"]
    refused(401, lambda: child.projects.get(20, lazy=True).issues.list(get_all=False))
    child = gitlab.Gitlab(URL, private_token=rotated["token"])
    assert child.projects.get(20, lazy=True).issues.list(get_all=False)
    gl.personal_access_tokens.delete(rotated["id"])
    refused(401, lambda: child.projects.get(20, lazy=True).issues.list(get_all=False))


project = projects()
print("projects")
for step in (issues, pagination, merge_requests):
    step(project)
    print(step.__name__)
tokens()
print("tokens")
bearer = gitlab.Gitlab(URL, oauth_token=os.environ["NARROWGATE_TOKEN"])
assert bearer.projects.get(20).id == 20
wrong = gitlab.Gitlab(URL, private_token="ngpat-wrong")
refused(401, lambda: wrong.projects.get(20))
print("done")
