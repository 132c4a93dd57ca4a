//! The parts of a mail, and the mail as plain text and as HTML.

use std::fmt::Write as _;

use crate::value::text::{cleaned, escape};

/// Longest subject, in characters.
const MOST_SUBJECT: usize = 180;
/// Longest text of a finding that a message repeats, in characters.
const MOST_SHOWN: usize = 4000;

/// An e-mail, ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The subject: one line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
}

pub(crate) enum Block {
    Head(&'static str),
    Text(String),
    List(Vec<String>),
    Link(&'static str, String),
}

/// The mail of these parts.
pub(crate) fn mail_of(subject: String, blocks: &[Block]) -> Mail {
    Mail { text: plain(blocks), html: html(&subject, blocks), subject }
}

/// A name or text from the roster as part of a subject: on one line, and not for ever.
pub(crate) fn in_subject(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(100).collect()
}

/// Returns a text as a subject: one line, of limited length.
pub(super) fn subject_of(text: &str) -> String {
    cleaned(text, MOST_SUBJECT)
}

/// Returns a value of a finding as messages show it. Findings are cleaned when they are read, but an incident that an
/// older version stored was not.
#[must_use]
pub fn shown(text: &str) -> String {
    cleaned(text, MOST_SHOWN)
}

/// Returns a text on one line, so that no value can look like a line of the message's own.
pub(super) fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect()
}

pub(super) fn plain(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        // Writing to a String cannot fail.
        let _ = match block {
            Block::Head(text) => writeln!(out, "{}\n", text.to_uppercase()),
            Block::Text(text) => writeln!(out, "{}\n", one_line(text)),
            Block::Link(label, url) => writeln!(out, "{label}: {}\n", one_line(url)),
            Block::List(lines) => {
                for line in lines {
                    out.push_str("- ");
                    out.push_str(&one_line(line));
                    out.push('\n');
                }
                writeln!(out)
            }
        };
    }
    out
}

pub(super) fn html(title: &str, blocks: &[Block]) -> String {
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"font:16px/1.5 sans-serif;max-width:40em\">",
        escape(title)
    );
    for block in blocks {
        let _ = match block {
            Block::Head(text) => write!(out, "<h2>{}</h2>", escape(text)),
            Block::Text(text) => write!(out, "<p>{}</p>", escape(text)),
            Block::Link(label, url) => {
                write!(out, "<p><a href=\"{}\">{}</a></p>", escape(url), escape(label))
            }
            Block::List(lines) => {
                out.push_str("<ul>");
                for line in lines {
                    out.push_str("<li>");
                    out.push_str(&escape(line));
                    out.push_str("</li>");
                }
                write!(out, "</ul>")
            }
        };
    }
    out.push_str("</body></html>");
    out
}
