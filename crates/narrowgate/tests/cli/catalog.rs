use serde_json::Value;

use crate::support::Place;

#[test]
fn show_names_everything_that_a_permission_guards() {
    insta::assert_snapshot!(Place::new().run(&["catalog", "show", "download_code"]));
}

#[test]
fn search_finds_permissions_by_all_of_the_words() {
    let run = Place::new().run(&["catalog", "search", "Runner", "delete"]);
    let names: Vec<&str> = run.done().lines().filter_map(|line| line.split('\t').next()).collect();
    assert!(names.contains(&"delete_runner"), "{names:?}");
    assert!(!names.contains(&"read_runner"), "{names:?}");
    assert_eq!(Place::new().run(&["catalog", "search", "zeppelin"]).code, Some(1));
}

#[test]
fn list_can_be_narrowed_to_a_boundary() {
    let all = Place::new().run(&["catalog", "list"]).done().lines().count();
    let run = Place::new().run(&["catalog", "list", "--boundary", "instance", "--format", "json"]);
    let found: Vec<Value> = serde_json::from_str(run.done()).unwrap();
    assert!(!found.is_empty() && found.len() < all);
    assert!(found.iter().all(|permission| permission["boundaries"].to_string().contains("instance")));
}

#[test]
fn export_holds_every_operation() {
    let run = Place::new().run(&["catalog", "export"]);
    let value: Value = serde_json::from_str(run.done()).unwrap();
    assert!(value["operations"].as_array().unwrap().len() > 1_876);
}

#[test]
fn check_names_file_and_line_of_each_mistake() {
    let place = Place::new();
    assert_eq!(place.run(&["catalog", "check"]).code, Some(0));
    place.write(
        "overlay/a.toml",
        "resource = \"Plant\"\ncategory = \"In house\"\nabout = \"Plants\"\n\n\
         [water]\nboundaries = [\"garden\"]\nrole = \"developer\"\n\n[read]\nrest = [\"GET projects/:id/plants\"]\n",
    );
    place.write("overlay/b.toml", "resource = \"Tree\"\n[read\n");
    insta::assert_snapshot!(place.run(&["catalog", "check", "--catalog", "overlay"]));
}
