//! One thing in a folder, and how it is packed to wait in a [`disk::Pile`](crate::disk::Pile).

use std::time::{Duration, SystemTime};

use crate::ftp::listing::{Entry, Kind, Modified, Precision};

/// One thing in a folder, and what has become clear about it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thing {
    /// What the listing says of it. Of a link to a folder, the target is where that really is.
    pub(super) entry: Entry,
    /// Its name here. Empty as long as nobody has looked.
    pub(super) local: String,
    /// Something is here already under its name, or a part of it is.
    pub(super) is_there: bool,
}

impl Thing {
    /// Of which nothing is known but its line in a listing.
    pub(super) fn listed(entry: Entry) -> Self {
        Self { entry, local: String::new(), is_there: false }
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        let Entry { name, kind, size, modified, target } = &self.entry;
        let mut packed = Vec::with_capacity(48 + name.len() + self.local.len());
        packed.push(match kind {
            Kind::File => 0,
            Kind::Dir => 1,
            Kind::Link => 2,
            Kind::Other => 3,
        });
        packed.push(u8::from(self.is_there));
        packed.push(u8::from(size.is_some()));
        packed.extend(size.unwrap_or(0).to_le_bytes());
        packed.push(match modified.map(|modified| modified.precision) {
            None => 0,
            Some(Precision::Day) => 1,
            Some(Precision::Minute) => 2,
            Some(Precision::Second) => 3,
        });
        if let Some(modified) = modified {
            packed.push(u8::from(modified.is_utc));
            let since = modified.time.duration_since(SystemTime::UNIX_EPOCH);
            let (is_before, apart) =
                since.map_or_else(|error| (true, error.duration()), |since| (false, since));
            packed.push(u8::from(is_before));
            packed.extend(apart.as_secs().to_le_bytes());
            packed.extend(apart.subsec_nanos().to_le_bytes());
        }
        packed.push(u8::from(target.is_some()));
        for part in [target.as_deref().unwrap_or_default(), self.local.as_bytes(), name] {
            packed.extend(part.len().to_le_bytes());
            packed.extend(part);
        }
        packed
    }

    /// `None` if this was not packed here.
    pub(super) fn unpack(packed: &[u8]) -> Option<Self> {
        let mut from = From(packed);
        let kind = match from.byte()? {
            0 => Kind::File,
            1 => Kind::Dir,
            2 => Kind::Link,
            _ => Kind::Other,
        };
        let is_there = from.byte()? != 0;
        let has_size = from.byte()? != 0;
        let size = Some(u64::from_le_bytes(from.array()?)).filter(|_| has_size);
        let precision = match from.byte()? {
            0 => None,
            1 => Some(Precision::Day),
            2 => Some(Precision::Minute),
            _ => Some(Precision::Second),
        };
        let modified = match precision {
            None => None,
            Some(precision) => {
                let is_utc = from.byte()? != 0;
                let is_before = from.byte()? != 0;
                let seconds = u64::from_le_bytes(from.array()?);
                let apart = Duration::new(seconds, u32::from_le_bytes(from.array()?));
                let time = match is_before {
                    true => SystemTime::UNIX_EPOCH.checked_sub(apart)?,
                    false => SystemTime::UNIX_EPOCH.checked_add(apart)?,
                };
                Some(Modified { time, precision, is_utc })
            }
        };
        let has_target = from.byte()? != 0;
        let target = Some(from.part()?.to_vec()).filter(|_| has_target);
        let local = String::from_utf8(from.part()?.to_vec()).ok()?;
        let name = from.part()?.to_vec();
        Some(Self { entry: Entry { name, kind, size, modified, target }, local, is_there })
    }
}

/// What is still to be unpacked.
struct From<'a>(&'a [u8]);

impl<'a> From<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn part(&mut self) -> Option<&'a [u8]> {
        let length = usize::from_le_bytes(self.array()?);
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_the_same_when_it_is_unpacked() {
        let time = |seconds, nanos| {
            let apart = Duration::new(seconds, nanos);
            [SystemTime::UNIX_EPOCH + apart, SystemTime::UNIX_EPOCH - apart]
        };
        let times = [time(0, 0), time(1_000_000_000, 5), time(9_000_000_000, 999_999_999)].concat();
        let precisions = [Precision::Day, Precision::Minute, Precision::Second];
        let mut all = vec![None];
        for (number, time) in times.into_iter().enumerate() {
            let precision = *precisions.get(number % 3).unwrap();
            all.push(Some(Modified { time, precision, is_utc: number % 2 == 0 }));
        }
        for kind in [Kind::File, Kind::Dir, Kind::Link, Kind::Other] {
            for (size, target, name, local) in [
                (None, None, &b""[..], ""),
                (Some(u64::MAX), Some(b"".to_vec()), b"caf\xe9", "café"),
                (Some(0), Some(b"../x".to_vec()), b"a", ""),
            ] {
                for modified in &all {
                    let (target, modified) = (target.clone(), *modified);
                    let entry = Entry { name: name.to_vec(), kind, size, modified, target };
                    let local = local.to_owned();
                    let thing = Thing { entry, local, is_there: size.is_some() };
                    assert_eq!(Thing::unpack(&thing.pack()), Some(thing));
                }
            }
        }
        assert_eq!(Thing::unpack(b"\x01"), None);
    }
}
