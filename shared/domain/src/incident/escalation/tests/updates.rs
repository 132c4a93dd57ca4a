//! Updates: one message for each contact, by the next channel if one is given up.

use super::*;

fn record(contact: &str, channel: &str, state: DeliveryState, tries: u32) -> Delivery {
    Delivery {
        key: DeliveryKey {
            cursor: Cursor { run: 1, round: 0, step: 0 },
            contact: contact.parse().unwrap(),
            channel: channel.parse().unwrap(),
            about: Some("joined-x".into()),
        },
        state,
        attempts: tries,
        at: now(),
    }
}

fn refused() -> DeliveryState {
    DeliveryState::Failed { error: "OptedOut".into(), retryable: false }
}

fn throttled() -> DeliveryState {
    DeliveryState::Failed { error: "Throttled".into(), retryable: true }
}

/// Which channel ada is told by, if any.
fn by(records: &[Delivery]) -> Option<&'static str> {
    let ada = Actor::Contact { contact: "ada".parse().unwrap() };
    let incident = incident().acknowledge(ada, now()).unwrap().unwrap();
    let turn =
        plan_update(&incident, &people([person("ada", 1), person("bob", 2)]), records, now());
    assert!(turn.pages.len() <= 1 && turn.emergency.is_none(), "{turn:?}");
    let page = turn.pages.first()?;
    assert!(page.update && page.channels.len() == 1 && page.contact.id.as_str() == "ada");
    Some(page.channels[0].kind().name())
}

#[test]
fn a_channel_that_is_given_up_is_followed_by_the_next() {
    assert_eq!(by(&[]), Some("sms"));
    let text = |state| record("ada", "sms", state, 1);
    for given_up in [refused(), DeliveryState::Unavailable, DeliveryState::Unconfirmed] {
        assert_eq!(by(&[text(given_up)]), Some("email"));
    }
    assert_eq!(by(&[record("ada", "sms", throttled(), 3)]), Some("email"));
    let mail = record("ada", "email", refused(), 1);
    assert_eq!(by(&[text(refused()), mail.clone()]), Some("voice"));
    let call = record("ada", "voice", DeliveryState::Unavailable, 1);
    assert_eq!(by(&[text(refused()), mail, call]), None);
}

#[test]
fn a_channel_that_may_still_tell_is_kept() {
    let claimed = DeliveryState::Sending { lease_expires_at: now(), claimed_by: "other".into() };
    for open in [throttled(), claimed] {
        assert_eq!(by(&[record("ada", "sms", open, 1)]), Some("sms"));
    }
    // Of another contact.
    assert_eq!(by(&[record("bob", "sms", refused(), 1)]), Some("sms"));
}

#[test]
fn who_was_told_or_will_be_is_told_once() {
    let sent = DeliveryState::Sent { message_id: "m".into() };
    for told in [sent, DeliveryState::Held { not_before: now() }] {
        let records = [record("ada", "sms", refused(), 1), record("ada", "email", told, 1)];
        assert_eq!(by(&records), None);
        // Also by a channel that is first no more.
        assert_eq!(by(&records[1..]), None);
    }
}
