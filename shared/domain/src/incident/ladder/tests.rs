//! What a ladder lets through, and what it holds back.

use proptest::prelude::*;

use super::*;
use crate::samples::now;

fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn id(number: usize) -> IncidentId {
    format!("20261123-abcdefgh{number:02}").parse().unwrap()
}

const fn ask(severity: Severity, mark: &str) -> Ask<'_> {
    Ask { severity, mark, incident: None, waiting: false }
}

/// The ladder after these went out at [`now`], one each second.
fn full(severities: &[Severity]) -> Ladder {
    let rung = |(second, severity): (i64, &Severity)| Rung {
        at: after(second),
        severity: *severity,
        mark: format!("before-{second}"),
        passed: None,
    };
    Ladder { sent: (0..).zip(severities).map(rung).collect(), ..Ladder::default() }
}

#[test]
fn five_texts_in_a_quarter_of_an_hour() {
    let policy = Policy::default();
    let mut ladder = Ladder::default();
    for second in 0..5 {
        let mark = second.to_string();
        let asked = ask(Severity::High, &mark);
        let pass = ladder.pass(&policy, ChannelType::Sms, &asked, after(second));
        let Pass::Go(next) = pass else { panic!("{second}: {pass:?}") };
        ladder = next;
    }
    let sms = |at| ladder.pass(&policy, ChannelType::Sms, &ask(Severity::High, "6"), at);
    assert_eq!(sms(after(5)), Pass::Hold(after(15 * 60)));
    assert!(matches!(sms(after(15 * 60)), Pass::Go(next) if next.sent.len() == 5));
}

#[test]
fn a_critical_page_that_lost_every_race_goes_out() {
    assert_eq!(Pass::raced(Severity::Critical, now()), Pass::Uncounted);
    for severity in [Severity::Informational, Severity::Low, Severity::Medium, Severity::High] {
        assert_eq!(Pass::raced(severity, now()), Pass::Hold(now()));
    }
}

#[test]
fn a_less_severe_page_takes_no_room_from_a_more_severe_one() {
    use Severity::{Critical, High, Low, Medium};
    let policy = Policy::default();
    let check = |before: &[Severity], severity, goes: bool| {
        let asked = ask(severity, "new");
        let pass = full(before).pass(&policy, ChannelType::Sms, &asked, after(60));
        assert_eq!(matches!(pass, Pass::Go(_)), goes, "{before:?} {severity:?}: {pass:?}");
    };
    check(&[Low; 5], Low, false);
    check(&[Low; 5], Medium, true);
    check(&[High; 5], Medium, false);
    check(&[High, High, Low, Low, Low], High, true);
    check(&[Low, Critical, Critical, High, High, High], High, false);
    // Until enough of those that count have left the window.
    let before = full(&[Low, High, Low, High, High, High, High]);
    let asked = ask(High, "new");
    let pass = before.pass(&policy, ChannelType::Sms, &asked, after(60));
    assert_eq!(pass, Pass::Hold(after(15 * 60 + 1)));
}

#[test]
fn a_critical_incident_passes_once() {
    let (policy, one) = (Policy::default(), id(1));
    let full = full(&[Severity::Critical]);
    let mail = |ladder: &Ladder, asked: &Ask<'_>| {
        ladder.pass(&policy, ChannelType::Email, asked, after(1))
    };
    let page = |severity, mark| Ask { incident: Some(&one), ..ask(severity, mark) };
    assert_eq!(mail(&full, &page(Severity::High, "a")), Pass::Hold(after(60)));
    assert_eq!(mail(&full, &ask(Severity::Critical, "digest")), Pass::Hold(after(60)));
    // Whatever waits.
    let waiting = Ask { waiting: true, ..page(Severity::Critical, "a") };
    let Pass::Go(passed) = mail(&full, &waiting) else { panic!("held") };
    assert_eq!((passed.sent.len(), &passed.critical[..]), (2, &[one.clone()][..]));
    // A second time it waits like any other, until the window has room again.
    assert_eq!(mail(&passed, &page(Severity::Critical, "b")), Pass::Hold(after(61)));
    // If it did not go out, it has not passed.
    let back = passed.give_back("a").unwrap();
    assert_eq!((&back.sent, back.critical.len(), back.version), (&full.sent, 0, 2));
    assert!(matches!(mail(&back, &page(Severity::Critical, "a")), Pass::Go(_)));
}

#[test]
fn another_attempt_asks_like_the_first_unless_that_had_its_room() {
    let policy = Policy::default();
    let ladder = full(&[Severity::High; 5]);
    let sms = |ladder: &Ladder, mark| {
        ladder.pass(&policy, ChannelType::Sms, &ask(Severity::High, mark), after(60))
    };
    assert_eq!(sms(&ladder, "before-2"), Pass::Taken);
    assert_eq!(sms(&ladder, "new"), Pass::Hold(after(15 * 60)));
    let back = ladder.give_back("before-2").unwrap();
    assert!(matches!(sms(&back, "new"), Pass::Go(next) if sms(&next, "before-2") != Pass::Taken));
    assert_eq!(ladder.give_back("new"), None);
}

#[test]
fn while_pages_wait_the_free_rung_is_the_digests() {
    let policy = Policy::default();
    let waits = Ask { waiting: true, ..ask(Severity::High, "new") };
    let sms = |ladder: &Ladder| ladder.pass(&policy, ChannelType::Sms, &waits, after(60));
    assert_eq!(sms(&Ladder::default()), Pass::Join);
    assert_eq!(sms(&full(&[Severity::High; 5])), Pass::Hold(after(15 * 60)));
}

#[test]
fn a_rung_of_a_clock_that_was_ahead_holds_nothing_back() {
    let mut ladder = full(&[Severity::High]);
    ladder.sent[0].at = after(24 * 3600);
    let asked = ask(Severity::High, "new");
    let pass = ladder.pass(&Policy::default(), ChannelType::Email, &asked, now());
    assert!(matches!(pass, Pass::Go(_)), "{pass:?}");
}

const ALL: [Severity; 4] = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

proptest! {
    /// Pages of random severities at random times, some of which fail: none goes out when as many at
    /// least as severe have gone out within the window, and what goes later than it says goes.
    #[test]
    fn never_more_than_the_limit(
        pages in prop::collection::vec((0_usize..4, 0_i64..600, any::<bool>()), 1..60),
        kind in 0_usize..3,
    ) {
        let (policy, kind) = (Policy::default(), ChannelType::ALL[kind]);
        let (most, within) = limit(&policy, kind);
        let (mut ladder, mut at) = (Ladder::default(), now());
        let mut out: Vec<(Timestamp, Severity)> = Vec::new();
        for (number, (severity, pause, fails)) in pages.into_iter().enumerate() {
            at += SignedDuration::from_secs(pause);
            let (severity, mark) = (ALL[severity], number.to_string());
            let asked = ask(severity, &mark);
            let recent = out.iter().filter(|(t, s)| *s >= severity && *t + within > at).count();
            match ladder.pass(&policy, kind, &asked, at) {
                Pass::Go(next) => {
                    prop_assert!(recent < most);
                    ladder = if fails { next.give_back(&mark).unwrap() } else { next };
                    if !fails {
                        out.push((at, severity));
                    }
                }
                Pass::Hold(until) => {
                    prop_assert!(recent >= most && until > at);
                    let then = ladder.pass(&policy, kind, &asked, until);
                    prop_assert!(matches!(then, Pass::Go(_)), "{:?}", then);
                    let before = until - SignedDuration::from_nanos(1);
                    let still = ladder.pass(&policy, kind, &asked, before);
                    prop_assert_eq!(still, Pass::Hold(until));
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }

    /// What is less severe makes no difference.
    #[test]
    fn less_severe_pages_are_as_good_as_none(
        before in prop::collection::vec(0_usize..4, 0..12),
        severity in 0_usize..4,
    ) {
        let policy = Policy::default();
        let all = full(&before.iter().map(|index| ALL[*index]).collect::<Vec<_>>());
        let mut without = all.clone();
        without.sent.retain(|rung| rung.severity >= ALL[severity]);
        let asked = ask(ALL[severity], "new");
        let pass = |ladder: &Ladder| match ladder.pass(&policy, ChannelType::Sms, &asked, after(60)) {
            Pass::Go(_) => None,
            Pass::Hold(until) => Some(until),
            other => panic!("{other:?}"),
        };
        prop_assert_eq!(pass(&all), pass(&without));
    }
}
