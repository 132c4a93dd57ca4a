//! A document as Markdown (`CommonMark`, with the tables of GitHub Flavored Markdown).

use super::{Block, Document};

impl Document {
    /// The document as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}\n\n{}\n", escaped(&self.title), escaped(&self.subtitle));
        for block in &self.blocks {
            out.push('\n');
            match block {
                Block::Heading { level, text } => {
                    out.extend([&"#".repeat(usize::from(*level)), " ", &escaped(text), "\n"]);
                }
                Block::Text { text } => out.extend([&paragraphs(text, ""), "\n"]),
                Block::Notice { text } => out.extend([&paragraphs(text, "> "), "\n"]),
                Block::List { items } => {
                    for item in items {
                        out.extend(["- ", &escaped(item), "\n"]);
                    }
                }
                Block::Table { caption, head, rows } => {
                    out.extend(["**", &escaped(caption), "**\n\n"]);
                    row(&mut out, head);
                    out.extend(["|", &" --- |".repeat(head.len()), "\n"]);
                    for cells in rows {
                        row(&mut out, cells);
                    }
                }
            }
        }
        out
    }
}

fn row(out: &mut String, cells: &[String]) {
    out.push('|');
    for cell in cells {
        out.extend([" ", &escaped(cell), " |"]);
    }
    out.push('\n');
}

/// A text of several lines, each of which begins with `mark`.
fn paragraphs(text: &str, mark: &str) -> String {
    let lines =
        text.split('\n').map(|line| format!("{mark}{}", escaped(line)).trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// A text on one line whose marks are no Markdown and no HTML: every ASCII mark that could begin
/// something has a backslash (`CommonMark` 0.31, 2.4).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let begins = text.trim_start();
    // A number with a point or a bracket would begin a list: `1.` becomes `1\.`.
    let digits = begins.len() - begins.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let numbered = digits > 0 && begins[digits..].starts_with(['.', ')']);
    let point = text.len() - begins.len() + digits;
    for (at, c) in text.char_indices() {
        let mark = matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '<'
                | '>'
                | '#'
                | '|'
                | '~'
                | '!'
                | '&'
        );
        let first = at == text.len() - begins.len() && matches!(c, '-' | '+' | '=');
        match c {
            '\n' | '\r' => out.push(' '),
            _ if mark || first || (numbered && at == point) => out.extend(['\\', c]),
            // What looks like an address must not become a link that nobody wrote.
            ':' if text[at..].starts_with("://") => out.push_str("\\:"),
            '@' => out.push_str("\\@"),
            _ => out.push(c),
        }
    }
    out
}
