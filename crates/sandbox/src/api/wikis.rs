//! Wiki pages of projects and groups, kept in the wiki's own repository.

use std::path::PathBuf;

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::repository::{check_path, person};
use super::resource::{Owner, Place};
use crate::forge::Forge;
use crate::git::{Change, Commit, Repository};
use crate::http::{ApiError, Call, Need, Reply, created, deleted, json as answer};
use crate::view::extend;
use crate::world::Container;

pub(super) fn routes() -> Router<Forge> {
    [("projects", Owner::Project), ("groups", Owner::Group)].into_iter().fold(
        Router::new(),
        |router, (kind, owner)| {
            let base = format!("/{kind}/{{id}}/wikis");
            let many = get(move |path, call| list(path, call, owner))
                .post(move |path, call| create(path, call, owner));
            let one = get(move |path, call| show(path, call, owner))
                .put(move |path, call| update(path, call, owner))
                .delete(move |path, call| remove(path, call, owner));
            router.route(&base, many).route(&format!("{base}/{{slug}}"), one)
        },
    )
}

/// A wiki with its repository at hand.
struct Wiki {
    directory: PathBuf,
    place: Place,
}

fn missing() -> ApiError {
    ApiError::not_found("Wiki Page")
}

impl Wiki {
    async fn open(call: &Call, owner: Owner, id: &str, need: Need) -> Result<Self, ApiError> {
        let place = owner.place(call, &call.forge.world(), id, need)?;
        let repository = match place.container {
            Container::Group(id) => Repository::GroupWiki(id),
            _ => Repository::ProjectWiki(place.id),
        };
        Ok(Self { directory: call.forge.repository(repository).await?, place })
    }

    async fn read(call: &Call, owner: Owner, id: &str) -> Result<Self, ApiError> {
        Self::open(call, owner, id, Need::Read(Role::Guest)).await
    }

    async fn write(call: &Call, owner: Owner, id: &str) -> Result<Self, ApiError> {
        call.viewer.signed_in()?;
        Self::open(call, owner, id, Need::Write(Role::Developer)).await
    }

    async fn content(&self, call: &Call, slug: &str) -> Option<String> {
        let git = &call.forge.repositories().git;
        let blob = format!("refs/heads/main:{slug}.md");
        let content = git.run(&self.directory, &["cat-file", "blob", &blob]).await.ok()?;
        Some(String::from_utf8_lossy(&content).into_owned())
    }

    async fn slugs(&self, call: &Call) -> Result<Vec<String>, ApiError> {
        let git = &call.forge.repositories().git;
        let names =
            git.run(&self.directory, &["ls-tree", "-r", "-z", "--name-only", "refs/heads/main"]).await?;
        let names = String::from_utf8_lossy(&names).into_owned();
        Ok(names.split('\0').filter_map(|name| name.strip_suffix(".md")).map(str::to_owned).collect())
    }

    async fn commit(&self, call: &Call, message: String, changes: Vec<Change>) -> Result<(), ApiError> {
        let git = &call.forge.repositories().git;
        let (name, email) = person(call);
        let parent = git.line(&self.directory, &["rev-parse", "--verify", "refs/heads/main"]).await.ok();
        let at = call.forge.now();
        Commit { branch: "main".to_owned(), parent, message, name, email, at, changes }
            .make(git, &self.directory)
            .await?;
        Ok(())
    }

    fn view(slug: &str, content: Option<&str>) -> Value {
        let title = slug.rsplit('/').next().unwrap_or_default().replace('-', " ");
        let mut page =
            json!({ "format": "markdown", "slug": slug, "title": title, "wiki_page_meta_id": null });
        if let Some(content) = content {
            extend(&mut page, json!({ "content": content, "encoding": "UTF-8" }));
        }
        page
    }
}

async fn list(Path(id): Path<String>, call: Call, owner: Owner) -> Reply {
    let wiki = Wiki::read(&call, owner, &id).await?;
    let with_content = call.params.flag("with_content").unwrap_or(false);
    let mut pages = Vec::new();
    for slug in wiki.slugs(&call).await? {
        let content = if with_content { wiki.content(&call, &slug).await } else { None };
        pages.push(Wiki::view(&slug, content.as_deref()));
    }
    call.page(pages)
}

async fn show(Path((id, slug)): Path<(String, String)>, call: Call, owner: Owner) -> Reply {
    let wiki = Wiki::read(&call, owner, &id).await?;
    let content = wiki.content(&call, &slug).await.ok_or_else(missing)?;
    Ok(answer(StatusCode::OK, &Wiki::view(&slug, Some(&content))))
}

async fn create(Path(id): Path<String>, call: Call, owner: Owner) -> Reply {
    let wiki = Wiki::write(&call, owner, &id).await?;
    let slug = call.params.required("title")?.trim().replace(' ', "-");
    let content = call.params.required("content")?;
    check_path(&slug)?;
    if wiki.content(&call, &slug).await.is_some() {
        let text = "Duplicate page: A page with that title already exists";
        return Err(ApiError::unprocessable(text));
    }
    let change = Change::Write { path: format!("{slug}.md"), content: content.clone().into_bytes() };
    wiki.commit(&call, format!("Create page {slug}"), vec![change]).await?;
    tracing::debug!(wiki = %wiki.place.full_path, page = %slug, "wiki page created");
    Ok(created(&Wiki::view(&slug, Some(&content))))
}

async fn update(Path((id, slug)): Path<(String, String)>, call: Call, owner: Owner) -> Reply {
    let wiki = Wiki::write(&call, owner, &id).await?;
    let old = wiki.content(&call, &slug).await.ok_or_else(missing)?;
    let content = call.params.text("content").unwrap_or(old);
    let renamed =
        call.params.text("title").map_or_else(|| slug.clone(), |title| title.trim().replace(' ', "-"));
    check_path(&renamed)?;
    let mut changes =
        vec![Change::Write { path: format!("{renamed}.md"), content: content.clone().into_bytes() }];
    if renamed != slug {
        changes.push(Change::Delete { path: format!("{slug}.md") });
    }
    wiki.commit(&call, format!("Update page {renamed}"), changes).await?;
    Ok(answer(StatusCode::OK, &Wiki::view(&renamed, Some(&content))))
}

async fn remove(Path((id, slug)): Path<(String, String)>, call: Call, owner: Owner) -> Reply {
    let wiki = Wiki::write(&call, owner, &id).await?;
    wiki.content(&call, &slug).await.ok_or_else(missing)?;
    wiki.commit(&call, format!("Delete page {slug}"), vec![Change::Delete { path: format!("{slug}.md") }])
        .await?;
    Ok(deleted())
}
