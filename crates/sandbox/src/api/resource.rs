//! Resources that are nothing but records: declared in a few lines, served by the same five handlers.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::http::{ApiError, Call, Need, Params, Reply, created, deleted, json as answer};
use crate::world::{Container, Record, Shelf, World};

/// A resource of projects or groups.
pub(crate) struct Resource {
    /// The name of its shelves.
    pub(crate) kind: &'static str,
    /// Its name in refusals.
    pub(crate) title: &'static str,
    /// The last segment of the path of its listing.
    pub(crate) path: &'static str,
    /// The fields by which a path may name one.
    pub(crate) names: &'static [&'static str],
    /// The role that sees it.
    pub(crate) read: Role,
    /// The role that changes it.
    pub(crate) write: Role,
    /// The parameters that creating one takes at least.
    pub(crate) required: &'static [&'static str],
    /// The parameters that an update may set.
    pub(crate) editable: &'static [&'static str],
    /// Parameters of an update that set a field of another name.
    pub(crate) renames: &'static [(&'static str, &'static str)],
    /// The field that no two of a container share.
    pub(crate) unique: Option<&'static str>,
    /// What an update does beyond setting fields.
    pub(crate) settle: fn(&mut Record, &Params),
    /// Whether removing one answers with what was removed.
    pub(crate) shows_removed: bool,
    /// Makes a new one.
    pub(crate) make: fn(&Making<'_>) -> Value,
}

/// What a new record is made from.
pub(crate) struct Making<'a> {
    pub(crate) id: u64,
    /// The number within the container.
    pub(crate) iid: u64,
    pub(crate) params: &'a Params,
    pub(crate) now: String,
    pub(crate) author: Value,
    pub(crate) place: &'a Place,
}

/// The project or group that a path names.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) container: Container,
    pub(crate) id: u64,
    /// Its page on the web.
    pub(crate) web_url: String,
    pub(crate) full_path: String,
}

impl Place {
    pub(crate) fn is_project(&self) -> bool {
        matches!(self.container, Container::Project(_))
    }
}

/// Whose resource it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner {
    Project,
    Group,
}

impl Owner {
    fn plural(self) -> &'static str {
        match self {
            Self::Project => "projects",
            Self::Group => "groups",
        }
    }

    /// The place that a path names, if the viewer may use it so.
    pub(crate) fn place(self, call: &Call, world: &World, id: &str, need: Need) -> Result<Place, ApiError> {
        let url = call.forge.url();
        Ok(match self {
            Self::Project => {
                let project = call.project(world, id, need)?;
                let full_path = world.project_path(&project);
                let container = Container::Project(project.id);
                Place { container, id: project.id, web_url: format!("{url}/{full_path}"), full_path }
            }
            Self::Group => {
                let group = call.group(world, id, need)?;
                let full_path = world.group_path(group.id);
                let container = Container::Group(group.id);
                Place { container, id: group.id, web_url: format!("{url}/groups/{full_path}"), full_path }
            }
        })
    }
}

impl Resource {
    /// The routes below projects or groups.
    pub(crate) fn routes(&'static self, owner: Owner) -> Router<Forge> {
        let base = format!("/{}/{{id}}/{}", owner.plural(), self.path);
        let many = get(move |path, call| self.list(owner, path, call))
            .post(move |path, call| self.create(owner, path, call));
        let one = get(move |path, call| self.show(owner, path, call))
            .put(move |path, call| self.update(owner, path, call))
            .delete(move |path, call| self.remove(owner, path, call));
        Router::new().route(&base, many).route(&format!("{base}/{{key}}"), one)
    }

    fn shelf(&self, place: &Place) -> Shelf {
        Shelf::new(self.kind, place.container)
    }

    async fn list(&self, owner: Owner, Path(id): Path<String>, call: Call) -> Reply {
        let records = {
            let world = call.forge.world();
            let place = owner.place(&call, &world, &id, Need::Read(self.read))?;
            let records = world.shelf(self.shelf(&place)).iter();
            records.filter(|record| matches(record, &call.params)).cloned().map(Value::Object).collect()
        };
        call.page(records)
    }

    async fn show(&self, owner: Owner, Path((id, key)): Path<(String, String)>, call: Call) -> Reply {
        let world = call.forge.world();
        let place = owner.place(&call, &world, &id, Need::Read(self.read))?;
        let record = world.record(self.shelf(&place), self.names, &key).ok_or_else(|| self.missing())?;
        Ok(answer(StatusCode::OK, &json!(record)))
    }

    async fn create(&self, owner: Owner, Path(id): Path<String>, call: Call) -> Reply {
        call.viewer.signed_in()?;
        let mut world = call.forge.world();
        let place = owner.place(&call, &world, &id, Need::Write(self.write))?;
        for name in self.required {
            call.params.required(name)?;
        }
        let record = self.add(&mut world, &call, &place)?;
        Ok(created(&Value::Object(record)))
    }

    /// Makes a record and puts it on its shelf.
    pub(crate) fn add(&self, world: &mut World, call: &Call, place: &Place) -> Result<Record, ApiError> {
        let shelf = self.shelf(place);
        let iid = next_iid(world.shelf(shelf));
        let id = world.next_id(self.kind);
        let author = call.author(world);
        let making = Making { id, iid, params: &call.params, now: call.now(), author, place };
        let Value::Object(record) = (self.make)(&making) else { return Err(ApiError::missing()) };
        if let Some(field) = self.unique
            && world.shelf(shelf).iter().any(|other| other.get(field) == record.get(field))
        {
            return Err(ApiError::conflict(format!("{} already exists", self.title)));
        }
        world.put(shelf, record.clone());
        Ok(record)
    }

    pub(crate) async fn update(
        &self,
        owner: Owner,
        Path((id, key)): Path<(String, String)>,
        call: Call,
    ) -> Reply {
        call.viewer.signed_in()?;
        let mut world = call.forge.world();
        let place = owner.place(&call, &world, &id, Need::Write(self.write))?;
        let record = world.record_mut(self.shelf(&place), self.names, &key).ok_or_else(|| self.missing())?;
        set_fields(record, self.editable, &call.params);
        for (parameter, field) in self.renames {
            if let Some(value) = call.params.get(parameter) {
                record.insert((*field).to_owned(), value.clone());
            }
        }
        (self.settle)(record, &call.params);
        if record.contains_key("updated_at") {
            record.insert("updated_at".to_owned(), json!(call.now()));
        }
        Ok(answer(StatusCode::OK, &json!(record)))
    }

    pub(crate) async fn remove(
        &self,
        owner: Owner,
        Path((id, key)): Path<(String, String)>,
        call: Call,
    ) -> Reply {
        call.viewer.signed_in()?;
        let mut world = call.forge.world();
        let place = owner.place(&call, &world, &id, Need::Write(self.write))?;
        let record = world.remove(self.shelf(&place), self.names, &key).ok_or_else(|| self.missing())?;
        if self.shows_removed { Ok(answer(StatusCode::OK, &json!(record))) } else { Ok(deleted()) }
    }

    fn missing(&self) -> ApiError {
        ApiError::not_found(self.title)
    }
}

/// Sets those fields of a record that a request names.
pub(crate) fn set_fields(record: &mut Record, editable: &[&str], params: &Params) {
    for name in editable {
        if let Some(value) = params.get(name) {
            record.insert((*name).to_owned(), value.clone());
        }
    }
}

/// One more than the highest number on a shelf.
pub(crate) fn next_iid(records: &[Record]) -> u64 {
    records.iter().filter_map(|record| record.get("iid")?.as_u64()).max().unwrap_or(0) + 1
}

/// Whether a record passes the filters that all listings have in common.
fn matches(record: &Record, params: &Params) -> bool {
    let field = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    let state = params.text("state").filter(|state| state != "all");
    let search = params.text("search").map(|text| text.to_lowercase());
    let iids = params.numbers("iids");
    state.is_none_or(|state| !record.contains_key("state") || field("state") == state)
        && iids.is_none_or(|iids| {
            record.get("iid").and_then(Value::as_u64).is_some_and(|iid| iids.contains(&iid))
        })
        && search.is_none_or(|text| {
            ["name", "title", "description"].iter().any(|name| field(name).to_lowercase().contains(&text))
        })
}
