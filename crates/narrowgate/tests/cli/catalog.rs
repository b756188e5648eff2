use narrowgate_sandbox::{GraphqlSchema, Sandbox, SandboxConfig};
use serde_json::{Value, json};

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

/// An introspection of two object types, one of which no file of the catalogue knows.
fn introspection() -> Value {
    let of = |kind: &str, name: &str| json!({"kind": kind, "name": name, "ofType": null});
    let field = |name: &str, of: &Value| json!({"name": name, "args": [], "type": of});
    let object = |name: &str, fields: Value| json!({"kind": "OBJECT", "name": name, "fields": fields, "interfaces": [], "possibleTypes": null});
    let id = of("SCALAR", "ID");
    let label = json!([field("id", &id)]);
    let query = json!([
        field("dragon", &of("OBJECT", "Dragon")),
        field("echo", &id),
        field("label", &of("OBJECT", "Label")),
    ]);
    let mutation = json!([field("dragonFeed", &id), field("userPreferencesUpdate", &id)]);
    json!({"data": {"__schema": {
        "queryType": {"name": "Query"},
        "mutationType": {"name": "Mutation"},
        "subscriptionType": null,
        "directives": [],
        "types": [
            object("Query", query),
            object("Mutation", mutation),
            object("Dragon", label.clone()),
            object("Label", label),
            {"kind": "SCALAR", "name": "ID"},
        ],
    }}})
}

#[test]
fn check_lists_what_a_schema_has_beyond_the_catalogue() {
    let place = Place::new();
    place.write("schema.json", &introspection().to_string());
    let run = place.run(&["catalog", "check", "--schema", "schema.json"]);
    assert_eq!(run.code, Some(2), "{run}");
    let unclassified: Vec<&str> =
        run.stdout.lines().filter(|line| line.ends_with("\tunclassified")).collect();
    assert_eq!(
        unclassified,
        ["type\tDragon\tunclassified", "query\tdragon\tunclassified", "mutation\tdragonFeed\tunclassified"]
    );
    assert!(run.stdout.contains("entry\tCiJob\tnot in this schema\n"));
    place.write(
        "overlay/dragon.toml",
        "[graphql]\nparts = [\"Dragon\"]\npublic = [\"Query.dragon\", \"Mutation.dragonFeed\"]\n",
    );
    let run = place.run(&["catalog", "check", "--schema", "schema.json", "--catalog", "overlay"]);
    assert_eq!(run.code, Some(0), "{run}");
}

#[test]
fn check_tells_a_schema_from_what_is_none() {
    let place = Place::new();
    place.write("schema.json", "{\"data\": null}");
    for schema in ["schema.json", "absent.json", "ftp://gitlab.example.com"] {
        assert_ne!(place.run(&["catalog", "check", "--schema", schema]).code, Some(0), "{schema}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_asks_an_instance_for_its_schema() {
    let place = Place::new();
    let file = place.write("schema.json", &introspection().to_string());
    let schema = GraphqlSchema::read(&file).unwrap();
    let config = SandboxConfig { graphql_schema: Some(schema), ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.unwrap();
    let url = sandbox.base_url().to_owned();
    let run = tokio::task::spawn_blocking(move || place.run(&["catalog", "check", "--schema", &url]));
    let run = run.await.unwrap();
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stdout.starts_with("type\tDragon\tunclassified\n"), "{run}");
}

#[test]
fn show_tells_what_guards_a_name_of_the_schema() {
    let place = Place::new();
    let show = |name: &str| place.run(&["catalog", "show", name]).done().to_owned();
    assert_eq!(show("Timelog"), TIMELOG);
    assert_eq!(show("jobPlay"), "name        jobPlay\nmutation    run_job on project\n");
    assert_eq!(show("DiffStats"), "name        DiffStats\nclass       part of its parent\n");
    assert_eq!(place.run(&["catalog", "show", "Dragon"]).code, Some(1));
}

const TIMELOG: &str = "\
name        Timelog
type        read_timelog on project
located by  project.id
located by  issue.projectId
located by  mergeRequest.project.id
";
