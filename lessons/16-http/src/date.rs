//! Times as HTTP writes them: RFC 9110, section 5.6.7.
//!
//! ```text
//! Sun, 06 Nov 1994 08:49:37 GMT     written, and read: 29 bytes
//! Sunday, 06-Nov-94 08:49:37 GMT    read only: RFC 850
//! Sun Nov  6 08:49:37 1994          read only: C's asctime
//! ```
//!
//! "A recipient that parses a timestamp value in an HTTP field MUST accept all
//! three." It is always UTC, and a time is here what it is to the kernel:
//! seconds since 1970-01-01T00:00:00Z.

use std::str;

use lesson_ftp::rfc959::{MONTHS, civil};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY: i64 = 86400;
/// The years that can be written with four digits.
const FIRST: i64 = -62_167_219_200;
const LAST: i64 = 253_402_300_799;

// ANCHOR: write
/// Writes a time as IMF-fixdate. One that four digits can't tell the year of
/// becomes the nearest that they can.
pub fn format(seconds: i64) -> [u8; 29] {
    let seconds = seconds.clamp(FIRST, LAST);
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let mut text = *b"Mon, 00 Jan 0000 00:00:00 GMT";
    // The first of January 1970 was a Thursday.
    let weekday = (days + 3).rem_euclid(7) as usize;
    text[..3].copy_from_slice(DAYS[weekday].as_bytes());
    two(&mut text[5..], day);
    text[8..11].copy_from_slice(MONTHS[month as usize - 1].as_bytes());
    two(&mut text[12..], year / 100);
    two(&mut text[14..], year % 100);
    two(&mut text[17..], second / 3600);
    two(&mut text[20..], second / 60 % 60);
    two(&mut text[23..], second % 60);
    text
}
// ANCHOR_END: write

fn two(text: &mut [u8], number: i64) {
    text[0] = b'0' + (number / 10) as u8;
    text[1] = b'0' + (number % 10) as u8;
}

// ANCHOR: read
/// Reads a time in any of the three forms; nothing else is one. `now` tells
/// the century of a year of two digits: "a timestamp that appears to be more
/// than 50 years in the future" is of the past.
pub fn parse(text: &[u8], now: i64) -> Option<i64> {
    let text = str::from_utf8(text).ok()?;
    let (day, rest) = text.split_once(' ')?;
    let parts: Vec<&str> = rest.split([' ', '-']).collect();
    match parts[..] {
        [date, month, year, time, "GMT"] if day.ends_with(',') => {
            let short = day.len() == 4 && year.len() == 4;
            let separator = if short { ' ' } else { '-' };
            let due = format!("{date}{separator}{month}{separator}{year} ");
            let year = match short {
                true => number(year, 4)?,
                false => century(number(year, 2)?, now),
            };
            let as_due = rest.starts_with(&due);
            as_due.then(|| time_of(year, month, number(date, 2)?, time))?
        }
        // asctime has a space in place of a leading zero.
        [month, "", date, time, year] => {
            time_of(number(year, 4)?, month, number(date, 1)?, time)
        }
        [month, date, time, year] if day.len() == 3 => {
            time_of(number(year, 4)?, month, number(date, 2)?, time)
        }
        _ => None,
    }
}
// ANCHOR_END: read

/// Exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let all = text.bytes().all(|byte| byte.is_ascii_digit());
    (all && text.len() == digits).then(|| text.parse().ok())?
}

fn century(year: i64, now: i64) -> i64 {
    let this = civil(now.div_euclid(DAY)).0;
    let year = this - this % 100 + year;
    if year > this + 50 { year - 100 } else { year }
}

fn time_of(year: i64, month: &str, day: i64, time: &str) -> Option<i64> {
    let month = MONTHS.iter().position(|it| *it == month)? as i64 + 1;
    let mut parts = time.split(':').map(|part| number(part, 2));
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next()??;
    let days = days_from(year, month, day);
    // 60 is a leap second; and no such day comes back as another one.
    let fine = hour < 24 && minute < 60 && second <= 60;
    let fine = fine && parts.next().is_none();
    let fine = fine && civil(days) == (year, month, day);
    fine.then_some(days * DAY + hour * 3600 + minute * 60 + second)
}

// ANCHOR: calendar
/// Days since 1970. A year that begins in March has its leap day last, so
/// that months before it are as long each year.
fn days_from(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let in_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let leap = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap + in_year - 719_468
}
// ANCHOR_END: calendar

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: i64 = 784_111_777;
    const NOW: i64 = 1_780_000_000;

    #[test]
    fn a_time_is_written_as_in_the_rfc() {
        assert_eq!(&format(EXAMPLE), b"Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(&format(0), b"Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(&format(951_782_400), b"Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(&format(-1), b"Wed, 31 Dec 1969 23:59:59 GMT");
        assert_eq!(&format(i64::MAX), b"Fri, 31 Dec 9999 23:59:59 GMT");
        assert_eq!(&format(i64::MIN), b"Sat, 01 Jan 0000 00:00:00 GMT");
    }

    #[test]
    fn three_forms_are_read() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(text.as_bytes(), NOW), Some(EXAMPLE), "{text}");
        }
        let later = "Wed Nov 16 08:49:37 1994";
        let later = parse(later.as_bytes(), NOW);
        assert_eq!(later, Some(EXAMPLE + 10 * DAY));
    }

    #[test]
    fn a_year_of_two_digits_is_at_most_fifty_years_ahead() {
        let year = |text: &str| {
            let text = format!("Friday, 01-Jan-{text} 00:00:00 GMT");
            civil(parse(text.as_bytes(), NOW).unwrap() / DAY).0
        };
        assert_eq!([year("94"), year("76"), year("77")], [1994, 2076, 1977]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for day in -100_000..100_000 {
            let time = day * DAY + (day * 7919).rem_euclid(DAY);
            assert_eq!(parse(&format(time), NOW), Some(time));
        }
    }

    #[test]
    fn nothing_else_is_a_time() {
        for text in [
            "",
            "now",
            "784111777",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06-Nov-1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Sun, 06 Nov 1994 +8:49:37 GMT",
            "Sun Nov 6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 GM\u{212a}",
        ] {
            assert_eq!(parse(text.as_bytes(), NOW), None, "{text}");
        }
        assert_eq!(parse(b"\xff\xfe", NOW), None);
    }
}
