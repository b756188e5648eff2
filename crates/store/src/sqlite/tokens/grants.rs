//! Which tokens can do something somewhere: a filter on grants and scopes.

use super::list::escaped;
use crate::error::StoreError;
use crate::sqlite::conditions::Conditions;
use crate::sqlite::values::signed;
use crate::tokens::{Reaching, TokenFilter};

/// Adds what a filter asks of grants and scopes. The grants are looked up by what they select, and tokens by them.
pub(super) fn grants(all: &mut Conditions, filter: &TokenFilter, tenant: &str) -> Result<(), StoreError> {
    let mut selects = Vec::new();
    if filter.permission.is_some() || filter.reaching.is_some() {
        let permission = filter.permission.as_deref().map(|name| has_word(all, "g.permissions", name));
        for place in places(all, filter.reaching.as_ref())? {
            let conditions: Vec<String> = place.into_iter().chain(permission.clone()).collect();
            selects.push(format!("select g.token_id from grants g where {}", conditions.join(" and ")));
        }
    }
    if !filter.or_scopes.is_empty() {
        let scopes: Vec<String> =
            filter.or_scopes.iter().map(|scope| has_word(all, "s.scopes", scope)).collect();
        selects.push(format!(
            "select s.id from tokens s where s.tenant_id = {tenant} and s.scopes is not null and ({})",
            scopes.join(" or ")
        ));
    }
    if !selects.is_empty() {
        all.require(&format!("t.id in ({})", selects.join(" union all ")));
    }
    Ok(())
}

/// One condition for each way in which a grant may reach a place; one without, where any place will do.
fn places(all: &mut Conditions, reaching: Option<&Reaching>) -> Result<Vec<Option<String>>, StoreError> {
    let Some(Reaching { project, groups }) = reaching else { return Ok(vec![None]) };
    let mut places = vec![Some("g.access = 'all_memberships'".to_owned())];
    if let Some(project) = project {
        places.push(Some("g.access = 'personal_projects'".to_owned()));
        let id = all.bind(signed(*project)?);
        places.push(Some(format!("g.project_id = {id}")));
    }
    for group in groups {
        let id = all.bind(signed(*group)?);
        places.push(Some(format!("g.group_id = {id}")));
    }
    Ok(places)
}

/// A condition that a name is among those of a column, which are separated by spaces.
fn has_word(all: &mut Conditions, column: &str, name: &str) -> String {
    let pattern = all.bind(format!("% {} %", escaped(name)));
    format!(r"(' ' || {column} || ' ') like {pattern} escape '\'")
}
