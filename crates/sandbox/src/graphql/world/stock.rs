//! Releases, packages and container images.

use serde_json::{Value, json};

use super::Worldly;
use super::item::{Found, Item};
use super::repository;
use crate::world::{Record, Shelf};

/// Fields of what a project publishes.
pub(super) fn field(served: &Worldly, item: &Item, field: &str) -> Option<Found> {
    match (item.type_name.as_str(), field) {
        ("Release", "assets") => Some(Found::One(Some(assets(served, item)))),
        ("Release", "commit") => {
            let tag = item.at("tag_name")?.as_str()?;
            Some(Found::One(repository::commit(served, item, tag)))
        }
        ("ReleaseAssets", "links") => Some(Found::Many(links(served, item))),
        ("PackageDetailsType", "versions") => Some(Found::Many(other_versions(served, item))),
        ("PackageDetailsType", "metadata") => Some(Found::One(metadata(item))),
        ("Project", "containerRepositoriesCount") => {
            let world = served.forge.world();
            let images = world.shelf(Shelf::new("registry", item.place)).iter();
            let seen = images.filter(|image| served.sees(&world, "registry", item.place, image));
            Some(Found::Value(json!(seen.count())))
        }
        ("ContainerRepository", "tagsCount") => {
            Some(Found::Value(json!(item.at("tags").and_then(Value::as_array).map_or(0, Vec::len))))
        }
        _ => None,
    }
}

/// The archives of a release's source, and the links that were added to it.
fn assets(served: &Worldly, release: &Item) -> Item {
    let mut assets = Item::new("ReleaseAssets", release.place, json!({ "release": release.at("tag_name") }));
    let sources = release.at("assets.sources").and_then(Value::as_array).cloned().unwrap_or_default();
    let count = sources.len() + links(served, &assets).len();
    assets.data.extend(crate::world::object(json!({ "count": count, "sources": sources })));
    assets
}

fn links(served: &Worldly, assets: &Item) -> Vec<Item> {
    let world = served.forge.world();
    let links = world.shelf(Shelf::new("release link", assets.place)).iter();
    let own = links.filter(|link| link.get("release") == assets.at("release"));
    own.map(|link| Item::of_record("release link", assets.place, link)).collect()
}

/// The same package in its other versions.
fn other_versions(served: &Worldly, package: &Item) -> Vec<Item> {
    let world = served.forge.world();
    let same = |other: &&Record| {
        ["name", "package_type"].iter().all(|key| other.get(*key) == package.at(key))
            && other.get("version") != package.at("version")
    };
    let others = world.shelf(Shelf::new("package", package.place)).iter().filter(same);
    others.map(|other| Item::of_record("package", package.place, other)).collect()
}

/// What the manifest of a package says.
fn metadata(package: &Item) -> Option<Item> {
    let type_name = match package.at("package_type")?.as_str()? {
        "maven" => "MavenMetadata",
        "pypi" => "PypiMetadata",
        _ => return None,
    };
    Some(Item::new(type_name, package.place, package.at("metadata")?.clone()))
}
