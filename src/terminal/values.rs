//! What stands behind an option, read as people write it.

use std::time::Duration;

use crate::transfer;

/// A number that the person chose; `None`: as many as prove useful.
pub(super) type Choice = Option<u32>;

pub(super) fn connections(text: &str) -> Result<Choice, String> {
    match text.parse() {
        _ if text == "auto" => Ok(None),
        Ok(number @ 1..=transfer::MOST_BY_CHOICE) => Ok(Some(number)),
        _ => Err(format!("it is a number from 1 to {}, or auto", transfer::MOST_BY_CHOICE)),
    }
}

/// The longest `--timeout`: a day, in seconds.
const LONGEST: f64 = 86_400.0;

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is a number of seconds, such as 30 or 0.5")?;
    if seconds > 0.0 && seconds <= LONGEST {
        Ok(Duration::from_secs_f64(seconds).max(Duration::from_millis(1)))
    } else {
        Err("it is more than 0 and at most 86400 seconds".to_owned())
    }
}

pub(super) fn user_name(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(char::is_control) {
        Err("a name is not empty and holds no control characters".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_may_be_a_fraction_but_not_nothing_and_not_for_ever() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for text in ["0", "-1", "nan", "inf", "1e300", "1,5", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn connections_are_read_as_people_write_them() {
        assert_eq!(connections("32"), Ok(Some(32)));
        assert_eq!(connections("auto"), Ok(None));
        for text in ["0", "33", "-1", "many", ""] {
            assert!(connections(text).is_err(), "{text}");
        }
    }
}
