use crate::support::Place;

#[test]
fn one_operation_is_one_line() {
    let run = Place::new().run(&["needs", "GET /projects/1/issues"]);
    assert_eq!(run.done(), "GET\t/projects/1/issues\tread_work_item\tproject\t/projects/:id/issues\n");
}

#[test]
fn lines_from_stdin_are_answered_in_order_and_an_uncovered_one_fails() {
    let lines = "GET /projects/acme%2Fweb/jobs?scope[]=failed\n\
        GET /api/v4/projects/acme%2Fweb/jobs/7/trace\n\
        \n\
        HEAD /projects/1/repository/files/README.md\n\
        GET /groups/:id/(-/)epics/:epic_iid/epics\n\
        POST /projects/1/issues/2/move\n\
        GET /broadcast_messages\n\
        POST /jobs/request\n\
        GET /projects/1/issues.json\n\
        GET /projects/1/no_such_thing\n\
        TRACE /projects/1\n";
    insta::assert_snapshot!(Place::new().feed(lines, &["needs", "-"]));
}

#[test]
fn covered_lines_are_done() {
    let run = Place::new().feed("GET /user\nGET /projects\n", &["needs", "-"]);
    assert_eq!(run.done().lines().count(), 2);
}

#[test]
fn unreadable_line_is_named() {
    insta::assert_snapshot!(Place::new().feed("GET /user\nGET\n", &["needs", "-"]));
}

#[test]
fn json_tells_each_need_and_where_its_boundary_is_found() {
    let run = Place::new().feed(
        "POST /projects/1/issues/2/move\nGET /version\nGET /nope\n",
        &["needs", "--format", "json", "-"],
    );
    insta::assert_snapshot!(run);
}

#[test]
fn overlay_covers_an_operation_of_its_own() {
    let place = Place::new();
    place.write(
        "overlay/in_house/badge.toml",
        "resource = \"Plant\"\ncategory = \"In house\"\nabout = \"Plants\"\n\n\
         [water]\nboundaries = [\"project\"]\nrole = \"developer\"\nrest = [\"POST /projects/:id/plants/:plant_id/water\"]\n",
    );
    let run = place.run(&["needs", "--catalog", "overlay", "POST /projects/1/plants/2/water"]);
    assert!(run.done().contains("\twater_plant\tproject\t"), "{run}");
}
