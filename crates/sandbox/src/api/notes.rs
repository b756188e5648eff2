//! Notes on issues, merge requests and snippets.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::http::{ApiError, Call, Need, Reply, created, deleted, json as answer};
use crate::world::{Container, Record, Shelf, World};

/// What can be noted on: the segment of its path, its kind of record, the type in a note, and the name of its number.
struct Noteable {
    path: &'static str,
    kind: &'static str,
    title: &'static str,
    number: &'static str,
}

static NOTEABLES: [Noteable; 3] = [
    Noteable { path: "issues", kind: "issue", title: "Issue", number: "iid" },
    Noteable { path: "merge_requests", kind: "merge_request", title: "MergeRequest", number: "iid" },
    Noteable { path: "snippets", kind: "snippet", title: "Snippet", number: "id" },
];

pub(super) fn routes() -> Router<Forge> {
    NOTEABLES.iter().fold(Router::new(), |router, on| {
        let base = format!("/projects/{{id}}/{}/{{number}}/notes", on.path);
        let many = get(move |path, call| on.list(path, call)).post(move |path, call| on.create(path, call));
        let one = get(move |path, call| on.show(path, call))
            .put(move |path, call| on.update(path, call))
            .delete(move |path, call| on.remove(path, call));
        router.route(&base, many).route(&format!("{base}/{{note}}"), one)
    })
}

/// A place where notes lie, and the record they are on.
struct Found {
    notes: Shelf,
    project: u64,
    on: Record,
}

impl Noteable {
    fn find(&self, call: &Call, world: &World, id: &str, number: &str) -> Result<Found, ApiError> {
        let project = call.project(world, id, Need::Read(Role::Guest))?.id;
        let shelf = Shelf::new(self.kind, Container::Project(project));
        let on = world.record(shelf, &[self.number], number).ok_or_else(ApiError::missing)?.clone();
        let parent = on.get("id").and_then(Value::as_u64).unwrap_or_default();
        Ok(Found { notes: Shelf::below(self.title, Container::Project(project), parent), project, on })
    }

    async fn list(&self, Path((id, number)): Path<(String, String)>, call: Call) -> Reply {
        let mut notes: Vec<Value> = {
            let world = call.forge.world();
            let found = self.find(&call, &world, &id, &number)?;
            world.shelf(found.notes).iter().cloned().map(Value::Object).collect()
        };
        if call.params.text("sort").as_deref() != Some("asc") {
            notes.reverse();
        }
        call.page(notes)
    }

    async fn show(&self, Path((id, number, note)): Path<(String, String, String)>, call: Call) -> Reply {
        let world = call.forge.world();
        let found = self.find(&call, &world, &id, &number)?;
        let note = world.record(found.notes, &["id"], &note).ok_or_else(missing)?;
        Ok(answer(StatusCode::OK, &json!(note)))
    }

    async fn create(&self, Path((id, number)): Path<(String, String)>, call: Call) -> Reply {
        call.viewer.signed_in()?;
        let mut world = call.forge.world();
        let found = self.find(&call, &world, &id, &number)?;
        let body = call.params.required("body")?;
        let note = json!({
            "id": world.next_id("note"),
            "type": null,
            "body": body,
            "author": call.author(&world),
            "created_at": call.now(),
            "updated_at": call.now(),
            "system": false,
            "noteable_id": found.on.get("id"),
            "noteable_type": self.title,
            "project_id": found.project,
            "resolvable": false,
            "confidential": call.params.flag("internal").unwrap_or(false),
            "internal": call.params.flag("internal").unwrap_or(false),
            "imported": false,
            "imported_from": "none",
            "noteable_iid": found.on.get("iid"),
            "commands_changes": {},
        });
        if let Value::Object(record) = note.clone() {
            world.put(found.notes, record);
        }
        Ok(created(&note))
    }

    async fn update(&self, Path((id, number, note)): Path<(String, String, String)>, call: Call) -> Reply {
        let mut world = call.forge.world();
        let shelf = self.own(&call, &world, &id, &number, &note)?;
        let body = call.params.required("body")?;
        let record = world.record_mut(shelf, &["id"], &note).ok_or_else(missing)?;
        record.insert("body".to_owned(), json!(body));
        record.insert("updated_at".to_owned(), json!(call.now()));
        Ok(answer(StatusCode::OK, &json!(record)))
    }

    async fn remove(&self, Path((id, number, note)): Path<(String, String, String)>, call: Call) -> Reply {
        let mut world = call.forge.world();
        let shelf = self.own(&call, &world, &id, &number, &note)?;
        world.remove(shelf, &["id"], &note).map(|_| deleted()).ok_or_else(missing)
    }

    /// The shelf of a note that the viewer may change: its author's own, or any to a maintainer.
    fn own(&self, call: &Call, world: &World, id: &str, number: &str, note: &str) -> Result<Shelf, ApiError> {
        let user = call.viewer.signed_in()?;
        let found = self.find(call, world, id, number)?;
        let record = world.record(found.notes, &["id"], note).ok_or_else(missing)?;
        let author = record.get("author").and_then(|author| author.get("id")).and_then(Value::as_u64);
        if author != Some(user) {
            call.project(world, id, Need::Write(Role::Maintainer))?;
        }
        Ok(found.notes)
    }
}

fn missing() -> ApiError {
    ApiError::not_found("Note")
}
