//! How a cell writes what has more parts than one: lists, weekly hours, leave; and the formula guard.

use jiff::civil::Date;
use muster_domain::roster::contact::ContactStatus;
use muster_domain::value::availability::{Availability, Clock};
use serde_json::{Value, json};

use super::columns::letters;

/// What makes a spreadsheet take a cell for a formula, by the OWASP page "CSV Injection".
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Apostrophes of the cell's own count as a guard too, or the reader would take one of them away.
fn looks_like_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// The cell as a spreadsheet shows it and does not compute it.
pub(super) fn guard(text: String) -> String {
    if looks_like_formula(&text) { format!("'{text}") } else { text }
}

/// The cell without the apostrophe of [`guard`].
pub(super) fn unguard(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| looks_like_formula(rest)).unwrap_or(text)
}

/// A list in one cell, separated by `;`; a semicolon or backslash in an entry has a backslash.
pub(super) fn join<'a>(entries: impl IntoIterator<Item = &'a str>) -> String {
    let escaped = |entry: &str| entry.replace('\\', "\\\\").replace(';', "\\;");
    entries.into_iter().map(escaped).collect::<Vec<_>>().join("; ")
}

/// The entries of a list in one cell; empty ones, as after a last semicolon, are none.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut entries = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ';' {
            entries.push(String::new());
            continue;
        }
        // Any other backslash is itself: people do not escape.
        let escaped = if c == '\\' { chars.next_if(|next| ";\\".contains(*next)) } else { None };
        if let Some(entry) = entries.last_mut() {
            entry.push(escaped.unwrap_or(c));
        }
    }
    let trimmed = entries.iter().map(|entry| entry.trim().to_owned());
    trimmed.filter(|entry| !entry.is_empty()).collect()
}

/// Weekly hours: `mon,tue 08:00-18:00; sun 22:00-06:00`, or `24/7`.
pub(super) fn hours(availability: &Availability) -> String {
    let Availability::Weekly(windows) = availability else { return "24/7".into() };
    let window = |window: &muster_domain::value::availability::Window| {
        // The days are declared in the order of the week.
        let names = window.days.iter().filter_map(|day| DAYS.get(*day as usize));
        let short = names.filter_map(|name| name.get(..3)).collect::<Vec<_>>().join(",");
        format!("{short} {}-{}", String::from(window.from), String::from(window.to))
    };
    windows.iter().map(window).collect::<Vec<_>>().join("; ")
}

/// What [`hours`] writes, in the API's shape; also `mon-fri`, names in full, `24x7`.
pub(super) fn read_hours(text: &str) -> Option<Value> {
    let text = text.to_lowercase();
    if ["24/7", "24x7", "always"].contains(&text.as_str()) {
        return Some(json!("24/7"));
    }
    let windows = text.split(';').map(str::trim).filter(|window| !window.is_empty());
    windows.map(read_window).collect::<Option<Vec<_>>>().map(Value::Array)
}

fn read_window(text: &str) -> Option<Value> {
    let (days, clocks) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
    let (from, to) = clocks.split_once(['-', '–'])?;
    let (from, to) = (from.trim().parse::<Clock>().ok()?, to.trim().parse::<Clock>().ok()?);
    let mut names = Vec::new();
    for part in days.split(',') {
        let (first, last) = part.split_once(['-', '–']).unwrap_or((part, part));
        let (first, last) = (read_day(first)?, read_day(last)?);
        // `fri-mon` runs over the week's end.
        let count = (last + DAYS.len() - first) % DAYS.len() + 1;
        let run = DAYS.iter().cycle().skip(first).take(count);
        names.extend(run.filter_map(|name| name.get(..3)));
    }
    Some(json!({ "days": names, "from": from, "to": to }))
}

fn read_day(text: &str) -> Option<usize> {
    let text = text.trim();
    DAYS.iter().position(|day| text.len() >= 3 && day.starts_with(text))
}

/// `active`, `departed` or `on_leave until 2026-12-31`.
pub(super) fn status(status: ContactStatus) -> String {
    match status {
        ContactStatus::Active => "active".into(),
        ContactStatus::Departed => "departed".into(),
        ContactStatus::OnLeave { until } => format!("on_leave until {until}"),
    }
}

/// What [`status`] writes, in the API's shape.
pub(super) fn read_status(text: &str) -> Option<Value> {
    let text = text.to_lowercase();
    let (word, until) = match text.split_once("until") {
        Some((word, until)) => (word, Some(until.trim().parse::<Date>().ok()?)),
        None => (text.as_str(), None),
    };
    match (letters(word).as_str(), until) {
        ("active", None) => Some(json!("active")),
        ("departed", None) => Some(json!("departed")),
        ("onleave", Some(until)) => Some(json!({ "on_leave": { "until": until } })),
        _ => None,
    }
}
