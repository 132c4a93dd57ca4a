//! A part of a finding as its source sent it, of which nothing is required.

use std::fmt;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Any JSON value. A value of an unexpected type reads as one that is missing, so that it never loses
/// the finding around it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Tree {
    /// Null, or missing.
    #[default]
    Nothing,
    Truth(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    List(Vec<Self>),
    /// In the order in which they came.
    Fields(Vec<(String, Self)>),
}

static NOTHING: Tree = Tree::Nothing;

impl Tree {
    /// Returns the value at a path of field names (`action/dnsRequestAction/domain`), or `Nothing`.
    /// Names are compared without case: the services write the same model in camelCase (events),
    /// `PascalCase` (ASFF) and a mixture (`LoginAttributes`).
    pub(crate) fn at(&self, path: &str) -> &Self {
        path.split('/').fold(self, |tree, name| match tree {
            Self::Fields(fields) => {
                let field = fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name));
                field.map_or(&NOTHING, |(_, value)| value)
            }
            _ => &NOTHING,
        })
    }

    /// Returns the text, number or truth value at `path` as a text that is not blank.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        self.at(path).as_text()
    }

    pub(crate) fn as_text(&self) -> Option<String> {
        let text = match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
            Self::Nothing | Self::List(_) | Self::Fields(_) => String::new(),
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// Returns the first of these paths that has a text.
    pub(crate) fn first(&self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.text(path))
    }

    /// Returns the texts of the list at `path`. One value counts as a list of one.
    pub(crate) fn texts(&self, path: &str) -> Vec<String> {
        self.at(path).as_texts()
    }

    pub(crate) fn as_texts(&self) -> Vec<String> {
        self.items().iter().filter_map(Self::as_text).collect()
    }

    /// Returns the items of the list at `path`. One value counts as a list of one.
    pub(crate) fn list(&self, path: &str) -> &[Self] {
        self.at(path).items()
    }

    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::Nothing => &[],
            Self::List(list) => list,
            one => std::slice::from_ref(one),
        }
    }

    /// Whether the value at `path` is true, or a text that says so: ASFF has only texts in some places.
    pub(crate) fn is_true(&self, path: &str) -> bool {
        self.text(path).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Whether the value at `path` is this text, without case.
    pub(crate) fn is(&self, path: &str, text: &str) -> bool {
        self.text(path).is_some_and(|own| own.eq_ignore_ascii_case(text))
    }

    /// Returns the whole number at `path`, which may stand there as a text. More than fits is the most
    /// that fits.
    pub(crate) fn count(&self, path: &str) -> Option<u64> {
        self.at(path).as_count()
    }

    pub(crate) fn as_count(&self) -> Option<u64> {
        let text = self.as_text()?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    }

    /// Returns the time at `path`: an RFC 3339 text, or the time since 1970 in milliseconds (OCSF) or
    /// seconds. `GuardDuty` has written times with a blank instead of the `T`, and without a zone.
    pub(crate) fn time(&self, path: &str) -> Option<Timestamp> {
        self.at(path).as_time()
    }

    pub(crate) fn as_time(&self) -> Option<Timestamp> {
        /// Smaller numbers are seconds: as milliseconds they would be before March 1973.
        const MILLISECONDS: i128 = 100_000_000_000;
        match self {
            Self::Text(text) => {
                let dense = text.trim().replacen(' ', "T", 1);
                dense.parse().ok().or_else(|| format!("{dense}Z").parse().ok())
            }
            Self::Whole(number) => {
                let unit = if number.abs() < MILLISECONDS { 1000 } else { 1 };
                let milliseconds = i64::try_from(number.checked_mul(unit)?).ok()?;
                Timestamp::from_millisecond(milliseconds).ok()
            }
            _ => None,
        }
    }

    /// Makes a tree of fields whose names are paths. Security Hub keeps a `GuardDuty` finding's
    /// `service` this way: `aws/guardduty/service/action/actionType`. Takes those below `prefix`.
    pub(crate) fn unfolded(&self, prefix: &str) -> Self {
        let mut root = Self::Nothing;
        if let Self::Fields(fields) = self {
            for (name, value) in fields {
                if let Some(path) = name.strip_prefix(prefix) {
                    root.put(path, value);
                }
            }
        }
        root
    }

    fn put(&mut self, path: &str, value: &Self) {
        let (name, rest) = path.split_once('/').map_or((path, None), |(n, rest)| (n, Some(rest)));
        if !matches!(self, Self::Fields(_)) {
            *self = Self::Fields(Vec::new());
        }
        let Self::Fields(fields) = self else { return };
        let at = fields.iter().position(|(field, _)| field == name).unwrap_or_else(|| {
            fields.push((name.to_owned(), Self::Nothing));
            fields.len() - 1
        });
        match rest {
            Some(rest) => fields[at].1.put(rest, value),
            None => fields[at].1 = value.clone(),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Tree, E> {
        Ok(Tree::Truth(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Whole(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Whole(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Tree, E> {
        Ok(Tree::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Tree, E> {
        Ok(Tree::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Tree::Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree(value: serde_json::Value) -> Tree {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn wrong_types_read_as_missing() {
        let tree = tree(json!({"a": {"B": " x "}, "n": 7, "l": ["x", {}, null, 2], "o": {}}));
        assert_eq!(tree.text("A/b").as_deref(), Some("x"));
        assert_eq!(tree.text("n").as_deref(), Some("7"));
        for path in ["a", "l", "o", "n/x", "a/b/c", "", "none"] {
            assert_eq!(tree.text(path), None, "{path}");
        }
        assert_eq!(tree.texts("l"), ["x", "2"]);
        assert_eq!(tree.texts("n"), ["7"]);
        assert_eq!(tree.list("a").len(), 1);
        assert!(tree.list("none").is_empty());
    }

    #[test]
    fn numbers_and_times_in_every_form() {
        let tree = tree(json!({
            "count": 3, "text": "74", "huge": 184_467_440_737_095_516_150_f64, "half": 1.5,
            "below": -1, "ms": 1_795_789_800_000_i64, "s": 1_795_789_800, "odd": "yesterday",
            "dt": "2026-11-27T14:30:00.337224100Z", "blank": "2026-11-27 14:30:00", "far": i64::MAX
        }));
        assert_eq!((tree.count("count"), tree.count("text")), (Some(3), Some(74)));
        assert_eq!((tree.count("huge"), tree.count("half")), (Some(u64::MAX), None));
        assert_eq!(tree.count("below"), None);
        let noon = "2026-11-27T14:30:00Z".parse().ok();
        assert_eq!((tree.time("ms"), tree.time("s"), tree.time("blank")), (noon, noon, noon));
        assert_eq!(
            tree.time("dt").map(jiff::Timestamp::as_second),
            noon.map(jiff::Timestamp::as_second)
        );
        assert_eq!((tree.time("odd"), tree.time("far"), tree.time("half")), (None, None, None));
    }

    #[test]
    fn flat_names_unfold() {
        let flat = tree(json!({
            "p/action/actionType": "DNS_REQUEST", "p/action/dns/domain": "x", "p/count": "2",
            "p/count/odd": "3", "q/other": "y"
        }));
        let service = flat.unfolded("p/");
        assert_eq!(service.text("action/actionType").as_deref(), Some("DNS_REQUEST"));
        assert_eq!(service.text("action/dns/domain").as_deref(), Some("x"));
        assert_eq!(service.text("count/odd").as_deref(), Some("3"));
        assert_eq!(service.text("other"), None);
    }
}
