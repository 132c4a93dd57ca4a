//! The messages as people read them.

use super::*;
use crate::samples::{closed, now, person};

const LINK: &str =
    "https://a1b2c3d4e5.execute-api.ap-southeast-1.amazonaws.com/review/AAAAAAAAAAAAAAAAAAAAAA";

fn ada() -> Contact {
    let mut ada = person("ada", 1);
    ada.name = "Ada <b>Lovelace</b>".into();
    ada.manager = Some("Grace Hopper".into());
    ada.backup_contact = Some("bea".parse().unwrap());
    ada.availability = closed();
    ada
}

#[test]
fn mails() {
    let until = now() + jiff::SignedDuration::from_hours(24 * 35);
    let mails = [
        review(&ada(), 1, LINK, until),
        review(&ada(), 3, LINK, until),
        to_manager(&person("grace", 2), "Ada Lovelace", 2),
        welcome(&ada(), LINK, until),
        test_mail(&ada(), LINK, until),
        code_mail("012345"),
    ];
    let mail = |mail: &Mail| format!("{}\n\n{}", mail.subject, mail.text);
    insta::assert_snapshot!(mails.each_ref().map(mail).join("=====\n"));
    for mail in mails {
        assert!(!mail.html.contains("<b>") && !mail.text.contains("+14255550101"));
    }
}

#[test]
fn texts_are_one_part_and_public() {
    let texts = [
        review_text(LINK),
        welcome_text(LINK),
        test_text(LINK),
        code_text("012345"),
        to_manager_text(12),
    ];
    for text in texts {
        assert!(text.is_ascii() && text.len() <= 160, "{} {text}", text.len());
    }
}

#[test]
fn calls_say_the_code_twice_within_25_seconds() {
    for call in [test_spoken("012345"), code_spoken("012345")] {
        assert_eq!(call.matches("0, 1, 2, 3, 4, 5").count(), 2, "{call}");
        assert!(call.split_whitespace().count() <= 62, "{call}");
    }
}
