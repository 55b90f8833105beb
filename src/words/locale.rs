//! How people here write numbers, days and times.
//!
//! Nothing is translated: the words are English, the figures are the person's own. The terminal keeps
//! the plain form, because programs read it too; the window [`adopt`]s what the system says.

use std::sync::OnceLock;

use jiff::Zoned;

static ADOPTED: OnceLock<Locale> = OnceLock::new();

/// How people write numbers, days and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    numbers: Numbers,
    dates: Dates,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbers {
    decimal: char,
    /// Between groups of digits.
    group: char,
    /// The sizes of the last group and of those before it: `1,234,567` or `12,34,567`.
    groups: (usize, usize),
    /// A number of fewer digits stays in one piece.
    least: usize,
}

/// Formats of `strftime`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Dates {
    /// In numbers of one width, for columns.
    day: &'static str,
    /// Without the year.
    short: &'static str,
    /// To be read in a sentence.
    long: &'static str,
    /// Of one width, for columns; to the second; and to be read in a sentence.
    column_clock: &'static str,
    second_clock: &'static str,
    clock: &'static str,
}

const PLAIN: Locale = Locale { numbers: POINT, dates: INTERNATIONAL };

const fn numbers(decimal: char, group: char) -> Numbers {
    Numbers { decimal, group, groups: (3, 3), least: 4 }
}

const POINT: Numbers = numbers('.', ',');
const COMMA: Numbers = numbers(',', '.');
const SPACE: Numbers = numbers(',', '\u{a0}');
const SWISS: Numbers = numbers('.', '’');
const INDIAN: Numbers = Numbers { groups: (3, 2), ..POINT };

impl Numbers {
    /// As in Spain, where four digits stand together.
    const fn grouped_from_five(self) -> Self {
        Self { least: 5, ..self }
    }
}

const fn dates(day: &'static str, short: &'static str, long: &'static str) -> Dates {
    let (column_clock, second_clock, clock) = ("%H:%M", "%H:%M:%S", "%H:%M");
    Dates { day, short, long, column_clock, second_clock, clock }
}

const INTERNATIONAL: Dates = dates("%Y-%m-%d", "%-d %b", "%-d %b %Y");
const ISO: Dates = dates("%Y-%m-%d", "%m-%d", "%Y-%m-%d");
const BRITISH: Dates = dates("%d/%m/%Y", "%-d %b", "%-d %b %Y");
const AMERICAN: Dates = dates("%m/%d/%Y", "%b %-d", "%b %-d, %Y").with_twelve_hours();
const SLASHES: Dates = dates("%d/%m/%Y", "%d/%m", "%d/%m/%Y");
const DASHES: Dates = dates("%d-%m-%Y", "%d-%m", "%d-%m-%Y");
const DOTS: Dates = dates("%d.%m.%Y", "%d.%m.", "%d.%m.%Y");
const YEAR_DOTS: Dates = dates("%Y.%m.%d.", "%m.%d.", "%Y.%m.%d.");
const EAST: Dates = dates("%Y/%m/%d", "%m/%d", "%Y/%m/%d");

impl Dates {
    const fn with_twelve_hours(self) -> Self {
        let (column_clock, second_clock) = ("%I:%M %p", "%I:%M:%S %p");
        Self { column_clock, second_clock, clock: "%-I:%M %p", ..self }
    }

    /// How `locale` writes days and times; as ISO 8601 does where that is not known.
    fn of(locale: &str) -> Self {
        match parts(locale) {
            ("" | "C" | "POSIX", _) => INTERNATIONAL,
            ("en", "US" | "PH" | "") | ("es", "US" | "PR") => AMERICAN,
            ("en", "CA" | "SE" | "DK" | "ZA") | ("fr", "CA") => ISO,
            ("en", "IN") => BRITISH.with_twelve_hours(),
            ("en", _) => BRITISH,
            ("nl", "BE") => SLASHES,
            ("nl", _) => DASHES,
            (
                "es" | "fr" | "it" | "pt" | "el" | "vi" | "th" | "id" | "ms" | "ca" | "gl" | "ar"
                | "hi" | "bn" | "ga" | "cy",
                _,
            )
            | ("zh", "HK") => SLASHES,
            (
                "de" | "cs" | "sk" | "pl" | "ru" | "uk" | "be" | "bg" | "fi" | "nb" | "nn" | "no"
                | "da" | "et" | "lv" | "ro" | "sl" | "hr" | "sr" | "bs" | "tr" | "is" | "mk" | "he"
                | "ka" | "hy" | "az" | "kk",
                _,
            ) => DOTS,
            ("hu", _) => YEAR_DOTS,
            ("ja" | "zh" | "eu", _) => EAST,
            _ => ISO,
        }
    }
}

impl Numbers {
    /// How `locale` writes numbers; as English does where that is not known.
    fn of(locale: &str) -> Self {
        match parts(locale) {
            ("de" | "it" | "rm", "CH" | "LI") => SWISS,
            ("de", "AT") | ("pt", "PT") => SPACE.grouped_from_five(),
            ("en", "IN") => INDIAN,
            ("en", "ZA") => SPACE,
            ("es", "MX" | "US" | "PR" | "GT" | "HN" | "NI" | "SV" | "PA" | "DO" | "PE") => POINT,
            ("es", _) => COMMA.grouped_from_five(),
            (
                "de" | "it" | "nl" | "pt" | "tr" | "id" | "da" | "el" | "ro" | "sl" | "hr" | "sr"
                | "bs" | "mk" | "vi" | "is" | "ca" | "gl" | "eu" | "az",
                _,
            ) => COMMA,
            ("pl" | "bg", _) => SPACE.grouped_from_five(),
            (
                "fr" | "ru" | "uk" | "be" | "cs" | "sk" | "hu" | "fi" | "sv" | "nb" | "nn" | "no"
                | "et" | "lv" | "lt" | "kk" | "ka" | "hy" | "sq" | "af",
                _,
            ) => SPACE,
            ("hi" | "bn" | "gu" | "kn" | "ml" | "mr" | "or" | "pa" | "ta" | "te" | "as", _) => {
                INDIAN
            }
            _ => POINT,
        }
    }
}

/// Language and country: of `de_AT.UTF-8@euro` and of `de-AT`.
fn parts(locale: &str) -> (&str, &str) {
    let locale = locale.split(['.', '@']).next().unwrap_or_default();
    let mut parts = locale.split(['_', '-']);
    let language = parts.next().unwrap_or_default();
    // Between the two may stand a script: `sr-Latn-RS`.
    let country = parts.find(|part| part.len() == 2).unwrap_or_default();
    (language, country)
}

/// Writes numbers, days and times as the environment says from now on, or else the `system`, whoever
/// asks. For a program with one person in front of it; once, when it begins.
pub fn adopt(system: &dyn Fn() -> Option<String>) {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    ADOPTED.get_or_init(|| Locale::of(&set, system));
}

/// How everything is written.
#[must_use]
pub fn here() -> &'static Locale {
    ADOPTED.get().unwrap_or(&PLAIN)
}

impl Locale {
    /// What the variables of the environment say (POSIX.1, §8.2), or else what the `system` does, where
    /// desktops set no variables.
    fn of(variable: &dyn Fn(&str) -> Option<String>, system: &dyn Fn() -> Option<String>) -> Self {
        let said = |name: &str| {
            let said = variable("LC_ALL").or_else(|| variable(name)).or_else(|| variable("LANG"));
            said.or_else(system).unwrap_or_default()
        };
        let numbers = Numbers::of(&said("LC_NUMERIC"));
        Self { numbers, dates: Dates::of(&said("LC_TIME")) }
    }

    /// `1_234_567` → `1,234,567`.
    #[must_use]
    pub fn count(&self, number: u64) -> String {
        let Numbers { group, groups: (last, others), least, .. } = self.numbers;
        let digits = number.to_string();
        if digits.len() < least {
            return digits;
        }
        let mut text = String::with_capacity(digits.len() * 2);
        for (at, digit) in digits.chars().enumerate() {
            let rest = digits.len() - at;
            if at > 0 && rest >= last && (rest - last).is_multiple_of(others) {
                text.push(group);
            }
            text.push(digit);
        }
        text
    }

    /// `(12, 4)` → `12.4`.
    pub(super) fn tenths(
        &self,
        whole: impl std::fmt::Display,
        tenth: impl std::fmt::Display,
    ) -> String {
        format!("{whole}{}{tenth}", self.numbers.decimal)
    }

    /// A day in numbers of one width.
    #[must_use]
    pub fn day(&self, time: &Zoned) -> String {
        time.strftime(self.dates.day).to_string()
    }

    /// A day and a time in numbers of one width.
    #[must_use]
    pub fn day_and_time(&self, time: &Zoned) -> String {
        format!("{} {}", self.day(time), time.strftime(self.dates.column_clock))
    }

    /// A time, to the second.
    pub(super) fn clock(&self, time: &Zoned) -> String {
        time.strftime(self.dates.second_clock).to_string()
    }

    /// A day and a time, to be read in a sentence.
    pub(super) fn date(&self, time: &Zoned) -> String {
        format!("{}, {}", time.strftime(self.dates.long), time.strftime(self.dates.clock))
    }

    /// When something was, as seen from `now`: no more of it than is needed.
    pub(super) fn moment(&self, time: &Zoned, now: &Zoned) -> String {
        let Dates { short, long, clock, .. } = self.dates;
        match () {
            () if time.date() == now.date() => time.strftime(clock).to_string(),
            () if time.year() == now.year() => {
                format!("{} {}", time.strftime(short), time.strftime(clock))
            }
            () => time.strftime(long).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(name: &str) -> Locale {
        Locale::of(&|asked| (asked == "LANG").then(|| name.to_owned()), &|| None)
    }

    fn noon() -> Zoned {
        "2024-02-29T20:34:56+00:00[UTC]".parse().unwrap()
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for (name, count, small, tenths) in [
            ("C.UTF-8", "1,234,567", "1,234", "12.4"),
            ("en_US.UTF-8", "1,234,567", "1,234", "12.4"),
            ("de_DE.UTF-8", "1.234.567", "1.234", "12,4"),
            ("de-CH", "1’234’567", "1’234", "12.4"),
            ("fr_FR", "1\u{a0}234\u{a0}567", "1\u{a0}234", "12,4"),
            ("es_ES.UTF-8", "1.234.567", "1234", "12,4"),
            ("es_MX", "1,234,567", "1,234", "12.4"),
            ("pl_PL", "1\u{a0}234\u{a0}567", "1234", "12,4"),
            ("hi_IN", "12,34,567", "1,234", "12.4"),
            ("sr-Latn-RS", "1.234.567", "1.234", "12,4"),
            ("tlh", "1,234,567", "1,234", "12.4"),
        ] {
            let locale = locale(name);
            let written = (locale.count(1_234_567), locale.count(1234), locale.tenths(12, 4));
            assert_eq!(written, (count.into(), small.into(), tenths.into()), "{name}");
            assert_eq!(locale.count(999), "999");
        }
        assert_eq!(locale("en_IN").count(123_456_789), "12,34,56,789");
    }

    #[test]
    fn a_date_is_written_as_people_write_it() {
        for (name, column, sentence) in [
            ("", "2024-02-29 20:34", "29 Feb 2024, 20:34"),
            ("C.UTF-8", "2024-02-29 20:34", "29 Feb 2024, 20:34"),
            ("en_US.UTF-8", "02/29/2024 08:34 PM", "Feb 29, 2024, 8:34 PM"),
            ("en_GB", "29/02/2024 20:34", "29 Feb 2024, 20:34"),
            ("de_AT.UTF-8@euro", "29.02.2024 20:34", "29.02.2024, 20:34"),
            ("pt-BR", "29/02/2024 20:34", "29/02/2024, 20:34"),
            ("sv_SE", "2024-02-29 20:34", "2024-02-29, 20:34"),
            ("ja_JP.UTF-8", "2024/02/29 20:34", "2024/02/29, 20:34"),
        ] {
            let locale = locale(name);
            assert_eq!(locale.day_and_time(&noon()), column, "{name}");
            assert_eq!(locale.date(&noon()), sentence, "{name}");
        }
        assert_eq!(locale("de_DE").clock(&noon()), "20:34:56");
        assert_eq!(locale("en_US").clock(&noon()), "08:34:56 PM");
        let later = |text: &str| locale("de_DE").moment(&noon(), &text.parse().unwrap());
        assert_eq!(later("2024-02-29T23:00:00+00:00[UTC]"), "20:34");
        assert_eq!(later("2024-03-01T00:00:00+00:00[UTC]"), "29.02. 20:34");
        assert_eq!(later("2025-03-01T00:00:00+00:00[UTC]"), "29.02.2024");
    }

    #[test]
    fn numbers_and_dates_may_come_from_different_places() {
        let set = |pairs: &'static [(&str, &str)], system: Option<&str>| {
            let variable = |name: &str| {
                pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            Locale::of(&variable, &|| system.map(str::to_owned))
        };
        let mixed = set(&[("LANG", "en_GB"), ("LC_NUMERIC", "de_DE"), ("LC_TIME", "sv_SE")], None);
        assert_eq!((mixed.numbers, mixed.dates), (COMMA, ISO));
        let all = set(&[("LC_ALL", "C"), ("LC_NUMERIC", "de_DE"), ("LANG", "fr_FR")], None);
        assert_eq!(all, PLAIN);
        assert_eq!(set(&[], Some("fr-FR")).numbers, SPACE);
        assert_eq!(set(&[("LANG", "de_DE")], Some("fr-FR")).numbers, COMMA);
        assert_eq!(set(&[], None), PLAIN);
    }
}
