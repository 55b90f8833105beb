//! Names that are not UTF-8: older than RFC 2640, they are in whatever encoding the server's people
//! wrote in.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::host::Host;

/// How many bytes of names are enough to guess from.
const ENOUGH: usize = 64 * 1024;

/// What names are written in where they are not UTF-8, by its WHATWG label: `windows-1251`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// Guesses it from `names` of a server and from the country that its own name ends in. `None` if
    /// all of them are UTF-8, or none can be read by the best guess.
    ///
    /// A guess from few names may be wrong; so it is for the person to change.
    #[must_use]
    pub fn guess<'n>(names: impl Iterator<Item = &'n [u8]> + Clone, host: &Host) -> Option<Self> {
        let old = names.filter(|name| std::str::from_utf8(name).is_err());
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let mut fed = 0;
        for name in old.clone() {
            detector.feed(name, false);
            detector.feed(b"\n", false);
            fed += name.len();
            if fed > ENOUGH {
                break;
            }
        }
        detector.feed(b"", true);
        let country = host.as_str().rsplit('.').next().unwrap_or_default();
        let country = country.bytes().all(|byte| byte.is_ascii_lowercase()).then_some(country);
        let country = country.filter(|country| !country.is_empty()).map(str::as_bytes);
        let guess = Self(detector.guess(country, Utf8Detection::Deny));
        old.into_iter().any(|name| guess.decode(name).is_some()).then_some(guess)
    }

    /// The text that these bytes are. `None` unless it leads back to exactly the same bytes, or if it
    /// has control characters, which no name was meant to have.
    #[must_use]
    pub fn decode(self, name: &[u8]) -> Option<String> {
        let text = self.0.decode_without_bom_handling_and_without_replacement(name)?;
        let is_name = !text.contains(char::is_control) && self.encode(&text)? == name;
        is_name.then(|| text.into_owned())
    }

    /// The bytes that this text is. `None` if it has characters that the encoding lacks.
    #[must_use]
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        let (bytes, used, is_lossy) = self.0.encode(text);
        (!is_lossy && used == self.0).then(|| bytes.into_owned())
    }
}

/// `name` in UTF-8, for people and for this computer: as it is if it is UTF-8 already, or if it cannot
/// be read in `encoding` either.
#[must_use]
pub fn in_utf_8(name: &[u8], encoding: Option<Encoding>) -> Cow<'_, [u8]> {
    let decoded = || encoding?.decode(name);
    match std::str::from_utf8(name) {
        Ok(_) => Cow::Borrowed(name),
        Err(_) => decoded().map_or(Cow::Borrowed(name), |text| Cow::Owned(text.into_bytes())),
    }
}

/// A text that names no encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such encoding is known; use a label such as windows-1251, shift_jis or iso-8859-2")]
pub struct UnknownEncoding;

impl FromStr for Encoding {
    type Err = UnknownEncoding;

    fn from_str(label: &str) -> Result<Self, Self::Err> {
        let found = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes());
        // What nobody could write back, such as UTF-16, names no files.
        let found = found.filter(|encoding| encoding.output_encoding() == *encoding);
        found.map(Self).ok_or(UnknownEncoding)
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Serialize for Encoding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Encoding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(names: &[&[u8]], host: &str) -> Option<String> {
        let guess = Encoding::guess(names.iter().copied(), &host.parse().unwrap());
        guess.map(|encoding| encoding.to_string())
    }

    #[test]
    fn names_of_many_countries_are_guessed() {
        for (label, names) in [
            ("windows-1251", ["Каталог", "Отчёт за год.doc", "Музыка и фильмы"]),
            ("Shift_JIS", ["資料", "東京の写真.zip", "ひらがなとカタカナ.txt"]),
            ("GBK", ["新建文件夹", "说明文件.txt", "下载中心"]),
            ("windows-1252", ["café.txt", "Überblick.pdf", "señor.doc"]),
        ] {
            let encoding: Encoding = label.parse().unwrap();
            let bytes: Vec<_> = names.iter().map(|name| encoding.encode(name).unwrap()).collect();
            let all: Vec<_> = bytes.iter().map(Vec::as_slice).collect();
            assert_eq!(guess(&all, "ftp.example.org").as_deref(), Some(label));
            for (bytes, name) in bytes.iter().zip(names) {
                assert_eq!(encoding.decode(bytes).as_deref(), Some(name));
            }
        }
    }

    #[test]
    fn nothing_is_guessed_where_all_is_utf_8_and_no_host_can_upset_the_guess() {
        assert_eq!(guess(&["späße".as_bytes(), b"plain"], "ftp.example.org"), None);
        for host in ["127.0.0.1", "::1", "h", "FTP.EXAMPLE.RU", "ftp.xn--p1ai", "ftp.example.org."]
        {
            guess(&[b"caf\xe9"], host);
        }
    }

    #[test]
    fn what_does_not_lead_back_to_the_same_bytes_is_left_as_it_is() {
        let sjis = "shift_jis".parse().ok();
        for name in [&b"\x83"[..], b"\xff\xfe", b"a\x81"] {
            assert_eq!(in_utf_8(name, sjis), name);
        }
        // A control character of windows-1252.
        assert_eq!(in_utf_8(b"a\x81", "windows-1252".parse().ok()), &b"a\x81"[..]);
        assert_eq!(in_utf_8(b"caf\xe9", "latin1".parse().ok()), "café".as_bytes());
        assert_eq!(in_utf_8(b"caf\xe9", "utf-8".parse().ok()), &b"caf\xe9"[..]);
        for label in ["utf-16", "replacement", "klingon", ""] {
            assert_eq!(label.parse::<Encoding>(), Err(UnknownEncoding), "{label}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_name_that_is_read_can_be_asked_for_again(
            name in proptest::collection::vec(proptest::num::u8::ANY, 0..40),
        ) {
            for label in ["windows-1252", "windows-1251", "shift_jis", "gbk", "big5", "euc-kr", "koi8-r"] {
                let encoding: Encoding = label.parse().unwrap();
                if let Some(text) = encoding.decode(&name) {
                    proptest::prop_assert_eq!(encoding.encode(&text).unwrap(), name.clone());
                }
            }
        }
    }
}
