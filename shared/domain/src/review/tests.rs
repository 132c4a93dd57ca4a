//! Months of silence and answers, and what codes do.

use super::*;
use crate::roster::contact::ContactStatus;
use crate::samples::person;
use crate::value::channel::Channel;

fn terms() -> Terms {
    Terms {
        due_after: SignedDuration::from_hours(30 * 24),
        reminders: 2,
        zone: "Europe/Berlin".parse().unwrap(),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn ada() -> Subject {
    "contact:ada".parse().unwrap()
}

/// What each month's review does while nobody answers, in short.
fn told(steps: Steps) -> String {
    let remind = steps.remind.map(|n| format!("remind {n}")).unwrap_or_default();
    let manager = steps.tell_manager.map(|n| format!(", manager of {n}")).unwrap_or_default();
    let mark = if steps.mark { ", mark" } else { "" };
    format!("{remind}{manager}{mark}")
}

#[test]
fn silence_goes_to_the_manager_and_then_marks() {
    let (mut review, contact) = (Review::new(ada()), person("ada", 1));
    let mut lines = Vec::new();
    for month in ["09", "10", "11", "12"] {
        let now = at(&format!("2026-{month}-01T09:00:00Z"));
        let standing = Standing::of(&contact, now);
        let steps = review.steps(&standing, &terms(), now);
        lines.push(told(steps));
        review = review.reminded(&standing, &terms(), steps.tell_manager.is_some(), now);
        let later = at(&format!("2026-{month}-20T09:00:00Z"));
        assert_eq!(review.steps(&standing, &terms(), later), Steps::default(), "twice in {month}");
    }
    assert_eq!(
        lines,
        ["remind 1", "remind 2", "remind 3, manager of 2", "remind 4, manager of 3, mark"]
    );
}

#[test]
fn an_answer_begins_anew() {
    let (mut review, mut contact) = (Review::new(ada()), person("ada", 1));
    let (october, november, december) =
        (at("2026-10-01T09:00:00Z"), at("2026-11-01T09:00:00Z"), at("2026-12-02T09:00:00Z"));
    review = review.reminded(&Standing::of(&contact, october), &terms(), false, october);
    contact.confirmed_at = Some(october + SignedDuration::from_hours(1));
    let standing = Standing::of(&contact, november);
    assert_eq!(review.unanswered(&standing), 0);
    assert_eq!(told(review.steps(&standing, &terms(), november)), "remind 1", "31 days are over");
    // A correction answers for this month, and the entry is due again in the next.
    contact.confirmed_at = None;
    review = review.answered(november);
    let standing = Standing::of(&contact, november);
    assert_eq!(review.steps(&standing, &terms(), november), Steps::default());
    assert_eq!(told(review.steps(&standing, &terms(), december)), "remind 1");
}

#[test]
fn who_is_asked() {
    let now = at("2026-11-30T23:30:00Z");
    let due = |contact: &Contact| Standing::of(contact, now).due(&terms(), now);
    let mut ada = person("ada", 1);
    assert!(due(&ada));
    ada.confirmed_at = Some(now - SignedDuration::from_hours(24));
    assert!(!due(&ada));
    ada.confirmed_at = None;
    ada.status = ContactStatus::OnLeave { until: "2026-12-24".parse().unwrap() };
    assert!(!due(&ada), "asked when back");
    ada.status = ContactStatus::Departed;
    assert!(!due(&ada));
    assert_eq!(terms().month(now), "2026-12", "by the calendar of the stack's zone");
}

#[test]
fn codes() {
    let now = at("2026-11-23T09:00:00Z");
    let mut ada = person("ada", 1);
    let new = Channel::Sms("+14255550199".parse().unwrap());
    let old = ada.channels[1].clone();
    let replace = Purpose::Replace { old: old.clone() };
    let mut challenge = Challenge::new(ada.id.clone(), new.clone(), replace, now);
    assert_eq!(challenge.given("d", now), Given::Over, "none was sent");
    challenge.code = Some("d".into());
    assert_eq!(challenge.given("d", now), Given::Right);
    assert_eq!(challenge.given("e", now), Given::Wrong);
    assert_eq!(challenge.given("d", now + CODE_LIFE), Given::Over);
    let worn = Challenge { attempts: MOST_TRIES, ..challenge.clone() };
    assert_eq!(worn.given("d", now), Given::Over);
    let replaced = challenge.applied(&ada).unwrap();
    assert_eq!((replaced[1].clone(), replaced.len()), (new.clone(), 3));
    let add = Challenge { purpose: Purpose::Add, ..challenge.clone() };
    assert_eq!(add.applied(&ada).unwrap().last(), Some(&new));
    let prove = Challenge { purpose: Purpose::Prove, ..challenge.clone() };
    assert_eq!(prove.applied(&ada), None, "not hers any more");
    ada.channels.remove(1);
    assert_eq!(challenge.applied(&ada), None, "what it replaces is gone");
    let text = serde_json::to_string(&challenge).unwrap();
    assert_eq!(serde_json::from_str::<Challenge>(&text).unwrap(), challenge);
}

#[test]
fn subjects() {
    for text in ["contact:ada-lovelace", "external:aws-support"] {
        assert_eq!(text.parse::<Subject>().unwrap().to_string(), text);
    }
    for text in ["", "ada", "contact:", "contact:Ada", "role:legal_counsel"] {
        assert_eq!(text.parse::<Subject>(), Err(SubjectError));
    }
}
