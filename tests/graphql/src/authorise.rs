//! The naive authoriser: knows where each object belongs, and is asked of each as it is reached.

use narrowgate_catalog::{BoundaryType, PermissionId};
use narrowgate_graphql::guard::{Alternative, Class, FieldGuard, Guards, Need, Rules, Source};

use crate::things::{Arguments, Asked, Maker, Thing, possible_types, values};
use crate::world::{Ground, Holder, Home};

/// Whether something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Shown,
    /// It isn't.
    Withheld,
}

/// A token, and the things of the world that it is about.
#[derive(Clone, Copy, Debug)]
pub struct Authoriser<'a> {
    /// The world's things.
    pub maker: Maker<'a>,
    /// The token.
    pub holder: &'a Holder<'a>,
}

impl Authoriser<'_> {
    fn guards(&self) -> &Guards {
        self.maker.guards
    }

    /// Whether an object is shown.
    #[must_use]
    pub fn thing(&self, thing: &Thing) -> Verdict {
        verdict(self.admits(&thing.type_name, thing.home))
    }

    /// Whether objects of the type are shown at the place.
    fn admits(&self, type_name: &str, home: Home) -> bool {
        if type_name.starts_with("__") {
            return true;
        }
        match self.guards().class(type_name) {
            Class::Guarded(guard) => self.meets(&guard.rules, home),
            Class::Structural | Class::Part | Class::Public => true,
            Class::Unclassified => false,
        }
    }

    fn meets(&self, rules: &Rules, home: Home) -> bool {
        rules.any.iter().any(|rule| {
            let contained =
                rule.boundaries.iter().any(|it| matches!(it, BoundaryType::Project | BoundaryType::Group));
            let grounds: Vec<Ground> = rule
                .boundaries
                .iter()
                .filter_map(|boundary| match boundary {
                    BoundaryType::Project | BoundaryType::Group => self.maker.world.ground(home, *boundary),
                    BoundaryType::User => (home == Home::Nowhere || !contained).then_some(Ground::User),
                    BoundaryType::Instance => Some(Ground::Instance),
                })
                .collect();
            self.holder.holds(&rule.permissions, &grounds)
        })
    }

    /// Whether a field may be asked of an object, whatever it answers.
    #[must_use]
    pub fn field(&self, asked: Asked<'_>, is_root: bool) -> Verdict {
        let (type_name, name) = (asked.thing.type_name.as_str(), asked.field.name.as_str());
        if name.starts_with("__") {
            return Verdict::Shown;
        }
        if is_root && type_name == "Mutation" {
            return verdict(self.guards().mutation(name).is_some_and(|guard| self.passes(guard, asked)));
        }
        let guard = self.guards().field(type_name, name);
        let is_covered = !is_root
            || guard.is_some()
            || self.guards().is_public_field(type_name, name)
            || self.tells_itself(asked.field.ty.inner_named_type());
        let may_filter = self.may_filter(asked, guard.is_some_and(|guard| guard.elsewhere), is_root);
        let is_admitted = guard.is_none_or(|guard| self.passes(guard, asked));
        verdict(is_covered && is_admitted && self.may_count(asked) && may_filter)
    }

    /// What is found by filters tells of what isn't shown whether it fits.
    fn may_filter(&self, asked: Asked<'_>, is_elsewhere: bool, is_root: bool) -> bool {
        let own = asked.field.ty.inner_named_type().to_string();
        let found = self.node_type(&own).unwrap_or(own);
        let tells = asked.sought.tells(&found);
        if is_elsewhere || !tells && (is_root || !asked.is_filtered) {
            return true;
        }
        let home = if is_root { self.maker.home_of_field(asked, true) } else { asked.context };
        let types = possible_types(self.maker.schema, &found);
        types.iter().all(|name| match self.is_settled(name, home) {
            true => self.admits(name, home),
            false => !tells || self.admits_all(name, home),
        })
    }

    /// Whether objects of the type are shown wherever a list at the place looks for them.
    fn admits_all(&self, type_name: &str, home: Home) -> bool {
        let Class::Guarded(guard) = self.guards().class(type_name) else {
            return self.admits(type_name, home);
        };
        let here = self.maker.world.kind(home).and_then(|kind| self.maker.world.ground(home, kind));
        let is_held = |permissions: &[PermissionId]| match here {
            Some(ground) => self.holder.holds(permissions, &[ground]),
            None => self.holder.holds_everywhere(permissions),
        };
        self.meets(&guard.rules, home) || guard.rules.any.iter().any(|rule| is_held(&rule.permissions))
    }

    /// Whether the objects of a root field's type are decided one by one.
    fn tells_itself(&self, type_name: &str) -> bool {
        let own = |name: &str| {
            let types = possible_types(self.maker.schema, name);
            !types.is_empty()
                && types
                    .iter()
                    .all(|name| matches!(self.guards().class(name), Class::Guarded(_) | Class::Public))
        };
        own(type_name) || self.node_type(type_name).is_some_and(|node| own(&node))
    }

    /// The type of a connection's nodes: of its field `nodes`, or of `node` of its `edges`.
    fn node_type(&self, type_name: &str) -> Option<String> {
        let of = |name: &str, field: &str| {
            let field = self.maker.schema.type_field(name, field).ok()?;
            Some(field.ty.inner_named_type().to_string())
        };
        let is_edge = of(type_name, "node").is_some();
        let nodes = of(type_name, "nodes").filter(|_| !is_edge);
        nodes.or_else(|| of(&of(type_name, "edges").filter(|_| !is_edge)?, "node"))
    }

    /// Whether each object of the type is decided, or of one of its types if it stands for several.
    #[must_use]
    pub fn decides(&self, type_name: &str) -> bool {
        let types = possible_types(self.maker.schema, type_name);
        types.iter().any(|name| matches!(self.guards().class(name), Class::Guarded(_) | Class::Unclassified))
    }

    /// A number about all nodes of a connection tells of each: they have to be shown where the connection is.
    fn may_count(&self, asked: Asked<'_>) -> bool {
        let Some(node) = self.node_type(&asked.thing.type_name) else { return true };
        let tells_no_count = matches!(asked.field.name.as_str(), "nodes" | "edges");
        let types = possible_types(self.maker.schema, &node);
        let is_shown =
            |name: &str| match asked.field.name == "pageInfo" && !self.is_settled(name, asked.context) {
                true => !asked.above.order || self.admits_all(name, asked.context),
                false => self.admits(name, asked.context),
            };
        tells_no_count || types.iter().all(|name| is_shown(name))
    }

    /// Whether the place of a list decides what is in it. Cursors tell what a list is sorted by, of nodes that aren't
    /// shown, too.
    fn is_settled(&self, type_name: &str, home: Home) -> bool {
        let Class::Guarded(guard) = self.guards().class(type_name) else { return true };
        let knows = |kind| guard.rules.any.iter().any(|rule| rule.boundaries.contains(&kind));
        let is_contained = knows(BoundaryType::Project) || knows(BoundaryType::Group);
        match home {
            Home::At(_) => !is_contained || self.maker.world.kind(home).is_none_or(knows),
            Home::Missing => true,
            Home::Nowhere | Home::Untold => !is_contained,
        }
    }

    fn passes(&self, guard: &FieldGuard, asked: Asked<'_>) -> bool {
        guard.needs.iter().all(|need| self.holds(need, asked))
    }

    fn holds(&self, need: &Need, asked: Asked<'_>) -> bool {
        let is_named = need.any.iter().any(|alternative| gives_argument(alternative, asked.arguments));
        (need.optional && !is_named) || need.any.iter().any(|alternative| self.grants(alternative, asked))
    }

    fn grants(&self, alternative: &Alternative, asked: Asked<'_>) -> bool {
        let is_named = gives_argument(alternative, asked.arguments);
        let mut grounds = vec![Vec::new()];
        for source in &alternative.sources {
            match source {
                Source::Argument(path) => {
                    let named = values(path, asked.arguments);
                    grounds.resize(grounds.len().max(named.len()), Vec::new());
                    for (grounds, value) in grounds.iter_mut().zip(named) {
                        grounds
                            .extend(self.maker.world.ground(self.maker.named_by(path, value), path.boundary));
                    }
                }
                Source::Parent(boundary) => {
                    let ground = self.maker.world.ground(asked.context, *boundary);
                    grounds.iter_mut().for_each(|grounds| grounds.extend(ground));
                }
                Source::User if !is_named => {
                    grounds.iter_mut().for_each(|grounds| grounds.push(Ground::User));
                }
                Source::Instance if !is_named => {
                    grounds.iter_mut().for_each(|grounds| grounds.push(Ground::Instance));
                }
                Source::User | Source::Instance => {}
            }
        }
        grounds.iter().all(|grounds| self.holder.holds(&alternative.permissions, grounds))
    }
}

fn verdict(is_shown: bool) -> Verdict {
    if is_shown { Verdict::Shown } else { Verdict::Withheld }
}

fn gives_argument(alternative: &Alternative, arguments: &Arguments) -> bool {
    alternative.sources.iter().any(|source| match source {
        Source::Argument(path) => !values(path, arguments).is_empty(),
        Source::Parent(_) | Source::User | Source::Instance => false,
    })
}
