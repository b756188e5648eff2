"""python-gitlab makes and ends tokens of every kind, through the gate, as the administrator.

NARROWGATE_URL and NARROWGATE_TOKEN say where and as whom. Prints one line a step; fails with the first that is wrong.
"""

import datetime
import os

import gitlab

URL = os.environ["NARROWGATE_URL"]
FUTURE = (datetime.date.today() + datetime.timedelta(days=60)).isoformat()


def holder(token):
    """Whoever holds the token."""
    return gitlab.Gitlab(URL, private_token=token, retry_transient_errors=False)


gl = holder(os.environ["NARROWGATE_TOKEN"])


def refused(status, action):
    """Runs the action, which must fail with the status."""
    try:
        action()
    except gitlab.exceptions.GitlabError as error:
        assert error.response_code == status, f"{error.response_code} instead of {status}: {error.error_message}"
        return
    raise AssertionError(f"succeeded, expected {status}")


def ids(tokens):
    """The ids of a list of tokens."""
    return [token.id for token in tokens]


def personal():
    """A legacy token of another user: every way to list it, its rotation by itself and by others, its end."""
    dev = gl.users.get(3, lazy=True)
    made = dev.personal_access_tokens.create({"name": "by python", "scopes": ["read_api", "self_rotate"], "expires_at": FUTURE})
    assert made.token.startswith("ngpat-") and made.user_id == 3 and made.expires_at == FUTURE, made
    assert made.scopes == ["read_api", "self_rotate"] and not made.granular and made.active and not made.revoked
    tokens = gl.personal_access_tokens
    for found in (
        {"user_id": 3},
        {"search": "by pyth"},
        {"state": "active", "user_id": 3},
        {"revoked": False, "user_id": 3},
        {"created_after": "2020-01-01", "user_id": 3},
        {"expires_before": "2099-01-01", "user_id": 3},
        {"sort": "name_asc"},
    ):
        assert made.id in ids(tokens.list(get_all=True, **found)), found
    for missed in (
        {"user_id": 2},
        {"search": "by node"},
        {"state": "inactive"},
        {"revoked": True},
        {"created_before": "2020-01-01"},
        {"expires_after": "2099-01-01"},
        {"last_used_after": "2020-01-01"},
    ):
        assert made.id not in ids(tokens.list(get_all=True, **missed)), missed

    child = holder(made.token)
    assert child.personal_access_tokens.get("self").id == made.id
    assert child.projects.get(20).path_with_namespace == "acme/web"
    rotated = child.personal_access_tokens.rotate("self")
    refused(401, lambda: child.projects.get(20))
    shown = tokens.get(rotated["id"])
    week = (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=7)).isoformat()
    assert shown.active and rotated["expires_at"] == week, rotated
    assert made.id in ids(tokens.list(get_all=True, state="inactive"))
    assert made.id in ids(tokens.list(get_all=True, revoked=True))

    shown.rotate(expires_at=FUTURE)
    assert shown.expires_at == FUTURE and shown.id != rotated["id"]
    last = holder(shown.token)
    last.personal_access_tokens.delete("self")
    refused(401, lambda: last.projects.get(20))
    assert tokens.get(shown.id).revoked
    refused(404, lambda: tokens.get(999_999))


def fine_grained():
    """What python-gitlab has no words for goes through its plain requests."""
    grant = {"access": "selected_memberships", "permissions": ["read_work_item"], "project_ids": [20]}
    made = gl.http_post("/users/3/personal_access_tokens", post_data={"name": "fine", "granular_scopes": [grant]})
    assert made["granular"] and made["scopes"] == ["granular"], made
    child = holder(made["token"])
    assert child.projects.get(20, lazy=True).issues.list(get_all=False) is not None
    refused(403, lambda: child.projects.get(20, lazy=True).jobs.list(get_all=False))
    shown = gl.personal_access_tokens.get(made["id"])
    assert shown.granular_scopes == [
        {"access": "selected_memberships", "permissions": ["read_work_item"], "project_id": 20, "group_id": None}
    ], shown
    shown.delete()
    refused(401, lambda: child.projects.get(20, lazy=True).issues.list(get_all=False))


def of_resource(resource, kind, inside, outside):
    """Tokens of a project or group: bots with a role, which reach nothing else."""
    tokens = resource.access_tokens
    made = tokens.create({"name": f"{kind} bot", "scopes": ["api"], "access_level": 30, "expires_at": FUTURE})
    assert made.access_level == 30 and made.resource_type == kind and made.resource_id == resource.get_id(), made
    assert made.id in ids(tokens.list(get_all=True))
    assert made.id in ids(tokens.list(get_all=True, state="active"))
    assert made.id not in ids(tokens.list(get_all=True, state="inactive"))
    assert made.id not in ids(gl.personal_access_tokens.list(get_all=True))
    assert tokens.get(made.id).name == f"{kind} bot"

    bot = holder(made.token)
    bot.auth()
    assert bot.user.bot and bot.user.id == made.user_id, bot.user
    assert bot.personal_access_tokens.get("self").id == made.id
    assert bot.projects.get(inside).id == inside
    refused(404, lambda: bot.projects.get(outside))
    bot.projects.get(inside, lazy=True).issues.create({"title": f"by a {kind}'s bot"})
    # A Developer's role reads no variables, whatever the connection could.
    refused(403, lambda: bot.projects.get(inside, lazy=True).variables.list(get_all=False))

    rotated = tokens.rotate(made.id, expires_at=FUTURE)
    assert rotated["access_level"] == 30 and rotated["expires_at"] == FUTURE, rotated
    refused(401, lambda: bot.projects.get(inside))
    bot = holder(rotated["token"])
    path = f"/{kind}s/{resource.get_id()}/access_tokens/self/rotate"
    itself = bot.http_post(path)
    refused(401, lambda: bot.projects.get(inside))
    bot = holder(itself["token"])
    assert bot.projects.get(inside).id == inside
    tokens.delete(itself["id"])
    refused(401, lambda: bot.projects.get(inside))
    assert tokens.get(itself["id"]).revoked
    refused(404, lambda: tokens.get(999_999))

    granular = {"name": "fine bot", "access_level": 40, "granular_scopes": [
        {"access": "selected_memberships", "permissions": ["read_work_item"]}]}
    fine = gl.http_post(f"/{kind}s/{resource.get_id()}/access_tokens", post_data=granular)
    assert fine["granular"], fine
    bot = holder(fine["token"])
    assert bot.projects.get(inside, lazy=True).issues.list(get_all=False)
    refused(403, lambda: bot.projects.get(inside, lazy=True).issues.create({"title": "no"}))
    refused(404, lambda: bot.projects.get(outside, lazy=True).issues.list(get_all=False))
    tokens.delete(fine["id"])


def project():
    """A project's tokens."""
    of_resource(gl.projects.get(20, lazy=True), "project", 20, 22)


def group():
    """A group's tokens."""
    of_resource(gl.groups.get(11, lazy=True), "group", 22, 20)


def impersonation():
    """An administrator's token to act as somebody else."""
    dev = gl.users.get(3, lazy=True)
    made = dev.impersonationtokens.create({"name": "support", "scopes": ["api"], "expires_at": FUTURE})
    assert made.impersonation and made.token.startswith("ngpat-"), made
    assert ids(dev.impersonationtokens.list(get_all=True)) == [made.id]
    assert ids(dev.impersonationtokens.list(get_all=True, state="active")) == [made.id]
    assert dev.impersonationtokens.list(get_all=True, state="inactive") == []
    assert dev.impersonationtokens.get(made.id).name == "support"
    as_dev = holder(made.token)
    as_dev.auth()
    assert as_dev.user.username == "dev", as_dev.user
    dev.impersonationtokens.delete(made.id)
    refused(401, lambda: as_dev.projects.get(20))
    assert ids(dev.impersonationtokens.list(get_all=True, state="inactive")) == [made.id]


for step in (personal, fine_grained, project, group, impersonation):
    step()
    print(step.__name__)
print("done")
