//! JSON with its scalars as they were written.

use std::fmt::{self, Write as _};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON text: key order, duplicate keys and the spelling of numbers and strings are kept, white space is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// A scalar, as it was written.
    Scalar(Box<str>),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(Box<str>, Json)>),
}

impl Json {
    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Self::Scalar("null".into())
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(text) if &**text == "null")
    }

    /// Reads a JSON text.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        match text.trim_start().as_bytes().first() {
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                Ok(Self::List(
                    items.into_iter().map(|item| Self::parse(item.get())).collect::<Result<_, _>>()?,
                ))
            }
            Some(b'{') => {
                let Entries(entries) = serde_json::from_str(text)?;
                let parse =
                    |(key, value): (String, Box<RawValue>)| Ok((key.into(), Self::parse(value.get())?));
                Ok(Self::Object(entries.into_iter().map(parse).collect::<Result<_, serde_json::Error>>()?))
            }
            _ => {
                let scalar: &RawValue = serde_json::from_str(text)?;
                Ok(Self::Scalar(scalar.get().into()))
            }
        }
    }

    /// The value of a key of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(name, _)| &**name == key).map(|(_, value)| value),
            Self::Scalar(_) | Self::List(_) => None,
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(text) => out.write_str(text),
            Self::List(items) => {
                out.write_char('[')?;
                for (index, item) in items.iter().enumerate() {
                    write!(out, "{}{item}", if index == 0 { "" } else { "," })?;
                }
                out.write_char(']')
            }
            Self::Object(entries) => {
                out.write_char('{')?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    let key = serde_json::to_string(key).map_err(|_| fmt::Error)?;
                    write!(out, "{}{key}:{value}", if index == 0 { "" } else { "," })?;
                }
                out.write_char('}')
            }
        }
    }
}

/// The entries of an object, duplicates included.
struct Entries(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Entries;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry().map_err(A::Error::custom)? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(All)
    }
}
