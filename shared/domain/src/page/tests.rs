//! Every form of a page.

use super::*;
use crate::escalation::{Cursor, Emergency, turn};
use crate::samples::{incident, people, person};

const LINK: &str =
    "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/ack/AAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn the_public_text_is_one_part_and_says_little() {
    let text = public_text(&incident(), LINK);
    insta::assert_snapshot!(text, @"MUSTER HIGH: malware in account ..3333. Answer: https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/ack/AAAAAAAAAAAAAAAAAAAAAA");
    assert!(text.is_ascii() && text.len() <= 160, "{}", text.len());
}

#[test]
fn a_call_says_it_twice_and_where_to_answer() {
    insta::assert_snapshot!(spoken_text(&incident()), @"This is Muster, the security incident line. High severity: malware, in the account ending in 3 3 3 3. Please open the link in your text message or your e-mail, to say that you are on it. I repeat. This is Muster, the security incident line. High severity: malware, in the account ending in 3 3 3 3. Please open the link in your text message or your e-mail, to say that you are on it.");
}

#[test]
fn a_drill_says_so_wherever_it_speaks() {
    let mut incident = incident();
    incident.finding.drill = Some(crate::drill::Drill::default());
    let people = people([person("ada", 1)]);
    let turn = turn(&incident, Cursor::FIRST, &people, incident.opened_at);
    let mail = mail(&incident, &turn.pages[0], &turn.pages, LINK);
    assert!(mail.subject.starts_with("DRILL [HIGH]"), "{}", mail.subject);
    assert!(mail.text.starts_with("DRILL: nothing has happened."), "{}", mail.text);
    let text = public_text(&incident, LINK);
    assert!(text.starts_with("DRILL MUSTER HIGH") && text.len() <= 160, "{}", text.len());
    assert!(spoken_text(&incident).contains("This is a drill."));
    assert!(emergency_text(&incident, Emergency::NobodyAnswered).starts_with("DRILL MUSTER"));
}

#[test]
fn the_mail_has_what_its_reader_needs() {
    let (incident, people) = (incident(), people([person("ada", 1), person("bob", 2)]));
    let turn = turn(&incident, Cursor::FIRST, &people, incident.opened_at);
    let mail = mail(&incident, &turn.pages[0], &turn.pages, LINK);
    insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text));
    assert!(!mail.html.contains("<script>"), "titles are escaped");
    assert!(mail.html.contains("&lt;script&gt;"));
}
