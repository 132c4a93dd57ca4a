//! Which pages a digest is about, and what is left of it.

use jiff::SignedDuration;

use super::*;
use crate::finding::InactiveReason;
use crate::incident::Actor;
use crate::incident::escalation::Cursor;
use crate::incident::send::LEASE;
use crate::samples::{incident, now};
use crate::value::channel_key::SendChannel;
use crate::value::severity::Severity;

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
fn only_what_was_refused_is_sent_again() {
    let failed =
        |error: &str, passing| DeliveryState::Failed { error: error.into(), retryable: passing };
    let check = |state: DeliveryState, refused, expected: DeliveryState| {
        assert_eq!(end(state.clone(), refused), expected, "{state:?} {refused}");
    };
    for unclear in ["Timeout", "NoConnection", "InternalError", "ServiceUnavailable"] {
        check(failed(unclear, true), false, DeliveryState::Unconfirmed);
    }
    check(failed("Throttling", true), true, failed("Throttling", true));
    check(failed("AccessDenied", true), true, failed("AccessDenied", true));
    check(failed("InvalidParameter", false), false, failed("InvalidParameter", false));
    check(DeliveryState::Unavailable, false, DeliveryState::Unavailable);
    let sent = DeliveryState::Sent { message_id: "m".into() };
    check(sent.clone(), false, sent);
}

#[test]
fn a_digest_names_a_thousand_pages_and_leaves_word_of_the_others() {
    let check = |asking: usize, others: usize, expected: (usize, bool)| {
        let pages = (0..others).map(|n| (n, false)).chain((0..asking).map(|n| (n, true)));
        let (named, more) = choose(pages.collect(), |page| page.1);
        let ask = named.iter().take_while(|page| page.1).count();
        assert_eq!(named.len(), MOST_PAGES.min(asking + others), "{asking} {others}");
        assert_eq!((ask, more), expected, "{asking} {others}");
        assert!(named[..ask].is_sorted() && named[ask..].is_sorted());
    };
    check(0, 0, (0, false));
    check(3, 2, (3, false));
    check(1_000, 0, (1_000, false));
    check(1_001, 0, (1_000, true));
    // What may have gone out takes no place from what has not.
    check(5, 1_200, (5, false));
    check(1_000, 1, (1_000, false));
}

#[test]
fn whom_an_incident_still_wants() {
    let mut two = incident();
    two.escalation_plan.required_acknowledgments = 2;
    let ada = Actor::Contact { contact: "ada".parse().unwrap() };
    let once = two.acknowledge(ada, now()).unwrap().unwrap();
    assert!(
        still_wants(&two, &"ada".parse().unwrap()) && still_wants(&once, &"bob".parse().unwrap())
    );
    assert!(!still_wants(&once, &"ada".parse().unwrap()));
    assert!(still_wants(&once, &"external:counsel".parse().unwrap()));
    let over = once.resolve(Actor::Muster, now()).unwrap();
    assert!(!still_wants(&over, &"bob".parse().unwrap()));
    // An update is for those who have acknowledged.
    let page = |about: Option<&str>| DeliveryKey {
        cursor: Cursor::FIRST,
        contact: "ada".parse().unwrap(),
        channel: SendChannel::Topic,
        about: about.map(Into::into),
    };
    assert!(still_wanted(&once, &page(Some("day-1"))) && !still_wanted(&once, &page(None)));
    assert!(!still_wanted(&over, &page(Some("day-1"))));
    // Once its source has stopped the paging, no digest names it; a link may still acknowledge it.
    let stops = |stop| {
        incident().close_at_source(
            &incident().finding.identity,
            (InactiveReason::Archived, now()),
            stop,
            now(),
        )
    };
    assert!(still_wanted(&stops(false), &page(None)) && !still_wanted(&stops(true), &page(None)));
    assert!(still_wants(&stops(true), &"ada".parse().unwrap()));
}

#[test]
fn what_is_left_of_a_digest() {
    let check = |state: DeliveryState, at, expected: Left| {
        let digest = Digest { mark: "m".into(), state, pages: vec!["p".into()], at: now() };
        assert_eq!(left(Some(&digest), at), expected, "{digest:?}");
        let text = serde_json::to_string(&digest).unwrap();
        assert_eq!(serde_json::from_str::<Digest>(&text).unwrap(), digest);
    };
    let claimed =
        |until| DeliveryState::Sending { lease_expires_at: until, claimed_by: "look".into() };
    let unconfirmed = || Left::Ended(DeliveryState::Unconfirmed);
    check(claimed(now() + LEASE), now(), Left::Busy);
    check(claimed(now() + LEASE), now() + LEASE, unconfirmed());
    // The clock that it was made by is ahead.
    check(claimed(now() + LEASE * 3), now(), unconfirmed());
    let sent = DeliveryState::Sent { message_id: "m".into() };
    check(sent.clone(), now(), Left::Ended(sent));
    assert_eq!(left(None, now()), Left::Nothing);
}
