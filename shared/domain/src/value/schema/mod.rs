//! Parts of the schemas that the types cannot say themselves, for the OpenAPI document.

use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, ObjectBuilder, RefOr, Schema, Type};

/// Returns the description of an enumeration: its own, then a list of its words with their meanings.
#[must_use]
pub fn words(about: &[&str], words: &[(&str, &[&str])]) -> String {
    let text = |lines: &[&str]| lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let words = words.iter().map(|(word, meaning)| format!("- `{word}`: {}", text(meaning)));
    [text(about), String::new()].into_iter().chain(words).collect::<Vec<_>>().join("\n")
}

/// Returns the schema of a field that only Muster writes. Any value is allowed in a request.
#[must_use]
pub fn read_only() -> Object {
    let any = ObjectBuilder::new().schema_type(SchemaType::AnyValue);
    any.read_only(true).description(Some("Read-only. Ignored.")).build()
}

/// Returns the schema of a text with a form of its own.
pub(crate) fn text(about: &str, pattern: impl Into<String>, example: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern));
    text.description(Some(about)).examples([example]).build().into()
}

/// Returns the schema of one of these words.
pub(crate) fn word<'a>(about: &str, words: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
    text.description(Some(about))
}

#[cfg(test)]
mod tests;
