//! What clients see of each reason, on each interface.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use narrowgate_catalog::{BoundaryType, Catalog, JobPolicy, JobPolicySet, Role, Scope, ScopeSet, Surface};
use narrowgate_policy::wire::{Refusal, render};
use narrowgate_policy::{Denial, PermissionList, Reason, TokenClass};

const REQUEST: &str = "01HZX3V9";

/// A denial with every fact that its reason comes with.
fn sample(reason: Reason) -> Denial {
    let permissions = |names: &[&str]| -> PermissionList {
        names.iter().map(|name| Catalog::embedded().permission(name).expect(name).id).collect()
    };
    let on_project = Denial {
        boundary: Some(BoundaryType::Project),
        place: Some((BoundaryType::Project, 20)),
        role_held: Some(Role::Reporter),
        ..Denial::new(reason)
    };
    match reason {
        Reason::PermissionMissing => Denial {
            required: permissions(&["push_code", "read_job"]),
            missing: permissions(&["push_code"]),
            ..on_project
        },
        Reason::OutsideBoundary => Denial {
            required: permissions(&["read_deployment", "read_merge_request"]),
            missing: permissions(&["read_merge_request", "read_deployment"]),
            ..on_project
        },
        Reason::FineGrainedRequired => Denial {
            required: permissions(&["read_work_item"]),
            missing: permissions(&["read_work_item"]),
            boundary: Some(BoundaryType::Group),
            place: Some((BoundaryType::Group, 10)),
            role_held: Some(Role::Maintainer),
            ..on_project
        },
        Reason::RoleTooLow => {
            Denial { required: permissions(&["push_code"]), role_needed: Some(Role::Developer), ..on_project }
        }
        Reason::RefNotAllowed => Denial { ref_name: Some("refs/heads/main".into()), ..Denial::new(reason) },
        Reason::PolicyMissing => {
            let policies =
                JobPolicySet::from_iter([JobPolicy::AdminDeployments, JobPolicy::AdminEnvironments]);
            Denial { policies, ..on_project }
        }
        Reason::NotAllowlisted => on_project,
        Reason::ScopeMissing => {
            Denial { scopes: ScopeSet::from_iter([Scope::Api, Scope::ReadApi]), ..Denial::new(reason) }
        }
        Reason::NotFound => Denial {
            required: permissions(&["read_job"]),
            missing: permissions(&["read_job"]),
            boundary: Some(BoundaryType::Project),
            ..Denial::new(reason)
        },
        _ => Denial::new(reason),
    }
}

fn shown(surface: Surface, refusal: &Refusal) -> String {
    let challenge =
        refusal.www_authenticate.map(|value| format!("WWW-Authenticate: {value}\n")).unwrap_or_default();
    let (status, kind) = (refusal.status, refusal.content_type);
    format!("== {surface:?}\n{status} {kind}\n{challenge}{}\n\n", refusal.body.trim_end())
}

#[test]
fn each_reason_on_each_interface() {
    for reason in Reason::ALL {
        let denial = sample(reason);
        let surfaces = [Surface::Rest, Surface::Git, Surface::Lfs, Surface::Registry];
        let text: String = surfaces
            .into_iter()
            .map(|surface| shown(surface, &render(&denial, surface, Catalog::embedded(), REQUEST)))
            .collect();
        insta::assert_snapshot!(reason.as_str(), text);
    }
}

#[test]
fn each_reason_in_a_sentence() {
    let table: String =
        Reason::ALL.into_iter().map(|reason| format!("{reason}: {}\n", reason.sentence())).collect();
    insta::assert_snapshot!("sentences", table);
    assert!(Reason::ALL.into_iter().all(|reason| Reason::parse(reason.as_str()) == Some(reason)));
}

#[test]
fn the_text_names_the_kind_of_token() {
    let text = |class, reason| {
        let denial = sample(reason).for_class(class);
        render(&denial, Surface::Rest, Catalog::embedded(), REQUEST).body
    };
    for (class, words) in [
        (TokenClass::Personal, "personal access token"),
        (TokenClass::Project, "project access token"),
        (TokenClass::Group, "group access token"),
        (TokenClass::Job, "job token"),
    ] {
        assert!(
            text(class, Reason::PermissionMissing).contains(&format!("requires a fine-grained {words} with"))
        );
        assert!(
            text(class, Reason::KindNotAccepted).contains(&format!("doesn't support fine-grained {words}s."))
        );
    }
}

#[test]
fn missing_policies_are_listed_as_gitlab_does() {
    let text = |policies: &[JobPolicy]| {
        let policies = policies.iter().copied().collect();
        let denial = Denial { policies, ..sample(Reason::PolicyMissing) };
        narrowgate_policy::wire::message(&denial, Catalog::embedded())
    };
    let insufficient = "403 Forbidden - Insufficient permissions to access this resource in project 20.";
    let required = |names| format!("{insufficient} The following token permission{names}.");
    assert_eq!(text(&[JobPolicy::ReadJobs]), required(" is required: read_jobs"));
    let two = [JobPolicy::ReadJobs, JobPolicy::ReadPackages];
    assert_eq!(text(&two), required("s are required: read_jobs and read_packages"));
    let three = [JobPolicy::ReadJobs, JobPolicy::ReadPackages, JobPolicy::AdminReleases];
    assert_eq!(text(&three), required("s are required: read_jobs, read_packages, and admin_releases"));
    assert_eq!(text(&[]), "403 Forbidden - This action is unauthorized for CI/CD job tokens.");
}

#[test]
fn what_is_not_found_is_not_described() {
    let denial = Denial { place: Some((BoundaryType::Project, 4711)), ..sample(Reason::NotFound) };
    for surface in [Surface::Rest, Surface::Scim, Surface::Git, Surface::Lfs, Surface::Registry] {
        let refusal = render(&denial, surface, Catalog::embedded(), REQUEST);
        assert_eq!(refusal.status, 404);
        for secret in ["4711", "read_job", "Job: Read", "hint", "role", "boundary"] {
            assert!(!refusal.body.contains(secret), "{surface:?} reveals {secret}");
        }
    }
}

#[test]
fn gitlabs_own_keys_are_exactly_gitlabs() {
    let body = |reason| -> serde_json::Value {
        let refusal = render(&sample(reason), Surface::Rest, Catalog::embedded(), REQUEST);
        let mut body: serde_json::Value = serde_json::from_str(&refusal.body).unwrap();
        assert!(body.as_object_mut().unwrap().remove("narrowgate").is_some());
        body
    };
    let json = |text: &str| -> serde_json::Value { serde_json::from_str(text).unwrap() };
    assert_eq!(body(Reason::Unknown), json(r#"{"message":"401 Unauthorized"}"#));
    assert_eq!(body(Reason::NoCredential), json(r#"{"message":"401 Unauthorized"}"#));
    assert_eq!(body(Reason::NotFound), json(r#"{"message":"404 Not Found"}"#));
    assert_eq!(
        body(Reason::ScopeMissing),
        json(
            r#"{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api read_api"}"#
        )
    );
    assert_eq!(
        body(Reason::OutsideBoundary),
        json(
            r#"{"error":"insufficient_granular_scope","error_description":"Access denied: This operation requires a fine-grained personal access token with the following project permissions: [Deployment: Read, Merge Request: Read]."}"#
        )
    );
    assert_eq!(
        body(Reason::Revoked),
        json(
            r#"{"error":"invalid_token","error_description":"Token was revoked. You have to re-authorize from the user."}"#
        )
    );
}
