//! The walk over an answer that decides and writes.

use super::judge::Judge;
use super::mismatch::Step;
use super::report::{Counts, Nulled, Report};
use super::tree::{List, Node, Record, Spot};
use super::verdicts::{RefusalId, Verdicts};
use crate::Refusal;
use crate::guard::Class;
use crate::plan::{Field, Object, Shape};

/// Writes what is shown and marks what isn't.
pub(super) struct Walk<'a, 'p, J> {
    pub(super) out: Vec<u8>,
    pub(super) report: Report<'p>,
    pub(super) verdicts: Verdicts<'a, J>,
    path: Vec<Step<'p>>,
    /// Whether lists note where their items went, since errors of the instance's point there.
    keeps_indices: bool,
}

/// Why a value isn't written.
enum Gone<'p> {
    /// It is refused itself.
    Refused(RefusalId),
    /// Something below it is null that can't be.
    Below(Nulled<'p>),
}

/// A point in time.
struct Mark {
    written: usize,
    told: Counts,
}

impl<'a, 'p, J: Judge> Walk<'a, 'p, J> {
    pub(super) fn new(verdicts: Verdicts<'a, J>, size: usize, keeps_indices: bool) -> Self {
        let out = Vec::with_capacity(size);
        Self { out, report: Report::default(), verdicts, path: Vec::new(), keeps_indices }
    }

    /// Writes the root's object; false where it is null for something below it.
    pub(super) fn root(
        &mut self,
        root: &'p Object,
        fields: &mut [Node<'p, '_>],
        refused: &[Option<Refusal>],
        spots: &[Spot],
    ) -> bool {
        let mark = self.mark();
        let mut separator = b'{';
        for (((field, node), refused), spot) in root.fields.iter().zip(fields).zip(refused).zip(spots) {
            let settled = self.field(&mut separator, field, node, |walk, node| match refused {
                Some(refusal) => Err(Gone::Refused(walk.verdicts.add(refusal.clone()))),
                None => {
                    walk.verdicts.of_search(field, *spot).map_err(Gone::Refused)?;
                    walk.value(&field.shape, node, *spot)
                }
            });
            if let Err(nulled) = settled {
                self.null(&mark, nulled);
                return false;
            }
        }
        self.close(separator);
        true
    }

    /// Tells what was refused before, where there is no object to write.
    pub(super) fn refuse(&mut self, root: &'p Object, refused: &[Option<Refusal>]) {
        for (field, refusal) in root.fields.iter().zip(refused) {
            if let Some(refusal) = refusal {
                let refusal = self.verdicts.add(refusal.clone());
                let path = [Step::Key(&field.key)].into();
                self.report.null(Nulled { path, position: field.position, refusal });
            }
        }
    }

    fn value(&mut self, shape: &'p Shape, node: &mut Node<'p, '_>, spot: Spot) -> Result<(), Gone<'p>> {
        match (node, shape.bare()) {
            (Node::Leaf(raw), _) => self.out.extend_from_slice(raw.as_bytes()),
            (Node::Object(record), _) => self.object(record, spot)?,
            (Node::List(list), Shape::List(item)) => self.list(item, list, spot)?,
            _ => self.out.extend_from_slice(b"null"),
        }
        Ok(())
    }

    fn object(&mut self, record: &mut Record<'p, '_>, above: Spot) -> Result<(), Gone<'p>> {
        let object = record.object;
        let (here, handed) = match object.class {
            Class::Guarded(_) if object.located_by.is_empty() => (record.spot, Spot::Untold),
            Class::Guarded(_) => {
                let here = record.spot.below(above);
                (here, here)
            }
            Class::Public => (above, Spot::Untold),
            Class::Structural | Class::Part | Class::Unclassified => (above, above),
        };
        self.verdicts.of_class(&object.class, here).map_err(Gone::Refused)?;
        for (field, node) in object.fields.iter().zip(&record.fields) {
            if field.takes_parent {
                self.node(field, node, handed).map_err(Gone::Refused)?;
            }
        }
        let mut separator = b'{';
        for (field, node) in object.fields.iter().zip(&mut record.fields) {
            self.field(&mut separator, field, node, |walk, node| {
                walk.verdicts.of_field(field, handed).map_err(Gone::Refused)?;
                walk.value(&field.shape, node, below(field, handed))
            })
            .map_err(Gone::Below)?;
        }
        self.close(separator);
        Ok(())
    }

    /// Whether an edge may be shown for its node. One that is null can't be decided: the rest of the edge may tell of it.
    fn node(&mut self, field: &Field, node: &Node<'_, '_>, spot: Spot) -> Result<(), RefusalId> {
        self.verdicts.of_field(field, spot)?;
        let spot = below(field, spot);
        match node {
            Node::Object(Record { object, spot: own, .. }) => match object.class {
                Class::Guarded(_) => self.verdicts.of_class(&object.class, own.below(spot)),
                _ => self.verdicts.of_class(&object.class, spot),
            },
            Node::Null if field.shape.objects().iter().any(Object::is_decided) => self.verdicts.of_nothing(),
            _ => Ok(()),
        }
    }

    fn list(&mut self, item: &'p Shape, list: &mut List<'p, '_>, spot: Spot) -> Result<(), Gone<'p>> {
        let mut shown = 0;
        let mut shown_at = Vec::new();
        let mut removed: Vec<(RefusalId, u64)> = Vec::new();
        self.out.push(b'[');
        for node in &mut list.items {
            let start = self.out.len();
            if shown > 0 {
                self.out.push(b',');
            }
            let mark = self.mark();
            self.path.push(Step::Index(shown));
            let written = self.value(item, node, spot);
            self.path.pop();
            let mut is_shown = true;
            match written {
                Ok(()) => {}
                Err(Gone::Refused(refusal)) => {
                    *node = Node::Withheld;
                    self.out.truncate(start);
                    is_shown = false;
                    let alike = self.verdicts.alike(refusal);
                    match removed.iter_mut().find(|(refusal, _)| *refusal == alike) {
                        Some((_, count)) => *count += 1,
                        None => removed.push((alike, 1)),
                    }
                }
                Err(Gone::Below(nulled)) if item.is_nullable() => {
                    *node = Node::Withheld;
                    self.null(&mark, nulled);
                }
                Err(below) => return Err(below),
            }
            if self.keeps_indices {
                shown_at.push(is_shown.then_some(shown));
            }
            shown += usize::from(is_shown);
        }
        self.out.push(b']');
        if !removed.is_empty() {
            self.report.remove(&self.path, &removed);
            list.shown_at = self.keeps_indices.then(|| shown_at.into_boxed_slice());
        }
        Ok(())
    }

    /// Writes a field that is shown, by its key and what `write` writes. Fails where it is null and can't be.
    fn field<'r>(
        &mut self,
        separator: &mut u8,
        field: &'p Field,
        node: &mut Node<'p, 'r>,
        write: impl FnOnce(&mut Self, &mut Node<'p, 'r>) -> Result<(), Gone<'p>>,
    ) -> Result<(), Nulled<'p>> {
        if !field.is_shown {
            return Ok(());
        }
        self.out.push(std::mem::replace(separator, b','));
        self.out.push(b'"');
        self.out.extend_from_slice(field.key.as_bytes());
        self.out.extend_from_slice(b"\":");
        let mark = self.mark();
        self.path.push(Step::Key(&field.key));
        let settled = match write(self, node) {
            Ok(()) => Ok(()),
            Err(gone) => {
                *node = Node::Withheld;
                let nulled = match gone {
                    Gone::Refused(refusal) => {
                        Nulled { path: self.path.as_slice().into(), position: field.position, refusal }
                    }
                    Gone::Below(nulled) => nulled,
                };
                if field.shape.is_nullable() {
                    self.null(&mark, nulled);
                    Ok(())
                } else {
                    Err(nulled)
                }
            }
        };
        self.path.pop();
        settled
    }

    fn close(&mut self, separator: u8) {
        self.out.extend_from_slice(if separator == b'{' { b"{}" } else { b"}" });
    }

    fn mark(&self) -> Mark {
        Mark { written: self.out.len(), told: self.report.counts() }
    }

    /// Writes null instead of all that was written since, and tells why instead of all that was told since.
    fn null(&mut self, mark: &Mark, nulled: Nulled<'p>) {
        self.out.truncate(mark.written);
        self.out.extend_from_slice(b"null");
        self.report.back_to(mark.told);
        self.report.null(nulled);
    }
}

/// What a field's values inherit.
fn below(field: &Field, spot: Spot) -> Spot {
    if field.guard.as_ref().is_some_and(|guard| guard.elsewhere) { Spot::Untold } else { spot }
}
