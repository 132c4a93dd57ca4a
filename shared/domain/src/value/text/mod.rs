//! The rule for a free text somebody sends: short, on one line, and showing everything it holds.

mod shown;

pub use shown::cleaned;

/// Longest free text (names, departments), in characters: fits an e-mail subject and a vCard line.
pub const MAX_TEXT: usize = 200;

/// Why a text is refused. It names a character by its code point: the character itself would hide
/// in the answer as it hides in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but blanks.
    #[error("must not be empty")]
    Empty,
    /// More than [`MAX_TEXT`] characters.
    #[error("must have at most 200 characters")]
    TooLong,
    /// More than [`MAX_TEXT_LINES`] characters.
    #[error("must have at most 4,000 characters")]
    TooManyLines,
    /// More than one line, or an ASCII or Latin-1 control character.
    #[error("must not contain line breaks or control characters")]
    Control,
    /// A bidi embedding, override or isolate (Unicode UAX #9): it makes a text read as another one.
    #[error("must not contain U+{0:04X}, which changes the text direction")]
    Direction(u32),
    /// A character that shows nothing: two texts would look the same and differ.
    #[error("must not contain the invisible character U+{0:04X}")]
    Invisible(u32),
}

/// Longest text of several lines, in characters: a page of paper.
pub const MAX_TEXT_LINES: usize = 4000;

/// A text that may have several lines, without blanks around it: each line is as [`line()`] allows,
/// but for its length.
///
/// # Errors
/// Why it is refused.
pub fn lines(text: &str) -> Result<String, TextError> {
    let text = text.trim().replace("\r\n", "\n");
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > MAX_TEXT_LINES {
        return Err(TextError::TooManyLines);
    }
    text.split('\n').map(str::trim).filter(|part| !part.is_empty()).try_for_each(shows)?;
    Ok(text)
}

/// The text without blanks around it.
///
/// # Errors
/// Why it is refused: the first reason in the order of [`TextError`].
pub fn line(text: &str) -> Result<&str, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > MAX_TEXT {
        return Err(TextError::TooLong);
    }
    shows(text)?;
    Ok(text)
}

/// Whether a line shows everything it holds.
fn shows(text: &str) -> Result<(), TextError> {
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(TextError::Control);
    }
    if let Some(c) = text.chars().find(|c| turns_direction(*c)) {
        return Err(TextError::Direction(c.into()));
    }
    let mut before = None;
    for c in text.chars() {
        if is_invisible(c) && !joins(before, c) {
            return Err(TextError::Invisible(c.into()));
        }
        before = Some(c);
    }
    Ok(())
}

const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The format characters (general category Cf, Unicode 16) that show nothing, and the letters and
/// marks that are as blank. Variation selectors are left in: they choose the form of a Japanese name.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' // soft hyphen
        | '\u{034F}' // grapheme joiner
        | '\u{061C}' // Arabic letter mark
        | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' // Hangul fillers
        | '\u{17B4}' | '\u{17B5}' // Khmer inherent vowels
        | '\u{180E}' // Mongolian vowel separator
        | '\u{200B}'..='\u{200F}' // zero-width space, joiners, direction marks
        | '\u{2060}'..='\u{206F}' // word joiner, invisible operators, deprecated controls
        | '\u{2800}' // blank Braille pattern
        | '\u{FEFF}' // byte order mark
        | '\u{FFF9}'..='\u{FFFB}' // interlinear annotation
        | '\u{13430}'..='\u{1343F}' // hieroglyph controls
        | '\u{1BCA0}'..='\u{1BCA3}' // shorthand controls
        | '\u{1D173}'..='\u{1D17A}' // musical controls
        | '\u{E0000}'..='\u{E007F}' // tags
    )
}

/// Whether `c` is a joiner where spelling asks for it: after a letter of a script from Arabic to
/// Sinhala. Persian and Indic names are misspelt without (RFC 5892, appendix A).
fn joins(before: Option<char>, c: char) -> bool {
    let joiner = matches!(c, '\u{200C}' | '\u{200D}');
    joiner && before.is_some_and(|b| matches!(b, '\u{0620}'..='\u{0DFF}'))
}

/// Makes text safe inside HTML text and quoted attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_the_world_pass() {
        for good in [
            "Ada Lovelace",
            "  O'Brien, Pat (on call) ",
            "李小龙",
            "Zoë Müller-Đặng",
            "אבי כהן",
            "محمد علی",
            "علی\u{200C}رضا",
            "ශ\u{0DCA}\u{200D}ර\u{0DD3}",
            "葛\u{E0100}城",
            &"ä".repeat(200),
        ] {
            assert_eq!(line(good), Ok(good.trim()));
        }
    }

    #[test]
    fn several_lines() {
        assert_eq!(lines("  One.\r\n\nTwo. ").as_deref(), Ok("One.\n\nTwo."));
        assert_eq!(lines(" \n "), Err(TextError::Empty));
        assert_eq!(lines("One\nTw\u{200B}o"), Err(TextError::Invisible(0x200B)));
        assert_eq!(lines("a\tb"), Err(TextError::Control));
        assert_eq!(lines(&"x\n".repeat(2001)), Err(TextError::TooManyLines));
    }

    #[test]
    fn what_hides_is_refused() {
        let check = |text: &str, expected: &str| {
            assert_eq!(line(text).unwrap_err().to_string(), expected, "{}", text.escape_unicode());
        };
        check(" \t\u{3000}", "must not be empty");
        check(&"ä".repeat(201), "must have at most 200 characters");
        for control in ["a\nb", "a\0b", "a\u{85}b", "a\u{2028}b", "\u{7F}"] {
            check(control, "must not contain line breaks or control characters");
        }
        check("Ada \u{202E}ecalevoL", "must not contain U+202E, which changes the text direction");
        for c in ['\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{2066}', '\u{2069}'] {
            assert_eq!(line(&format!("a{c}")), Err(TextError::Direction(c.into())));
        }
        check("Ada\u{200B}", "must not contain the invisible character U+200B");
        for c in ['\u{AD}', '\u{200C}', '\u{200D}', '\u{200E}', '\u{FEFF}', '\u{3164}', '\u{E0041}']
        {
            assert_eq!(line(&format!("a{c}b")), Err(TextError::Invisible(c.into())));
        }
        assert!(line("علی\u{200C}\u{200C}رضا").is_err(), "one joiner joins, two hide");
    }

    proptest! {
        #[test]
        fn what_passes_passes_again(text in any::<String>()) {
            if let Ok(kept) = line(&text) {
                prop_assert_eq!(line(kept), Ok(kept));
                prop_assert!(!kept.chars().any(|c| c.is_control() || turns_direction(c)));
            }
        }
    }
}
