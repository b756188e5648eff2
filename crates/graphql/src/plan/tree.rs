//! The tree of an operation: what is selected, with its types, classes and guards, and what is hidden among it.

use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::executable::{self, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};

use super::arguments::Writer;
use super::collect::{Collector, Group};
use super::lines::Lines;
use super::merge;
use super::nodes::{self, Role};
use super::probes::Probes;
use super::seek::{self, Seeking};
use super::shape::{leaf, wrap};
use super::{Abstract, Fault, Field, Guarded, Limits, Object, PlanError, Position, Shape};
use crate::guard::Class;

/// Builds the tree.
pub(super) struct Builder<'d> {
    guarded: &'d Guarded<'d>,
    pub(super) collector: Collector<'d>,
    pub(super) probes: Probes<'d>,
    pub(super) writer: Writer<'d>,
    lines: Lines<'d>,
    left: usize,
    most: usize,
}

impl<'d> Builder<'d> {
    pub(super) fn new(
        guarded: &'d Guarded<'d>,
        text: &'d str,
        limits: &Limits,
        nonce: String,
        collector: Collector<'d>,
        writer: Writer<'d>,
    ) -> Self {
        Self {
            guarded,
            collector,
            probes: Probes::new(guarded.schema, nonce, limits.probes),
            writer,
            lines: Lines::new(text),
            left: limits.fields,
            most: limits.fields,
        }
    }

    /// The object that these selections ask of a type, below the root.
    pub(super) fn object(&mut self, name: &Name, sets: &[&'d SelectionSet]) -> Result<Object, PlanError> {
        let mut object = self.several_fields(name, sets)?;
        if object.fields.is_empty() {
            object.fields.push(self.probes.typename()?);
        }
        Ok(object)
    }

    /// The same where nothing need be asked: beside a `__typename`.
    fn several_fields(&mut self, name: &Name, sets: &[&'d SelectionSet]) -> Result<Object, PlanError> {
        let class = self.class(name);
        let role = match class {
            Class::Structural => nodes::role(self.guarded.schema, name),
            _ => Role::Plain,
        };
        let groups = self.collector.collect(name, sets)?;
        let mut fields = Vec::with_capacity(groups.len() + 1);
        for (key, group) in groups {
            let mut field = self.field(name, key, &group)?;
            field.guard = self.guarded.guards.field(name, &field.name).cloned();
            if let Some(guard) = &field.guard {
                let definition = self.definition(name, &field.name)?;
                field.values = self.writer.values(definition, group.first(), guard.needs.iter())?;
            }
            self.mark(&role, &mut field);
            if let Some(first) = group.first() {
                self.mark_filtered(&mut field, first);
            }
            fields.push(field);
        }
        let located_by = match &class {
            Class::Guarded(guard) => self.probes.locate(name, guard, &mut fields)?,
            _ => [].into(),
        };
        self.hide_node(name, &role, &mut fields)?;
        Ok(Object { type_name: name.as_str().into(), class, fields, located_by })
    }

    /// One field of an answer, from all that the document selects under its key.
    pub(super) fn field(&mut self, parent: &Name, key: &Name, group: &Group<'d>) -> Result<Field, PlanError> {
        let Some((first, others)) = group.split_first() else {
            return Err(PlanError::new(Fault::Syntax, "a field is missing"));
        };
        self.count()?;
        let definition = self.definition(parent, &first.name)?;
        let arguments = self.writer.arguments(&first.arguments)?;
        for other in others {
            self.agree(first, other)?;
        }
        let sets: Vec<&SelectionSet> = group.iter().map(|field| &field.selection_set).collect();
        Ok(Field {
            key: key.as_str().into(),
            alias: None,
            name: first.name.as_str().into(),
            is_shown: true,
            arguments,
            values: [].into(),
            position: self.position(first),
            guard: None,
            counts: [].into(),
            counts_if_settled: false,
            sought_by: [].into(),
            takes_parent: false,
            shape: self.shape(&definition.ty, &sets)?,
        })
    }

    pub(super) fn definition(&self, parent: &Name, field: &str) -> Result<&'d FieldDefinition, PlanError> {
        let found = self.guarded.schema.as_apollo().type_field(parent, field);
        found.map(|definition| &***definition).map_err(|_| {
            let message = format!("type `{parent}` does not have a field `{field}`");
            PlanError::new(Fault::Invalid { unknown_name: true }, message)
        })
    }

    /// Fields of one key must be the same field with the same arguments.
    fn agree(
        &mut self,
        first: &Node<executable::Field>,
        other: &Node<executable::Field>,
    ) -> Result<(), PlanError> {
        if first.name == other.name && self.writer.are_equal(&first.arguments, &other.arguments) {
            return Ok(());
        }
        let message =
            format!("the document asks for different things under the key `{}`", other.response_key());
        Err(PlanError::at(Fault::Invalid { unknown_name: false }, message, Some(self.position(other))))
    }

    fn shape(&mut self, ty: &Type, sets: &[&'d SelectionSet]) -> Result<Shape, PlanError> {
        let name = ty.inner_named_type();
        let named = match self.guarded.schema.as_apollo().types.get(name) {
            Some(ExtendedType::Object(_)) => Shape::Object(Box::new(self.object(name, sets)?)),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                Shape::Abstract(Box::new(self.several(name, sets)?))
            }
            Some(kind) => Shape::Leaf(leaf(kind)),
            None => {
                return Err(PlanError::new(
                    Fault::Invalid { unknown_name: true },
                    format!("no type `{name}`"),
                ));
            }
        };
        Ok(wrap(ty, named))
    }

    fn several(&mut self, name: &Name, sets: &[&'d SelectionSet]) -> Result<Abstract, PlanError> {
        let typename_key = self.probes.typename_key();
        let possible = self.guarded.schema.possible_types(name);
        let mut objects = Vec::with_capacity(possible.len());
        for object in possible {
            self.count()?;
            objects.push(self.several_fields(object, sets)?);
        }
        merge::tell_apart(self.guarded.schema, &mut self.probes, objects.iter_mut().collect());
        Ok(Abstract { typename_key, type_name: name.as_str().into(), objects })
    }

    /// What an object below the root is. Root types aren't known to belong anywhere below the root.
    fn class(&self, name: &Name) -> Class {
        let roots = &self.guarded.schema.as_apollo().schema_definition;
        let is_root = [&roots.query, &roots.mutation, &roots.subscription];
        if name.starts_with("__") {
            Class::Public
        } else if is_root.into_iter().flatten().any(|root| root.name == *name) {
            Class::Unclassified
        } else {
            self.guarded.guards.class(name).clone()
        }
    }

    /// Says of a field of a connection or edge what it tells about nodes.
    fn mark(&self, role: &Role<'d>, field: &mut Field) {
        match role {
            Role::Connection(node) if !nodes::tells_no_count(&field.name) => {
                field.counts = self.decided(node);
                field.counts_if_settled = *field.name == *"pageInfo";
            }
            Role::Edge(node) if *field.name == *"node" => {
                field.takes_parent = !self.decided(&node.ty).is_empty();
            }
            _ => {}
        }
    }

    /// Says of a field with filters what it looks through. What belongs elsewhere isn't decided where the field is asked.
    pub(super) fn mark_filtered(&self, field: &mut Field, asked: &Node<executable::Field>) {
        let is_elsewhere = field.guard.as_ref().is_some_and(|guard| guard.elsewhere);
        if is_elsewhere || !field.counts.is_empty() || asked.definition.arguments.is_empty() {
            return;
        }
        let mut ty = &asked.definition.ty;
        if let Role::Connection(node) = nodes::role(self.guarded.schema, ty.inner_named_type()) {
            ty = node;
        }
        let listed = self.decided(ty);
        if listed.is_empty() {
            return;
        }
        let Seeking { mut texts, orders } = self.mark_sought(field, asked);
        if seek::may_be_found(ty.inner_named_type()) {
            texts.clear();
        }
        if nodes::is_paged(asked) {
            texts.extend(orders);
        }
        if nodes::is_filtered(asked) || !texts.is_empty() {
            field.counts = listed;
            field.counts_if_settled = true;
            field.sought_by = texts.into();
        }
    }

    /// Notes by what a field is searched; a page of its list begins and ends at what it is ordered by.
    fn mark_sought(&self, field: &mut Field, asked: &Node<executable::Field>) -> Seeking {
        let seeking = Seeking::of(self.guarded.schema, asked);
        Writer::add(&mut field.values, asked, seeking.names());
        if let Shape::Object(list) = field.shape.bare_mut()
            && !seeking.orders.is_empty()
        {
            for info in list.fields.iter_mut().filter(|field| *field.name == *"pageInfo") {
                info.values = field.values.clone();
                info.sought_by = seeking.orders.as_slice().into();
            }
        }
        seeking
    }

    /// Gives an edge whose node isn't asked for a hidden one, so that it can be decided.
    fn hide_node(
        &mut self,
        parent: &Name,
        role: &Role<'d>,
        fields: &mut Vec<Field>,
    ) -> Result<(), PlanError> {
        let Role::Edge(node) = role else { return Ok(()) };
        if self.decided(&node.ty).is_empty() || fields.iter().any(|field| field.takes_parent) {
            return Ok(());
        }
        let node = self.definition(parent, "node")?;
        let key = self.probes.key("node", &node.ty, None);
        let shape = self.shape(&node.ty, &[])?;
        let mut field = self.probes.hidden(key, "node", shape)?;
        field.takes_parent = true;
        fields.push(field);
        Ok(())
    }

    /// The classes of the possible objects of a type that aren't shown to just anybody.
    fn decided(&self, ty: &Type) -> Box<[Class]> {
        let name = ty.inner_named_type();
        let schema = self.guarded.schema;
        let is_object = schema.as_apollo().get_object(name).is_some();
        let possible = if is_object { std::slice::from_ref(name) } else { schema.possible_types(name) };
        let classes = possible.iter().map(|object| self.class(object));
        classes.filter(|class| matches!(class, Class::Guarded(_) | Class::Unclassified)).collect()
    }

    fn count(&mut self) -> Result<(), PlanError> {
        self.left = self.left.checked_sub(1).ok_or_else(|| PlanError::limit("fields", self.most))?;
        Ok(())
    }

    fn position(&self, field: &Node<executable::Field>) -> Position {
        field.location().map(|span| self.lines.position(span.offset())).unwrap_or_default()
    }
}
