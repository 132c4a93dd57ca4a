//! The checks that every draft shares, each of which notes its faults and goes on.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::Deserialize;

use crate::draft::fault::FieldError;
use crate::draft::given::Given;
use crate::value::availability::{Availability, Window, Zone};
use crate::value::incident_type::IncidentType;
use crate::value::limits::{ESCALATION_LEVELS, MAX_LIST};
use crate::value::severity::Severity;
use crate::value::text;

/// Shown as the example of a phone number; a number reserved for fiction.
pub(crate) const PHONE: &str = "+14255550101";
pub(crate) const EMAIL: &str = "ada@example.com";
const HOURS: &str = r#""24/7" or [{"days":["mon","tue"],"from":"08:00","to":"18:00"}]"#;
pub(crate) const ZONE: &str = "Europe/Berlin";

/// A field of a draft: absent (or null), of the wanted type, or of another.
pub(crate) type Field<T> = Option<Given<T>>;

/// An availability as somebody sends it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum AvailabilityDraft {
    Text(String),
    Windows(Vec<Given<Window>>),
}

/// A key somebody sent, made fit for an error message: it may be anything, even an address.
pub(crate) fn printable(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if key.len() <= 40 && key.chars().all(plain) {
        key.to_owned()
    } else {
        "(unknown field)".to_owned()
    }
}

/// An example of a list, from that of its entry.
fn list_of(example: &str) -> String {
    match example.chars().next() {
        // One of these is an example of the whole already.
        Some('[' | '"') => example.to_owned(),
        Some('{') => format!("[{example}]"),
        _ => format!("[\"{example}\"]"),
    }
}

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Faults(pub(crate) Vec<FieldError>);

impl Faults {
    pub(crate) fn add(&mut self, field: impl Into<String>, fault: &str, example: &str) {
        self.0.push(FieldError::new(field, fault, example));
    }

    /// Names each key that the draft does not know.
    pub(crate) fn unknown<'a>(
        &mut self,
        keys: impl Iterator<Item = &'a String>,
        fault: &str,
        example: &str,
    ) {
        for key in keys {
            self.add(printable(key), fault, example);
        }
    }

    /// The value of a field that may be absent; one of the wrong type is a fault.
    pub(crate) fn typed<T>(
        &mut self,
        field: &str,
        given: Field<T>,
        kind: &str,
        example: &str,
    ) -> Option<T> {
        match given {
            None => None,
            Some(Given::Value(value)) => Some(value),
            Some(Given::Other(_)) => {
                self.add(field, kind, example);
                None
            }
        }
    }

    /// The value of a field that must be there.
    pub(crate) fn required<T>(
        &mut self,
        field: &str,
        given: Field<T>,
        kind: &str,
        eg: &str,
    ) -> Option<T> {
        if given.is_none() {
            self.add(field, "is required", eg);
        }
        self.typed(field, given, kind, eg)
    }

    pub(crate) fn trimmed(&mut self, field: &str, text: &str, example: &str) -> Option<String> {
        let line = text::line(text).map(str::to_owned);
        line.map_err(|error| self.add(field, &error.to_string(), example)).ok()
    }

    pub(crate) fn text(
        &mut self,
        field: &str,
        given: Field<String>,
        example: &str,
    ) -> Option<String> {
        let text = self.required(field, given, "must be a string", example)?;
        self.trimmed(field, &text, example)
    }

    pub(crate) fn optional_text(
        &mut self,
        field: &str,
        given: Field<String>,
        example: &str,
    ) -> Option<String> {
        let text = self.typed(field, given, "must be a string", example)?;
        self.trimmed(field, &text, example)
    }

    /// What `text` stands for, if it can be read; the reader's error is the fault.
    pub(crate) fn parsed<T>(&mut self, field: &str, text: &str, example: &str) -> Option<T>
    where
        T: FromStr<Err: Display>,
    {
        text.parse().map_err(|error: T::Err| self.add(field, &error.to_string(), example)).ok()
    }

    /// What the text of an optional field stands for.
    pub(crate) fn optional<T>(
        &mut self,
        field: &str,
        given: Field<String>,
        example: &str,
    ) -> Option<T>
    where
        T: FromStr<Err: Display>,
    {
        let text = self.typed(field, given, "must be a string", example)?;
        self.parsed(field, &text, example)
    }

    /// The id: that of the path, else the draft's own, else the one its name gives.
    pub(crate) fn id<I>(
        &mut self,
        given: Field<String>,
        path: Option<&I>,
        name: Option<&str>,
        from_name: fn(&str) -> Option<I>,
        example: &str,
    ) -> Option<I>
    where
        I: FromStr<Err: Display> + Clone + Display + PartialEq,
    {
        let absent = given.is_none();
        let wrong = "must have 1 to 64 characters: a-z, 0-9, and hyphens";
        let own = self.typed("id", given, wrong, example);
        let own = own.and_then(|text| self.parsed("id", &text, example));
        match (path, own) {
            (Some(path), Some(own)) if *path != own => {
                let fault = "must match the ID in the path";
                self.add("id", fault, &path.to_string());
                None
            }
            (Some(path), _) => Some(path.clone()),
            (None, Some(own)) => Some(own),
            (None, None) if absent => {
                let id = from_name(name?);
                if id.is_none() {
                    self.add(
                        "id",
                        "is required because no ID can be generated from this name",
                        example,
                    );
                }
                id
            }
            (None, None) => None,
        }
    }

    /// The entries of a list that are of the right type; the others, and too many, are faults.
    pub(crate) fn entries<T>(
        &mut self,
        field: &str,
        given: Field<Vec<Given<T>>>,
        kind: &str,
        example: &str,
    ) -> Vec<(String, T)> {
        let whole = list_of(example);
        let list = self.typed(field, given, "must be an array", &whole).unwrap_or_default();
        if list.len() > MAX_LIST {
            self.add(field, "must have at most 100 items", &whole);
            return Vec::new();
        }
        let mut entries = Vec::new();
        for (index, entry) in list.into_iter().enumerate() {
            let place = format!("{field}[{index}]");
            if let Some(value) = self.typed(&place, Some(entry), kind, example) {
                entries.push((place, value));
            }
        }
        entries
    }

    pub(crate) fn list(
        &mut self,
        field: &str,
        given: Field<Vec<Given<String>>>,
        example: &str,
    ) -> Vec<String> {
        let entries = self.entries(field, given, "must be a string", example);
        let texts = entries.into_iter().filter_map(|(at, text)| self.trimmed(&at, &text, example));
        texts.collect()
    }

    /// A whole number within `range`; `wrong` says so.
    pub(crate) fn whole<T: TryFrom<i64>>(
        &mut self,
        field: &str,
        given: Field<i64>,
        range: RangeInclusive<i64>,
        wrong: &str,
        example: &str,
    ) -> Option<T> {
        let number = self.typed(field, given, wrong, example)?;
        let number = Some(number).filter(|number| range.contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        if number.is_none() {
            self.add(field, wrong, example);
        }
        number
    }

    /// Incident types, at least one.
    pub(crate) fn incident_types(
        &mut self,
        field: &str,
        given: Field<Vec<Given<String>>>,
    ) -> BTreeSet<IncidentType> {
        let none = match &given {
            None => true,
            Some(given) => given.as_ref().is_some_and(Vec::is_empty),
        };
        if none {
            self.add(field, "must contain at least one incident type", r#"["data_exposure"]"#);
        }
        let names = IncidentType::ALL.map(IncidentType::name).join(", ");
        let wrong = format!("must be one of: {names}");
        let mut types = BTreeSet::new();
        for (place, text) in self.entries(field, given, &wrong, "data_exposure") {
            match IncidentType::from_name(&text) {
                None => self.add(place, &wrong, "data_exposure"),
                Some(kind) => {
                    types.insert(kind);
                }
            }
        }
        types
    }

    /// The name of a severity.
    pub(crate) fn severity(&mut self, field: &str, given: Field<String>) -> Option<Severity> {
        let wrong = "must be one of: informational, low, medium, high, critical";
        let text = self.typed(field, given, wrong, "high")?;
        let severity = Severity::ALL.into_iter().find(|severity| severity.name() == text);
        if severity.is_none() {
            self.add(field, wrong, "high");
        }
        severity
    }

    /// The version somebody says they have read. One that cannot be read must not pass for none:
    /// what was written since would be lost.
    pub(crate) fn version(&mut self, given: Field<u64>) {
        self.typed("version", given, "must be an integer", "3");
    }

    /// An escalation level.
    pub(crate) fn level(&mut self, field: &str, given: Field<i64>) -> Option<u8> {
        let levels = i64::from(*ESCALATION_LEVELS.start())..=i64::from(*ESCALATION_LEVELS.end());
        self.whole(field, given, levels, "must be an integer from 1 to 4", "2")
    }

    pub(crate) fn availability(&mut self, given: Field<AvailabilityDraft>) -> Availability {
        let wrong = "must be \"24/7\" or an array of weekly windows";
        match self.typed("availability", given, wrong, HOURS) {
            None => Availability::Always,
            Some(AvailabilityDraft::Text(text)) => {
                if text != "24/7" {
                    self.add("availability", wrong, HOURS);
                }
                Availability::Always
            }
            Some(AvailabilityDraft::Windows(list)) => {
                if list.is_empty() {
                    self.add("availability", "must contain at least one window", HOURS);
                }
                let wrong = "must have days (mon to sun), from, and to (00:00 to 24:00)";
                let entries = self.entries("availability", Some(Given::Value(list)), wrong, HOURS);
                let mut windows = Vec::new();
                for (place, window) in entries {
                    if window.days.is_empty() {
                        self.add(
                            format!("{place}.days"),
                            "must contain at least one day",
                            "[\"mon\"]",
                        );
                    }
                    let twice = |(i, day)| window.days[..i].contains(day);
                    if window.days.iter().enumerate().any(twice) {
                        self.add(
                            format!("{place}.days"),
                            "must not contain a day twice",
                            "[\"mon\"]",
                        );
                    }
                    windows.push(window);
                }
                Availability::Weekly(windows)
            }
        }
    }

    pub(crate) fn time_zone(&mut self, given: Field<String>) -> Option<Zone> {
        let text = self.typed("time_zone", given, "must be an IANA time zone name", ZONE)?;
        self.parsed("time_zone", &text, ZONE)
    }
}
