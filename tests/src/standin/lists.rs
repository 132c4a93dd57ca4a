//! What the lists of all services have in common: fields by dotted name, order, and pages.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;
use serde_json::Value;

/// How an operation's list comes in pages.
///
/// A token counts what was listed before it, so a list that changes between two pages may show one
/// twice or leave one out, as AWS's own may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pages {
    /// The member that has the token, in input and output.
    pub token: &'static str,
    /// The member of the input that says how many.
    pub limit: &'static str,
    /// How many, if it does not say.
    pub usual: usize,
}

impl Pages {
    /// The page that this input asks for, and the token of the one after it. Nothing, if its token is
    /// not one of ours, or belongs to another question.
    pub(super) fn page(
        &self,
        input: &Value,
        mut all: Vec<Value>,
    ) -> Option<(Vec<Value>, Option<String>)> {
        let question = self.question(input);
        // An empty token asks for the first page.
        let token = input[self.token].as_str().filter(|token| !token.is_empty());
        let from = match token {
            Some(token) => token.strip_suffix(&question)?.parse().ok()?,
            None => 0,
        };
        let limit = input[self.limit].as_u64().and_then(|limit| limit.try_into().ok());
        // Some services allow to ask for none, which would never come to an end.
        let limit: usize = limit.filter(|limit| *limit > 0).unwrap_or(self.usual);
        let mut page = all.split_off(from.min(all.len()));
        let more = page.len() > limit;
        page.truncate(limit);
        Some((page, more.then(|| format!("{}{question}", from + limit))))
    }

    /// The end of a token: what else was asked, as every page of a list is of the same question.
    fn question(&self, input: &Value) -> String {
        let mut rest = input.clone();
        if let Some(rest) = rest.as_object_mut() {
            rest.remove(self.token);
            rest.remove(self.limit);
        }
        let mut hasher = DefaultHasher::new();
        rest.to_string().hash(&mut hasher);
        format!("-{:016x}", hasher.finish())
    }
}

/// All values of a field such as `resources.type`; each of a list on the way has its own.
pub(super) fn field<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    let mut found = vec![value];
    for part in name.split('.').filter(|part| !part.is_empty()) {
        found = found.into_iter().flat_map(each).filter_map(|one| one.get(part)).collect();
    }
    found.into_iter().flat_map(each).filter(|one| !one.is_null()).collect()
}

fn each(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())
}

/// A text that is a moment, in milliseconds since 1970, or a number as it is.
#[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285,000 years")]
pub(super) fn number(value: &Value) -> Option<f64> {
    let moment = || value.as_str()?.parse::<Timestamp>().ok();
    value.as_f64().or_else(|| Some(moment()?.as_millisecond() as f64))
}

/// A value as a filter compares it: `false`, `8`, `ACTIVE`.
pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Orders a list by a field; those without it come first.
pub(super) fn sort(all: &mut [Value], name: &str, descending: bool) {
    let order = |a: &Value, b: &Value| -> Ordering {
        let (a, b) = (field(a, name), field(b, name));
        match (a.first(), b.first()) {
            (Some(a), Some(b)) => match (number(a), number(b)) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => text(a).cmp(&text(b)),
            },
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    };
    all.sort_by(|a, b| if descending { order(b, a) } else { order(a, b) });
}
