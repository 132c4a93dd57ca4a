//! The text of a vCard.

use super::*;

fn card(name: &str, department: &str) -> String {
    let sheet = format!(
        "id,name,role,channels,department,time zone,status\n\
         ada,\"{name}\",incident_commander; legal_counsel,\"sms:+14255550101; email:ada@example.com; \
         voice:+14255550102\",\"{department}\",Europe/London,active\n\
         bob,Bob,Legal Counsel,sms:+14255550103; email:bob@example.com,,UTC,departed\n"
    );
    let rows = read_csv(sheet.as_bytes()).unwrap();
    let contacts = rows.iter().map(|row| row.check(None, &stamp()).unwrap());
    write_vcards(&contacts.collect::<Vec<_>>(), "muster@example.com")
}

#[test]
fn a_card() {
    let cards = card("Ada King Lovelace", "Cloud, Security; \\o/");
    assert_eq!(cards.lines().count(), cards.matches("\r\n").count());
    insta::assert_snapshot!(cards.replace("\r\n", "\n"), @r"
    BEGIN:VCARD
    VERSION:4.0
    UID:urn:muster:sender
    KIND:org
    FN:Muster
    EMAIL:muster@example.com
    NOTE:Pages for security incidents come from here.
    CATEGORIES:Muster
    END:VCARD
    BEGIN:VCARD
    VERSION:4.0
    UID:urn:muster:contact:ada
    FN:Ada King Lovelace
    N:Lovelace;Ada King;;;
    TEL;VALUE=uri;TYPE=cell,text;PREF=1:tel:+14255550101
    EMAIL;PREF=2:ada@example.com
    TEL;VALUE=uri;TYPE=voice;PREF=3:tel:+14255550102
    ORG:Cloud\, Security\; \\o/
    TITLE:Incident Commander
    ROLE:Incident Commander
    ROLE:Legal Counsel
    TZ:Europe/London
    CATEGORIES:Muster
    REV:20261123T030000Z
    END:VCARD
    ");
}

#[test]
fn long_lines_are_folded_between_letters() {
    let name = "ä".repeat(80);
    let cards = card(&name, "x");
    assert!(cards.contains(&format!("FN:{}\r\n {}\r\n ", "ä".repeat(36), "ä".repeat(37))));
    assert!(cards.contains("\r\nN:;"));
    assert!(cards.replace("\r\n ", "").contains(&format!("\r\nFN:{name}\r\n")));
}
