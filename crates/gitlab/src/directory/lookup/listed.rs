//! Look-ups of what GitLab only lists: each project or group that the token selects is asked for its lists, page by page.
//!
//! Whatever is asked is asked for its own id with it: an answer about something else, as where a path has come to name
//! another group, places nothing.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use narrowgate_catalog::{BoundaryType, ListOwner, ListPage, ListPath, ListStep, Listed, Then};
use serde_json::Value;

use super::candidate::{self, GroupName};
use super::{AT_ONCE, Candidate, Container, Share};
use crate::directory::{Directory, Identity};
use crate::error::GitlabError;

/// Of the digests by which answers are kept: what a token selects may be long.
static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The first candidate whose lists have the global id. Every page is a question, and first pages are asked for before
/// further ones. An error counts only where nothing is found.
pub(super) async fn ask(
    directory: &Directory,
    identity: &Identity,
    listed: &Listed,
    global_id: &str,
    candidates: &[Candidate],
    share: &mut Share<'_>,
) -> Result<Option<Container>, GitlabError> {
    let places = places(directory, identity, listed, candidates).await?;
    let key = format!("{global_id} {:016x}", SEED.hash_one(format!("{listed:?} {places:?}")));
    let search = Search { directory, identity, listed, global_id };
    let found = directory.lookups.get(identity.connection, &key, search.among(&places, share)).await?;
    Ok(found.map(|found| *found))
}

/// A project or group that is asked.
#[derive(Debug)]
enum Place {
    Project(u64),
    Group(GroupName),
}

impl Place {
    fn container(&self) -> Container {
        match self {
            Self::Project(id) => Container::Project(*id),
            Self::Group(group) => Container::Group(group.id),
        }
    }

    fn owner(&self) -> ListOwner<'_> {
        match self {
            Self::Project(id) => ListOwner::Project(*id),
            Self::Group(group) => ListOwner::Group { id: group.id, path: &group.path },
        }
    }
}

async fn places(
    directory: &Directory,
    identity: &Identity,
    listed: &Listed,
    candidates: &[Candidate],
) -> Result<Vec<Place>, GitlabError> {
    if listed.within == BoundaryType::Group {
        let mut groups = candidate::groups(directory, identity, candidates).await?;
        groups.retain(|group| !listed.top_level || !group.path.contains('/'));
        return Ok(groups.into_iter().map(Place::Group).collect());
    }
    let projects = candidate::projects(directory, identity, candidates).await?;
    Ok(projects.into_iter().map(Place::Project).collect())
}

/// One page of a list.
#[derive(Clone)]
struct Question<'a> {
    place: &'a Place,
    list: &'a ListPath,
    /// The record of the first list whose own is asked for.
    each: Option<String>,
    after: Option<String>,
}

struct Search<'a> {
    directory: &'a Directory,
    identity: &'a Identity,
    listed: &'a Listed,
    global_id: &'a str,
}

impl<'a> Search<'a> {
    async fn among(
        &self,
        places: &'a [Place],
        share: &mut Share<'_>,
    ) -> Result<Option<Container>, GitlabError> {
        let first = |place| {
            let question = move |list| Question { place, list, each: None, after: None };
            self.listed.lists.iter().map(question)
        };
        let mut questions: VecDeque<Question<'a>> = places.iter().flat_map(first).collect();
        let mut asked = FuturesUnordered::new();
        let mut failure = None;
        loop {
            let room = questions.len().min(AT_ONCE - asked.len());
            asked.extend(questions.drain(..share.take(room)).map(|question| self.page(question)));
            let Some((answer, was_known)) = asked.next().await else { return failure.map_or(Ok(None), Err) };
            share.give_back(usize::from(was_known));
            match answer {
                Ok(Page::Has(container)) => return Ok(Some(container)),
                Ok(Page::Leads(further)) => questions.extend(further),
                // What one project's version of GitLab doesn't have, no other's does.
                Ok(Page::Unknown(list)) => questions.retain(|question| question.list != list),
                Err(error) => failure = Some(error),
            }
        }
    }

    /// The page, and whether the instance had not to be asked for it.
    async fn page(&self, question: Question<'a>) -> (Result<Page<'a>, GitlabError>, bool) {
        let is_asked = AtomicBool::new(false);
        let page = self.ask(question, &is_asked).await;
        (page, !is_asked.into_inner())
    }

    async fn ask(&self, question: Question<'a>, is_asked: &AtomicBool) -> Result<Page<'a>, GitlabError> {
        let Question { place, list, ref each, ref after } = question;
        let owner = match (&self.listed.then, each) {
            (Some(Then { of: Some(field), .. }), Some(id)) => ListOwner::Record { field, id },
            _ => place.owner(),
        };
        let page = ListPage { id: self.global_id, each: each.as_deref(), after: after.as_deref() };
        let document = list.query(owner, page);
        let ask = async {
            is_asked.store(true, Ordering::Relaxed);
            let data = self.directory.client.graphql(&self.identity.credential, &document).await?;
            Ok(data.filter(|data| !data.is_null()).map(|data| Listing::of(&data, owner, list)))
        };
        let page = self.directory.pages.get(self.identity.connection, &document, ask).await?;
        let Some(page) = page else { return Ok(Page::Unknown(list)) };
        let then = self.listed.then.as_ref().filter(|_| each.is_none());
        if then.is_none() && page.ids.iter().any(|id| is_it(id, self.global_id)) {
            return Ok(Page::Has(place.container()));
        }
        let of_each = then.into_iter().flat_map(|then| {
            let of = |id: &String| Question { place, list: &then.list, each: Some(id.clone()), after: None };
            page.ids.iter().map(of)
        });
        let next = page.next.clone().filter(|next| after.as_ref() != Some(next));
        let next = next.map(|after| Question { after: Some(after), ..question.clone() });
        Ok(Page::Leads(of_each.chain(next).collect()))
    }
}

/// What a page tells.
enum Page<'a> {
    Has(Container),
    /// Where else it may be.
    Leads(Vec<Question<'a>>),
    /// The instance has no such list: it refuses the query as a whole.
    Unknown(&'a ListPath),
}

/// What the answer says about the one that was asked; none where it is about another.
fn about<'v>(data: &'v Value, owner: ListOwner<'_>) -> Option<&'v Value> {
    let answer = data.pointer(&owner.pointer())?;
    (answer.get("id")?.as_str()? == owner.global_id()).then_some(answer)
}

/// Whether it is the record that is looked for: by the same global id, or by that of its kind, as a group's label is also
/// called `Label`, and a note on a diff `Note`.
fn is_it(listed: &str, global_id: &str) -> bool {
    match (parts(listed), parts(global_id)) {
        (Some((model, id)), Some((kind, wanted))) => id == wanted && model.ends_with(kind),
        _ => false,
    }
}

/// Model and number.
fn parts(global_id: &str) -> Option<(&str, &str)> {
    global_id.strip_prefix("gid://gitlab/")?.rsplit_once('/')
}

/// What is in a page.
#[derive(Default)]
pub(in crate::directory) struct Listing {
    ids: Vec<String>,
    /// The cursor of the next page.
    next: Option<String>,
}

impl Listing {
    /// Nothing, where the answer is about another than the one that was asked.
    fn of(data: &Value, owner: ListOwner<'_>, list: &ListPath) -> Self {
        let mut page = Self::default();
        if let Some(answer) = about(data, owner) {
            page.read(if list.is_beside_owner() { data } else { answer }, list, list.steps(), true);
        }
        page
    }

    fn read(&mut self, value: &Value, list: &ListPath, steps: &[ListStep], is_outer: bool) {
        let Some((step, below)) = steps.split_first() else {
            self.ids.extend(value.get(list.id()).and_then(Value::as_str).map(str::to_owned));
            return;
        };
        let Some(value) = value.get(&step.field) else { return };
        if !step.is_list {
            return self.read(value, list, below, is_outer);
        }
        if is_outer && value.pointer("/pageInfo/hasNextPage") == Some(&Value::Bool(true)) {
            self.next = value.pointer("/pageInfo/endCursor").and_then(Value::as_str).map(str::to_owned);
        }
        for node in value.get("nodes").and_then(Value::as_array).into_iter().flatten() {
            self.read(node, list, below, false);
        }
    }
}
