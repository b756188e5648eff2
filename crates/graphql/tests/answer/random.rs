//! Random plans, and answers that fit them.

use std::fmt;
use std::sync::Arc;

use narrowgate_catalog::BoundaryType::{self, Group, Instance, Project, User};
use narrowgate_graphql::guard::{Class, FieldGuard, Reads};
use narrowgate_graphql::plan::{Field, LocatedBy, Object, Plan, Position, Shape};
use serde_json::Value;

use crate::build::{TYPENAME, field, guarded, hidden, leaf, list, non_null, of_parent, one_of, plan, rules};
use crate::judge::{Grants, Ground};

/// Choices, taken one by one; after the last all are 0.
pub(crate) struct Choices<'a> {
    left: std::slice::Iter<'a, u16>,
    key: usize,
}

const BOUNDARIES: [&[BoundaryType]; 7] = [
    &[Project],
    &[Project, Group],
    &[Group],
    &[Project, User],
    &[User],
    &[Project, Group, Instance],
    &[Instance],
];

impl<'a> Choices<'a> {
    pub(crate) fn new(choices: &'a [u16]) -> Self {
        Self { left: choices.iter(), key: 0 }
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.left.next().map_or(0, |choice| usize::from(*choice) % end)
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub(crate) fn plan(&mut self) -> Plan {
        // What root fields need is decided before anything is forwarded.
        let of_root = |field: Field| Field { guard: None, counts: [].into(), ..field };
        let fields = (0..=self.below(3)).map(|_| of_root(self.field(4))).collect();
        plan(fields)
    }

    pub(crate) fn grants(&mut self) -> Grants {
        let mut grants = Grants::new();
        for permission in 0..BOUNDARIES.len() {
            for ground in
                [Ground::Project(1), Ground::Project(2), Ground::Group(1), Ground::User, Ground::Instance]
            {
                if self.below(2) == 0 {
                    grants.push((permission, ground));
                }
            }
        }
        grants
    }

    fn next_key(&mut self, prefix: &str) -> String {
        self.key += 1;
        format!("{prefix}{}", self.key)
    }

    fn field(&mut self, depth: usize) -> Field {
        let shape = self.shape(depth);
        let counts = if self.once_in(9) { [self.class()].into() } else { [].into() };
        let guard = if self.once_in(7) {
            let permission = self.below(BOUNDARIES.len());
            let needs = if self.below(2) == 0 { of_parent(permission).needs.clone() } else { [].into() };
            Some(Arc::new(FieldGuard { needs, elsewhere: self.once_in(3) }))
        } else {
            None
        };
        let key = self.next_key("f");
        let position = Position { line: 1, column: self.key };
        let alias = self.once_in(9).then(|| format!("ng1_a{}", self.key).into());
        Field { guard, counts, position, alias, ..field(&key, shape) }
    }

    fn shape(&mut self, depth: usize) -> Shape {
        let shape = match self.below(if depth == 0 { 1 } else { 6 }) {
            0 => leaf(),
            1 | 2 => list(self.shape(depth - 1)),
            3 => one_of(
                (0..=self.below(2)).map(|index| self.object(depth - 1, &format!("Type{index}"))).collect(),
            ),
            _ => Shape::Object(Box::new(self.object(depth - 1, "Type"))),
        };
        if self.below(3) == 0 { non_null(shape) } else { shape }
    }

    fn class(&mut self) -> Class {
        match self.below(8) {
            0 => Class::Part,
            1 => Class::Public,
            2 | 3 => Class::Structural,
            4 if self.below(2) == 0 => Class::Unclassified,
            _ => {
                let which = self.below(BOUNDARIES.len());
                guarded(&rules(u32::try_from(which).unwrap(), which, BOUNDARIES[which]))
            }
        }
    }

    fn object(&mut self, depth: usize, type_name: &str) -> Object {
        let class = self.class();
        let mut fields: Vec<Field> = (0..=self.below(3)).map(|_| self.field(depth)).collect();
        if let Class::Structural = class
            && let Some(node) = fields.iter_mut().find(|field| {
                matches!(field.shape, Shape::Object(_) | Shape::Abstract(_)) && field.counts.is_empty()
            })
        {
            node.takes_parent = self.below(2) == 0;
            node.is_shown = !node.takes_parent || self.below(3) > 0;
        }
        let mut located_by = Vec::new();
        if let Class::Guarded(_) = class {
            for _ in 0..self.below(3) {
                let key = self.next_key("ng1_");
                fields.push(hidden(&key, leaf()));
                let path = [fields.len() - 1].into();
                located_by.push(LocatedBy::Field { path, reads: Reads::GlobalId });
            }
            if self.below(2) == 0 {
                located_by.push(LocatedBy::Inherit);
            }
        }
        Object { type_name: type_name.into(), class, fields, located_by: located_by.into() }
    }

    /// An answer to all fields of an object.
    pub(crate) fn fields(&mut self, object: &Object) -> Vec<(String, Json)> {
        object
            .fields
            .iter()
            .map(|field| {
                let is_probe = !field.is_shown && !field.takes_parent;
                let value = if is_probe { self.probe() } else { self.value(&field.shape, true) };
                (field.wire_key().to_owned(), value)
            })
            .collect()
    }

    fn probe(&mut self) -> Json {
        let text = match self.below(9) {
            0 => return Json::Raw("null".to_owned()),
            1 => return Json::Raw("7".to_owned()),
            2 => "gid://gitlab/Project/01",
            3 => "gid://gitlab/Group/1",
            4 => "gid://gitlab/Project/2",
            5 => "gid://gitlab/Project/3",
            _ => "gid://gitlab/Project/1",
        };
        Json::Raw(format!("\"{text}\""))
    }

    fn value(&mut self, shape: &Shape, is_nullable: bool) -> Json {
        if let Shape::NonNull(inner) = shape {
            return self.value(inner, false);
        }
        if is_nullable && self.once_in(8) {
            return Json::Raw("null".to_owned());
        }
        match shape {
            Shape::NonNull(_) => unreachable!("taken off above"),
            Shape::Leaf(_) => Json::Raw(format!("\"{}\"", self.next_key("secret"))),
            Shape::List(item) => Json::List((0..self.below(4)).map(|_| self.value(item, true)).collect()),
            Shape::Object(object) => Json::Object(self.fields(object)),
            Shape::Abstract(several) => {
                let object = &several.objects[self.below(several.objects.len())];
                let mut fields = vec![(TYPENAME.to_owned(), Json::Raw(format!("\"{}\"", object.type_name)))];
                fields.extend(self.fields(object));
                Json::Object(fields)
            }
        }
    }

    /// A path into an answer, or a little beyond it.
    pub(crate) fn path(&mut self, plan: &Plan, data: &Value) -> Vec<Value> {
        let mut path = Vec::new();
        let mut here = data;
        loop {
            let step: Value = match here {
                Value::Object(fields) if !fields.is_empty() => {
                    fields.keys().nth(self.below(fields.len())).unwrap().as_str().into()
                }
                Value::Array(items) => self.below(items.len() + 1).into(),
                _ => {
                    path.extend(self.beyond(plan, &path));
                    return path;
                }
            };
            here = match &step {
                Value::String(key) => &here[key.as_str()],
                index => here.get(usize::try_from(index.as_u64().unwrap()).unwrap()).unwrap_or(&Value::Null),
            };
            path.push(step);
            if self.once_in(4) {
                return path;
            }
        }
    }

    /// Steps below the end of a path that the plan knows, while choices lead there.
    fn beyond(&mut self, plan: &Plan, path: &[Value]) -> Vec<Value> {
        let mut objects = vec![&plan.root];
        let mut shape = None;
        for step in path {
            if let Value::String(key) = step {
                let field =
                    objects.iter().flat_map(|object| &object.fields).find(|field| field.wire_key() == key);
                let Some(field) = field else { return Vec::new() };
                shape = Some(&field.shape);
            } else if let Some(Shape::List(item)) = shape.map(bare) {
                shape = Some(item);
            }
            objects = shape.map(objects_of).unwrap_or_default();
        }
        let mut steps = Vec::new();
        while let Some(here) = shape.map(bare) {
            shape = match here {
                Shape::List(item) => {
                    steps.push(self.below(3).into());
                    Some(&**item)
                }
                _ => {
                    let fields: Vec<&Field> =
                        objects_of(here).into_iter().flat_map(|object| &object.fields).collect();
                    if fields.is_empty() {
                        break;
                    }
                    let field = fields[self.below(fields.len())];
                    steps.push(field.wire_key().into());
                    Some(&field.shape)
                }
            };
            if self.below(2) == 0 {
                break;
            }
        }
        steps
    }
}

fn objects_of(shape: &Shape) -> Vec<&Object> {
    match bare(shape) {
        Shape::Object(object) => vec![object],
        Shape::Abstract(several) => several.objects.iter().collect(),
        _ => Vec::new(),
    }
}

fn bare(shape: &Shape) -> &Shape {
    if let Shape::NonNull(inner) = shape { bare(inner) } else { shape }
}

/// JSON that may be odd: keys may repeat.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Raw(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raw(text) => out.write_str(text),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(out, "[{}]", items.join(","))
            }
            Self::Object(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                write!(out, "{{{}}}", fields.join(","))
            }
        }
    }
}

impl Json {
    pub(crate) fn len(&self) -> usize {
        1 + match self {
            Self::Raw(_) => 0,
            Self::List(items) => items.iter().map(Self::len).sum(),
            Self::Object(fields) => fields.iter().map(|(_, value)| value.len()).sum(),
        }
    }

    /// Changes the value at a position, counted from the outside and from the left.
    pub(crate) fn corrupt(&mut self, position: usize, choices: &mut Choices<'_>) {
        if position == 0 {
            self.corrupt_here(choices);
            return;
        }
        let mut left = position - 1;
        let below: Vec<&mut Self> = match self {
            Self::Raw(_) => Vec::new(),
            Self::List(items) => items.iter_mut().collect(),
            Self::Object(fields) => fields.iter_mut().map(|(_, value)| value).collect(),
        };
        for value in below {
            let len = value.len();
            if left < len {
                return value.corrupt(left, choices);
            }
            left -= len;
        }
    }

    fn corrupt_here(&mut self, choices: &mut Choices<'_>) {
        if let Self::Object(fields) = self
            && !fields.is_empty()
        {
            let which = choices.below(fields.len());
            match choices.below(6) {
                0 => drop(fields.remove(which)),
                1 => fields
                    .insert(which, ("extra".to_owned(), Self::Raw("\"secret of an extra key\"".to_owned()))),
                2 => fields.push(fields[which].clone()),
                3 => fields.insert(0, fields[which].clone()),
                4 => fields[which].0 = fields[choices.below(fields.len())].0.clone(),
                _ => *self = Self::List(vec![self.clone()]),
            }
            return;
        }
        *self = match (choices.below(4), &*self) {
            (0, Self::Raw(text)) if !text.starts_with('"') => Self::Raw("\"a string\"".to_owned()),
            (0, _) => Self::Raw("3".to_owned()),
            (1, Self::List(_)) => Self::Object(vec![("extra".to_owned(), self.clone())]),
            (1, _) => Self::List(vec![self.clone()]),
            (2, _) => Self::Object(Vec::new()),
            (_, _) => Self::Raw("true".to_owned()),
        };
    }
}
