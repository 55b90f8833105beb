//! What stands in a receipt, line by line.

use super::Said;

/// The first line. By it a receipt is known to be ours, and no list of anybody else's is touched.
pub(super) const MARK: &str = "# Written by Ashore: the SHA-256 of what it fetched";

/// What stands before the name of a file that is about to take its place.
const TO_COME: &str = "# to come: ";

/// As GNU writes it: a name that holds `\` or a line break is escaped, and its line begins with `\`.
pub(super) fn line(sum: &[u8; 32], name: &str) -> String {
    let sum = crate::words::hex(sum);
    if is_escaped(name) {
        return format!("\\{sum}  {}\n", escaped(name));
    }
    format!("{sum}  {name}\n")
}

/// What was said of `name` before holds no longer. Programs that check sums pass it over.
pub(super) fn to_come(name: &str) -> String {
    format!("{TO_COME}{}\n", escaped(name))
}

/// What one line says, and of which name. `None` if it is no line of a receipt.
pub(super) fn parted(line: &str) -> Option<(Said, String)> {
    if let Some(name) = line.strip_prefix(TO_COME) {
        return Some((Said::ToCome, plain(name)?));
    }
    let is_escaped = line.starts_with('\\');
    let line = line.strip_prefix('\\').unwrap_or(line);
    let (digits, name) = line.split_once("  ").or_else(|| line.split_once(" *"))?;
    let name = if is_escaped { plain(name)? } else { name.to_owned() };
    Some((Said::Sum(sum(digits)?), name)).filter(|(_, name)| !name.is_empty())
}

fn sum(digits: &str) -> Option<[u8; 32]> {
    let digit =
        |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
    bytes?.try_into().ok()
}

fn is_escaped(name: &str) -> bool {
    name.contains(['\\', '\n', '\r'])
}

fn escaped(name: &str) -> String {
    name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

fn plain(name: &str) -> Option<String> {
    let mut plain = String::new();
    let mut chars = name.chars();
    while let Some(char) = chars.next() {
        plain.push(match char {
            '\\' => match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                other => other,
            },
            char => char,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strange_names_are_written_so_that_they_can_be_read_again() {
        let sum = [0xab; 32];
        for name in ["a", "two  spaces", "back\\slash", "line\nbreak", "*star", "# hash"] {
            let line = line(&sum, name);
            let read = parted(line.strip_suffix('\n').unwrap());
            assert_eq!(read, Some((Said::Sum(sum), name.to_owned())), "{line:?}");
            let line = to_come(name);
            let read = parted(line.strip_suffix('\n').unwrap());
            assert_eq!(read, Some((Said::ToCome, name.to_owned())), "{line:?}");
        }
        let digits = "ab".repeat(32);
        for no_line in ["no sum", "", "# remark", &digits, &format!("{digits}0  a")] {
            assert_eq!(parted(no_line), None, "{no_line:?}");
        }
    }
}
