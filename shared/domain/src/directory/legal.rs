//! Texts that Incident Manager takes. Source: the patterns of its API (`ContactName`, `ContactAlias`).

/// Longest display name and alias, in characters.
const LONGEST: usize = 255;

/// A name that people recognise, of letters, digits, blanks, `_`, `.` and `-` alone: apostrophes go, other
/// signs become blanks. `Nobody` if nothing is left.
pub(super) fn display_name(name: &str) -> String {
    let mut legal = String::new();
    for c in name.chars() {
        match c {
            '\'' | '\u{2019}' | '\u{2bc}' | '`' => {}
            '_' | '.' | '-' => legal.push(c),
            c if c.is_alphanumeric() && !other_number(c) => legal.push(c),
            _ if legal.is_empty() || legal.ends_with(' ') => {}
            _ => legal.push(' '),
        }
    }
    let short: String = legal.chars().take(LONGEST).collect();
    let short = short.trim_end();
    if short.is_empty() { "Nobody".to_owned() } else { short.to_owned() }
}

/// Letters by Rust's reckoning that have another class there: marks that are part of a script's vowels
/// count as alphabetic here and not as letters (`\p{L}`) there.
fn other_number(c: char) -> bool {
    // Circled letters are symbols (So); combining vowel signs are marks (M).
    matches!(c, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}')
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}')
}

#[cfg(test)]
mod tests {
    use super::display_name;

    #[test]
    fn names_are_legal_and_recognisable() {
        for (name, expected) in [
            ("O'Brien (Ops), Dr.", "OBrien Ops Dr."),
            ("Ada Lovelace", "Ada Lovelace"),
            ("  李小龙 / Bruce  ", "李小龙 Bruce"),
            ("Zoë-Marie d’Arc", "Zoë-Marie dArc"),
            ("<script>", "script"),
            ("(((", "Nobody"),
        ] {
            assert_eq!(display_name(name), expected, "{name}");
        }
        assert_eq!(display_name(&"x".repeat(300)).len(), 255);
    }
}
