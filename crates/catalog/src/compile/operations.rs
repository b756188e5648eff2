//! From routes to operations: who claims what, in which order.

use std::collections::HashMap;

use super::needs::Context;
use super::permissions::{self, Permissions};
use super::place::{Errors, Place};
use super::raw::{Raw, RawAction, RawEndpoint, RawRoute, ScopeRule};
use super::source_expression::Scope;
use super::{job_tokens, repositories};
use crate::route::template::{Segment, shape};
use crate::{
    Lookup, LookupId, Method, Operation, OperationAccess, OperationId, PermissionId, RegistryOperation,
    RepositoryOperation, ScopeSet, Surface, WithheldField,
};

/// What an operation answers to when it is not a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Other {
    Repository(RepositoryOperation),
    Registry(RegistryOperation),
}

/// An operation before it has an id.
pub(super) struct Draft {
    pub(super) surface: Surface,
    pub(super) method: Method,
    pub(super) template: String,
    pub(super) parameters: Vec<String>,
    pub(super) variants: Vec<Vec<Segment>>,
    pub(super) access: OperationAccess,
    pub(super) public_read: bool,
    pub(super) withheld: Vec<WithheldField>,
    pub(super) other: Option<Other>,
    pub(super) place: Place,
}

/// Operations in their final order, with what the router and the repository table need.
pub(super) struct Linked {
    pub(super) operation: Operation,
    pub(super) variants: Vec<Vec<Segment>>,
    pub(super) other: Option<Other>,
}

/// What operations are resolved against.
pub(super) struct Names<'a> {
    pub(super) permissions: &'a Permissions,
    pub(super) lookups: &'a HashMap<String, LookupId>,
    pub(super) declared: &'a [Lookup],
}

pub(super) fn link(raw: &Raw, names: &Names<'_>, errors: &mut Errors) -> Vec<Linked> {
    let mut claims = Claims::default();
    for endpoint in &raw.public {
        claims.add(draft(endpoint, OperationAccess::Public), endpoint.replace, errors);
    }
    for credential in &raw.credentials {
        for endpoint in &credential.endpoints {
            let reason = credential.reason.clone();
            let access = OperationAccess::OtherCredential { reason, carriers: credential.carriers.clone() };
            claims.add(draft(endpoint, access), endpoint.replace, errors);
        }
    }
    for resource in &raw.resources {
        for action in &resource.actions {
            if let Some(own) = names.permissions.id(&permissions::name(resource, action)) {
                names.link_action(own, action, &mut claims, errors);
            }
        }
    }
    let mut linked = number(claims.into_drafts(), &raw.scopes, errors);
    job_tokens::link(&raw.job_tokens, &mut linked, errors);
    linked
}

impl Names<'_> {
    fn link_action(&self, own: PermissionId, action: &RawAction, claims: &mut Claims, errors: &mut Errors) {
        for route in &action.routes {
            let draft = self.guarded(own, route, errors);
            claims.add(draft, route.endpoint.replace, errors);
        }
        for operation in &action.repository {
            claims.add(repositories::repository(own, operation, self.permissions, errors), false, errors);
        }
        for operation in &action.registry {
            claims.add(repositories::registry(own, operation, self.permissions, errors), false, errors);
        }
    }

    fn guarded(&self, own: PermissionId, route: &RawRoute, errors: &mut Errors) -> Draft {
        let parameters = &route.endpoint.template.parameters;
        let scope = Scope { parameters, lookups: self.lookups, declared: self.declared };
        let context = Context { permissions: self.permissions, scope, own };
        let mut withheld = Vec::new();
        for (field, permission) in &route.withheld {
            match self.permissions.id(&permission.value) {
                Some(permission) => withheld.push(WithheldField { field: field.clone(), permission }),
                None => {
                    errors.add(&permission.place, format!("there is no permission `{}`", permission.value));
                }
            }
        }
        let access = OperationAccess::Guarded { needs: context.needs(route, errors) };
        Draft { public_read: route.public, withheld, ..draft(&route.endpoint, access) }
    }
}

fn draft(endpoint: &RawEndpoint, access: OperationAccess) -> Draft {
    let template = &endpoint.template;
    Draft {
        surface: surface(&template.text),
        method: endpoint.method,
        template: template.text.clone(),
        parameters: template.parameters.clone(),
        variants: template.variants.clone(),
        access,
        public_read: false,
        withheld: Vec::new(),
        other: None,
        place: endpoint.place.clone(),
    }
}

fn surface(template: &str) -> Surface {
    if template.starts_with("/api/scim/") {
        Surface::Scim
    } else if template.starts_with("/api/narrowgate/") {
        Surface::Narrowgate
    } else {
        Surface::Rest
    }
}

/// Who claims which operation.
#[derive(Default)]
struct Claims {
    drafts: Vec<Option<Draft>>,
    by_shape: HashMap<(Method, String), usize>,
}

impl Claims {
    fn add(&mut self, draft: Draft, replace: bool, errors: &mut Errors) {
        let keys: Vec<_> = keys(&draft).collect();
        for key in &keys {
            let Some(earlier) = self.by_shape.get(key).copied() else { continue };
            let Some(slot) = self.drafts.get_mut(earlier) else { continue };
            match slot {
                Some(claimed) if !replace => {
                    let hint = "; an overlay replaces it with `replace = true`";
                    let message = format!(
                        "`{} {}` is claimed already at {}:{}{hint}",
                        draft.method, draft.template, claimed.place.file, claimed.place.line
                    );
                    errors.add(&draft.place, message);
                    return;
                }
                _ => *slot = None,
            }
        }
        let index = self.drafts.len();
        self.by_shape.extend(keys.into_iter().map(|key| (key, index)));
        self.drafts.push(Some(draft));
    }

    fn into_drafts(self) -> Vec<Draft> {
        self.drafts.into_iter().flatten().collect()
    }
}

fn keys(draft: &Draft) -> impl Iterator<Item = (Method, String)> + '_ {
    let named = draft.other.is_some().then(|| draft.template.clone());
    draft.variants.iter().map(|variant| shape(variant)).chain(named).map(|shape| (draft.method, shape))
}

fn number(mut drafts: Vec<Draft>, rules: &[ScopeRule], errors: &mut Errors) -> Vec<Linked> {
    drafts.sort_by(|a, b| (a.surface, &a.template, a.method).cmp(&(b.surface, &b.template, b.method)));
    let mut linked = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let Some(id) = OperationId::new(linked.len()) else {
            errors.add(&draft.place, "too many operations");
            break;
        };
        let operation = Operation {
            id,
            surface: draft.surface,
            method: draft.method,
            scopes: scopes(&draft, rules),
            template: draft.template,
            parameters: draft.parameters,
            access: draft.access,
            public_read: draft.public_read,
            withheld: draft.withheld,
            job_token: None,
        };
        linked.push(Linked { operation, variants: draft.variants, other: draft.other });
    }
    linked
}

/// The union of what the rules say.
fn scopes(draft: &Draft, rules: &[ScopeRule]) -> ScopeSet {
    let rules = rules.iter().filter(|rule| rule.covers(draft.surface, draft.method, &draft.template));
    rules.flat_map(|rule| rule.scopes.iter()).collect()
}
