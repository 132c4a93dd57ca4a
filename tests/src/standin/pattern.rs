//! A pattern of a service's model, which Java reads and Rust does not quite.

use anyhow::{Context as _, Result, ensure};
use regex::Regex;

/// A text of the whole of which a pattern holds.
///
/// Our regex engine looks neither ahead nor behind. The models do so at the ends of a pattern alone,
/// `(?!aws:)` before and `(?<!\s)` after; these are taken off and asked for themselves.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// As the model has it.
    pub text: String,
    holds: Regex,
    /// What must not be found, though the pattern holds.
    never: Vec<Regex>,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// It has something that we do not know: it is never taken for one that always holds.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let mut never = Vec::new();
        let mut rest = text.strip_prefix('^').unwrap_or(text);
        if let Some(inside) = rest.strip_prefix("(?!") {
            let (ahead, after) = inside.split_once(')').context("a look ahead without an end")?;
            plain(ahead)?;
            never.push(compile(&format!("^(?:{ahead})"))?);
            rest = after.strip_prefix('^').unwrap_or(after);
        }
        if let Some((before, inside)) = rest.rsplit_once("(?<!") {
            let inside = inside.strip_suffix('$').unwrap_or(inside);
            let behind = inside.strip_suffix(')').context("a look behind within")?;
            plain(behind)?;
            never.push(compile(&format!("(?:{behind})$"))?);
            rest = before;
        }
        let holds = compile(&format!("^(?:{rest})$"))?;
        Ok(Self { text: text.to_owned(), holds, never })
    }

    /// Whether it holds of the whole of a text.
    pub(crate) fn holds(&self, value: &str) -> bool {
        self.holds.is_match(value) && !self.never.iter().any(|never| never.is_match(value))
    }
}

/// What we look for ahead or behind must end at its first `)`.
fn plain(inside: &str) -> Result<()> {
    ensure!(
        !inside.contains(['(', '[']) && !inside.ends_with('\\'),
        "a group where we look around"
    );
    Ok(())
}

/// Java's `\w`, `\d` and `\s` are ASCII, ours are Unicode.
fn compile(pattern: &str) -> Result<Regex> {
    let mut java = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            java.push(letter);
            continue;
        }
        match letters.next() {
            Some('w') => java.push_str("[0-9A-Za-z_]"),
            Some('d') => java.push_str("[0-9]"),
            Some('s') => java.push_str(r"[ \t\n\x0B\f\r]"),
            Some('S') => java.push_str(r"[^ \t\n\x0B\f\r]"),
            Some(other @ ('W' | 'D' | 'b' | 'B')) => {
                anyhow::bail!("\\{other} is not the same in Java")
            }
            Some(other) => java.extend(['\\', other]),
            None => java.push('\\'),
        }
    }
    Ok(Regex::new(&java)?)
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn holds_of_the_whole_text_as_in_java() {
        for (pattern, good, bad) in [
            (r"[0-9]+", "12", "12a"),
            (r"a|b", "b", "ab"),
            (r"^[a-z0-9_\-]*$", "on-call", "On.Call"),
            (r"[\S]+", "a", "a b"),
            (r"[ \S]+", "a b", "a\tb"),
            (r"\d+", "1", "\u{661}"),
            (r"[\w-]+", "a-b", "\u{e4}"),
            (r"(?!aws:)[a-zA-Z+-=._:/]+", "team:aws:", "aws:team"),
            (r"^(?!aws:)[a-z:]+$", "saws:", "aws:"),
            (r"(?!\s*$)[\s\S]+", " a\n", " \n"),
            (r"(?!\s)^[\s\S]+(?<!\s)", "a b", "a "),
            (r"(?!\s)^[\s\S]+(?<!\s)", "a", " a"),
            (r"([^\u0000-\u007F]|[-_ a-z])+", "\u{e4} b", "B"),
        ] {
            let read = Pattern::read(pattern).unwrap();
            assert!(read.holds(good), "{pattern} of {good:?}");
            assert!(!read.holds(bad), "{pattern} of {bad:?}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for pattern in [r"a(?=b)c", r"(?!(a|b)c)d", r"(a)\1", r"\bword\b", r"a(?!b)", "["] {
            assert!(Pattern::read(pattern).is_err(), "{pattern}");
        }
    }
}
