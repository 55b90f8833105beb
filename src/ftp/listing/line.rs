//! One line of a listing, in words that know where they stand.

/// The most words that are looked at. The facts stand before the name, and a name may have as many
/// words as it likes; but some systems allow groups of many words.
const MOST_WORDS: usize = 64;

/// A line and its words. Words are what stands between spaces and tabs.
#[derive(Debug)]
pub(super) struct Line<'a> {
    bytes: &'a [u8],
    words: &'a [Word],
}

/// From where to where a word goes in its line.
pub(super) type Word = (usize, usize);

impl<'a> Line<'a> {
    /// `room` is for its words, so that a listing needs it but once.
    pub(super) fn new(bytes: &'a [u8], room: &'a mut Vec<Word>) -> Self {
        room.clear();
        let (mut from, mut is_in_word) = (0, false);
        for (at, &byte) in bytes.iter().enumerate() {
            if is_space(byte) != is_in_word {
                continue;
            }
            if is_in_word {
                room.push((from, at));
                if room.len() == MOST_WORDS {
                    break;
                }
            }
            (from, is_in_word) = (at, !is_in_word);
        }
        if is_in_word && room.len() < MOST_WORDS {
            room.push((from, bytes.len()));
        }
        Self { bytes, words: room }
    }

    /// All of it.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many words there are, up to 64.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The word at `index`; empty beyond the last one.
    pub(super) fn word(&self, index: usize) -> &'a [u8] {
        self.words.get(index).and_then(|&(from, to)| self.bytes.get(from..to)).unwrap_or_default()
    }

    /// Whether these words stand at the beginning, in any case of letters.
    pub(super) fn begins_with(&self, words: &[&str]) -> bool {
        self.has_at(0, words)
    }

    /// Whether these words stand from the word `at` on.
    pub(super) fn has_at(&self, at: usize, words: &[&str]) -> bool {
        let is_same =
            |(n, word): (usize, &&str)| self.word(at + n).eq_ignore_ascii_case(word.as_bytes());
        words.iter().enumerate().all(is_same)
    }

    /// The last word.
    pub(super) fn last(&self) -> &'a [u8] {
        self.words.len().checked_sub(1).map(|index| self.word(index)).unwrap_or_default()
    }

    /// Where the word at `index` ends.
    pub(super) fn end(&self, index: usize) -> usize {
        self.words.get(index).map_or(self.bytes.len(), |&(_, to)| to)
    }

    /// The line from byte `at` on.
    pub(super) fn from(&self, at: usize) -> &'a [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    /// What stands one space after the word at `index`: a name that begins with spaces keeps them.
    pub(super) fn after_one_space(&self, index: usize) -> &'a [u8] {
        self.from(self.end(index) + 1)
    }

    /// The line from the word at `index` on, to the very end.
    pub(super) fn rest_at_word(&self, index: usize) -> &'a [u8] {
        self.words.get(index).map(|&(from, _)| self.from(from)).unwrap_or_default()
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Digits alone, below 2^63: neither a file nor a counter is larger.
pub(super) fn number(word: &[u8]) -> Option<u64> {
    let with = |number: u64, byte: &u8| {
        let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
        number.checked_mul(10)?.checked_add(digit.into())
    };
    let number = word.iter().try_fold(0, with).filter(|_| !word.is_empty());
    number.filter(|&number| number <= i64::MAX.unsigned_abs())
}

/// A number of at most `digits` digits, as a day or a month is.
pub(super) fn small(word: &[u8], digits: usize) -> Option<i8> {
    (word.len() <= digits).then(|| number(word)).flatten().and_then(|number| number.try_into().ok())
}

/// A size as servers write it: `1234`, `1,234,567`, `1.234.567`, `33.5k`.
pub(super) fn size(word: &[u8]) -> Option<u64> {
    word.first().filter(|first| first.is_ascii_digit())?; // Most words are none, and are done with here.
    number(word).or_else(|| grouped(word)).or_else(|| with_unit(word))
}

/// Groups of three digits with commas, dots or apostrophes between them.
fn grouped(word: &[u8]) -> Option<u64> {
    let mark = *word.iter().find(|byte| matches!(byte, b',' | b'.' | b'\''))?;
    let mut groups = word.split(|&byte| byte == mark);
    let mut digits = groups.next().filter(|first| (1..=3).contains(&first.len()))?.to_vec();
    for group in groups {
        digits.extend((group.len() == 3).then_some(group)?);
    }
    number(&digits)
}

/// A decimal with a unit of 1024, as `ls -h` prints it.
fn with_unit(word: &[u8]) -> Option<u64> {
    let (unit, digits) = match word {
        // `KB` says no more than `K`.
        [digits @ .., unit @ (b'k' | b'K' | b'm' | b'M' | b'g' | b'G'), b'b' | b'B'] => {
            (unit, digits)
        }
        [digits @ .., unit] => (unit, digits),
        [] => return None,
    };
    let power = match unit.to_ascii_lowercase() {
        b'b' => 0,
        b'k' => 1,
        b'm' => 2,
        b'g' => 3,
        b't' => 4,
        _ => return None,
    };
    let unit = 1024_u64.pow(power);
    let mut parts = digits.splitn(2, |byte| matches!(byte, b'.' | b','));
    let whole = number(parts.next()?)?.checked_mul(unit)?;
    let Some(decimals) = parts.next() else { return Some(whole) };
    let scale = 10_u64.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let fraction = number(decimals)?.checked_mul(unit)? / scale;
    whole.checked_add(fraction).filter(|&size| size <= i64::MAX.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_every_form_and_never_guessed() {
        for (word, expected) in [
            ("0", Some(0)),
            ("9223372036854775807", Some(9_223_372_036_854_775_807)),
            ("9223372036854775808", None),
            ("9,730", Some(9730)),
            ("1'234'567", Some(1_234_567)),
            ("1,23", None),
            ("0,", None),
            ("33.5k", Some(34_304)),
            ("2G", Some(2_147_483_648)),
            ("1.5KB", Some(1536)),
            ("99999999999T", None),
            ("-1", None),
            ("k", None),
            ("", None),
        ] {
            assert_eq!(size(word.as_bytes()), expected, "{word}");
        }
    }

    #[test]
    fn words_know_where_they_stand() {
        let mut room = Vec::new();
        let line = Line::new(b" ab  c\t d ", &mut room);
        assert_eq!((line.len(), line.word(1), line.last()), (3, &b"c"[..], &b"d"[..]));
        assert_eq!(line.after_one_space(1), b" d ");
        assert_eq!(line.rest_at_word(2), b"d ");
        assert_eq!(line.word(9), b"");
    }
}
