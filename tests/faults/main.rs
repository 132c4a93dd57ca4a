//! Faults: whatever fails on the way from an event to a page, everybody is paged, and nobody twice.

mod bench;
mod beside;
mod digests;
mod emergency;
mod matrix;
mod odd;
mod reviews;

use std::process::ExitCode;
use std::sync::Arc;

use bench::Bench;
use libtest_mimic::{Arguments, Trial};

/// A trial for each test, by its name.
macro_rules! trials {
    ($bench:expr, $($module:ident::$test:ident),+ $(,)?) => {
        vec![$({
            let bench = Arc::clone(&$bench);
            Trial::test(concat!(stringify!($module), "::", stringify!($test)), move || {
                bench.run(async |system| Box::pin($module::$test(system)).await)
            })
        }),+]
    };
}

fn main() -> anyhow::Result<ExitCode> {
    let bench = Arc::new(Bench::new()?);
    let trials = trials![
        bench,
        beside::a_sync_that_dies_at_any_call_ends_in_step,
        beside::nobody_is_paged_by_both_or_by_none,
        digests::a_look_that_dies_sends_no_digest_twice,
        emergency::step_functions_is_down,
        emergency::the_tables_are_down,
        emergency::the_tables_fail_the_pager,
        emergency::the_tables_fail_an_update,
        emergency::the_emergency_topic_is_down_for_a_moment,
        emergency::the_mail_provider_is_down,
        matrix::every_call_refused_throttled_delayed_cut_and_killed,
        odd::nobody_in_the_roster,
        odd::a_plan_that_names_nobody_alive,
        odd::somebody_deleted_between_opening_and_step,
        odd::the_clock_jumps_an_hour,
        odd::a_sequence_of_a_megabyte,
        odd::nine_of_ten_findings,
        odd::eight_writers_and_any_order,
        reviews::a_review_that_dies_reminds_everybody_once,
    ];
    // The longest one uses what the others leave.
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    Ok(conclusion.exit_code())
}
