//! Stories: what people live through, on one running system with the real template and binaries.
//!
//! They share the system and do not disturb each other: each has an AWS account of its own. Every
//! message that leaves the system must have been expected by one of them.

mod acknowledged;
mod announced;
mod browser;
mod callers;
mod clients;
mod contacts;
mod corrections;
mod critical;
mod drills;
mod duties;
mod edits;
mod emergency;
mod expiry;
mod externals;
mod goes_on;
mod grouped;
mod hands;
mod high;
mod history;
mod holes;
mod incident_manager;
mod ladder;
mod launch;
mod links;
mod low;
mod medium;
mod mirror;
mod once;
mod plan;
mod plans;
mod preview;
mod proofs;
mod readiness;
mod reconcile;
mod refused;
mod reviews;
mod stage;
mod storm;
mod stream;
mod tamper;
mod tokens;
mod transfer;
mod unanswered;
mod unreadable;
mod voice;
mod watchdog;
mod webhook;
mod wrong_requests;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use stage::{Curtain, Stage};

/// A trial for each story, by its name.
macro_rules! stories {
    ($curtain:expr, $($module:ident::$story:ident),+ $(,)?) => {
        vec![$({
            let curtain = Arc::clone($curtain);
            Trial::test(concat!(stringify!($module), "::", stringify!($story)), move || {
                curtain.play(async |stage: &Stage| $module::$story(stage).await)
            })
        }),+]
    };
}

/// Every story.
fn all(curtain: &Arc<Curtain>) -> Vec<Trial> {
    stories![
        curtain,
        acknowledged::pages_nobody_further,
        announced::every_incident_page_and_answer_is_an_event,
        announced::figures_are_in_the_logs,
        browser::the_pages_serve_everybody,
        callers::may_do_what_their_policy_says,
        clients::that_are_generated_call_everything,
        contacts::are_created_read_replaced_listed_and_deleted,
        contacts::who_stands_in_is_paged,
        critical::pages_counsel_too,
        drills::a_live_drill_pages_marked_and_reports,
        drills::a_dry_drill_goes_through_the_plan_and_sends_nothing,
        drills::samples_are_drills_if_the_stack_says_so,
        drills::wrong_drills_are_refused,
        edits::nothing_is_lost_when_fifty_write_at_once,
        edits::a_patch_changes_what_it_names,
        edits::a_repeated_post_gets_the_first_answer,
        emergency::what_pages_nobody_is_said_where_the_owner_hears_it,
        expiry::what_was_resolved_long_ago_is_deleted_whole,
        externals::are_kept_like_contacts_and_start_with_aws,
        goes_on::what_joins_and_what_continues_is_told,
        goes_on::what_no_contact_took_up_is_told_to_the_owner,
        goes_on::what_its_source_closes_is_told_and_ends_what_it_should,
        grouped::another_finding_joins_without_a_page,
        grouped::what_becomes_more_serious_pages_those_whom_that_adds,
        grouped::a_sequence_and_its_findings_are_one_incident_in_either_order,
        grouped::what_comes_back_opens_a_new_incident_that_names_the_old_one,
        grouped::somebody_who_asks_by_hand_is_heard,
        history::says_who_changed_what_and_can_be_erased,
        history::lists_mask_numbers_and_a_reveal_is_recorded,
        hands::are_left_alone_if_the_stack_says_so,
        hands::hundreds_at_once_end_in_step_though_calls_come_too_fast,
        high::pages_six_roles_and_not_counsel,
        holes::are_refused_unless_overridden_with_a_reason,
        holes::do_not_open_when_somebody_departs,
        incident_manager::is_kept_in_step_with_the_roster,
        ladder::holds_back_what_is_too_much_and_sends_it_together,
        ladder::a_second_address_is_a_channel_of_its_own,
        launch::a_release_is_launched_upgraded_rolled_back_and_removed,
        launch::a_half_failed_stack_is_removed_and_made_anew,
        launch::a_wrong_parameter_is_refused_before_anything_is_made,
        launch::what_cannot_be_published_is_said,
        links::show_without_acting_and_act_once,
        low::is_recorded_and_pages_nobody,
        medium::pages_levels_one_and_two,
        mirror::every_incident_has_a_record_that_engages_nobody,
        mirror::nobody_is_paged_by_both_for_one_step,
        mirror::a_record_on_a_plan_that_was_never_made_is_on_the_quiet_plan,
        mirror::an_answer_here_ends_what_is_engaged_there,
        mirror::an_answer_that_was_lost_is_asked_for_again,
        mirror::whoever_is_no_longer_engaged_is_paged_by_muster,
        once::nine_deliveries_by_three_routes_page_once,
        plans::are_kept_like_contacts_and_followed,
        plans::an_acknowledged_incident_that_nobody_resolves_pages_again,
        plans::an_organisation_is_told_beside_the_people,
        plans::a_first_step_waits_and_an_organization_alone_is_notified_alone,
        plans::the_policy_can_be_changed_and_reset,
        preview::the_preview_names_whom_the_real_path_pages,
        readiness::says_what_still_needs_somebody,
        readiness::the_preflight_lists_what_lacks_in_order,
        reconcile::opens_what_no_event_has_brought,
        corrections::a_channel_is_changed_by_whoever_reads_its_code,
        corrections::what_somebody_says_is_wrong_waits_for_the_owner,
        duties::a_duty_starts_a_clock_and_its_people_are_told,
        plan::the_plan_writes_itself_and_says_what_is_open,
        plan::an_auditor_gets_it_all_in_one_file,
        proofs::each_channel_is_proven_by_its_own_message,
        proofs::somebody_new_is_welcomed_and_is_in_the_next_drill,
        reviews::silence_goes_to_the_manager_and_marks_the_entry,
        reviews::a_link_that_cannot_be_used_says_nothing,
        refused::a_refused_number_does_not_stop_the_mail,
        stream::a_poison_record_holds_nobody_up_and_is_reported,
        stream::what_cannot_be_read_is_not_told_and_the_rest_is,
        storm::opens_one_incident_for_each_account_and_loses_none,
        tamper::whoever_silences_it_is_told_of_at_once,
        tamper::topics_and_queues_take_nothing_without_tls,
        tamper::findings_of_another_region_page_here_and_never_go_round,
        tokens::open_the_routes_of_their_scopes,
        transfer::goes_in_and_comes_out_unchanged,
        unanswered::pages_those_who_have_not_answered_again,
        unreadable::is_kept_whole_with_the_path_of_the_fault,
        unreadable::an_entry_is_a_figure_and_the_others_are_paged,
        voice::calls_come_from_the_number_of_the_stack,
        webhook::requests_are_signed_repeated_and_not_redirected,
        watchdog::takes_a_step_that_nobody_takes,
        wrong_requests::are_refused_and_say_why,
    ]
}

fn main() -> anyhow::Result<ExitCode> {
    let curtain = Arc::new(Curtain::new()?);
    let trials = all(&curtain);
    let arguments = Arguments::from_args();
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Only all of the stories together call everything.
    let idle = if arguments.filter.is_none() && !conclusion.has_failed() {
        curtain.idle()?
    } else {
        Vec::new()
    };
    // Also after a failed story: a message too many is worth knowing of, and what a role was refused may be why.
    let refused = curtain.refused()?;
    let not_kept = curtain.not_kept()?;
    let strays = curtain.fall()?;
    let faults = [refused, idle, not_kept].concat();
    let clean = !conclusion.has_failed() && strays.is_empty() && faults.is_empty();
    for fault in faults {
        rehearsal::say(fault);
    }
    for stray in strays {
        rehearsal::say(format_args!("a message that no story expected: {stray}"));
    }
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(101) })
}
