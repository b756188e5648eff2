//! Forms with brackets in their names, read as Rack does: `granular_scopes[][permissions][]=read_job`.

use serde_json::{Map, Value};

const MOST_PAIRS: usize = 5_000;
const DEEPEST: usize = 8;

/// The nested value of a form or query string; none if it is too large, too deep, or contradicts itself.
pub(super) fn parse(text: &[u8]) -> Option<Map<String, Value>> {
    gather(form_urlencoded::parse(text))
}

/// As [`parse`], of names and values that are decoded already.
pub(super) fn gather<N: AsRef<str>, V: Into<String>>(
    pairs: impl Iterator<Item = (N, V)>,
) -> Option<Map<String, Value>> {
    let mut root = Value::Object(Map::new());
    for (count, (name, value)) in pairs.enumerate() {
        if count >= MOST_PAIRS {
            return None;
        }
        let keys = keys(name.as_ref())?;
        put(&mut root, &keys, Value::String(value.into()))?;
    }
    match root {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// `a[b][]` as `a`, `b` and the empty key that appends. Other uses of brackets are part of the name.
fn keys(name: &str) -> Option<Vec<&str>> {
    let Some((first, rest)) = name.split_once('[') else { return Some(vec![name]) };
    let Some(rest) = rest.strip_suffix(']') else { return Some(vec![name]) };
    let keys: Vec<&str> = std::iter::once(first).chain(rest.split("][")).collect();
    (keys.len() <= DEEPEST && !first.is_empty()).then_some(keys)
}

fn put(slot: &mut Value, keys: &[&str], value: Value) -> Option<()> {
    let Some((key, rest)) = keys.split_first() else {
        *slot = value;
        return Some(());
    };
    if key.is_empty() {
        let list = as_list(slot)?;
        // A repeated key begins the next object; what is appended to within goes to the last one.
        let goes_on = list.last().is_some_and(|last| continues(last, rest));
        if !goes_on {
            list.push(Value::Null);
        }
        return put(list.last_mut()?, rest, value);
    }
    put(as_map(slot)?.entry(*key).or_insert(Value::Null), rest, value)
}

fn continues(last: &Value, rest: &[&str]) -> bool {
    last.is_object() && !rest.is_empty() && (rest.contains(&"") || !has(last, rest))
}

fn has(value: &Value, keys: &[&str]) -> bool {
    keys.iter().try_fold(value, |value, key| value.get(key)).is_some()
}

fn as_list(slot: &mut Value) -> Option<&mut Vec<Value>> {
    if slot.is_null() {
        *slot = Value::Array(Vec::new());
    }
    slot.as_array_mut()
}

fn as_map(slot: &mut Value) -> Option<&mut Map<String, Value>> {
    if slot.is_null() {
        *slot = Value::Object(Map::new());
    }
    slot.as_object_mut()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_rack_reads() {
        for (text, expected) in [
            ("", json!({})),
            ("a=1&b=x+y%20z", json!({"a": "1", "b": "x y z"})),
            ("a=1&a=2", json!({"a": "2"})),
            ("a[]=1&a[]=2", json!({"a": ["1", "2"]})),
            ("a[b]=1&a[c]=2", json!({"a": {"b": "1", "c": "2"}})),
            ("a[][b]=1&a[][c]=2&a[][b]=3", json!({"a": [{"b": "1", "c": "2"}, {"b": "3"}]})),
            (
                "g[][access]=user&g[][permissions][]=x&g[][permissions][]=y&g[][access]=instance",
                json!({"g": [{"access": "user", "permissions": ["x", "y"]}, {"access": "instance"}]}),
            ),
            ("a[=1&b]=2", json!({"a[": "1", "b]": "2"})),
            ("a[0][b]=1", json!({"a": {"0": {"b": "1"}}})),
        ] {
            assert_eq!(parse(text.as_bytes()).map(Value::Object), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_contradictions_and_excess() {
        let deep = format!("a{}=1", "[b]".repeat(20));
        let many = "a=1&".repeat(6000);
        for text in ["a=1&a[]=2", "a[]=1&a[b]=2", "a[b]=1&a[]=2", "[a]=1", &deep, &many] {
            assert_eq!(parse(text.as_bytes()), None, "{}", text.get(..20).unwrap_or(text));
        }
    }
}
