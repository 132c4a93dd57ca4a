//! Cleans a text that others wrote, so that it can stand in a subject, a text message, a page or a call.

use super::{is_invisible, turns_direction};

/// What stands after a dot and is no top-level domain, so that mail and message apps make no link of
/// `cv.pdf` or `m7g.large`. What is missing here only costs brackets; `zip`, `sh` and `app` are domains.
const NO_DOMAINS: [&str; 79] = [
    "asp", "aspx", "avro", "bak", "bat", "bin", "bmp", "bz2", "cer", "cfg", "cmd", "conf", "cpp",
    "crt", "css", "csv", "dat", "deb", "dll", "doc", "docx", "eml", "env", "exe", "gif", "gz",
    "htm", "html", "ics", "img", "ini", "iso", "jar", "jpeg", "jpg", "js", "json", "jsonl", "jsp",
    "key", "lnk", "log", "mp3", "mp4", "msi", "orc", "parquet", "pdf", "pem", "pfx", "php", "png",
    "ppt", "pptx", "rar", "rpm", "rtf", "sql", "sqlite", "svg", "tar", "tgz", "tif", "tmp", "toml",
    "tsv", "txt", "war", "webp", "xls", "xlsx", "xml", // sizes of instances:
    "nano", "micro", "small", "medium", "large", "xlarge", "metal",
];

/// Returns `text` on one line, with nothing that hides in it and nothing that an app turns into a
/// link, in at most `max` characters (plus an ellipsis if it was longer).
///
/// Line breaks and other controls become blanks, runs of blanks become one, and bidi and invisible
/// characters go. `https://a.example/x` becomes `https[:]//a[.]example/x`: readers of findings know
/// the brackets, they survive every channel down to SMS, and no mail or message app follows them.
/// Cleaning a cleaned text changes nothing.
#[must_use]
pub fn cleaned(text: &str, max: usize) -> String {
    shortened(&without_links(&one_line(text)), max)
}

fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // Blanks come first: U+2028 and U+0085 are blanks as well as controls.
        if c.is_whitespace() || c.is_control() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !turns_direction(c) && !is_invisible(c) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Puts brackets around what makes an app see a link: the colon of `://`, and the dot before what can
/// be a domain's label.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find([':', '.']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = &from[1..];
        if from.starts_with("://") {
            out.push_str("[:]");
        } else if from.starts_with('.') && links(&out, after) {
            out.push_str("[.]");
        } else {
            out.push_str(&from[..1]);
        }
        rest = after;
    }
    out + rest
}

/// Whether a dot between these texts makes a link: after `www`, or after a letter or digit and before
/// a label that begins like a domain's. Two letters: no domain has a single one, and many names of
/// types do (`BitcoinTool.B`). A label is judged by itself, so `cv.pdf.zip` has brackets at its end.
fn links(before: &str, after: &str) -> bool {
    let www = before.len().checked_sub(3).and_then(|at| before.get(at..));
    let www = www.is_some_and(|end| end.eq_ignore_ascii_case("www"));
    if !before.ends_with(of_label) {
        return false;
    }
    let label = &after[..after.find(|c| !of_label(c)).unwrap_or(after.len())];
    let letters = label.chars().take(2).filter(|c| !c.is_ascii() || c.is_alphabetic()).count() == 2;
    let harmless = NO_DOMAINS.iter().any(|word| label.eq_ignore_ascii_case(word));
    (letters && !harmless) || (www && !label.is_empty())
}

/// Whether `c` can stand in a domain's label. Combining marks can, so all beyond ASCII does, except the
/// ellipsis that [`shortened`] adds.
fn of_label(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || (!c.is_ascii() && c != '…')
}

/// Cuts after `max` characters. A word with a dot is cut before its last dot, since half a file name's
/// ending can read as a domain.
fn shortened(text: &str, max: usize) -> String {
    let Some((at, _)) = text.char_indices().nth(max) else { return text.to_owned() };
    if &text[at..] == "…" {
        return text.to_owned();
    }
    let mut kept = &text[..at];
    let word = kept.rfind(' ').map_or(0, |blank| blank + 1);
    if let Some(dot) = kept[word..].rfind('.') {
        kept = kept[..word + dot].trim_end_matches(['[', '.']);
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hidden_characters_and_line_breaks_go() {
        let check = |text: &str, expected: &str| assert_eq!(cleaned(text, 200), expected, "{text}");
        check("one\r\ntwo\u{2028}three\tfour\u{0}five", "one two three four five");
        check("  invoices/\u{202E}gpj.exe ", "invoices/gpj.exe");
        check("a\u{200B}b\u{FEFF}c\u{E0041}d\u{2066}e", "abcde");
        check("实例 i-071 正在与命令和控制服务器通信。", "实例 i-071 正在与命令和控制服务器通信。");
        check("<b>x</b> & \"y\"", "<b>x</b> & \"y\"");
        check("\u{202E}\n\u{200B}", "");
    }

    #[test]
    fn nothing_can_be_clicked() {
        let check = |text: &str, expected: &str| assert_eq!(cleaned(text, 200), expected, "{text}");
        check("https://evil.example/login", "https[:]//evil[.]example/login");
        check("HTTP://198.51.100.7/x", "HTTP[:]//198.51.100.7/x");
        check("www.1evil see www.evil.com", "www[.]1evil see www[.]evil[.]com");
        check("ada@evil.co.uk, t.co/x", "ada@evil[.]co[.]uk, t[.]co/x");
        check("e\u{301}.c\u{301}om", "e\u{301}[.]c\u{301}om");
        check("пример.рф xn--e1.xn--p1ai", "пример[.]рф xn--e1[.]xn--p1ai");
        check("registry.example.com/shop:1.25.3", "registry[.]example[.]com/shop:1.25.3");
        check("EVIL.ZIP payload.pdf.zip", "EVIL[.]ZIP payload.pdf[.]zip");
        check("ht\u{200B}tps:/\u{202A}/evil\u{AD}.example", "https[:]//evil[.]example");
    }

    #[test]
    fn names_and_numbers_stay_as_they_are() {
        for text in [
            "arn:aws:s3:::ledger/in/cv.pdf",
            "CryptoCurrency:EC2/BitcoinTool.B!DNS",
            "security-control/EC2.19",
            "198.51.100.7 port 22, 1.5 GB. Then more.",
            "Object.json, node.js and C:\\x\\y.exe",
            "Instance i-99 (m7g.large)",
            "already https[:]//evil[.]example",
        ] {
            assert_eq!(cleaned(text, 200), text);
        }
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(cleaned("abcdef", 6), "abcdef");
        assert_eq!(cleaned("abcdef", 5), "abcde…");
        assert_eq!(cleaned("ab cdef", 3), "ab…");
        // Half of `.html` would read as a domain.
        assert_eq!(cleaned("page.html", 7), "page…");
        assert_eq!(cleaned("evil.example.com", 12), "evil…");
        assert_eq!(cleaned(&"é".repeat(900), 500).chars().count(), 501);
    }

    /// Texts from the alphabet that the rules are about.
    fn awkward() -> impl Strategy<Value = String> {
        "([a-zA-Z0-9]{1,4}|[.:/\\[\\]… -]|://|www|\\.html|\\.com|[\u{202E}\u{200B}\n\u{85}é例])\
         {0,24}"
    }

    proptest! {
        #[test]
        fn cleaning_is_final(text in prop_oneof![any::<String>(), awkward()], max in 0usize..40) {
            let once = cleaned(&text, max);
            prop_assert_eq!(cleaned(&once, max), once.clone());
            prop_assert!(once.chars().count() <= max + 1);
            let hides = |c: char| c.is_control() || turns_direction(c) || is_invisible(c);
            prop_assert!(!once.chars().any(hides));
            prop_assert!(!once.contains("://") && !once.contains("  "));
        }
    }
}
