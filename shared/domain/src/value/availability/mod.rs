//! When a person may be disturbed: always, or in weekly windows of their own time zone.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::value::words::words;

/// Why a text is not a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an IANA time zone name")]
pub struct ZoneError;

/// The name of an IANA time zone, known to the bundled database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Zone(String);

impl Zone {
    /// The zone itself; UTC for a name a newer database has dropped, so that nobody is lost by it.
    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The calendar day in this zone at `now`.
    #[must_use]
    pub fn date(&self, now: Timestamp) -> Date {
        now.to_zoned_datetime(self.zone()).date()
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        TimeZone::get(text).map(|_| Self(text.to_owned())).map_err(|_| ZoneError)
    }
}

/// The door for what was stored: a name that a newer database dropped must stay readable.
impl From<String> for Zone {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

words! {
    /// Day of the week.
    pub enum Day {
        /// Monday.
        Mon = "mon",
        /// Tuesday.
        Tue = "tue",
        /// Wednesday.
        Wed = "wed",
        /// Thursday.
        Thu = "thu",
        /// Friday.
        Fri = "fri",
        /// Saturday.
        Sat = "sat",
        /// Sunday.
        Sun = "sun",
    }
}

impl Day {
    /// Its first three letters: `Mon`.
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Self::Mon => "Mon",
            Self::Tue => "Tue",
            Self::Wed => "Wed",
            Self::Thu => "Thu",
            Self::Fri => "Fri",
            Self::Sat => "Sat",
            Self::Sun => "Sun",
        }
    }

    const fn of(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// Why a text is not a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time from 00:00 to 24:00")]
pub struct ClockError;

/// Local time of day, `00:00` to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Clock(u16);

impl FromStr for Clock {
    type Err = ClockError;

    fn from_str(text: &str) -> Result<Self, ClockError> {
        let (hours, minutes) = text.split_once(':').ok_or(ClockError)?;
        let number = |part: &str| -> Result<u16, ClockError> {
            if part.len() != 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(ClockError);
            }
            part.parse().map_err(|_| ClockError)
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        let total = hours * 60 + minutes;
        if minutes < 60 && total <= 24 * 60 { Ok(Self(total)) } else { Err(ClockError) }
    }
}

impl TryFrom<String> for Clock {
    type Error = ClockError;

    fn try_from(text: String) -> Result<Self, ClockError> {
        text.parse()
    }
}

impl From<Clock> for String {
    fn from(clock: Clock) -> Self {
        format!("{:02}:{:02}", clock.0 / 60, clock.0 % 60)
    }
}

/// Weekly availability window in the contact's time zone. Ends on the next day if `to` is not after
/// `from`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Days on which the window starts. At least one.
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 7))]
    pub days: Vec<Day>,
    /// Start time, inclusive. Format: `HH:MM`.
    pub from: Clock,
    /// End time, exclusive. Format: `HH:MM`.
    pub to: Clock,
}

impl Window {
    fn holds(&self, today: Day, yesterday: Day, now: Clock) -> bool {
        let begins = |day| self.days.contains(&day);
        if self.from < self.to {
            return begins(today) && (self.from..self.to).contains(&now);
        }
        (begins(today) && now >= self.from) || (begins(yesterday) && now < self.to)
    }
}

/// `24/7`, or weekly windows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "\"24/7\" or an array of weekly windows")]
pub enum Availability {
    /// Weekly windows in the contact's time zone.
    Weekly(Vec<Window>),
    /// Available at all times.
    #[default]
    #[serde(with = "always")]
    Always,
}

mod always {
    //! The one text that stands for "round the clock".
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) const TEXT: &str = "24/7";

    pub(crate) fn serialize<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(TEXT)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == TEXT { Ok(()) } else { Err(D::Error::custom("must be \"24/7\"")) }
    }
}

impl Availability {
    /// Whether a person living in `zone` may be disturbed at `now`. Windows follow the wall clock,
    /// so a shift keeps its local hours through a change to or from summer time.
    #[must_use]
    pub fn covers(&self, zone: &Zone, now: Timestamp) -> bool {
        let Self::Weekly(windows) = self else { return true };
        let local = now.to_zoned_datetime(zone.zone());
        let today = Day::of(local.weekday());
        let yesterday = Day::of(local.weekday().previous());
        let minutes = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute()));
        let clock = Clock(minutes.unwrap_or(0));
        windows.iter().any(|window| window.holds(today, yesterday, clock))
    }
}

/// Hours in words: `24/7`, or `Mon, Tue 08:00-18:00; Sat 10:00-12:00`.
#[must_use]
pub fn hours(availability: &Availability) -> String {
    match availability {
        Availability::Always => "24/7".to_owned(),
        Availability::Weekly(windows) => {
            let window = |window: &Window| {
                let days: Vec<_> = window.days.iter().map(|day| day.short()).collect();
                {
                    let (from, to) = (String::from(window.from), String::from(window.to));
                    format!("{} {from}-{to}", days.join(", "))
                }
            };
            windows.iter().map(window).collect::<Vec<_>>().join("; ")
        }
    }
}

#[cfg(feature = "schema")]
mod schema;

#[cfg(test)]
mod tests {
    use super::*;

    fn open(json: &str, zone: &str, now: &str) -> bool {
        let availability: Availability = serde_json::from_str(json).unwrap();
        availability.covers(&Zone(zone.into()), now.parse().unwrap())
    }

    #[test]
    fn windows_follow_the_wall_clock() {
        let office = r#"[{"days":["mon","fri"],"from":"08:00","to":"18:00"}]"#;
        // 2026-11-23 is a Monday; Berlin is UTC+1 in November, UTC+2 in July.
        assert!(open(office, "Europe/Berlin", "2026-11-23T07:00:00Z"));
        assert!(!open(office, "Europe/Berlin", "2026-11-23T06:59:00Z"));
        assert!(open(office, "Europe/Berlin", "2026-07-20T06:00:00Z"));
        assert!(!open(office, "Europe/Berlin", "2026-11-24T10:00:00Z"));
        assert!(open("\"24/7\"", "Europe/Berlin", "2026-11-24T03:00:00Z"));
    }

    #[test]
    fn nights_run_into_the_next_day() {
        let night = r#"[{"days":["sun"],"from":"22:00","to":"06:00"}]"#;
        assert!(open(night, "UTC", "2026-11-22T23:00:00Z"));
        assert!(open(night, "UTC", "2026-11-23T05:59:00Z"));
        assert!(!open(night, "UTC", "2026-11-23T06:00:00Z"));
        assert!(!open(night, "UTC", "2026-11-23T22:30:00Z"));
    }

    #[test]
    fn clocks_round_trip() {
        for good in ["00:00", "08:30", "24:00"] {
            assert_eq!(good.parse::<Clock>().map(String::from).as_deref(), Ok(good));
        }
        for bad in ["", "8:00", "08:60", "24:01", "99:99", "+1:00", "08:00:00"] {
            assert_eq!(bad.parse::<Clock>(), Err(ClockError), "{bad}");
        }
    }
}
