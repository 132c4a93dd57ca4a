//! Limits that the checks of a request and its schema share.

use std::ops::RangeInclusive;

/// Maximum number of items of a list: far above any real entry, far below the 400 KB of an item in DynamoDB.
pub const MAX_LIST: usize = 100;
/// Maximum number of texts or roles in a row of the response plan settings.
pub const MAX_ROW_LIST: usize = 30;
/// Maximum number of characters of a comment on the review page.
pub const MAX_NOTE: usize = 1000;
/// Escalation levels, from the first to the last.
pub const ESCALATION_LEVELS: RangeInclusive<u8> = 1..=4;

/// Minutes of a plan's steps, within a day.
pub const STEP_MINUTES: RangeInclusive<i64> = 0..=24 * 60;
/// Minutes of intervals and timeouts of a plan, within a day.
pub const PLAN_MINUTES: RangeInclusive<i64> = 1..=24 * 60;
/// Maximum number of steps of a plan: with 10 rounds, more than any night needs.
pub const MAX_STEPS: usize = 20;
/// Rounds of a plan.
pub const ROUNDS: RangeInclusive<i64> = 1..=10;
/// Acknowledgments that a plan can require.
pub const ACKNOWLEDGMENTS: RangeInclusive<i64> = 1..=10;

/// Minutes of the grouping window, within a day.
pub const GROUPING_MINUTES: RangeInclusive<i64> = 0..=24 * 60;
/// Hours of grouping, within 30 days.
pub const GROUPING_HOURS: RangeInclusive<i64> = 1..=30 * 24;
/// Minutes until a repeated finding restarts paging, within 7 days.
pub const REMINDER_MINUTES: RangeInclusive<i64> = 15..=7 * 24 * 60;
/// Pages within a time. Never 0, because then no one would be paged.
pub const PAGES: RangeInclusive<i64> = 1..=1000;

/// Minutes of an agreed response time, within a year.
pub const SLA_MINUTES: RangeInclusive<i64> = 1..=365 * 24 * 60;
/// Hours of a notification obligation, within a year.
pub const OBLIGATION_HOURS: RangeInclusive<i64> = 1..=365 * 24;

/// Months between two reviews of the response plan.
pub const REVIEW_MONTHS: RangeInclusive<i64> = 1..=24;
