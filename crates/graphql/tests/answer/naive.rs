//! The plainest filter: it builds what is shown as JSON values, and asks the grants about each object anew.

use narrowgate_catalog::BoundaryType;
use narrowgate_graphql::Refusal;
use narrowgate_graphql::guard::{Class, Rules, Source};
use narrowgate_graphql::plan::{Field, LocatedBy, Object, Plan, Shape};
use serde_json::{Map, Value, json};

use crate::build::{TYPENAME, permission_id};
use crate::judge::{Grants, Ground, missing, not_found};

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    At(Ground),
    Personal,
    Untold,
    Unknown,
}

/// A value that is shown, with the errors below it and what its lists lack.
#[derive(Debug)]
struct Shown {
    value: Value,
    errors: Vec<Value>,
    withheld: Vec<Value>,
    /// Where values of the answer are in what is shown.
    moved: Vec<(Path, Path)>,
}

type Path = Vec<Value>;

enum Hidden {
    /// Refused itself.
    Refused(Refusal),
    /// Null for an error below.
    Null(Value),
}

pub(crate) struct Naive<'a> {
    pub(crate) grants: &'a Grants,
    /// Paths of the instance's errors.
    pub(crate) errors: &'a [Path],
}

/// Where a walk is: in the answer, and in what is shown.
#[derive(Clone)]
struct Here {
    from: Path,
    to: Path,
}

impl Here {
    fn step(&self, from: impl Into<Value>, to: impl Into<Value>) -> Self {
        let mut next = self.clone();
        next.from.push(from.into());
        next.to.push(to.into());
        next
    }
}

impl Naive<'_> {
    /// The whole answer.
    pub(crate) fn answer(&self, plan: &Plan, data: &Value) -> Value {
        let here = Here { from: Vec::new(), to: Vec::new() };
        let shown = match self.fields(&plan.root, data, &here, Spot::Untold) {
            Ok(shown) => shown,
            Err(Hidden::Null(error)) => {
                Shown { value: Value::Null, errors: vec![error], withheld: Vec::new(), moved: Vec::new() }
            }
            Err(Hidden::Refused(refusal)) => unreachable!("nothing refuses the root: {refusal:?}"),
        };
        let mut errors = shown.errors;
        for path in self.errors {
            errors.extend(kept(plan, data, &shown.moved, path).map(|(path, column)| {
                json!({ "message": "upstream", "locations": [{ "line": 1, "column": column }], "path": path })
            }));
        }
        let mut answer = Map::new();
        answer.insert("data".to_owned(), shown.value);
        if !errors.is_empty() {
            answer.insert("errors".to_owned(), errors.into());
        }
        if !shown.withheld.is_empty() {
            answer.insert("extensions".to_owned(), json!({ "narrowgate": { "withheld": shown.withheld } }));
        }
        answer.into()
    }

    fn value(&self, shape: &Shape, value: &Value, here: &Here, spot: Spot) -> Result<Shown, Hidden> {
        match shape {
            Shape::NonNull(inner) => self.value(inner, value, here, spot),
            _ if value.is_null() => Ok(plain(value, here)),
            Shape::Leaf(_) => Ok(plain(value, here)),
            Shape::List(item) => self.list(item, value.as_array().unwrap(), here, spot),
            Shape::Object(object) => self.object(object, value, here, spot),
            Shape::Abstract(several) => {
                let object =
                    several.objects.iter().find(|object| value[TYPENAME] == *object.type_name).unwrap();
                self.object(object, value, here, spot)
            }
        }
    }

    fn list(&self, item: &Shape, values: &[Value], here: &Here, spot: Spot) -> Result<Shown, Hidden> {
        let mut shown = plain(&json!([]), here);
        let mut lacks: Vec<(Refusal, u64)> = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let items = shown.value.as_array_mut().unwrap();
            match self.value(item, value, &here.step(index, items.len()), spot) {
                Ok(below) => {
                    items.push(below.value);
                    shown.errors.extend(below.errors);
                    shown.withheld.extend(below.withheld);
                    shown.moved.extend(below.moved);
                }
                Err(Hidden::Refused(refusal)) => {
                    match lacks.iter_mut().find(|(other, _)| *other == refusal) {
                        Some((_, count)) => *count += 1,
                        None => lacks.push((refusal, 1)),
                    }
                }
                Err(Hidden::Null(error)) if !matches!(item, Shape::NonNull(_)) => {
                    items.push(Value::Null);
                    shown.errors.push(error);
                }
                Err(null) => return Err(null),
            }
        }
        for (refusal, count) in lacks {
            let mut entry = Map::new();
            entry.insert("path".to_owned(), here.to.clone().into());
            for key in ["permissions", "reason"] {
                entry.extend(refusal.detail.get(key).map(|value| (key.to_owned(), value.clone())));
            }
            entry.insert("count".to_owned(), count.into());
            shown.withheld.push(entry.into());
        }
        Ok(shown)
    }

    fn object(&self, object: &Object, value: &Value, here: &Here, above: Spot) -> Result<Shown, Hidden> {
        let spot = self.spot(object, value, here, above);
        self.admit(&object.class, if let Class::Guarded(_) = object.class { spot } else { above })?;
        let handed = match object.class {
            Class::Guarded(_) if object.located_by.is_empty() => Spot::Untold,
            Class::Guarded(_) => spot,
            Class::Public => Spot::Untold,
            _ => above,
        };
        for field in object.fields.iter().filter(|field| field.takes_parent) {
            self.admit_field(field, handed)?;
            let below = if elsewhere(field) { Spot::Untold } else { handed };
            let node = &value[field.wire_key()];
            let objects = objects(&field.shape);
            if node.is_null() {
                if objects.iter().any(|object| is_decided(object)) {
                    return Err(Hidden::Refused(not_found()));
                }
                continue;
            }
            let object = match objects[..] {
                [object] => object,
                _ => objects.into_iter().find(|object| node[TYPENAME] == *object.type_name).unwrap(),
            };
            let here = here.step(field.wire_key(), &*field.key);
            let is_guarded = matches!(object.class, Class::Guarded(_));
            self.admit(
                &object.class,
                if is_guarded { self.spot(object, node, &here, below) } else { below },
            )?;
        }
        self.fields(object, value, here, handed)
    }

    fn fields(&self, object: &Object, value: &Value, here: &Here, handed: Spot) -> Result<Shown, Hidden> {
        let mut shown = plain(&json!({}), here);
        for field in object.fields.iter().filter(|field| field.is_shown) {
            let here = here.step(field.wire_key(), &*field.key);
            let below = if elsewhere(field) { Spot::Untold } else { handed };
            let written = self
                .admit_field(field, handed)
                .and_then(|()| self.value(&field.shape, &value[field.wire_key()], &here, below));
            let shown_value = match written {
                Ok(below) => {
                    shown.errors.extend(below.errors);
                    shown.withheld.extend(below.withheld);
                    shown.moved.extend(below.moved);
                    below.value
                }
                Err(hidden) => {
                    let error = match hidden {
                        Hidden::Null(error) => error,
                        Hidden::Refused(refusal) => json!({
                            "message": refusal.message,
                            "locations": [{ "line": 1, "column": field.position.column }],
                            "path": here.to,
                            "extensions": { "narrowgate": refusal.detail },
                        }),
                    };
                    if matches!(field.shape, Shape::NonNull(_)) {
                        return Err(Hidden::Null(error));
                    }
                    shown.errors.push(error);
                    Value::Null
                }
            };
            shown.value[&*field.key] = shown_value;
        }
        Ok(shown)
    }

    fn admit_field(&self, field: &Field, spot: Spot) -> Result<(), Hidden> {
        for need in field.guard.iter().flat_map(|guard| &guard.needs) {
            let [way] = &*need.any else { unreachable!("plans made by hand have one way") };
            let asks_project = way.sources.contains(&Source::Parent(BoundaryType::Project));
            assert!(asks_project, "plans made by hand ask for the parent");
            match spot {
                Spot::At(ground) if self.holds(way.permissions[0].index(), ground) => {}
                Spot::At(_) => return Err(Hidden::Refused(missing(&way.permissions))),
                _ => return Err(Hidden::Refused(not_found())),
            }
        }
        field.counts.iter().try_for_each(|class| self.admit(class, spot))
    }

    fn admit(&self, class: &Class, spot: Spot) -> Result<(), Hidden> {
        match class {
            Class::Guarded(guard) => self.admit_rules(&guard.rules, spot),
            Class::Unclassified => Err(Hidden::Refused(Refusal::not_covered())),
            _ => Ok(()),
        }
    }

    fn admit_rules(&self, rules: &Rules, spot: Spot) -> Result<(), Hidden> {
        let [rule] = &*rules.any else { unreachable!("plans made by hand have one rule") };
        let is_placed = rule.boundaries.iter().any(|kind| *kind <= BoundaryType::Group);
        let mut grounds = Vec::new();
        for boundary in &rule.boundaries {
            match (boundary, spot) {
                (_, Spot::Unknown) if is_placed => {}
                (BoundaryType::Project, Spot::At(ground @ Ground::Project(_)))
                | (BoundaryType::Group, Spot::At(ground @ Ground::Group(_))) => grounds.push(ground),
                (BoundaryType::User, spot) if !is_placed || spot == Spot::Personal => {
                    grounds.push(Ground::User);
                }
                (BoundaryType::Instance, _) => grounds.push(Ground::Instance),
                _ => {}
            }
        }
        if grounds.is_empty() {
            return Err(Hidden::Refused(not_found()));
        }
        if grounds.into_iter().any(|ground| self.holds(rule.permissions[0].index(), ground)) {
            return Ok(());
        }
        Err(Hidden::Refused(missing(&rule.permissions)))
    }

    fn holds(&self, permission: usize, ground: Ground) -> bool {
        assert!(permission_id(permission).index() == permission, "ids are indices");
        self.grants.contains(&(permission, ground))
    }

    fn spot(&self, object: &Object, value: &Value, here: &Here, above: Spot) -> Spot {
        let mut asked = false;
        for located in &object.located_by {
            let LocatedBy::Field { path, .. } = located else {
                return if asked && above == Spot::Untold { Spot::Personal } else { above };
            };
            let key = object.fields[path[0]].wire_key();
            let mut failed = here.from.clone();
            failed.push(key.into());
            if self.errors.iter().any(|error| error.starts_with(&failed)) {
                return Spot::Unknown;
            }
            match &value[key] {
                Value::Null => asked = true,
                Value::String(text) => {
                    let named = text.strip_prefix("gid://gitlab/").and_then(|rest| rest.split_once('/'));
                    return match named.filter(|(_, id)| !id.starts_with('0')) {
                        Some(("Project", id)) => Spot::At(Ground::Project(id.parse().unwrap())),
                        Some(("Group", id)) => Spot::At(Ground::Group(id.parse().unwrap())),
                        _ => Spot::Unknown,
                    };
                }
                _ => return Spot::Unknown,
            }
        }
        Spot::Personal
    }
}

fn elsewhere(field: &Field) -> bool {
    field.guard.as_ref().is_some_and(|guard| guard.elsewhere)
}

fn plain(value: &Value, here: &Here) -> Shown {
    let moved = vec![(here.from.clone(), here.to.clone())];
    Shown { value: value.clone(), errors: Vec::new(), withheld: Vec::new(), moved }
}

fn is_decided(object: &Object) -> bool {
    matches!(object.class, Class::Guarded(_) | Class::Unclassified)
        || object.fields.iter().any(|field| field.takes_parent)
}

fn objects(shape: &Shape) -> Vec<&Object> {
    match shape {
        Shape::NonNull(inner) => objects(inner),
        Shape::Object(object) => vec![object],
        Shape::Abstract(several) => several.objects.iter().collect(),
        Shape::List(_) | Shape::Leaf(_) => Vec::new(),
    }
}

/// Where an error of the instance's leads in what is shown, and the column of its field.
fn kept(plan: &Plan, data: &Value, moved: &[(Path, Path)], path: &[Value]) -> Option<(Path, usize)> {
    let (shown, rest) = (0..=path.len()).rev().find_map(|length| {
        let (above, rest) = path.split_at(length);
        moved.iter().find(|(from, _)| from == above).map(|(_, to)| (to.clone(), rest))
    })?;
    let (above, _) = path.split_at(path.len() - rest.len());
    let value = above.iter().try_fold(data, |value, step| match step {
        Value::String(key) => value.get(key),
        index => value.get(usize::try_from(index.as_u64().unwrap()).unwrap()),
    })?;
    if !rest.is_empty() && !value.is_null() {
        return None;
    }
    // The shape at the end of what is shown, and below it what would have been there.
    let mut column = 0;
    let mut beyond = Path::new();
    let root = Shape::Object(Box::new(plan.root.clone()));
    let mut shape = &root;
    let mut value = Some(data);
    for (depth, step) in path.iter().enumerate() {
        let is_below = depth >= above.len();
        match step {
            Value::String(key) => {
                let objects = objects(shape);
                let object = match (&objects[..], value) {
                    ([object], _) => *object,
                    (_, Some(value)) if !is_below => {
                        objects.into_iter().find(|object| value[TYPENAME] == *object.type_name)?
                    }
                    _ => return None,
                };
                if is_below && (is_decided(object) || matches!(bare(shape), Shape::Abstract(_))) {
                    return None;
                }
                let field = object.fields.iter().find(|field| field.is_shown && field.wire_key() == key)?;
                if is_below && (field.guard.is_some() || !field.counts.is_empty()) {
                    return None;
                }
                column = field.position.column;
                if is_below {
                    beyond.push((&*field.key).into());
                }
                shape = &field.shape;
                value = value.and_then(|value| value.get(key));
            }
            index => {
                let Shape::List(item) = bare(shape) else { return None };
                if is_below {
                    beyond.push(index.clone());
                }
                shape = item;
                value = value.and_then(|value| value.get(usize::try_from(index.as_u64()?).ok()?));
            }
        }
    }
    Some((shown.into_iter().chain(beyond).collect(), column))
}

fn bare(shape: &Shape) -> &Shape {
    if let Shape::NonNull(inner) = shape { bare(inner) } else { shape }
}
