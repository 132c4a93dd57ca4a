//! What somebody can say is wrong with an entry: its fields as a form, and the form as a patch.

use muster_domain::draft::fault::FieldError;
use muster_domain::roster::contact::Contact;
use muster_domain::roster::contact::fields::{ContactField, FIELDS};
use muster_domain::roster::external::ExternalResource;
use muster_domain::value::text::escape;
use serde_json::{Map, Value};

use super::form::Filled;

/// A field that somebody can correct.
#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    label: &'static str,
    r#type: &'static str,
    hint: &'static str,
}

const fn field(
    name: &'static str,
    label: &'static str,
    r#type: &'static str,
    hint: &'static str,
) -> Field {
    Field { name, label, r#type, hint }
}

/// The fields of a person. Channels are not among them: those are proven by a code, and need nobody's approval.
fn person() -> impl Iterator<Item = Field> {
    let own = |known: &ContactField| Some(field(known.name, known.label, "text", known.hint?));
    FIELDS.iter().filter_map(own)
}

const ORGANISATION: &[Field] = &[
    field("organization", "Organisation", "text", ""),
    field("contact_name", "Person to ask for", "text", ""),
    field("role", "What they do in an incident", "text", ""),
    field("service_type", "Service", "text", ""),
    field("contract_number", "Contract number", "text", ""),
    field("support_level", "Support level", "text", ""),
    field("contact_email", "E-mail", "email", ""),
    field("contact_phone", "Telephone", "tel", "With the country code, such as +14255550101."),
    field("escalation_email", "E-mail if nobody answers", "email", ""),
    field("escalation_phone", "Telephone if nobody answers", "tel", ""),
    field("portal_url", "Web address for cases", "url", ""),
];

/// The fields of the forms that correct entries.
#[cfg(test)]
pub(crate) fn fields() -> impl Iterator<Item = &'static str> {
    person().chain(ORGANISATION.iter().copied()).map(|field| field.name)
}

/// What a form asks about an entry.
pub(crate) struct Asked<'a> {
    fields: Vec<Field>,
    current: Value,
    /// What the last question says, and what follows from it.
    pub(crate) left: (&'static str, &'static str),
    /// What was typed before, if it has to be mended.
    pub(crate) filled: Option<&'a Filled>,
}

/// What a field is called on the page.
pub(crate) fn label(name: &str) -> &str {
    let mut all = person().chain(ORGANISATION.iter().copied());
    all.find(|field| field.name == name).map_or(name, |field| field.label)
}

impl<'a> Asked<'a> {
    /// About a person.
    pub(crate) fn person(contact: &Contact, filled: Option<&'a Filled>) -> Self {
        let left = (
            "I have left this role",
            "You stay on call until the roster's owner has found somebody else.",
        );
        let current = serde_json::to_value(contact).unwrap_or_default();
        Self { fields: person().collect(), current, left, filled }
    }

    /// About an organisation.
    pub(crate) fn organisation(resource: &ExternalResource, filled: Option<&'a Filled>) -> Self {
        let left = (
            "We no longer work with them",
            "The roster's owner takes the entry out, or finds another.",
        );
        let current = serde_json::to_value(resource).unwrap_or_default();
        Self { fields: ORGANISATION.to_vec(), current, left, filled }
    }

    fn now(&self, name: &str) -> &str {
        self.current[name].as_str().unwrap_or_default()
    }

    /// The fields that have a value, with what they are called.
    pub(crate) fn facts(&self) -> Vec<(&'static str, String)> {
        let fields = self.fields.iter().filter(|field| !self.now(field.name).is_empty());
        fields.map(|field| (field.label, self.now(field.name).to_owned())).collect()
    }

    /// The fields as inputs, filled with what was typed or with what is known; those at fault say so.
    pub(crate) fn inputs(&self, faults: &[FieldError]) -> String {
        let mut out = String::new();
        for Field { name, label, r#type, hint } in &self.fields {
            let typed = self.filled.filter(|filled| filled.has(name));
            let value = escape(typed.map_or_else(|| self.now(name), |filled| filled.text(name)));
            let wrong =
                if faults.iter().any(|f| f.field == *name) { " aria-invalid=\"true\"" } else { "" };
            let described = if hint.is_empty() {
                String::new()
            } else {
                format!(" aria-describedby=\"{name}-hint\"")
            };
            out.push_str(&["<label for=\"", name, "\">", label, "</label>"].concat());
            if !hint.is_empty() {
                out.extend(["<p class=\"hint\" id=\"", name, "-hint\">", hint, "</p>"]);
            }
            out.extend(["<input id=\"", name, "\" name=\"", name, "\" type=\"", r#type]);
            out.extend(["\" maxlength=\"2000\"", &described, wrong, " value=\"", &value, "\">"]);
        }
        out
    }

    /// The merge patch that brings the entry to what was filled in: only what differs. An emptied field
    /// is taken away.
    pub(crate) fn patch(&self, filled: &Filled) -> Map<String, Value> {
        let mut patch = Map::new();
        for Field { name, .. } in &self.fields {
            let text = filled.text(name);
            if !filled.has(name) || text == self.now(name) {
                continue;
            }
            let value = if text.is_empty() { Value::Null } else { text.into() };
            patch.insert((*name).to_owned(), value);
        }
        patch
    }

    /// The entry with a patch applied.
    pub(crate) fn patched(&self, patch: &Map<String, Value>) -> Value {
        let mut merged = self.current.clone();
        json_patch::merge(&mut merged, &Value::Object(patch.clone()));
        merged
    }
}
