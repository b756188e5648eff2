//! Reading an answer beside its plan.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::mismatch::{Mismatch, MismatchKind, Step, dotted};
use super::needs::Needs;
use super::places::Places;
use super::tree::{Data, List, Node, Record, Spot, value_at};
use super::upstream::{self, UpstreamError};
use super::{Answer, Asked};
use crate::plan::{Abstract, Field, Leaf, LocatedBy, Object, Root, Shape};
use crate::{Named, Refusal};

impl<'p, 'r> Answer<'p, 'r> {
    /// Reads the instance's answer to what was forwarded.
    ///
    /// # Errors
    ///
    /// [`Mismatch`] where it isn't exactly what the plan expects.
    pub fn read(asked: Asked<'p>, body: &'r [u8]) -> Result<Self, Mismatch> {
        let mut answer = Self::unasked(asked)?;
        answer.data = Data::Absent;
        answer.size = body.len();
        let not_json = || Mismatch { path: String::new(), kind: MismatchKind::NotJson };
        let text = std::str::from_utf8(body).map_err(|_| not_json())?;
        let places = std::mem::take(&mut answer.places);
        let mut reader = Reader { asked, places, needs: Needs::default(), path: Vec::new(), kind: None };
        let mut json = serde_json::Deserializer::from_str(text);
        let envelope =
            json.deserialize_map(EnvelopeVisitor(&mut reader)).map_err(|error| reader.mismatch(&error))?;
        json.end().map_err(|_| not_json())?;
        answer.places = reader.places;
        answer.needs = reader.needs;
        answer.errors = envelope.errors.unwrap_or_default();
        if let Some(data) = envelope.data {
            answer.data = data;
        }
        if answer.errors.is_empty() && matches!(answer.data, Data::Absent | Data::Null) {
            return Err(Mismatch { path: String::new(), kind: MismatchKind::NoData });
        }
        if let Data::Root(fields) = &mut answer.data {
            upstream::doubt_failed_probes(fields, &asked.plan.root, &answer.errors);
        }
        Ok(answer)
    }

    /// The answer where nothing was left to forward: every field of the root was refused.
    ///
    /// # Errors
    ///
    /// [`Mismatch`] where the decisions are about another plan.
    pub fn unasked(asked: Asked<'p>) -> Result<Self, Mismatch> {
        let fields = asked.plan.root.fields.len();
        let lengths = [asked.decided.refused.len(), asked.decided.places.len(), asked.plan.roots.len()];
        if lengths != [fields; 3] {
            return Err(Mismatch { path: String::new(), kind: MismatchKind::OtherPlan });
        }
        let mut places = Places::default();
        let spot = |(place, root): (&Option<Named>, &Root)| match place {
            _ if root.guard.as_ref().is_some_and(|guard| guard.elsewhere) => Spot::Untold,
            Some(Named::User | Named::Instance) => Spot::Nowhere,
            Some(place) => places.at(place.clone()),
            None => Spot::Untold,
        };
        let root_spots = asked.decided.places.iter().zip(&asked.plan.roots).map(spot).collect();
        let data = Data::Root((0..fields).map(|_| Node::Absent).collect());
        Ok(Self { asked, data, errors: Vec::new(), places, needs: Needs::default(), root_spots, size: 64 })
    }
}

/// What was read so far, and where a mismatch was met.
struct Reader<'p, 'r> {
    asked: Asked<'p>,
    places: Places<'r>,
    needs: Needs,
    path: Vec<Step<'p>>,
    kind: Option<MismatchKind>,
}

impl<'p, 'r> Reader<'p, 'r> {
    fn fail<E: serde::de::Error>(&mut self, kind: MismatchKind) -> E {
        self.kind.get_or_insert(kind);
        E::custom("mismatch")
    }

    fn mismatch(&self, error: &serde_json::Error) -> Mismatch {
        let kind = self.kind.unwrap_or(if error.is_data() {
            MismatchKind::WrongType
        } else {
            MismatchKind::NotJson
        });
        Mismatch { path: dotted(&self.path), kind }
    }

    /// The fields of an object, each once and no other.
    fn fields<A: MapAccess<'r>>(
        &mut self,
        object: &'p Object,
        refused: &[Option<Refusal>],
        map: &mut A,
    ) -> Result<Box<[Node<'p, 'r>]>, A::Error> {
        let is_refused = |index: usize| matches!(refused.get(index), Some(Some(_)));
        let mut nodes: Box<[Node<'p, 'r>]> = object.fields.iter().map(|_| Node::Absent).collect();
        let mut next = 0;
        while let Some(index) = map.next_key_seed(KeySeed { fields: &object.fields, next })? {
            let Some((index, field)) = index.and_then(|index| Some((index, object.fields.get(index)?)))
            else {
                return Err(self.fail(MismatchKind::Unexpected));
            };
            let node = match nodes.get_mut(index) {
                Some(node @ Node::Absent) if !is_refused(index) => node,
                Some(Node::Absent) | None => return Err(self.fail(MismatchKind::Unexpected)),
                Some(_) => {
                    self.path.push(Step::Key(&field.key));
                    return Err(self.fail(MismatchKind::Repeated));
                }
            };
            match map.next_value_seed(ValueSeed { reader: self, shape: &field.shape }) {
                Ok(value) => *node = value,
                Err(error) => {
                    self.path.push(Step::Key(&field.key));
                    return Err(error);
                }
            }
            if &*field.name == "__typename"
                && !matches!(node, Node::Leaf(raw) if is_string(raw, &object.type_name))
            {
                self.path.push(Step::Key(&field.key));
                return Err(self.fail(MismatchKind::UnknownType));
            }
            let Asked { plan, variables, .. } = self.asked;
            self.needs.read(field, plan, variables, &mut self.places);
            next = index + 1;
        }
        for (index, (field, node)) in object.fields.iter().zip(&nodes).enumerate() {
            if matches!(node, Node::Absent) && !is_refused(index) {
                self.path.push(Step::Key(&field.key));
                return Err(self.fail(MismatchKind::Missing));
            }
        }
        Ok(nodes)
    }

    fn record<A: MapAccess<'r>>(
        &mut self,
        object: &'p Object,
        map: &mut A,
    ) -> Result<Node<'p, 'r>, A::Error> {
        let fields = self.fields(object, &[], map)?;
        let spot = self.locate(object, &fields);
        Ok(Node::Object(Record { object, fields, spot }))
    }

    /// Where an object is: as the first probe says that isn't null.
    fn locate(&mut self, object: &Object, fields: &[Node<'p, 'r>]) -> Spot {
        let mut asked = false;
        for located in &object.located_by {
            match located {
                LocatedBy::Inherit if asked => return Spot::InheritOrNowhere,
                LocatedBy::Inherit => return Spot::Inherit,
                LocatedBy::Field { path, reads } => match value_at(fields, path) {
                    None | Some(Node::Null) => asked = true,
                    Some(Node::Leaf(raw)) => return self.places.read(*reads, raw, self.asked.relative_root),
                    Some(_) => return Spot::Unknown,
                },
            }
        }
        Spot::Nowhere
    }
}

fn is_string(raw: &str, text: &str) -> bool {
    raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(text)
}

struct Envelope<'p, 'r> {
    data: Option<Data<'p, 'r>>,
    errors: Option<Vec<UpstreamError<'r>>>,
}

struct EnvelopeVisitor<'a, 'p, 'r>(&'a mut Reader<'p, 'r>);

impl<'p, 'r> Visitor<'r> for EnvelopeVisitor<'_, 'p, 'r> {
    type Value = Envelope<'p, 'r>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'r>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut envelope = Envelope { data: None, errors: None };
        while let Some(key) = map.next_key::<EnvelopeKey>()? {
            match key {
                EnvelopeKey::Data if envelope.data.is_none() => {
                    envelope.data = Some(map.next_value_seed(RootSeed(self.0))?);
                }
                EnvelopeKey::Errors if envelope.errors.is_none() => envelope.errors = Some(map.next_value()?),
                EnvelopeKey::Data | EnvelopeKey::Errors => return Err(self.0.fail(MismatchKind::Repeated)),
                EnvelopeKey::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(envelope)
    }
}

/// `extensions` and what versions of GitLab add beside it (`correlationId`) aren't passed on.
#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum EnvelopeKey {
    Data,
    Errors,
    #[serde(other)]
    Other,
}

struct RootSeed<'a, 'p, 'r>(&'a mut Reader<'p, 'r>);

impl<'p, 'r> DeserializeSeed<'r> for RootSeed<'_, 'p, 'r> {
    type Value = Data<'p, 'r>;

    fn deserialize<D: Deserializer<'r>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'p, 'r> Visitor<'r> for RootSeed<'_, 'p, 'r> {
    type Value = Data<'p, 'r>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("data")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(Data::Null)
    }

    fn visit_map<A: MapAccess<'r>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Asked { plan, decided, .. } = self.0.asked;
        self.0.fields(&plan.root, &decided.refused, &mut map).map(Data::Root)
    }
}

struct ValueSeed<'a, 'p, 'r> {
    reader: &'a mut Reader<'p, 'r>,
    shape: &'p Shape,
}

impl<'p, 'r> DeserializeSeed<'r> for ValueSeed<'_, 'p, 'r> {
    type Value = Node<'p, 'r>;

    fn deserialize<D: Deserializer<'r>>(self, json: D) -> Result<Self::Value, D::Error> {
        let Self { reader, shape } = self;
        match shape {
            Shape::NonNull(shape) => match (ValueSeed { reader: &mut *reader, shape }).deserialize(json)? {
                Node::Null => Err(reader.fail(MismatchKind::Null)),
                node => Ok(node),
            },
            Shape::List(item) => json.deserialize_any(ListVisitor { reader, item }),
            Shape::Object(object) => json.deserialize_any(ObjectVisitor { reader, object }),
            Shape::Abstract(several) => json.deserialize_any(AbstractVisitor { reader, several }),
            Shape::Leaf(leaf) => {
                let raw = <&'r RawValue as serde::Deserialize>::deserialize(json)?.get();
                match raw.as_bytes().first() {
                    Some(b'n') => Ok(Node::Null),
                    Some(b'{' | b'[') if *leaf == Leaf::Plain => Err(reader.fail(MismatchKind::WrongType)),
                    _ => Ok(Node::Leaf(raw)),
                }
            }
        }
    }
}

struct ListVisitor<'a, 'p, 'r> {
    reader: &'a mut Reader<'p, 'r>,
    item: &'p Shape,
}

impl<'p, 'r> Visitor<'r> for ListVisitor<'_, 'p, 'r> {
    type Value = Node<'p, 'r>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }

    fn visit_seq<A: SeqAccess<'r>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        loop {
            match list.next_element_seed(ValueSeed { reader: &mut *self.reader, shape: self.item }) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return Ok(Node::List(List { items, shown_at: None })),
                Err(error) => {
                    self.reader.path.push(Step::Index(items.len()));
                    return Err(error);
                }
            }
        }
    }
}

struct ObjectVisitor<'a, 'p, 'r> {
    reader: &'a mut Reader<'p, 'r>,
    object: &'p Object,
}

impl<'p, 'r> Visitor<'r> for ObjectVisitor<'_, 'p, 'r> {
    type Value = Node<'p, 'r>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }

    fn visit_map<A: MapAccess<'r>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        self.reader.record(self.object, &mut map)
    }
}

struct AbstractVisitor<'a, 'p, 'r> {
    reader: &'a mut Reader<'p, 'r>,
    several: &'p Abstract,
}

impl<'p, 'r> Visitor<'r> for AbstractVisitor<'_, 'p, 'r> {
    type Value = Node<'p, 'r>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object with its type")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }

    fn visit_map<A: MapAccess<'r>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { reader, several } = self;
        match map.next_key_seed(ExactKeySeed(&several.typename_key))? {
            Some(true) => {}
            Some(false) => return Err(reader.fail(MismatchKind::Unexpected)),
            None => return Err(reader.fail(MismatchKind::Missing)),
        }
        let type_name = map.next_value::<&'r RawValue>()?.get();
        match several.objects.iter().find(|object| is_string(type_name, &object.type_name)) {
            Some(object) => reader.record(object, &mut map),
            None => Err(reader.fail(MismatchKind::UnknownType)),
        }
    }
}

/// Which field a key is of, looked for from the one that should come next.
struct KeySeed<'a> {
    fields: &'a [Field],
    next: usize,
}

impl<'r> DeserializeSeed<'r> for KeySeed<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'r>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<usize>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Self::Value, E> {
        let is_next = self.fields.get(self.next).is_some_and(|field| field.wire_key() == key);
        Ok(if is_next {
            Some(self.next)
        } else {
            self.fields.iter().position(|field| field.wire_key() == key)
        })
    }
}

/// Whether a key is this one.
struct ExactKeySeed<'a>(&'a str);

impl<'r> DeserializeSeed<'r> for ExactKeySeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'r>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl Visitor<'_> for ExactKeySeed<'_> {
    type Value = bool;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(key == self.0)
    }
}
