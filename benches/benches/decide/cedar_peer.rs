//! Cedar, modelled in the two ways that suggest themselves.

use std::collections::HashSet;

use anyhow::Result;
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
};

use crate::Contender;
use crate::scenario::{ASKED, GROUPS, PROJECT, Scenario};

pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    request: Request,
}

impl Cedar {
    /// One policy for all tokens; the grants are tags of the token, keyed by the project or group.
    pub(crate) fn with_tags(scenario: &Scenario) -> Result<Self> {
        let at = |place: &str| {
            format!(
                "(principal.hasTag(resource.{place}) && principal.getTag(resource.{place}).contains(context.permission))"
            )
        };
        let clauses = ["itself", "parent", "grandparent", "root"].map(at).join(" || ");
        let policies = format!("permit(principal, action, resource) when {{ {clauses} }};").parse()?;
        let tags = scenario.granted().into_iter().map(|(group, permission)| {
            let permissions =
                RestrictedExpression::new_set([RestrictedExpression::new_string(permission.to_owned())]);
            (format!("g{group}"), permissions)
        });
        let token = Entity::new_with_tags(uid("Token", "t")?, [], [], tags)?;
        let places = ["itself", "parent", "grandparent", "root"].map(str::to_owned);
        let chain = Scenario::chain().into_iter().map(RestrictedExpression::new_string);
        let project = Entity::new(
            uid("Project", &PROJECT.to_string())?,
            places.into_iter().zip(chain).collect(),
            HashSet::new(),
        )?;
        let context = Context::from_pairs([(
            "permission".to_owned(),
            RestrictedExpression::new_string(ASKED.to_owned()),
        )])?;
        Self::new(policies, vec![token, project], "request", context)
    }

    /// One policy a grant; groups and projects are a hierarchy of entities.
    pub(crate) fn with_policies(scenario: &Scenario) -> Result<Self> {
        let policies: String = scenario
            .granted()
            .into_iter()
            .map(|(group, permission)| {
                format!(
                    "permit(principal == Token::\"t\", action == Action::\"{permission}\", resource in Group::\"{group}\");\n"
                )
            })
            .collect();
        let [near, middle, root] = GROUPS.map(|id| id.to_string());
        let below = |name: EntityUid, parent: &str| -> Result<Entity> {
            Ok(Entity::new_no_attrs(name, HashSet::from([uid("Group", parent)?])))
        };
        let entities = vec![
            Entity::new_no_attrs(uid("Token", "t")?, HashSet::new()),
            Entity::new_no_attrs(uid("Group", &root)?, HashSet::new()),
            below(uid("Group", &middle)?, &root)?,
            below(uid("Group", &near)?, &middle)?,
            below(uid("Project", &PROJECT.to_string())?, &near)?,
        ];
        Self::new(policies.parse()?, entities, ASKED, Context::empty())
    }

    fn new(policies: PolicySet, entities: Vec<Entity>, action: &str, context: Context) -> Result<Self> {
        let resource = uid("Project", &PROJECT.to_string())?;
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            entities: Entities::from_entities(entities, None)?,
            request: Request::new(uid("Token", "t")?, uid("Action", action)?, resource, context, None)?,
        })
    }
}

impl Contender for Cedar {
    fn allows(&mut self) -> bool {
        let response = self.authorizer.is_authorized(&self.request, &self.policies, &self.entities);
        response.decision() == Decision::Allow
    }
}

fn uid(kind: &str, id: &str) -> Result<EntityUid> {
    Ok(format!("{kind}::\"{id}\"").parse()?)
}
