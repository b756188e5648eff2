//! Plans of documents that were seen before.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use equivalent::Equivalent;
use moka::sync::Cache;

use super::{Guarded, Limits, Plan, PlanError, Variables, planned};

/// Bytes that one field of a plan takes, about.
const FIELD_BYTES: u32 = 400;

/// Plans by document, operation and the values that decided its directives.
///
/// A cache belongs to one schema with its guards, and to one set of limits.
pub struct PlanCache {
    plans: Cache<Key, Known>,
}

/// Kept whole: two documents are the same if each byte is.
#[derive(PartialEq, Eq)]
struct Key {
    document: Box<str>,
    operation: Option<Box<str>>,
    /// The values of the variables that directives ask for; without them the entry tells which variables those are.
    switches: Option<Box<[Option<bool>]>>,
}

#[derive(Clone)]
enum Known {
    /// The plan.
    Plan(Arc<Plan>),
    /// There are several, by the values of these variables.
    Switched(Arc<[Box<str>]>),
}

/// A [`Key`] to look up.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Asked<'k> {
    document: &'k str,
    operation: Option<&'k str>,
    switches: Option<&'k [Option<bool>]>,
}

impl PlanCache {
    /// A cache that takes about so many bytes at most.
    #[must_use]
    pub fn new(most_bytes: u64) -> Self {
        let plans = Cache::builder().max_capacity(most_bytes).weigher(weight).build();
        Self { plans }
    }

    /// The plan of a request, made if it isn't there.
    ///
    /// # Errors
    ///
    /// See [`super::plan`]. What can't be planned isn't kept.
    pub fn plan(
        &self,
        guarded: &Guarded<'_>,
        document: &str,
        operation_name: Option<&str>,
        variables: &Variables,
        limits: &Limits,
    ) -> Result<Arc<Plan>, PlanError> {
        let asked = Asked { document, operation: operation_name, switches: None };
        if let Some(plan) = self.get(asked, variables) {
            return Ok(plan);
        }
        let (plan, switches) = planned(guarded, document, operation_name, variables, limits)?;
        let plan = Arc::new(plan);
        self.keep(asked, switches, variables, &plan);
        Ok(plan)
    }

    fn get(&self, asked: Asked<'_>, variables: &Variables) -> Option<Arc<Plan>> {
        match self.plans.get(&asked)? {
            Known::Plan(plan) => Some(plan),
            Known::Switched(names) => {
                let switches = values(&names, variables)?;
                match self.plans.get(&Asked { switches: Some(&switches), ..asked })? {
                    Known::Plan(plan) => Some(plan),
                    Known::Switched(_) => None,
                }
            }
        }
    }

    fn keep(&self, asked: Asked<'_>, switches: Vec<Box<str>>, variables: &Variables, plan: &Arc<Plan>) {
        let plan = Known::Plan(plan.clone());
        if switches.is_empty() {
            self.plans.insert(asked.to_key(), plan);
        } else if let Some(values) = values(&switches, variables) {
            self.plans.insert(Asked { switches: Some(&values), ..asked }.to_key(), plan);
            self.plans.insert(asked.to_key(), Known::Switched(switches.into()));
        }
    }
}

/// The values of the variables that directives ask for: `None` for one that isn't given. Without any at all where one is
/// given that is no Boolean.
fn values(names: &[Box<str>], variables: &Variables) -> Option<Box<[Option<bool>]>> {
    let value = |name| match variables.get(name) {
        None => Some(None),
        Some(value) => value.as_bool().map(Some),
    };
    names.iter().map(|name| value(name)).collect()
}

fn weight(key: &Key, known: &Known) -> u32 {
    let fields = match known {
        Known::Plan(plan) => plan.root.count_fields(),
        Known::Switched(names) => names.len(),
    };
    let fields = u32::try_from(fields).unwrap_or(u32::MAX).saturating_mul(FIELD_BYTES);
    fields.saturating_add(u32::try_from(key.document.len()).unwrap_or(u32::MAX))
}

impl Asked<'_> {
    fn to_key(self) -> Key {
        let Self { document, operation, switches } = self;
        Key {
            document: document.into(),
            operation: operation.map(Into::into),
            switches: switches.map(Into::into),
        }
    }
}

impl Key {
    fn as_asked(&self) -> Asked<'_> {
        let Self { document, operation, switches } = self;
        Asked { document, operation: operation.as_deref(), switches: switches.as_deref() }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_asked().hash(state);
    }
}

impl Equivalent<Key> for Asked<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self == key.as_asked()
    }
}
