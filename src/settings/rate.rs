//! A limit to how fast everything may come, and speeds as people write them.

/// A limit to how fast everything together may come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// The one that was chosen last, in bytes per second. `None`: none ever was.
    pub last: Option<u64>,
    /// Whether it holds.
    pub is_on: bool,
}

impl RateLimit {
    /// One that holds, in bytes per second.
    #[must_use]
    pub fn of(bytes_per_second: u64) -> Self {
        Self { last: Some(bytes_per_second), is_on: true }
    }

    /// What holds now, in bytes per second. `None`: as fast as it goes.
    #[must_use]
    pub fn now(self) -> Option<u64> {
        self.last.filter(|_| self.is_on)
    }

    /// On, if it is off, and off, if it is on; the number stays.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { is_on: !self.is_on && self.last.is_some(), ..self }
    }
}

/// A text that is no speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is a number of bytes a second, such as 500K, 2M or 1.5G")]
pub struct BadRate;

/// Reads a speed as people write it, in bytes per second: `2M` is 2,000,000, as in the speeds that
/// are shown; `1.5 MB/s`, `500 kb`, `0,5 M` and a bare number of bytes will do too.
///
/// # Errors
///
/// [`BadRate`] if it is none, or not between 1 byte and 10^15 bytes a second.
pub fn read_rate(text: &str) -> Result<u64, BadRate> {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_suffix("/s").unwrap_or(&text).trim_end();
    let text = text.strip_suffix("bytes").or_else(|| text.strip_suffix('b')).unwrap_or(text);
    let units = [('k', 1e3), ('m', 1e6), ('g', 1e9)];
    let unit = units.into_iter().find_map(|(unit, scale)| Some((text.strip_suffix(unit)?, scale)));
    let (number, scale) = unit.unwrap_or((text, 1.0));
    let number = number.trim();
    // 1,5: half of the world writes a comma there. 1,500 may be something else.
    let decimal = match number.split_once(',') {
        Some((whole, part)) if part.len() < 3 => format!("{whole}.{part}"),
        _ => number.to_owned(),
    };
    let rate = decimal.parse::<f64>().map_err(|_| BadRate)? * scale;
    if !(1.0..=1e15).contains(&rate) {
        return Err(BadRate);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was checked")]
    Ok(rate as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("500K", 500_000),
            ("2m", 2_000_000),
            ("1.5G", 1_500_000_000),
            ("7", 7),
            (" 2 MB/s ", 2_000_000),
            ("0,5 mb", 500_000),
            ("800 bytes/s", 800),
        ] {
            assert_eq!(read_rate(text), Ok(bytes), "{text}");
        }
        for text in ["0", "-1", "K", "", "nan", "inf", "2 miles", "é", "1,500", "1e99", "/s"] {
            assert!(read_rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn one_click_turns_it_off_and_the_next_one_on_again() {
        let on = RateLimit::of(5);
        assert_eq!((on.now(), on.turned().now(), on.turned().turned()), (Some(5), None, on));
        assert_eq!(RateLimit::default().turned(), RateLimit::default(), "there is nothing to turn");
    }
}
