//! GitLab's scalars: global ids, days and times.

use async_graphql::{InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use narrowgate_store::TokenId;
use narrowgate_store::time::{Date, Timestamp};
use narrowgate_store::tokens::Resource;

/// The number in a global id of this type: `gid://gitlab/User/2`.
fn number(text: &str, kind: &str) -> Option<i64> {
    let (found, number) = text.strip_prefix("gid://gitlab/")?.split_once('/')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (found == kind && is_number).then(|| number.parse().ok())?
}

/// The project or group of a global id.
pub(super) fn resource(text: &str) -> Option<Resource> {
    let project = number(text, "Project").map(|id| Resource::Project(id.unsigned_abs()));
    project.or_else(|| number(text, "Group").map(|id| Resource::Group(id.unsigned_abs())))
}

fn parse<T: InputType>(value: &Value, what: &str, read: impl Fn(&str) -> Option<T>) -> InputValueResult<T> {
    let read = match value {
        Value::String(text) => read(text),
        _ => None,
    };
    read.ok_or_else(|| InputValueError::custom(format!("{value} is not {what}")))
}

/// The global id of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PersonalAccessTokenId(pub(super) TokenId);

#[Scalar(name = "PersonalAccessTokenID")]
impl ScalarType for PersonalAccessTokenId {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = |text: &str| number(text, "PersonalAccessToken").map(|id| Self(TokenId(id)));
        parse(&value, "a valid global id of a token", read)
    }

    fn to_value(&self) -> Value {
        Value::String(format!("gid://gitlab/PersonalAccessToken/{}", self.0))
    }
}

/// The global id of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UserId(pub(super) u64);

#[Scalar(name = "UserID")]
impl ScalarType for UserId {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = |text: &str| number(text, "User").map(|id| Self(id.unsigned_abs()));
        parse(&value, "a valid global id of a user", read)
    }

    fn to_value(&self) -> Value {
        Value::String(format!("gid://gitlab/User/{}", self.0))
    }
}

/// The global id of a project or group, as a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NamespaceId(pub(super) Resource);

#[Scalar(name = "NamespaceID")]
impl ScalarType for NamespaceId {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value, "a valid global id of a namespace", |text| resource(text).map(Self))
    }

    fn to_value(&self) -> Value {
        Value::String(match self.0 {
            Resource::Project(id) => format!("gid://gitlab/Project/{id}"),
            Resource::Group(id) => format!("gid://gitlab/Group/{id}"),
        })
    }
}

/// A day, as tokens expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Iso8601Date(pub(super) Date);

#[Scalar(name = "ISO8601Date")]
impl ScalarType for Iso8601Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value, "a date", |text| Date::parse(text).ok().map(Self))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A day, as filters take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day(pub(super) Date);

#[Scalar(name = "Date")]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value, "a date", |text| Date::parse(text).ok().map(Self))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time(pub(super) Timestamp);

#[Scalar]
impl ScalarType for Time {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value, "a time", |text| Timestamp::parse(text).ok().map(Self))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
