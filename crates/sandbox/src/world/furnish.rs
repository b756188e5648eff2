//! Work in progress: issues, merge requests and all around them, with links from one project to another.

use serde_json::{Value, json};

use super::{Container, Record, Shelf, World, object};

/// Projects that get one of everything.
const PROJECTS: [u64; 4] = [20, 21, 22, 34];
const GROUPS: [u64; 2] = [10, 11];

impl World {
    /// Adds to what the projects and groups of the small world are stocked with: environments, Terraform states,
    /// agents, schedules and the like. None of these has an endpoint of the REST API here.
    pub(crate) fn stock_operations(&mut self, at: &str) {
        for project in PROJECTS {
            let place = Container::Project(project);
            let author = self.mention(1);
            self.add("environment", place, json!({ "name": "production", "path": "/-/environments/1", "slug": "production", "state": "available", "tier": "production", "created_at": at, "updated_at": at }));
            self.add("terraform state", place, json!({ "name": "production", "locked_at": null, "locked_by_user": null, "created_at": at, "updated_at": at }));
            self.add(
                "cluster agent",
                place,
                json!({ "name": "agent", "author": author, "created_at": at, "updated_at": at }),
            );
            self.add("dependency", place, json!({ "name": "serde", "version": "1.0.0", "location": { "path": "Cargo.lock", "blob_path": "/-/blob/main/Cargo.lock" } }));
            self.add(
                "freeze period",
                place,
                json!({ "start_cron": "0 22 * * 5", "end_cron": "0 6 * * 1", "cron_timezone": "UTC" }),
            );
            for number in [1, 2] {
                self.add("artifact", place, json!({ "name": format!("report{number}.txt") }));
                self.add("package file", place, json!({ "file_name": format!("package{number}.tgz") }));
            }
            self.add("pages deployment", place, json!({ "active": true }));
            self.add("deployment", place, json!({ "status": "blocked" }));
            self.add("schedule", place, json!({ "description": "Nightly", "cron": "0 2 * * *", "cron_timezone": "UTC", "ref": "main", "active": true, "owner": author, "created_at": at, "updated_at": at }));
        }
        for user in self.users.keys().copied().collect::<Vec<_>>() {
            let address = self.users.get(&user).map(|user| format!("{}@example.com", user.username));
            self.add("email", Container::User(user), json!({ "email": address, "confirmed_at": at }));
        }
        self.add("topic", Container::Instance, json!({ "name": "rust", "title": "Rust" }));
        self.add("organization", Container::Instance, json!({ "name": "Default", "path": "default" }));
        let member =
            json!({ "user": self.mention(2), "badges": [{ "text": "It's you!", "variant": "muted" }] });
        self.add("organization user", Container::Instance, member);
        for group in GROUPS {
            let author = self.mention(1);
            let path = self.group_path(group);
            self.add("epic", Container::Group(group), json!({ "iid": 1, "title": "Grow", "description": null, "state": "opened", "confidential": false, "labels": [], "author": author, "web_url": format!("/groups/{path}/-/epics/1"), "references": { "short": "&1", "full": format!("{path}&1") }, "created_at": at, "updated_at": at }));
        }
    }

    /// Adds issues, merge requests, labels, milestones, notes and todos. Issue 1 of a project is open to all who see
    /// the project, issue 2 is confidential; both belong to the epic of `acme`. The related merge request and the
    /// downstream pipeline of each project are those of the next.
    pub(crate) fn furnish(&mut self, url: &str, at: &str) {
        for group in GROUPS {
            let place = Container::Group(group);
            let path = self.group_path(group);
            self.add("label", place, label(&format!("{path}::label"), false));
            self.add(
                "milestone",
                place,
                milestone(json!({ "group_id": group }), &format!("{url}/groups/{path}"), at),
            );
        }
        for project in PROJECTS {
            self.furnish_project(project, url, at);
        }
        self.link_projects();
    }

    fn furnish_project(&mut self, id: u64, url: &str, at: &str) {
        let Some(project) = self.projects.get(&id) else { return };
        let path = self.project_path(project);
        let place = Container::Project(id);
        let page = format!("{url}/{path}");
        self.add("label", place, label("bug", true));
        self.add("milestone", place, milestone(json!({ "project_id": id }), &page, at));
        self.add("release", place, json!({ "tag_name": "v1", "name": "One", "description": "The first", "created_at": at, "released_at": at, "upcoming_release": false, "author": self.mention(1) }));
        for (iid, confidential) in [(1, false), (2, true)] {
            let issue = json!({ "iid": iid, "project_id": id, "title": format!("Issue {iid} of {path}"), "description": "To do", "state": "opened", "confidential": confidential, "labels": ["bug"], "assignees": [self.mention(3)], "author": self.mention(2), "issue_type": "issue", "type": "ISSUE", "weight": 1, "epic_id": 1, "web_url": format!("{page}/-/issues/{iid}"), "references": { "short": format!("#{iid}"), "full": format!("{path}#{iid}") }, "created_at": at, "updated_at": at });
            let number = self.add("issue", place, issue);
            self.add_note("Issue", place, number, at);
        }
        let request = json!({ "iid": 1, "project_id": id, "source_project_id": id, "target_project_id": id, "title": "Change", "description": null, "state": "opened", "source_branch": "change", "target_branch": "main", "labels": ["bug"], "assignees": [self.mention(3)], "reviewers": [self.mention(2)], "author": self.mention(3), "sha": "0".repeat(40), "draft": false, "merge_status": "can_be_merged", "web_url": format!("{page}/-/merge_requests/1"), "references": { "short": "!1", "full": format!("{path}!1") }, "created_at": at, "updated_at": at });
        let number = self.add("merge_request", place, request);
        self.add_note("MergeRequest", place, number, at);
        let todo = json!({ "action": "assigned", "author": self.mention(2), "body": "Change", "state": "pending", "target_type": "MergeRequest", "target_id": number, "project_id": id, "created_at": at });
        // Nobody but administrators sees the last of the projects.
        let owner = if id == 34 { 1 } else { 3 };
        self.add("todo", Container::User(owner), todo);
    }

    fn add_note(&mut self, on: &'static str, place: Container, number: u64, at: &str) {
        let id = self.next_id("note");
        let note = json!({ "id": id, "body": "Noted", "author": self.mention(2), "system": false, "internal": false, "resolvable": false, "noteable_type": on, "noteable_id": number, "created_at": at, "updated_at": at });
        self.put(Shelf::below(on, place, number), object(note));
    }

    /// Gives each project links to the next one.
    fn link_projects(&mut self) {
        let first = |world: &Self, kind, project| {
            let records = world.shelf(Shelf::new(kind, Container::Project(project)));
            records.first().and_then(|record| record.get("id")).cloned().unwrap_or(Value::Null)
        };
        for (project, next) in PROJECTS.into_iter().zip(PROJECTS.into_iter().cycle().skip(1)) {
            let (request, pipeline) = (first(self, "merge_request", next), first(self, "pipeline", next));
            let own = first(self, "pipeline", project);
            self.link("issue", project, "related_merge_request_ids", json!([request]));
            self.link("pipeline", project, "downstream_ids", json!([pipeline]));
            self.link("pipeline", next, "upstream_id", own.clone());
            self.link("merge_request", project, "head_pipeline_id", own.clone());
            self.link("merge_request", project, "pipeline_ids", json!([own]));
        }
    }

    fn link(&mut self, kind: &'static str, project: u64, key: &str, value: Value) {
        let shelf = Shelf::new(kind, Container::Project(project));
        let number = self.shelf(shelf).first().and_then(|it| it.get("id")).map(ToString::to_string);
        if let Some(record) = number.and_then(|number| self.record_mut(shelf, &["id"], &number)) {
            record.insert(key.to_owned(), value);
        }
    }

    /// Puts a record on its shelf under the next number of its kind.
    fn add(&mut self, kind: &'static str, place: Container, value: Value) -> u64 {
        let id = self.next_id(kind);
        let mut record = Record::new();
        record.insert("id".to_owned(), json!(id));
        record.extend(object(value));
        self.put(Shelf::new(kind, place), record);
        id
    }

    /// A user as records mention it.
    fn mention(&self, id: u64) -> Value {
        let user = self.users.get(&id);
        json!({ "id": id, "username": user.map(|user| &user.username), "name": user.map(|user| &user.name) })
    }
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
