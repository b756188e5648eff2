//! The models that global ids name: GitLab's own classes.

use std::collections::BTreeMap;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;

use crate::world::Container;

/// Models of types that no scalar of the schema tells: `BoardList` has the ids of `List`.
const MODELS: [(&str, &str); 28] = [
    ("AlertManagementPrometheusIntegration", "Integrations::Prometheus"),
    ("ApprovalRule", "ApprovalMergeRequestRule"),
    ("Blob", "Gitlab::Graphql::Representation::Blob"),
    ("BoardEpic", "Epic"),
    ("BoardList", "List"),
    ("CiJob", "Ci::Build"),
    ("CiStage", "Ci::Stage"),
    ("ClusterAgent", "Clusters::Agent"),
    ("ComplianceFramework", "ComplianceManagement::Framework"),
    ("ComplianceViolation", "MergeRequests::ComplianceViolation"),
    ("ContainerRepositoryDetails", "ContainerRepository"),
    ("DesignVersion", "DesignManagement::Version"),
    ("EpicIssue", "Issue"),
    ("MetricImage", "IssuableMetricImage"),
    ("PackageTag", "Packages::Tag"),
    ("PipelineSchedule", "Ci::PipelineSchedule"),
    ("ProjectSecurityTraining", "Security::TrainingProvider"),
    ("ReleaseAssetLink", "Releases::Link"),
    ("ReleaseEvidence", "Releases::Evidence"),
    ("Requirement", "RequirementsManagement::Requirement"),
    ("SentryDetailedError", "Gitlab::ErrorTracking::DetailedError"),
    ("SentryError", "Gitlab::ErrorTracking::Error"),
    ("TerraformState", "Terraform::State"),
    ("TerraformStateVersion", "Terraform::StateVersion"),
    ("TestReport", "RequirementsManagement::TestReport"),
    ("Topic", "Projects::Topic"),
    ("VulnerabilityIssueLink", "Vulnerabilities::IssueLink"),
    ("VulnerabilityScanner", "Vulnerabilities::Scanner"),
];

/// The model of a user's own namespace.
pub(super) const USER_NAMESPACE: &str = "Namespaces::UserNamespace";

/// What the notes of one thing are.
const NOTES: [&str; 3] = ["Note", "DiscussionNote", "DiffNote"];

/// The models of a schema.
pub(crate) struct Models {
    /// Of the scalars that are global ids: `CiPipelineID` names `Ci::Pipeline`.
    scalars: BTreeMap<String, String>,
    /// Of object types.
    types: BTreeMap<String, String>,
}

impl Models {
    /// The models of a schema whose scalars are described by these.
    pub(crate) fn of(schema: &Schema, scalars: BTreeMap<String, String>) -> Self {
        let objects = schema.types.values().filter_map(ExtendedType::as_object);
        let types = objects
            .filter_map(|object| {
                let id = object.fields.get("id")?.ty.inner_named_type();
                let name = object.name.as_str();
                let known = MODELS.iter().find(|(of, _)| *of == name).map(|(_, model)| *model);
                let told = || scalars.get(id.as_str()).map(String::as_str);
                let model = known.or_else(told).or_else(|| named_alike(&scalars, name)).unwrap_or(name);
                Some((name.to_owned(), model.to_owned()))
            })
            .collect();
        Self { scalars, types }
    }

    /// The model of a scalar's global ids.
    pub(super) fn of_scalar(&self, scalar: &str) -> Option<&str> {
        self.scalars.get(scalar).map(String::as_str)
    }

    /// Whether the objects of a type are of a model, and of no other.
    pub(super) fn are_of(&self, type_name: &str, model: &str) -> bool {
        self.types.get(type_name).is_some_and(|of| of == model)
    }

    /// The model of an object of a type that belongs to a place. There are several for notes: its number tells which.
    pub(super) fn of_object<'m>(&'m self, type_name: &'m str, place: Container, number: u64) -> &'m str {
        match (type_name, place) {
            ("Label", Container::Group(_)) => "GroupLabel",
            ("Label", _) => "ProjectLabel",
            ("Snippet", Container::User(_)) => "PersonalSnippet",
            ("Snippet", _) => "ProjectSnippet",
            ("Note", _) => {
                let index = usize::try_from(number).unwrap_or_default() % NOTES.len();
                NOTES.get(index).copied().unwrap_or("Note")
            }
            _ => self.types.get(type_name).map_or(type_name, String::as_str),
        }
    }
}

/// The model of the scalar that is named as a type is, or the only one whose name ends so: `Pipeline` has the ids of
/// `CiPipelineID`.
fn named_alike<'m>(scalars: &'m BTreeMap<String, String>, type_name: &str) -> Option<&'m str> {
    let id = format!("{type_name}ID");
    let exact = scalars.get(&id).map(String::as_str);
    exact.or_else(|| {
        let mut alike = scalars.iter().filter(|(name, _)| name.ends_with(&id));
        let (_, model) = alike.next()?;
        alike.next().is_none().then_some(model.as_str())
    })
}
