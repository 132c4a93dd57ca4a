//! The operations and shapes of a service's model.

use serde_json::Value;

use super::model::{Model, Protocol, text};
use super::pattern::Pattern;

/// One operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation<'a> {
    pub(super) model: &'a Model,
    /// As the model has it, such as `ListFindings`.
    pub name: &'a str,
    pub(super) document: &'a Value,
}

impl<'a> Operation<'a> {
    /// Its HTTP method.
    pub(crate) fn method(self) -> &'a str {
        text(&self.document["http"]["method"])
    }

    /// Its path with `{labels}`.
    pub(crate) fn path(self) -> &'a str {
        text(&self.document["http"]["requestUri"])
    }

    /// The status of its answer.
    pub(crate) fn status(self) -> u16 {
        let named = self.document["http"]["responseCode"].as_u64();
        named.and_then(|status| status.try_into().ok()).unwrap_or(200)
    }

    /// The shape of what goes in; some operations take nothing.
    pub(crate) fn input(self) -> Option<Shape<'a>> {
        self.model.shape(self.shape_name("input")?)
    }

    /// The shape of what comes out; some operations give nothing.
    pub(crate) fn output(self) -> Option<Shape<'a>> {
        self.model.shape(self.shape_name("output")?)
    }

    /// The codes of its own errors, which are names of shapes.
    pub(crate) fn errors(self) -> impl Iterator<Item = &'a str> {
        let errors = self.document["errors"].as_array().into_iter().flatten();
        errors.map(|error| text(&error["shape"]))
    }

    pub(super) fn shape_name(self, side: &str) -> Option<&'a str> {
        self.document[side]["shape"].as_str()
    }
}

/// What a value looks like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape<'a> {
    pub(super) model: &'a Model,
    /// As the model has it.
    pub name: &'a str,
    pub(super) document: &'a Value,
}

/// A member of a structure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    /// As the model names it.
    pub name: &'a str,
    /// As it is named on the wire.
    pub wire: &'a str,
    /// `uri`, `querystring`, `header`, …; nothing if it is in the body.
    pub location: Option<&'a str>,
    /// It must be given.
    pub required: bool,
    /// What it looks like.
    pub shape: Shape<'a>,
}

impl<'a> Shape<'a> {
    /// `structure`, `list`, `string`, …
    pub(crate) fn kind(self) -> &'a str {
        text(&self.document["type"])
    }

    /// The members of a structure.
    pub(crate) fn members(self) -> impl Iterator<Item = Member<'a>> {
        let all = self.document["members"].as_object().into_iter().flatten();
        // awsJson knows no names but the model's.
        let rest = self.model.protocol() == Protocol::Rest;
        let required = self.document["required"].as_array();
        all.filter_map(move |(name, member)| {
            let wire = member["locationName"].as_str().filter(|_| rest).unwrap_or(name);
            let location = member["location"].as_str().filter(|_| rest);
            let required = required.is_some_and(|list| list.iter().any(|one| one == name));
            let shape = self.model.shape(text(&member["shape"]))?;
            Some(Member { name, wire, location, required, shape })
        })
    }

    /// The shape of a list's `member`, or of a map's `key` or `value`.
    pub(crate) fn part(self, role: &str) -> Option<Shape<'a>> {
        self.model.shape(text(&self.document[role]["shape"]))
    }

    /// The values of an enum; none, if it is none.
    pub(crate) fn values(self) -> Vec<&'a str> {
        let values = self.document["enum"].as_array().into_iter().flatten();
        values.map(text).collect()
    }

    /// The least and the most of its length, size or value.
    pub(crate) fn bounds(self) -> (Option<f64>, Option<f64>) {
        (self.document["min"].as_f64(), self.document["max"].as_f64())
    }

    /// What the whole of a string must be like.
    pub(crate) fn pattern(self) -> Option<&'a Pattern> {
        self.model.pattern(self.name)
    }

    /// Exactly one of its members is given.
    pub(crate) fn is_union(self) -> bool {
        self.document["union"] == true
    }

    /// Anything goes.
    pub(crate) fn is_document(self) -> bool {
        self.document["document"] == true
    }

    /// A timestamp that is written as ISO 8601 rather than in seconds since 1970.
    pub(crate) fn is_written_time(self) -> bool {
        self.document["timestampFormat"] == "iso8601"
    }

    /// The name of the member that is the whole body.
    pub(crate) fn payload(self) -> Option<&'a str> {
        self.document["payload"].as_str()
    }

    /// The HTTP status of an error.
    pub(crate) fn error_status(self) -> u16 {
        let named = self.document["error"]["httpStatusCode"].as_u64();
        let usual = if self.document["fault"] == true { 500 } else { 400 };
        named.and_then(|status| status.try_into().ok()).unwrap_or(usual)
    }
}
