//! Which pages a digest is about, and what is left of it.

use jiff::SignedDuration;

use super::*;
use crate::escalation::Cursor;
use crate::incident::Actor;
use crate::samples::{incident, now};
use crate::send::{LEASE, SendChannel};
use crate::severity::Severity;

#[test]
fn the_most_severe_and_oldest_come_first() {
    let (one, mut two, mut three) = (incident(), incident(), incident());
    two.severity = Severity::Critical;
    three.opened_at = now() - SignedDuration::from_mins(10);
    let mut incidents = [one.clone(), two.clone(), three.clone()];
    sort(&mut incidents);
    assert_eq!(incidents, [two, three, one]);
}

#[test]
fn what_nobody_answered_is_not_sent_again() {
    let failed = |error: &str| SendState::Failed { error: error.into(), passing: true };
    assert_eq!(end(failed("Timeout")), SendState::Unconfirmed);
    assert_eq!(end(failed("InternalError")), failed("InternalError"));
    assert_eq!(end(SendState::Unavailable), SendState::Unavailable);
}

#[test]
fn whom_an_incident_still_wants() {
    let mut two = incident();
    two.plan.acknowledgements = 2;
    let ada = Actor::Contact("ada".parse().unwrap());
    let once = two.acknowledge(ada, now()).unwrap().unwrap();
    assert!(still_wants(&two, "ada") && still_wants(&once, "bob"));
    assert!(!still_wants(&once, "ada"));
    assert!(still_wants(&once, "external:counsel"));
    let over = once.resolve(Actor::Muster, now()).unwrap();
    assert!(!still_wants(&over, "bob"));
    // An update is for those who have acknowledged.
    let page = |about: Option<&str>| SendKey {
        cursor: Cursor::FIRST,
        contact: "ada".into(),
        channel: SendChannel::Topic,
        about: about.map(Into::into),
    };
    assert!(still_wanted(&once, &page(Some("day-1"))) && !still_wanted(&once, &page(None)));
    assert!(!still_wanted(&over, &page(Some("day-1"))));
}

#[test]
fn what_is_left_of_a_digest() {
    let check = |state: SendState, at, expected: Left| {
        let digest = Digest { mark: "m".into(), state, pages: vec!["p".into()], at: now() };
        assert_eq!(left(Some(&digest), at), expected, "{digest:?}");
        let text = serde_json::to_string(&digest).unwrap();
        assert_eq!(serde_json::from_str::<Digest>(&text).unwrap(), digest);
    };
    let claimed = |until| SendState::Claimed { until, owner: "look".into() };
    let unconfirmed = || Left::Ended(SendState::Unconfirmed);
    check(claimed(now() + LEASE), now(), Left::Busy);
    check(claimed(now() + LEASE), now() + LEASE, unconfirmed());
    // The clock that it was made by is ahead.
    check(claimed(now() + LEASE * 3), now(), unconfirmed());
    let sent = SendState::Sent { message_id: "m".into() };
    check(sent.clone(), now(), Left::Ended(sent));
    assert_eq!(left(None, now()), Left::Nothing);
}
