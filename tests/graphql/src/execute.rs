//! A small GraphQL executor: answers a document from the things of a world.
//!
//! Without an authoriser it is the instance. With one it is the oracle: it asks of each object and field, as it comes to
//! them, whether they may be shown, as GitLab itself would.

use std::collections::HashMap;

use apollo_compiler::ast::Type;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node, ast};
use serde_json::{Map, Value};

use crate::authorise::{Authoriser, Verdict};
use crate::json::Json;
use crate::sought::Sought;
use crate::things::{Arguments, Asked, Data, Maker, Thing, possible_types};
use crate::world::Home;

/// A step from the root of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// A key.
    Key(String),
    /// An index.
    Index(usize),
}

/// What an execution comes to.
#[derive(Debug)]
pub struct Outcome {
    /// The data.
    pub data: Json,
    /// Where fields failed.
    pub faults: Vec<Vec<Step>>,
    /// Where single values were withheld.
    pub refused: Vec<Vec<Step>>,
    /// The lists from which items were withheld, once for each item.
    pub dropped: Vec<Vec<Step>>,
}

/// One operation, and where its data comes from.
#[derive(Debug)]
pub struct Execution<'e> {
    maker: Maker<'e>,
    document: &'e ExecutableDocument,
    operation: &'e Operation,
    variables: &'e Map<String, Value>,
    authoriser: Option<&'e Authoriser<'e>>,
    path: Vec<Step>,
    /// By what the fields above are searched.
    sought: Vec<Sought>,
    outcome: Outcome,
}

/// What became of a value.
enum Completed {
    Value(Json),
    /// A list leaves it out; elsewhere it is null.
    Withheld,
    /// A value within that can't be null is.
    Broken,
}

impl<'e> Execution<'e> {
    /// Prepares one operation of a valid document; `None` if there is no such operation.
    #[must_use]
    pub fn new(
        maker: Maker<'e>,
        document: &'e Valid<ExecutableDocument>,
        operation_name: Option<&str>,
        variables: &'e Map<String, Value>,
        authoriser: Option<&'e Authoriser<'e>>,
    ) -> Option<Self> {
        let operation = document.operations.get(operation_name).ok()?;
        let (path, sought, outcome) = (Vec::new(), Vec::new(), Outcome::nothing());
        Some(Self { maker, document, operation, variables, authoriser, path, sought, outcome })
    }

    /// Runs it.
    #[must_use]
    pub fn run(mut self) -> Outcome {
        let root = Thing { type_name: self.operation.object_type().clone(), number: 0, home: Home::Untold };
        let sets = [&self.operation.selection_set];
        self.outcome.data = match self.object(&root, Home::Untold, &sets) {
            Completed::Value(data) => data,
            Completed::Withheld | Completed::Broken => Json::null(),
        };
        self.outcome
    }

    /// `context` is the place of the nearest guarded object, this one included.
    fn object(&mut self, thing: &Thing, context: Home, sets: &[&'e SelectionSet]) -> Completed {
        let mut entries = Vec::new();
        let mut is_broken = false;
        for (key, fields) in self.collect(&thing.type_name, sets) {
            self.path.push(Step::Key(key.to_string()));
            match self.field(thing, context, &fields) {
                Some(value) => entries.push((key.as_str().into(), value)),
                None => is_broken = true,
            }
            self.path.pop();
        }
        if is_broken { Completed::Broken } else { Completed::Value(Json::Object(entries)) }
    }

    /// A field's value; `None` where it is null and can't be.
    fn field(&mut self, thing: &Thing, context: Home, fields: &[&'e Node<Field>]) -> Option<Json> {
        let field = fields.first()?;
        if field.name == "__typename" {
            return Some(Json::Scalar(format!("\"{}\"", thing.type_name).into()));
        }
        // An object's own field may be stricter than the interface's that was asked for.
        let definition = self.maker.schema.type_field(&thing.type_name, &field.name).ok()?;
        let arguments = self.arguments(field);
        let pages = |name: &str| matches!(name, "first" | "last" | "after" | "before");
        let is_filtered = field.arguments.iter().any(|argument| !pages(&argument.name));
        let is_paged = field.arguments.iter().any(|given| matches!(given.name.as_str(), "after" | "before"));
        let sought = Sought::of(self.maker.schema, definition, &arguments, is_paged);
        let above = self.sought.last().copied().unwrap_or_default();
        let asked =
            Asked { thing, context, field: definition, arguments: &arguments, is_filtered, sought, above };
        let is_root = self.path.len() == 1;
        let below = self.maker.home_of_field(asked, is_root);
        let completed =
            match self.authoriser.map_or(Verdict::Shown, |authoriser| authoriser.field(asked, is_root)) {
                Verdict::Shown => {
                    let sets: Vec<_> = fields.iter().map(|field| &field.selection_set).collect();
                    let data = self.maker.answer(Asked { context: below, ..asked });
                    self.sought.push(sought);
                    let completed = self.complete(&definition.ty, data, below, &sets);
                    self.sought.pop();
                    completed
                }
                Verdict::Withheld => Completed::Withheld,
            };
        let value = match completed {
            Completed::Value(value) => value,
            Completed::Withheld => {
                self.outcome.refused.push(self.path.clone());
                Json::null()
            }
            Completed::Broken => Json::null(),
        };
        (!value.is_null() || !definition.ty.is_non_null()).then_some(value)
    }

    fn complete(&mut self, ty: &Type, data: Data, context: Home, sets: &[&'e SelectionSet]) -> Completed {
        match data {
            Data::Null => Completed::Value(Json::null()),
            Data::Fault => {
                self.outcome.faults.push(self.path.clone());
                Completed::Value(Json::null())
            }
            Data::Leaf(value) => Completed::Value(value),
            Data::Thing(thing) => self.thing(&thing, context, sets),
            Data::List(items) => self.list(ty.item_type(), items, context, sets),
        }
    }

    fn list(
        &mut self,
        item_type: &Type,
        items: Vec<Data>,
        context: Home,
        sets: &[&'e SelectionSet],
    ) -> Completed {
        let mut shown = Vec::new();
        let mut is_broken = false;
        for item in items {
            self.path.push(Step::Index(shown.len()));
            let completed = self.complete(item_type, item, context, sets);
            self.path.pop();
            match completed {
                Completed::Withheld => self.outcome.dropped.push(self.path.clone()),
                Completed::Value(value) if !value.is_null() || !item_type.is_non_null() => shown.push(value),
                Completed::Broken if !item_type.is_non_null() => shown.push(Json::null()),
                Completed::Value(_) | Completed::Broken => is_broken = true,
            }
        }
        if is_broken { Completed::Broken } else { Completed::Value(Json::List(shown)) }
    }

    fn thing(&mut self, thing: &Thing, context: Home, sets: &[&'e SelectionSet]) -> Completed {
        let below = self.maker.home_below(thing, context);
        let is_withheld = self.authoriser.is_some_and(|authoriser| {
            authoriser.thing(thing) == Verdict::Withheld || self.leads_to_withheld(authoriser, thing, context)
        });
        if !is_withheld {
            return self.object(thing, below, sets);
        }
        // The instance resolves it all the same, and what fails there is null before anybody is asked.
        let authoriser = self.authoriser.take();
        let told = std::mem::replace(&mut self.outcome, Outcome::nothing());
        let completed = self.object(thing, below, sets);
        (self.authoriser, self.outcome) = (authoriser, told);
        match completed {
            Completed::Broken => Completed::Broken,
            Completed::Value(_) | Completed::Withheld => Completed::Withheld,
        }
    }

    /// Whether it is an edge whose node is withheld, or isn't there to be asked about.
    fn leads_to_withheld(&self, authoriser: &Authoriser<'_>, edge: &Thing, context: Home) -> bool {
        let Ok(field) = self.maker.schema.type_field(&edge.type_name, "node") else { return false };
        let (sought, above) = (Sought::default(), Sought::default());
        let arguments = Arguments::new();
        let asked =
            Asked { thing: edge, context, field, arguments: &arguments, is_filtered: false, sought, above };
        match self.maker.answer(asked) {
            Data::Thing(node) => authoriser.thing(&node) == Verdict::Withheld,
            _ => authoriser.decides(field.ty.inner_named_type()),
        }
    }

    /// The fields of an object by response key, in the order of the document.
    fn collect(&self, type_name: &Name, sets: &[&'e SelectionSet]) -> IndexMap<Name, Vec<&'e Node<Field>>> {
        let mut fields = IndexMap::default();
        for set in sets {
            self.collect_from(type_name, set, &mut fields);
        }
        fields
    }

    fn collect_from(
        &self,
        type_name: &Name,
        set: &'e SelectionSet,
        fields: &mut IndexMap<Name, Vec<&'e Node<Field>>>,
    ) {
        for selection in &set.selections {
            if !self.is_included(selection.directives()) {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    fields.entry(field.response_key().clone()).or_default().push(field);
                }
                Selection::InlineFragment(fragment) => {
                    if fragment.type_condition.as_ref().is_none_or(|name| self.is_a(type_name, name)) {
                        self.collect_from(type_name, &fragment.selection_set, fields);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) =
                        fragment.filter(|found| self.is_a(type_name, found.type_condition()))
                    {
                        self.collect_from(type_name, &fragment.selection_set, fields);
                    }
                }
            }
        }
    }

    fn is_a(&self, type_name: &Name, condition: &Name) -> bool {
        type_name == condition || possible_types(self.maker.schema, condition).contains(type_name)
    }

    fn is_included(&self, directives: &ast::DirectiveList) -> bool {
        let says = |name: &str, unless: bool| {
            let condition =
                directives.get(name).and_then(|directive| directive.specified_argument_by_name("if"));
            condition.and_then(|value| self.value(value)).map_or(unless, |value| value == Value::Bool(true))
        };
        says("include", true) && !says("skip", false)
    }

    fn arguments(&self, field: &Field) -> Arguments {
        let mut arguments = Arguments::new();
        for definition in &field.definition.arguments {
            let given =
                field.specified_argument_by_name(&definition.name).and_then(|value| self.value(value));
            let value =
                given.or_else(|| definition.default_value.as_ref().and_then(|value| self.value(value)));
            if let Some(value) = value {
                arguments.insert(definition.name.to_string(), value);
            }
        }
        arguments
    }

    /// A value with variables filled in; `None` for a variable that has none.
    fn value(&self, value: &ast::Value) -> Option<Value> {
        Some(match value {
            ast::Value::Null => Value::Null,
            ast::Value::Enum(name) => name.as_str().into(),
            ast::Value::String(text) => text.as_str().into(),
            ast::Value::Boolean(it) => (*it).into(),
            ast::Value::Float(number) => number.as_str().into(),
            ast::Value::Int(number) => serde_json::from_str(number.as_str()).ok()?,
            ast::Value::Variable(name) => {
                let default = || {
                    let definition =
                        self.operation.variables.iter().find(|variable| variable.name == *name)?;
                    self.value(definition.default_value.as_ref()?)
                };
                return self.variables.get(name.as_str()).cloned().or_else(default);
            }
            ast::Value::List(items) => {
                items.iter().map(|item| self.value(item).unwrap_or_default()).collect()
            }
            ast::Value::Object(entries) => Value::Object(
                entries
                    .iter()
                    .filter_map(|(name, value)| Some((name.to_string(), self.value(value)?)))
                    .collect(),
            ),
        })
    }
}

impl Outcome {
    const fn nothing() -> Self {
        let data = Json::List(Vec::new());
        Self { data, faults: Vec::new(), refused: Vec::new(), dropped: Vec::new() }
    }

    /// It as the body of an answer.
    #[must_use]
    pub fn answer(&self) -> String {
        if self.faults.is_empty() {
            return format!("{{\"data\":{}}}", self.data);
        }
        let entry = |path: &Vec<Step>| {
            let path = serde_json::Value::from_iter(path.iter().map(|step| match step {
                Step::Key(key) => serde_json::Value::from(key.as_str()),
                Step::Index(index) => serde_json::Value::from(*index),
            }));
            format!(
                "{{\"message\":\"it failed\",\"locations\":[{{\"line\":1,\"column\":1}}],\"path\":{path}}}"
            )
        };
        let errors: Vec<String> = self.faults.iter().map(entry).collect();
        format!("{{\"data\":{},\"errors\":[{}]}}", self.data, errors.join(","))
    }

    /// How many items each list lost.
    #[must_use]
    pub fn losses(&self) -> HashMap<&[Step], usize> {
        let mut losses = HashMap::new();
        for path in &self.dropped {
            *losses.entry(path.as_slice()).or_default() += 1;
        }
        losses
    }
}
