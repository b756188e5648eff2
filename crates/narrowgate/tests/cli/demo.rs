use crate::support::Place;

#[test]
fn every_line_of_the_demo_comes_out_as_told() {
    let run = Place::new().run(&["--log", "warn", "demo", "--check"]);
    assert!(!run.done().contains("ngpat-"), "the check prints no token: {run}");
}
