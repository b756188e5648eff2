//! Walks a plan for what its parts take.

use std::collections::HashSet;

use narrowgate_catalog::BoundaryType;
use serde_json::Value as Json;

use super::{Needed, Part, Way};
use crate::guard::{Alternative, ArgumentPath, Class, Guard, Need, Rule, Source};
use crate::plan::{Field, Kind, Object, Plan, Position, Root, Shape, Value};

/// What the parts of a plan take, each once, in the order of the document. Parts that need nothing are left out.
#[must_use]
pub fn of(plan: &Plan) -> Vec<Needed> {
    let mut walk = Walk::default();
    for (field, root) in plan.root.fields.iter().zip(&plan.roots) {
        walk.root(plan, field, root);
    }
    walk.finish()
}

/// What the answer to one root field decides, object by object: all that the field takes but what its arguments decide.
#[must_use]
pub fn of_answer(plan: &Plan, index: usize) -> Vec<Needed> {
    let mut walk = Walk::default();
    if let Some(field) = plan.root.fields.get(index) {
        walk.enter(field, |walk| walk.shape(&field.shape));
    }
    walk.finish()
}

#[derive(Default)]
struct Walk<'p> {
    /// The keys down to here.
    path: Vec<&'p str>,
    /// Where the nearest field that the client wrote stands.
    position: Position,
    needed: Vec<Needed>,
    known: HashSet<(Part, Box<[Way]>)>,
    /// What tells about objects that may be asked for elsewhere in the document.
    about_lists: Vec<Needed>,
}

impl<'p> Walk<'p> {
    fn root(&mut self, plan: &'p Plan, field: &'p Field, root: &'p Root) {
        self.enter(field, |walk| {
            let part = match plan.kind {
                Kind::Query => Part::Field(format!("{}.{}", plan.root.type_name, field.name).into()),
                Kind::Mutation => Part::Mutation(field.name.clone()),
            };
            if !root.is_covered {
                walk.note(part.clone(), Box::default());
            }
            for need in root.guard.iter().flat_map(|guard| &guard.needs) {
                walk.need(&part, need, field);
            }
            walk.shape(&field.shape);
        });
    }

    fn enter(&mut self, field: &'p Field, within: impl FnOnce(&mut Self)) {
        let above = self.position;
        if field.is_shown {
            self.path.push(&field.key);
            self.position = field.position;
        }
        within(self);
        if field.is_shown {
            self.path.pop();
        }
        self.position = above;
    }

    fn object(&mut self, object: &'p Object) {
        match &object.class {
            Class::Guarded(guard) => self.note(Part::Type(object.type_name.clone()), of_rules(guard)),
            Class::Unclassified => self.note(Part::Type(object.type_name.clone()), Box::default()),
            Class::Structural | Class::Part | Class::Public => {}
        }
        for field in &object.fields {
            self.enter(field, |walk| {
                let part = Part::Field(format!("{}.{}", object.type_name, field.name).into());
                for need in field.guard.iter().flat_map(|guard| &guard.needs) {
                    walk.need(&part, need, field);
                }
                walk.shape(&field.shape);
                for class in &field.counts {
                    let any = match class {
                        Class::Guarded(guard) => of_rules(guard),
                        _ => Box::default(),
                    };
                    let needed = walk.needed(part.clone(), any);
                    walk.about_lists.push(needed);
                }
            });
        }
    }

    fn shape(&mut self, shape: &'p Shape) {
        match shape {
            Shape::NonNull(inner) | Shape::List(inner) => self.shape(inner),
            Shape::Leaf(_) => {}
            Shape::Object(object) => self.object(object),
            Shape::Abstract(several) => several.objects.iter().for_each(|object| self.object(object)),
        }
    }

    fn need(&mut self, part: &Part, need: &Need, field: &Field) {
        let names_any = need.any.iter().any(|alternative| arguments(alternative, field).next().is_some());
        if need.optional && !names_any {
            return;
        }
        self.note(
            part.clone(),
            need.any.iter().map(|alternative| of_alternative(alternative, field)).collect(),
        );
    }

    fn note(&mut self, part: Part, any: Box<[Way]>) {
        if self.known.insert((part.clone(), any.clone())) {
            let needed = self.needed(part, any);
            self.needed.push(needed);
        }
    }

    fn needed(&self, part: Part, any: Box<[Way]>) -> Needed {
        Needed { part, path: self.path.join(".").into(), position: self.position, any }
    }

    /// A list tells of its objects what they themselves tell: it is named where nothing else of the document takes the same.
    fn finish(mut self) -> Vec<Needed> {
        for about in std::mem::take(&mut self.about_lists) {
            let is_told = about.is_classified() && self.needed.iter().any(|needed| needed.any == about.any);
            if !is_told && self.known.insert((about.part.clone(), about.any.clone())) {
                self.needed.push(about);
            }
        }
        self.needed.sort_by_key(|needed| (needed.position.line, needed.position.column));
        self.needed
    }
}

fn of_rules(guard: &Guard) -> Box<[Way]> {
    let way = |Rule { permissions, boundaries }: &Rule| Way {
        permissions: permissions.clone(),
        boundaries: boundaries.clone(),
    };
    guard.rules.any.iter().map(way).collect()
}

/// The owner and the instance count where no argument of the alternative is given.
fn of_alternative(alternative: &Alternative, field: &Field) -> Way {
    let names_any = arguments(alternative, field).next().is_some();
    let counts = |source: &Source| match source {
        Source::Argument(path) => may_name(field, path),
        Source::Parent(_) => true,
        Source::User | Source::Instance => !names_any,
    };
    let mut boundaries = kinds(alternative.sources.iter().filter(|source| counts(source)));
    // An argument that isn't given, though nothing holds without it.
    if boundaries.is_empty() {
        boundaries = kinds(alternative.sources.iter());
    }
    Way { permissions: alternative.permissions.clone(), boundaries: boundaries.into() }
}

/// The kinds of place that sources lead to, each once.
fn kinds<'s>(sources: impl Iterator<Item = &'s Source>) -> Vec<BoundaryType> {
    let mut kinds = Vec::new();
    for kind in sources.map(kind) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

const fn kind(source: &Source) -> BoundaryType {
    match source {
        Source::Argument(path) => path.boundary,
        Source::Parent(boundary) => *boundary,
        Source::User => BoundaryType::User,
        Source::Instance => BoundaryType::Instance,
    }
}

/// The arguments of an alternative that the document gives, or may give by a variable.
fn arguments<'a>(alternative: &'a Alternative, field: &Field) -> impl Iterator<Item = &'a ArgumentPath> {
    alternative.sources.iter().filter_map(move |source| match source {
        Source::Argument(path) if may_name(field, path) => Some(path),
        _ => None,
    })
}

fn may_name(field: &Field, path: &ArgumentPath) -> bool {
    let Some((argument, rest)) = path.steps.split_first() else { return false };
    let value = field.values.iter().find(|(name, _)| name == argument);
    value.is_some_and(|(_, value)| may_be_given(value, rest))
}

fn may_be_given(value: &Value, steps: &[Box<str>]) -> bool {
    match (value, steps.split_first()) {
        (Value::Variable(..), _) => true,
        (Value::List(items), _) => items.iter().any(|item| may_be_given(item, steps)),
        (Value::Object(entries), Some((step, rest))) => {
            entries.iter().any(|(key, value)| key == step && may_be_given(value, rest))
        }
        (Value::Object(_), None) => true,
        (Value::Constant(json), _) => is_given(json, steps),
    }
}

fn is_given(json: &Json, steps: &[Box<str>]) -> bool {
    match (json, steps.split_first()) {
        (Json::Null, _) => false,
        (Json::Array(items), _) => items.iter().any(|item| is_given(item, steps)),
        (Json::Object(entries), Some((step, rest))) => {
            entries.get(&**step).is_some_and(|value| is_given(value, rest))
        }
        (_, rest) => rest.is_none(),
    }
}
