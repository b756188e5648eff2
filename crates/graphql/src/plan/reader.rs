//! Places in the values of arguments, as the instance will read them: variables, their defaults, single values for lists.

use serde_json::Value as Json;

use super::{Fault, Field, Plan, PlanError, Value, Variables};

/// Reads the arguments of one field.
pub(super) struct Reader<'p> {
    field: &'p Field,
    plan: &'p Plan,
    variables: &'p Variables,
}

impl<'p> Reader<'p> {
    pub(super) const fn new(field: &'p Field, plan: &'p Plan, variables: &'p Variables) -> Self {
        Self { field, plan, variables }
    }

    /// The places that an argument names, each once; `None` where it isn't given, is null, or is an empty list.
    ///
    /// # Errors
    ///
    /// A value that is neither text nor a whole number, nor a list of such.
    pub(super) fn places(&self, steps: &[Box<str>]) -> Result<Option<Vec<String>>, PlanError> {
        let mut places = Vec::new();
        if let Some((argument, rest)) = steps.split_first()
            && let Some((_, value)) = self.field.values.iter().find(|(name, _)| name == argument)
        {
            self.value(value, rest, false, &mut places).map_err(|Misfit| {
                let message = format!("the argument `{}` must be text, or a list of texts", steps.join("."));
                PlanError::at(Fault::Variables, message, Some(self.field.position))
            })?;
        }
        let mut known = std::collections::HashSet::new();
        places.retain(|place| known.insert(place.clone()));
        Ok(Some(places).filter(|places| !places.is_empty()))
    }

    fn value(
        &self,
        value: &Value,
        steps: &[Box<str>],
        is_item: bool,
        places: &mut Vec<String>,
    ) -> Result<(), Misfit> {
        match value {
            Value::Constant(json) => self.json(json, steps, is_item, places),
            Value::Variable(name, fallback) => match self.variable(name).or(fallback.as_ref()) {
                Some(json) => self.json(json, steps, is_item, places),
                None if is_item => Err(Misfit),
                None => Ok(()),
            },
            Value::List(items) => items.iter().try_for_each(|item| self.value(item, steps, true, places)),
            Value::Object(entries) => {
                let (step, rest) = steps.split_first().ok_or(Misfit)?;
                match entries.iter().find(|(key, _)| key == step) {
                    Some((_, value)) => self.value(value, rest, false, places),
                    None => Ok(()),
                }
            }
        }
    }

    /// What the request says, else the definition's default.
    fn variable(&self, name: &str) -> Option<&Json> {
        let definition = || self.plan.variables.iter().find(|definition| *definition.name == *name);
        self.variables.get(name).or_else(|| definition()?.default.as_ref())
    }

    fn json(
        &self,
        json: &Json,
        steps: &[Box<str>],
        is_item: bool,
        places: &mut Vec<String>,
    ) -> Result<(), Misfit> {
        match (json, steps.split_first()) {
            (Json::Null, _) if is_item => Err(Misfit),
            (Json::Null, _) => Ok(()),
            (Json::Array(items), _) => items.iter().try_for_each(|item| self.json(item, steps, true, places)),
            (Json::Object(entries), Some((step, rest))) => match entries.get(&**step) {
                Some(value) => self.json(value, rest, false, places),
                None => Ok(()),
            },
            (Json::String(text), None) => {
                places.push(text.clone());
                Ok(())
            }
            (Json::Number(number), None) if number.is_u64() || number.is_i64() => {
                places.push(number.to_string());
                Ok(())
            }
            _ => Err(Misfit),
        }
    }
}

/// A value of the wrong type.
struct Misfit;
