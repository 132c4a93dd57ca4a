//! Collects the details of a finding: one line each, the place first, then who acted.

use super::Detail;

/// Most lines of a finding: what people read before they open the console.
const MAX_LINES: usize = 40;
/// Most values that one line names before it only counts the others.
const MAX_VALUES: usize = 5;

/// The lines so far.
#[derive(Debug, Default)]
pub(crate) struct Lines(Vec<Detail>);

impl Lines {
    /// Adds a line. A value that is missing, or that stands there already, adds none.
    pub(crate) fn add(&mut self, label: &str, value: impl Into<Option<String>>) {
        if let Some(value) = value.into().filter(|value| !value.trim().is_empty()) {
            let there = self.0.iter().any(|line| line.label == label && line.value == value);
            if !there && self.0.len() < MAX_LINES {
                self.0.push(Detail { label: label.to_owned(), value });
            }
        }
    }

    /// Adds one line for several values: `a, b, c, d, e and 7 more`.
    pub(crate) fn add_all(&mut self, label: &str, values: impl IntoIterator<Item = String>) {
        let mut kept: Vec<String> = Vec::new();
        let mut more = 0;
        for value in values {
            if kept.contains(&value) {
                continue;
            }
            if kept.len() < MAX_VALUES {
                kept.push(value);
            } else {
                more += 1;
            }
        }
        let list = kept.join(", ");
        self.add(label, if more > 0 { format!("{list} and {more} more") } else { list });
    }

    /// Adds the lines of another part, in their order.
    pub(crate) fn append(&mut self, other: Self) {
        for line in other.0 {
            self.add(&line.label, line.value);
        }
    }

    /// Whether a line has this label.
    pub(crate) fn has(&self, label: &str) -> bool {
        self.0.iter().any(|line| line.label == label)
    }

    pub(crate) fn into_details(self) -> Vec<Detail> {
        self.0
    }
}

/// Joins what is known of a thing: the first part, then the others after commas.
pub(crate) fn joined<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A thing with a remark in brackets: `ci-deployer (AssumedRole)`.
pub(crate) fn remarked(thing: Option<String>, remark: Option<String>) -> Option<String> {
    let thing = thing?;
    Some(remark.map_or_else(|| thing.clone(), |remark| format!("{thing} ({remark})")))
}

/// A constant of an AWS model in words: `UNUSUAL_ASN_FOR_USER` is `unusual ASN for user`.
pub(crate) fn worded(constant: &str) -> String {
    let word = |word: &str| match word {
        "API" | "ASN" | "IP" => word.to_owned(),
        _ => word.to_ascii_lowercase(),
    };
    constant.split('_').map(word).collect::<Vec<_>>().join(" ")
}

/// A name with the values that belong to it: `malicious IP (198.51.100.7)`.
pub(crate) fn valued(name: Option<String>, values: &[String]) -> Option<String> {
    remarked(name, (!values.is_empty()).then(|| values.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_few_and_distinct() {
        let mut lines = Lines::default();
        lines.add("Bucket", "a".to_owned());
        lines.add("Bucket", "a".to_owned());
        lines.add("Object", None);
        lines.add("Object", " ".to_owned());
        lines.add_all("Instance", (0..8).chain(0..3).map(|n| format!("i-{n}")));
        lines.add_all("Image", []);
        let text: Vec<_> =
            lines.into_details().iter().map(|d| format!("{}: {}", d.label, d.value)).collect();
        assert_eq!(text, ["Bucket: a", "Instance: i-0, i-1, i-2, i-3, i-4 and 3 more"]);
        assert_eq!(worded("UNUSUAL_ASN_FOR_USER"), "unusual ASN for user");
        assert_eq!(valued(Some("x".to_owned()), &[]).as_deref(), Some("x"));
        let mut many = Lines::default();
        (0..99).for_each(|n| many.add("Resource", n.to_string()));
        assert_eq!(many.into_details().len(), MAX_LINES);
    }
}
