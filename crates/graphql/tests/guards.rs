//! The catalogue, held to GitLab's own schema.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

#[cfg(test)]
mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use narrowgate_catalog::{BoundaryType, Catalog, PermissionId};
use narrowgate_graphql::Schema;
use narrowgate_graphql::guard::{Alternative, Class, FieldGuard, Guards, Locator, Names, Need, Source};

static SCHEMA: LazyLock<Schema> = LazyLock::new(support::gitlab);
static GUARDS: LazyLock<Guards> = LazyLock::new(|| Guards::compile(&SCHEMA, Catalog::embedded()));

/// `read_job@project`, each permission on each boundary.
type Facts = BTreeSet<(String, BoundaryType)>;

fn names(permissions: &[PermissionId]) -> String {
    let names: Vec<&str> =
        permissions.iter().map(|id| Catalog::embedded().describe(*id).name.as_str()).collect();
    names.join("+")
}

fn locators(type_name: &str) -> Vec<String> {
    let Class::Guarded(guard) = GUARDS.class(type_name) else { panic!("{type_name} is not guarded") };
    let locators = guard.locators.iter().map(|locator| match locator {
        Locator::Inherit => "inherit".to_owned(),
        Locator::Probe(probe) => {
            let steps: Vec<&str> = probe.steps.iter().map(|step| &*step.field).collect();
            format!("{} as {:?}", steps.join("."), probe.reads)
        }
    });
    locators.collect()
}

fn source(source: &Source) -> String {
    match source {
        Source::Argument(path) => {
            let by = if path.names == Names::FullPath { "path" } else { "id" };
            format!("{} {by} of {}", path.steps.join("."), path.boundary)
        }
        Source::Parent(kind) => format!("parent {kind}"),
        Source::User => "user".to_owned(),
        Source::Instance => "instance".to_owned(),
    }
}

/// The sources of each need: what is optional begins with `?`.
fn needs(guard: &FieldGuard) -> Vec<String> {
    let needs = guard.needs.iter().map(|need| {
        let sources = need.any.iter().flat_map(|alternative| &alternative.sources).map(source);
        let mark = if need.optional { "?" } else { "" };
        format!("{mark}{}", sources.collect::<Vec<_>>().join(" | "))
    });
    needs.collect()
}

fn mutation(field: &str) -> Vec<String> {
    needs(GUARDS.mutation(field).unwrap_or_else(|| panic!("{field} is unclassified")))
}

#[test]
fn the_catalogue_says_something_of_all_that_gitlab_has() {
    let coverage = GUARDS.coverage();
    assert!(
        coverage.is_complete(),
        "{:#?}\n{:#?}\n{:#?}",
        coverage.types,
        coverage.queries,
        coverage.mutations
    );
}

#[test]
fn what_no_file_names_is_unclassified() {
    let sdl = "type Query { dragon: Dragon, dragons: DragonConnection } type Dragon { id: ID! } \
               type DragonConnection { nodes: [Dragon], pageInfo: PageInfo } type PageInfo { endCursor: String } \
               type Mutation { dragonFeed(id: ID!): DragonFeedPayload } \
               type DragonFeedPayload { clientMutationId: String } \
               type DragonPermissions { fly: Boolean! } type CavePermissions { fly: Boolean!, key: String }";
    let guards = Guards::compile(&Schema::from_sdl(sdl).unwrap(), Catalog::embedded());
    assert_eq!(guards.coverage().types, ["CavePermissions", "Dragon"]);
    assert_eq!(guards.coverage().queries, ["dragon", "dragons"]);
    assert_eq!(guards.coverage().mutations, ["dragonFeed"]);
    assert!(matches!(guards.class("DragonConnection"), Class::Structural));
    assert!(matches!(guards.class("DragonFeedPayload"), Class::Structural));
    assert!(matches!(guards.class("PageInfo"), Class::Public));
    assert!(matches!(guards.class("DragonPermissions"), Class::Part));
    assert!(matches!(guards.class("Unicorn"), Class::Unclassified));
}

#[test]
fn objects_tell_where_they_belong() {
    for (type_name, expected) in [
        ("Project", &["id as GlobalId"][..]),
        ("Group", &["id as GlobalId"]),
        ("Namespace", &["fullPath as FullPath"]),
        ("Issue", &["projectId as ProjectId"]),
        ("MergeRequest", &["project.id as GlobalId"]),
        ("Epic", &["group.id as GlobalId"]),
        ("Milestone", &["webPath as Page"]),
        ("Commit", &["webPath as Page"]),
        ("Board", &["webPath as Page"]),
        ("Release", &["links.selfUrl as Page"]),
        ("Environment", &["path as Page"]),
        // A runner has jobs of any project.
        ("CiJob", &["pipeline.project.id as GlobalId"]),
        ("Timelog", &["issue.projectId as ProjectId", "mergeRequest.project.id as GlobalId"]),
        ("WorkItem", &["id as GlobalId"]),
        // A note of an epic has no project.
        ("Note", &["project.id as GlobalId", "inherit"]),
        ("Snippet", &["project.id as GlobalId"]),
        ("Label", &["inherit"]),
        ("CiStage", &["inherit"]),
        // These have fields that look as if they led to the container.
        ("Submodule", &["inherit"]),
        ("JiraProject", &["inherit"]),
        // For what the user does in the merge request.
        ("MergeRequestReviewer", &["inherit"]),
        ("UserCore", &[]),
        ("Metadata", &[]),
    ] {
        assert_eq!(locators(type_name), expected, "{type_name}");
    }
}

#[test]
fn what_an_argument_names_is_not_inherited() {
    for owner in ["GroupMember", "ProjectMember"] {
        assert!(GUARDS.field(owner, "mergeRequestInteraction").unwrap().elsewhere, "{owner}");
    }
    assert!(GUARDS.field("MergeRequestReviewer", "mergeRequestInteraction").is_none());
}

#[test]
fn mutations_name_their_boundaries() {
    for (field, expected) in [
        ("updateAlertStatus", &["input.projectPath path of project"][..]),
        ("jobPlay", &["input.id id of project"]),
        ("createSnippet", &["input.projectPath path of project | user"]),
        ("updateSnippet", &["input.id id of project | input.id id of user"]),
        ("runnerUpdate", &["input.id id of project | input.id id of group | input.id id of instance"]),
        ("runnersRegistrationTokenReset", &["input.id id of project | input.id id of group | instance"]),
        ("todoMarkDone", &["user"]),
        ("adminSidekiqQueuesDeleteJobs", &["instance"]),
        ("scanExecutionPolicyCommit", &["input.fullPath path of project | input.fullPath path of group"]),
        ("createNote", &["input.noteableId id of project | input.noteableId id of group"]),
        ("addProjectToSecurityDashboard", &["input.id id of project"]),
        ("echoCreate", &[]),
    ] {
        assert_eq!(mutation(field), expected, "{field}");
    }
}

#[test]
fn each_container_that_a_mutation_names_is_needed() {
    for (field, expected) in [
        ("issueMove", &["input.projectPath path of project", "input.targetProjectPath path of project"][..]),
        (
            "labelCreate",
            &[
                "input.projectPath path of project | input.groupPath path of group",
                "?input.groupPath path of group",
                "?input.projectPath path of project",
            ],
        ),
        ("promoteToEpic", &["input.projectPath path of project", "?input.groupPath path of group"]),
        (
            "bulkEnableDevopsAdoptionNamespaces",
            &["input.namespaceIds id of group", "?input.displayNamespaceId id of group"],
        ),
        (
            "epicMoveList",
            &[
                "input.boardId id of group",
                "input.epicId id of project | input.epicId id of group",
                "?input.moveAfterId id of project | input.moveAfterId id of group",
                "?input.moveBeforeId id of project | input.moveBeforeId id of group",
            ],
        ),
        ("oncallRotationDestroy", &["input.projectPath path of project", "input.id id of project"]),
        // The task is any project's.
        (
            "workItemDeleteTask",
            &["input.id id of project", "input.taskData.id id of project | input.taskData.id id of group"],
        ),
    ] {
        assert_eq!(mutation(field), expected, "{field}");
    }
}

/// Linking shows each record beside the other, and changes both: an epic of any group, the discussions of any project's
/// merge request.
#[test]
fn each_record_that_a_mutation_links_is_needed() {
    for (field, expected) in [
        (
            "createIssue",
            &[
                "input.projectPath path of project",
                "?input.epicId id of project | input.epicId id of group",
                "?input.mergeRequestToResolveDiscussionsOf id of project",
                "?input.moveAfterId id of project | input.moveAfterId id of group",
                "?input.moveBeforeId id of project | input.moveBeforeId id of group",
            ][..],
        ),
        (
            "issueSetEpic",
            &["input.projectPath path of project", "?input.epicId id of project | input.epicId id of group"],
        ),
        (
            "epicTreeReorder",
            &[
                "input.baseEpicId id of group",
                "?input.moved.adjacentReferenceId id of project | input.moved.adjacentReferenceId id of group",
                "input.moved.id id of project | input.moved.id id of group",
                "?input.moved.newParentId id of project | input.moved.newParentId id of group",
            ],
        ),
        // No look-up finds a cluster: it is refused.
        ("createAnnotation", &["input.environmentId id of project", "?input.clusterId id of project"]),
        // It is the user's own view of the epic that is changed.
        ("updateBoardEpicUserPreferences", &["input.boardId id of project | input.boardId id of group"]),
        // Labels and milestones are those of the project and the groups above it; users are nobody's.
        ("mergeRequestSetLabels", &["input.projectPath path of project"]),
        ("mergeRequestSetMilestone", &["input.projectPath path of project"]),
        ("mergeRequestReviewerRereview", &["input.projectPath path of project"]),
    ] {
        assert_eq!(mutation(field), expected, "{field}");
    }
}

/// Input objects of newer versions: by the type of an id wherever it is, and by its name where the type tells nothing.
#[test]
fn linked_records_are_found_wherever_they_are_named() {
    let sdl = "type Query { a: Int } type Mutation { \
               workItemCreate(input: WorkItemCreateInput!): Payload \
               workItemAddLinkedItems(input: LinkInput!): Payload \
               vulnerabilityLinkMergeRequest(input: MergeRequestInput!): Payload \
               updateIssue(input: UpdateIssueInput!): Payload } \
               type Payload { clientMutationId: String } \
               input WorkItemCreateInput { namespacePath: ID, title: String!, hierarchyWidget: HierarchyInput, \
                 labelsWidget: LabelsInput, linkedItemsWidget: ItemsInput, vulnerabilityId: VulnerabilityID } \
               input HierarchyInput { parentId: WorkItemID } input LabelsInput { labelIds: [LabelID!]! } \
               input ItemsInput { workItemsIds: [WorkItemID!]! } \
               input LinkInput { id: WorkItemID!, workItemsIds: [WorkItemID!] } \
               input MergeRequestInput { vulnerabilityId: VulnerabilityID!, mergeRequestId: MergeRequestID! } \
               input UpdateIssueInput { projectPath: ID!, iid: String!, labelIds: [ID!], epicId: ID } \
               scalar WorkItemID scalar LabelID scalar VulnerabilityID scalar MergeRequestID";
    let guards = Guards::compile(&Schema::from_sdl(sdl).unwrap(), Catalog::embedded());
    let mutation = |field: &str| {
        let guard = guards.mutation(field).unwrap_or_else(|| panic!("{field} is unclassified"));
        let permission = |need: &Need| names(&need.any[0].permissions);
        needs(guard).into_iter().zip(guard.needs.iter().map(permission)).collect::<Vec<_>>()
    };
    let need = |sources: &str, permission: &str| (sources.to_owned(), permission.to_owned());
    let both = |argument: &str| format!("{argument} id of project | {argument} id of group");
    assert_eq!(
        mutation("workItemCreate")[1..],
        [
            need("?input.vulnerabilityId id of project", "update_vulnerability"),
            need(&format!("?{}", both("input.hierarchyWidget.parentId")), "update_work_item"),
            need(&format!("?{}", both("input.linkedItemsWidget.workItemsIds")), "update_work_item"),
        ]
    );
    assert_eq!(
        mutation("workItemAddLinkedItems")[1..],
        [need(&format!("?{}", both("input.workItemsIds")), "update_work_item")]
    );
    assert_eq!(
        mutation("vulnerabilityLinkMergeRequest"),
        [
            need("input.vulnerabilityId id of project", "create_vulnerability_merge_request_link"),
            need("input.mergeRequestId id of project", "create_vulnerability_merge_request_link"),
        ]
    );
    assert_eq!(
        mutation("updateIssue")[1..],
        [need(&format!("?{}", both("input.epicId")), "update_work_item")]
    );
}

#[test]
fn fields_are_judged_on_arguments_or_on_the_object() {
    let field = |owner: &str, name: &str| needs(GUARDS.field(owner, name).unwrap());
    assert_eq!(field("Query", "project"), ["fullPath path of project"]);
    assert_eq!(field("Query", "runner"), ["id id of project | id id of group | id id of instance"]);
    assert_eq!(field("Query", "ciMinutesUsage"), ["namespaceId id of group | user"]);
    assert_eq!(field("Group", "runners"), ["parent group"]);
    assert_eq!(field("DastSiteProfile", "auth"), ["parent project"]);
    // Counts and names of what has a permission of its own.
    assert_eq!(field("Repository", "branchNames"), ["parent project"]);
    assert_eq!(field("Group", "dependencyProxyBlobCount"), ["parent group"]);
    assert_eq!(field("Group", "billableMembersCount"), ["parent group"]);
    assert_eq!(field("Project", "containerRepositoriesCount"), ["parent project"]);
    for owner in ["UserCore", "MergeRequestAuthor"] {
        assert_eq!(field(owner, "email"), ["user"], "an entry for an interface holds for {owner}");
    }
    assert!(GUARDS.is_public_field("Query", "echo"));
    assert!(!GUARDS.is_public_field("Query", "project"));
}

#[test]
fn what_is_named_after_a_secret_needs_an_entry() {
    let sdl = "type Query { projectToken: String } \
               type Project { id: ID!, runnersToken: String, signingSecret: String!, tokens: [Token], tokenCount: Int } \
               type Token { id: ID! } type FeedResetPayload { clientMutationId: String, feedToken: String }";
    let guards = Guards::compile(&Schema::from_sdl(sdl).unwrap(), Catalog::embedded());
    for field in ["runnersToken", "signingSecret"] {
        let guard = guards.field("Project", field).unwrap_or_else(|| panic!("{field} is shown"));
        assert!(guard.needs.iter().all(|need| need.any.is_empty() && !need.optional), "{field}: {guard:?}");
    }
    for (owner, field) in [
        ("Project", "tokens"),
        ("Project", "tokenCount"),
        ("FeedResetPayload", "feedToken"),
        ("Query", "projectToken"),
    ] {
        assert!(guards.field(owner, field).is_none(), "{owner}.{field}");
    }
    assert_eq!(guards.coverage().queries, ["projectToken"]);
}

fn table(name: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn boundary(name: &str) -> BoundaryType {
    BoundaryType::ALL.into_iter().find(|boundary| boundary.as_str() == name.to_lowercase()).unwrap()
}

fn boundary_of(source: &Source) -> BoundaryType {
    match source {
        Source::Argument(path) => path.boundary,
        Source::Parent(kind) => *kind,
        Source::User => BoundaryType::User,
        Source::Instance => BoundaryType::Instance,
    }
}

fn own(guard: &FieldGuard) -> Facts {
    let facts = |alternative: &Alternative| {
        let permission = names(&alternative.permissions[..1]);
        let sources = alternative.sources.iter();
        sources.map(|source| (permission.clone(), boundary_of(source))).collect::<Vec<_>>()
    };
    guard.needs[0].any.iter().flat_map(facts).collect()
}

/// What guards a name of the schema; `None` if the schema doesn't have it.
fn compiled(kind: &str, name: &str) -> Option<Facts> {
    let schema = SCHEMA.as_apollo();
    match kind {
        "Type" => match schema.get_object(name).map(|_| GUARDS.class(name))? {
            Class::Guarded(guard) => {
                let facts = guard.rules.any.iter().flat_map(|rule| {
                    let permission = names(&rule.permissions[..1]);
                    rule.boundaries.iter().map(move |boundary| (permission.clone(), *boundary))
                });
                Some(facts.collect())
            }
            other => panic!("{name} is {other:?}"),
        },
        "Field" => {
            let (owner, field) = name.split_once('.').unwrap();
            schema.type_field(owner, field).ok()?;
            Some(own(GUARDS.field(owner, field).unwrap_or_else(|| panic!("{name} is not guarded"))))
        }
        _ => {
            let field = name[..1].to_lowercase() + &name[1..];
            schema.type_field("Mutation", &field).ok()?;
            Some(own(GUARDS.mutation(&field).unwrap_or_else(|| panic!("{name} is not guarded"))))
        }
    }
}

#[test]
fn every_row_that_the_schema_has_is_enforced() {
    let snake = |text: &str| {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
    };
    let mut checked = 0;
    for row in table("graphql.tsv").into_iter().chain(table("graphql_18.tsv")) {
        let [_, resource, action, kind_of_boundary, kind, name, ..] = row.as_slice() else {
            panic!("{row:?}")
        };
        let Some(facts) = compiled(kind, name) else { continue };
        let permission = format!("{}_{}", snake(action), snake(resource));
        let fact = (permission, boundary(kind_of_boundary));
        // A boundary that no argument of this version names can't be had.
        let unreachable = kind == "Mutation" && facts.iter().all(|(_, at)| *at != fact.1);
        let is_known = facts.iter().any(|(permission, _)| *permission == fact.0);
        assert!(facts.contains(&fact) || unreachable && is_known, "{row:?}: {facts:?}");
        checked += 1;
    }
    assert!(checked > 300, "{checked} rows name something of the schema");
}

#[test]
fn boundaries_come_from_the_arguments_that_the_rows_name() {
    let mut checked = 0;
    for row in table("graphql_boundaries.tsv") {
        let [kind, name, _, boundaries, argument, ..] = row.as_slice() else { panic!("{row:?}") };
        let field = name[..1].to_lowercase() + &name[1..];
        let Some(guard) = GUARDS.mutation(&field).filter(|_| kind == "Mutation") else { continue };
        let arguments: BTreeSet<&str> = argument.split('|').filter(|name| !name.is_empty()).collect();
        let sources: Vec<&Source> =
            guard.needs[0].any.iter().flat_map(|alternative| &alternative.sources).collect();
        let read = sources.iter().filter_map(|source| match source {
            Source::Argument(path) => path.steps.last().map(|step| &**step),
            _ => None,
        });
        assert_eq!(read.collect::<BTreeSet<_>>(), arguments, "{name}");
        let given: Vec<BoundaryType> = sources.into_iter().map(boundary_of).collect();
        assert_eq!(given, boundaries.split(',').map(boundary).collect::<Vec<_>>(), "{name}");
        checked += 1;
    }
    assert_eq!(checked, 60, "rows that name a mutation of the schema");
}
