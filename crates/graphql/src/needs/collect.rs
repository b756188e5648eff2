//! Walks a plan for what its parts take.

use std::collections::HashSet;

use narrowgate_catalog::BoundaryType;

use super::given::Given;
use super::{Needed, Part, Way};
use crate::guard::{Alternative, Class, Guard, Need, Rule, Source};
use crate::plan::{Field, Kind, Object, Plan, Position, Root, Shape, Variables};

/// What the parts of a plan take with these variables, each once, in the order of the document. Parts that need nothing are
/// left out, and so is what arguments need that aren't given; a variable that must have a value counts as one that has it.
#[must_use]
pub fn of(plan: &Plan, variables: &Variables) -> Vec<Needed> {
    let mut walk = Walk::new(Given { plan, variables });
    for (field, root) in plan.root.fields.iter().zip(&plan.roots) {
        walk.root(field, root);
    }
    walk.finish()
}

/// What the answer to one root field decides, object by object: all that the field takes but what its arguments decide.
#[must_use]
pub fn of_answer(plan: &Plan, index: usize, variables: &Variables) -> Vec<Needed> {
    let mut walk = Walk::new(Given { plan, variables });
    if let Some(field) = plan.root.fields.get(index) {
        walk.enter(field, |walk| walk.value(&plan.root, field));
    }
    walk.finish()
}

struct Walk<'p> {
    given: Given<'p>,
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
    fn new(given: Given<'p>) -> Self {
        Self {
            given,
            path: Vec::new(),
            position: Position::default(),
            needed: Vec::new(),
            known: HashSet::new(),
            about_lists: Vec::new(),
        }
    }

    fn root(&mut self, field: &'p Field, root: &'p Root) {
        let Given { plan, .. } = self.given;
        self.enter(field, |walk| {
            let part = match plan.kind {
                Kind::Query => part(&plan.root, field),
                Kind::Mutation => Part::Mutation(field.name.clone()),
            };
            if !root.is_covered {
                walk.note(part.clone(), Box::default());
            }
            for need in root.guard.iter().flat_map(|guard| &guard.needs) {
                walk.need(&part, need, field);
            }
            walk.value(&plan.root, field);
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
                for need in field.guard.iter().flat_map(|guard| &guard.needs) {
                    walk.need(&part(object, field), need, field);
                }
                walk.value(object, field);
            });
        }
    }

    /// What a field is answered with, and what it tells about the objects of a list.
    fn value(&mut self, object: &'p Object, field: &'p Field) {
        self.shape(&field.shape);
        for class in &field.counts {
            let any = match class {
                Class::Guarded(guard) => of_rules(guard),
                _ => Box::default(),
            };
            let about = self.needed(part(object, field), any);
            self.about_lists.push(about);
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
        let given = self.given;
        if need.optional && !need.any.iter().any(|alternative| names_any(alternative, field, given)) {
            return;
        }
        let any = need.any.iter().map(|alternative| of_alternative(alternative, field, given));
        self.note(part.clone(), any.collect());
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

fn part(object: &Object, field: &Field) -> Part {
    Part::Field(format!("{}.{}", object.type_name, field.name).into())
}

fn of_rules(guard: &Guard) -> Box<[Way]> {
    let way = |Rule { permissions, boundaries }: &Rule| Way {
        permissions: permissions.clone(),
        boundaries: boundaries.clone(),
    };
    guard.rules.any.iter().map(way).collect()
}

/// The owner and the instance count where no argument of the alternative is given.
fn of_alternative(alternative: &Alternative, field: &Field, given: Given<'_>) -> Way {
    let names_any = names_any(alternative, field, given);
    let counts = |source: &Source| match source {
        Source::Argument(path) => given.has(field, path),
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

/// Whether an argument that the alternative reads is given.
fn names_any(alternative: &Alternative, field: &Field, given: Given<'_>) -> bool {
    alternative.sources.iter().any(|source| match source {
        Source::Argument(path) => given.has(field, path),
        Source::Parent(_) | Source::User | Source::Instance => false,
    })
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
