//! Texts that Incident Manager takes. Source: the patterns of its API (`ContactName`, `ContactAlias`).

use std::sync::LazyLock;

use regex::Regex;

/// Longest display name and alias, in characters.
const LONGEST: usize = 255;

/// What a name may have beside blanks, by the service's own classes: a script's combining marks are
/// no letters there, though Rust calls some of them alphabetic.
static LEGAL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{N}_.\-]$").ok());

/// A name that people recognise, of letters, digits, blanks, `_`, `.` and `-` alone: apostrophes and
/// combining marks go, other signs become blanks. `Nobody` if nothing is left.
pub(super) fn display_name(name: &str) -> String {
    let mut legal = String::new();
    for c in name.chars() {
        match c {
            '\'' | '\u{2019}' | '\u{2bc}' | '`' => {}
            c if is_legal(c) => legal.push(c),
            // A mark belongs to the letter before it, and is no gap in the word.
            c if c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c) => {}
            _ if legal.is_empty() || legal.ends_with(' ') => {}
            _ => legal.push(' '),
        }
    }
    let short: String = legal.chars().take(LONGEST).collect();
    let short = short.trim_end();
    if short.is_empty() { "Nobody".to_owned() } else { short.to_owned() }
}

fn is_legal(c: char) -> bool {
    let mut text = [0; 4];
    LEGAL.as_ref().is_some_and(|legal| legal.is_match(c.encode_utf8(&mut text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_legal_and_recognisable() {
        for (name, expected) in [
            ("O'Brien (Ops), Dr.", "OBrien Ops Dr."),
            ("Ada Lovelace", "Ada Lovelace"),
            ("  李小龙 / Bruce  ", "李小龙 Bruce"),
            ("Zoë-Marie d’Arc", "Zoë-Marie dArc"),
            ("Zoe\u{308} Arc", "Zoe Arc"),
            ("<script>", "script"),
            ("(((", "Nobody"),
        ] {
            assert_eq!(display_name(name), expected, "{name}");
        }
        assert_eq!(display_name(&"x".repeat(300)).len(), 255);
    }

    #[test]
    fn every_character_comes_out_legal() {
        let whole = Regex::new(r"^[\p{L}\p{Z}\p{N}_.\-]*$").unwrap();
        for c in '\0'..=char::MAX {
            let name = display_name(&format!("a{c}b"));
            assert!(whole.is_match(&name), "{c:?} becomes {name}");
        }
        // Hindi and Thai, with marks that their scripts cannot do without.
        for name in ["अमित शर्मा", "สมชาย ใจดี"] {
            let legal = display_name(name);
            assert!(whole.is_match(&legal) && legal.chars().count() > 4, "{legal}");
        }
    }
}
