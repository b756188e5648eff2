//! Work in progress: issues, merge requests and all around them, with links from one project to another.

use serde_json::{Value, json};

use super::{Container, Namespace, Record, Shelf, World, object};

/// Projects that get one of everything.
pub(super) const PROJECTS: [u64; 4] = [20, 21, 22, 34];
pub(super) const GROUPS: [u64; 2] = [10, 11];

impl World {
    /// Adds issues, merge requests, labels, milestones, boards, notes and todos. Issue 1 of a project is open to all who
    /// see the project, issue 2 is confidential; both belong to the epic of `acme`. The related merge request and the
    /// downstream pipeline of each project are those of the next.
    pub(crate) fn furnish(&mut self, url: &str, at: &str) {
        for group in GROUPS {
            let place = Container::Group(group);
            let path = self.group_path(group);
            let page = format!("{url}/groups/{path}");
            let label = self.add("label", place, label(&group_label(&path), false));
            self.add("milestone", place, milestone(json!({ "group_id": group }), &page, at));
            self.add_board(place, label, &page, at);
            let cadence = self.add(
                "iteration cadence",
                place,
                json!({ "title": "Weeks", "automatic": false, "active": true }),
            );
            self.add("iteration", place, json!({ "iid": 1, "title": "Week 1", "description": null, "iteration_cadence_id": cadence, "start_date": "2026-01-05", "due_date": "2026-01-11", "web_url": format!("{page}/-/cadences/{cadence}/iterations/1") }));
            let epic = self.first_id("epic", place);
            self.add_epic(group, "Grow roots", epic.as_u64(), at);
        }
        for project in PROJECTS {
            self.furnish_project(project, url, at);
            self.furnish_security(project, at);
            self.furnish_pipeline(project);
        }
        self.link_projects();
        self.furnish_packages(20, at);
        self.furnish_todos(20, at);
        for project in PROJECTS {
            let request = self.first_id("merge_request", Container::Project(project));
            // Nobody but administrators sees the last of the projects.
            let owner = if project == 34 { 1 } else { 3 };
            self.add("todo", Container::User(owner), json!({ "action": "assigned", "author": self.mention(2), "body": "Change", "state": "pending", "target_type": "MergeRequest", "target_id": request, "project_id": project, "created_at": at }));
        }
    }

    fn furnish_project(&mut self, id: u64, url: &str, at: &str) {
        let Some(project) = self.projects.get(&id) else { return };
        let (path, namespace) = (self.project_path(project), project.namespace);
        let place = Container::Project(id);
        let page = format!("{url}/{path}");
        let label = self.add("label", place, label("bug", true));
        let milestone = milestone(json!({ "project_id": id }), &page, at);
        let milestone_id = self.add("milestone", place, milestone.clone());
        let milestone = json!({ "id": milestone_id, "title": milestone.get("title") });
        self.add_board(place, label, &page, at);
        self.add_release(place, &page, &milestone, at);
        let iteration = self.first_id("iteration", Container::Group(10));
        for (iid, confidential) in [(1, false), (2, true)] {
            let labels = match namespace {
                Namespace::Group(group) if confidential => {
                    json!(["bug", group_label(&self.group_path(group))])
                }
                _ => json!(["bug"]),
            };
            let issue = json!({ "iid": iid, "project_id": id, "title": format!("Issue {iid} of {path}"), "description": "To do", "state": "opened", "confidential": confidential, "discussion_locked": false, "labels": labels, "milestone": milestone, "iteration_id": iteration, "assignees": [self.mention(3)], "author": self.mention(2), "issue_type": "issue", "type": "ISSUE", "weight": 1, "time_estimate": 7_200, "epic_id": 1, "web_url": format!("{page}/-/issues/{iid}"), "references": { "short": format!("#{iid}"), "full": format!("{path}#{iid}") }, "created_at": at, "updated_at": at });
            let number = self.add("issue", place, issue);
            let note = self.add_note("Issue", place, number, json!({}), at);
            self.add("timelog", place, json!({ "issue_id": number, "note_id": note, "time_spent": 5_400, "spent_at": at, "summary": "Looked into it", "user": self.mention(3) }));
        }
        self.add(
            "approval rule",
            place,
            json!({ "name": "Reviewers", "approvals_required": 2, "type": "regular" }),
        );
        let request = json!({ "iid": 1, "project_id": id, "source_project_id": id, "target_project_id": id, "title": "Change", "description": null, "state": "opened", "discussion_locked": false, "source_branch": "change", "target_branch": "main", "labels": ["bug"], "milestone": milestone, "assignees": [self.mention(3)], "reviewers": [self.mention(2)], "approved_by": [self.mention(2)], "author": self.mention(3), "sha": "0".repeat(40), "draft": false, "merge_status": "can_be_merged", "web_url": format!("{page}/-/merge_requests/1"), "references": { "short": "!1", "full": format!("{path}!1") }, "created_at": at, "updated_at": at });
        let number = self.add("merge_request", place, request);
        let shas =
            json!({ "base_sha": "0".repeat(40), "head_sha": "0".repeat(40), "start_sha": "0".repeat(40) });
        let position = json!({ "diff_refs": shas, "file_path": "README.md", "new_path": "README.md", "old_path": "README.md", "new_line": 3, "old_line": null, "position_type": "text" });
        self.add_note("MergeRequest", place, number, json!({ "resolvable": true, "position": position }), at);
    }

    /// A board with a list for what has a label, one for the rest and one for what is closed.
    fn add_board(&mut self, place: Container, label: u64, page: &str, at: &str) {
        let board = json!({ "name": "Development", "hide_backlog_list": false, "hide_closed_list": false, "created_at": at, "updated_at": at });
        let board = self.add("board", place, board);
        self.set("board", place, board, "web_url", json!(format!("{page}/-/boards/{board}")));
        let title = self
            .record(Shelf::new("label", place), &["id"], &label.to_string())
            .and_then(|it| it.get("name"));
        let title = title.cloned().unwrap_or(Value::Null);
        for list in [
            json!({ "list_type": "closed", "title": "Closed" }),
            json!({ "list_type": "label", "title": title, "label_id": label, "position": 0 }),
            json!({ "list_type": "backlog", "title": "Open" }),
        ] {
            let list = self.add("board list", place, list);
            self.set("board list", place, list, "board_id", json!(board));
        }
    }

    fn add_release(&mut self, place: Container, page: &str, milestone: &Value, at: &str) {
        let sources = ["zip", "tar.gz"]
            .map(|format| json!({ "format": format, "url": format!("{page}/-/archive/v1/v1.{format}") }));
        let links = json!({ "self": format!("{page}/-/releases/v1"), "edit_url": format!("{page}/-/releases/v1/edit") });
        self.add("release", place, json!({ "tag_name": "v1", "name": "One", "description": "The first", "created_at": at, "released_at": at, "upcoming_release": false, "author": self.mention(1), "milestones": [milestone], "assets": { "sources": sources }, "_links": links }));
        self.add("release link", place, json!({ "name": "Handbook", "url": "https://example.com/handbook", "link_type": "runbook", "release": "v1" }));
    }

    pub(super) fn add_note(
        &mut self,
        on: &'static str,
        place: Container,
        number: u64,
        more: Value,
        at: &str,
    ) -> u64 {
        let id = self.next_id("note");
        let mut note = object(
            json!({ "id": id, "body": "Noted", "author": self.mention(2), "system": false, "internal": false, "resolvable": false, "noteable_type": on, "noteable_id": number, "created_at": at, "updated_at": at }),
        );
        note.extend(object(more));
        self.put(Shelf::below(on, place, number), note);
        id
    }

    /// Says more of the vulnerabilities and images that the project is stocked with.
    fn furnish_security(&mut self, project: u64, at: &str) {
        let place = Container::Project(project);
        let Some(vulnerability) = self.first_id("vulnerability", place).as_u64() else { return };
        for (key, value) in [
            (
                "identifiers",
                json!([{ "external_type": "cve", "external_id": "CVE-2026-0001", "name": "CVE-2026-0001" }]),
            ),
            ("scanner", json!({ "external_id": "advisor", "name": "Advisor", "vendor": "Narrow" })),
            (
                "location",
                json!({ "file": "Cargo.lock", "dependency": { "package": { "name": "serde" }, "version": "1.0.0" } }),
            ),
            ("merge_request_id", self.first_id("merge_request", place)),
        ] {
            self.set("vulnerability", place, vulnerability, key, value);
        }
        let issue = self.first_id("issue", place);
        self.add("vulnerability issue link", place, json!({ "vulnerability_id": vulnerability, "issue_id": issue, "link_type": "related", "created_at": at }));
        if let Some(image) = self.first_id("registry", place).as_u64() {
            self.set("registry", place, image, "tags", json!(["latest", "1.0.0"]));
            self.set("registry", place, image, "expiration_policy_cleanup_status", json!("unscheduled"));
        }
    }

    /// Says more of the pipeline and the jobs that the project is stocked with: the last job waits for the others.
    fn furnish_pipeline(&mut self, project: u64) {
        let place = Container::Project(project);
        let suite = json!({ "name": "unit", "total_count": 5, "success_count": 3, "failed_count": 1, "skipped_count": 1, "error_count": 0, "total_time": 2.5 });
        self.link("pipeline", project, "test_suites", json!([suite]));
        self.link("pipeline", project, "coverage", json!(87.5));
        let last = self.shelf(Shelf::new("job", place)).last().and_then(|job| job.get("id")?.as_u64());
        if let Some(last) = last {
            self.set("job", place, last, "needs", json!(["build", "test"]));
        }
        if let Some(runner) = self.first_id("runner", place).as_u64() {
            self.link("job", project, "runner", json!({ "id": runner }));
        }
    }

    /// A library in two versions, beside the package that the project is stocked with.
    fn furnish_packages(&mut self, project: u64, at: &str) {
        let place = Container::Project(project);
        if let Some(package) = self.first_id("package", place).as_u64() {
            self.set(
                "package",
                place,
                package,
                "tags",
                json!([{ "id": 1, "name": "latest", "created_at": at, "updated_at": at }]),
            );
            let pipeline = self.first_id("pipeline", place);
            self.set("package", place, package, "pipeline_ids", json!([pipeline]));
        }
        for version in ["1.0", "1.1"] {
            let id = self.next_id("stock");
            let metadata = json!({ "app_group": "com.acme", "app_name": "web", "app_version": version, "path": "com/acme/web" });
            let package = json!({ "id": id, "name": "com/acme/web", "version": version, "package_type": "maven", "status": "default", "project_id": project, "metadata": metadata, "tags": [], "created_at": at, "updated_at": at });
            self.put(Shelf::new("package", place), object(package));
            self.add("package file", place, json!({ "file_name": format!("web-{version}.jar"), "size": "2048", "file_sha256": "a".repeat(64), "download_path": format!("/api/v4/projects/{project}/packages/{id}/package_files/1"), "package_id": id, "created_at": at }));
        }
    }

    /// What else waits for the developer of a project: one thing of each kind.
    fn furnish_todos(&mut self, project: u64, at: &str) {
        let place = Container::Project(project);
        let issue = self.first_id("issue", place);
        let page = self
            .shelf(Shelf::new("issue", place))
            .first()
            .and_then(|it| it.get("web_url")?.as_str().map(str::to_owned));
        let page = format!("{}/designs/sketch.png", page.unwrap_or_default());
        let design = self.add("design", place, json!({ "filename": "sketch.png", "full_path": "designs/sketch.png", "issue_id": issue, "web_url": page, "created_at": at }));
        for (kind, target) in [
            ("Issue", issue),
            ("Commit", json!("main")),
            ("AlertManagement::Alert", self.first_id("alert", place)),
            ("DesignManagement::Design", json!(design)),
        ] {
            let todo = json!({ "action": "mentioned", "author": self.mention(2), "body": kind, "state": "pending", "target_type": kind, "target_id": target, "project_id": project, "created_at": at });
            self.add("todo", Container::User(3), todo);
        }
        let epic = self.first_id("epic", Container::Group(10));
        self.add("todo", Container::User(3), json!({ "action": "mentioned", "author": self.mention(2), "body": "Epic", "state": "pending", "target_type": "Epic", "target_id": epic, "group_id": 10, "created_at": at }));
    }

    /// Gives each project links to the next one.
    fn link_projects(&mut self) {
        for (project, next) in PROJECTS.into_iter().zip(PROJECTS.into_iter().cycle().skip(1)) {
            let (here, there) = (Container::Project(project), Container::Project(next));
            let (request, pipeline) =
                (self.first_id("merge_request", there), self.first_id("pipeline", there));
            let own = self.first_id("pipeline", here);
            self.link("issue", project, "related_merge_request_ids", json!([request]));
            self.link("pipeline", project, "downstream_ids", json!([pipeline]));
            self.link("pipeline", next, "upstream_id", own.clone());
            let job = self.first_id("job", here);
            self.link("pipeline", next, "source_job_id", job);
            self.link("merge_request", project, "head_pipeline_id", own.clone());
            self.link("merge_request", project, "pipeline_ids", json!([own]));
        }
    }

    /// Sets a field of the first record of a kind that a project has.
    fn link(&mut self, kind: &'static str, project: u64, key: &str, value: Value) {
        let place = Container::Project(project);
        if let Some(number) = self.first_id(kind, place).as_u64() {
            self.set(kind, place, number, key, value);
        }
    }

    /// Puts a record on its shelf under the next number of its kind.
    pub(super) fn add(&mut self, kind: &'static str, place: Container, value: Value) -> u64 {
        let id = self.next_id(kind);
        let mut record = Record::new();
        record.insert("id".to_owned(), json!(id));
        record.extend(object(value));
        self.put(Shelf::new(kind, place), record);
        id
    }

    /// A user as records mention it.
    pub(super) fn mention(&self, id: u64) -> Value {
        let user = self.users.get(&id);
        json!({ "id": id, "username": user.map(|user| &user.username), "name": user.map(|user| &user.name) })
    }
}

fn group_label(path: &str) -> String {
    format!("{path}::label")
}

fn label(name: &str, of_project: bool) -> Value {
    json!({ "name": name, "description": null, "color": "#428BCA", "text_color": "#FFFFFF", "is_project_label": of_project })
}

fn milestone(owner: Value, page: &str, at: &str) -> Value {
    let mut record = object(
        json!({ "iid": 1, "title": "1.0", "description": "", "state": "active", "created_at": at, "updated_at": at, "due_date": null, "start_date": null, "expired": false, "web_url": format!("{page}/-/milestones/1") }),
    );
    record.extend(object(owner));
    Value::Object(record)
}
