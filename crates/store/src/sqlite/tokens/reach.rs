//! Which tokens can do something somewhere: a filter on grants and scopes.

use super::narrow::Way;
use crate::error::StoreError;
use crate::sqlite::conditions::Conditions;
use crate::sqlite::values::signed;
use crate::tokens::{Reaching, TokenFilter};

/// Grants, whose columns are not to be looked up in an index: a token's own grants are few. (To SQLite, `+` says so.)
const UNINDEXED: &str = "+g";

/// Whether a filter asks anything of grants or scopes.
pub(super) const fn asks(filter: &TokenFilter) -> bool {
    filter.permission.is_some() || filter.reaching.is_some() || !filter.or_scopes.is_empty()
}

/// Adds what a filter asks of grants and scopes.
pub(super) fn require(
    all: &mut Conditions,
    filter: &TokenFilter,
    tenant: &str,
    way: Way,
) -> Result<(), StoreError> {
    match way {
        Way::ByIndex => {
            let ids = ids(all, filter, tenant)?;
            all.require(&format!("t.id in ({ids})"));
        }
        Way::OneByOne => {
            let mut ways = Vec::new();
            if let Some(grant) = of_grants(all, filter, UNINDEXED)? {
                let grant = grant.join(" or ");
                ways.push(format!("exists (select 1 from grants g where g.token_id = t.id and ({grant}))"));
            }
            ways.extend(lists_with(all, filter, tenant).map(|lists| format!("t.scopes in ({lists})")));
            all.require(&format!("({})", ways.join(" or ")));
        }
    }
    Ok(())
}

/// Selects the ids of the tokens, by the indexes of grants and scopes; an id may come more than once.
pub(super) fn ids(all: &mut Conditions, filter: &TokenFilter, tenant: &str) -> Result<String, StoreError> {
    let grants = of_grants(all, filter, "g")?.unwrap_or_default();
    let by_grant = grants.iter().map(|grant| format!("select g.token_id as id from grants g where {grant}"));
    let mut selects: Vec<String> = by_grant.collect();
    selects.extend(lists_with(all, filter, tenant).map(|lists| {
        format!(
            "select s.id from tokens s
             where s.tenant_id = {tenant} and s.scopes is not null and s.scopes in ({lists})"
        )
    }));
    Ok(selects.join(" union all "))
}

/// A condition on a grant `g` for each way in which it may do what is asked for; none, where no grant is asked for.
fn of_grants(all: &mut Conditions, filter: &TokenFilter, g: &str) -> Result<Option<Vec<String>>, StoreError> {
    if filter.permission.is_none() && filter.reaching.is_none() {
        return Ok(None);
    }
    let permission = filter.permission.clone().map(|name| {
        let name = all.bind(name);
        format!(
            "{g}.permission_set in (select m.set_id from permission_set_members m where m.permission = {name})"
        )
    });
    let ways = places(all, filter.reaching.as_ref(), g)?.into_iter().map(|place| {
        let conditions: Vec<String> = place.into_iter().chain(permission.clone()).collect();
        if conditions.is_empty() { "true".to_owned() } else { conditions.join(" and ") }
    });
    Ok(Some(ways.collect()))
}

/// One condition for each way in which a grant may reach a place; one without, where any place will do.
fn places(
    all: &mut Conditions,
    reaching: Option<&Reaching>,
    g: &str,
) -> Result<Vec<Option<String>>, StoreError> {
    let Some(Reaching { project, groups }) = reaching else { return Ok(vec![None]) };
    let mut places = vec![Some(format!("{g}.access = 'all_memberships'"))];
    if let Some(project) = project {
        places.push(Some(format!("{g}.access = 'personal_projects'")));
        let id = all.bind(signed(*project)?);
        places.push(Some(format!("{g}.project_id = {id}")));
    }
    for group in groups {
        let id = all.bind(signed(*group)?);
        places.push(Some(format!("{g}.group_id = {id}")));
    }
    Ok(places)
}

/// Selects the lists of scopes, of which there are few, that have one of the scopes; none, where none is asked for. Goes
/// from each list to the next in the index, past all tokens with the same one.
fn lists_with(all: &mut Conditions, filter: &TokenFilter, tenant: &str) -> Option<String> {
    if filter.or_scopes.is_empty() {
        return None;
    }
    let least = |beyond: &str| {
        format!(
            "select min(l.scopes) from tokens l
             where l.tenant_id = {tenant} and l.scopes is not null{beyond}"
        )
    };
    let has = |scope: &String| {
        let pattern = all.bind(format!("% {} %", super::list::escaped(scope)));
        format!(r"(' ' || lists.text || ' ') like {pattern} escape '\'")
    };
    let has: Vec<String> = filter.or_scopes.iter().map(has).collect();
    Some(format!(
        "with recursive lists (text) as (
            {} union all select ({}) from lists where lists.text is not null
         ) select lists.text from lists where lists.text is not null and ({})",
        least(""),
        least(" and l.scopes > lists.text"),
        has.join(" or ")
    ))
}
