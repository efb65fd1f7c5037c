//! Seconds since 1970 as a day and an hour, in UTC.
//!
//! FTP writes a moment in two ways: `20261128121530`, which is exact
//! (RFC 3659, section 2.3), and `Nov 28 12:15`, as `ls -l` has it.

use std::time::{SystemTime, UNIX_EPOCH};

/// The months, as most protocols write them.
pub const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
    "Nov", "Dec",
];

const DAY: i64 = 24 * 60 * 60;

/// `ls -l` tells the hour of what is younger: about half a year.
const RECENT: i64 = 182 * DAY;

/// A clock that runs ahead doesn't make a file one of next year.
const AHEAD: i64 = -DAY;

/// A moment of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    seconds: i64,
    year: i64,
    month: i64,
    day: i64,
}

impl Moment {
    /// The moment so many seconds after 1970 began.
    pub fn new(seconds: i64) -> Self {
        let (year, month, day) = civil(seconds.div_euclid(DAY));
        Moment { seconds, year, month, day }
    }

    /// This moment.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = since.map_or(0, |it| it.as_secs());
        Moment::new(i64::try_from(seconds).unwrap_or(i64::MAX / 2))
    }

    /// `YYYYMMDDHHMMSS`: RFC 3659, section 2.3.
    pub fn exact(&self) -> String {
        let [hour, minute, second] = self.clock();
        let Moment { year, month, day, .. } = self;
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
    }

    /// `Nov 28 12:15`, or `Nov 28  2019` for what is old, or to come.
    pub fn as_ls(&self, now: &Moment) -> String {
        let month = MONTHS[(self.month - 1).rem_euclid(12) as usize];
        let (day, year) = (self.day, self.year);
        let [hour, minute, _] = self.clock();
        match now.seconds - self.seconds {
            AHEAD..RECENT => format!("{month} {day:2} {hour:02}:{minute:02}"),
            _ => format!("{month} {day:2}  {year}"),
        }
    }

    fn clock(&self) -> [i64; 3] {
        let second = self.seconds.rem_euclid(DAY);
        [second / 3600, second / 60 % 60, second % 60]
    }
}

/// The year, month and day of so many days after 1970 began.
pub fn civil(days: i64) -> (i64, i64, i64) {
    // Days from the 1st of March of the year 0: a leap day is the last
    // of its year then, and 400 years have 146,097 days.
    let days = days + 719_468;
    let (era, days) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let leaps = days / 1_460 - days / 36_524 + days / 146_096;
    let year = (days - leaps) / 365;
    let days = days - (365 * year + year / 4 - year / 100);
    // March to July and August to December have 153 days each.
    let month = (5 * days + 2) / 153;
    let day = days - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_date() {
        // date -u -d @SECONDS +%Y%m%d%H%M%S
        for (seconds, due) in [
            (0, "19700101000000"),
            (951_782_400, "20000229000000"),
            (1_709_251_199, "20240229235959"),
            (1_709_251_200, "20240301000000"),
            (1_795_867_200, "20261128120000"),
            (4_107_542_399, "21000228235959"),
            (4_107_542_400, "21000301000000"),
            (-1, "19691231235959"),
        ] {
            assert_eq!(Moment::new(seconds).exact(), due, "{seconds}");
        }
    }

    #[test]
    fn what_is_old_has_its_year_and_what_is_new_its_hour() {
        let now = Moment::new(1_795_867_200);

        let new = Moment::new(1_795_867_200 - 60).as_ls(&now);
        let old = Moment::new(1_709_251_200).as_ls(&now);
        let ahead = Moment::new(1_795_867_200 + 60).as_ls(&now);
        let to_come = Moment::new(1_795_867_200 + 3 * DAY).as_ls(&now);

        assert_eq!((&*new, &*old), ("Nov 28 11:59", "Mar  1  2024"));
        assert_eq!((&*ahead, &*to_come), ("Nov 28 12:01", "Dec  1  2026"));
    }

    #[test]
    fn no_number_of_seconds_is_too_large() {
        for seconds in [i64::MIN / 2, i64::MAX / 2] {
            assert!(!Moment::new(seconds).exact().is_empty());
        }
    }
}
