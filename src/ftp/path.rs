//! A path on a server, in bytes (RFC 1738 §3.2.2).

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};

use super::address::AddressError;
use super::encoding::Encoding;

/// A path on a server, in bytes.
///
/// RFC 1738 §3.2.2: a link's path starts in the folder that the login opens; `%2F` or a second `/`
/// at its start means the server's root.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct RemotePath {
    is_absolute: bool,
    segments: Vec<Vec<u8>>,
    is_folder: bool,
}

impl RemotePath {
    /// Takes the part of a link after the host and its `/`.
    ///
    /// # Errors
    ///
    /// [`AddressError::ForbiddenByte`] if it decodes to CR, LF or NUL: they would end the command
    /// and begin another.
    pub fn from_link(raw: &str) -> Result<Self, AddressError> {
        let (raw, type_code) =
            match raw.len().checked_sub(7).and_then(|at| raw.split_at_checked(at)) {
                Some((path, end)) if end.to_ascii_lowercase().starts_with(";type=") => {
                    match end.chars().last().map(|c| c.to_ascii_lowercase()) {
                        Some(code @ ('a' | 'i' | 'd')) => (path, Some(code)),
                        _ => (raw, None),
                    }
                }
                _ => (raw, None),
            };
        let segments = raw.split('/').map(|raw| percent_decode_str(raw).collect()).collect();
        let mut path = Self::from_segments(segments)?;
        path.is_folder |= type_code == Some('d');
        Ok(path)
    }

    /// Takes a path as a person types it, without any decoding: `%41` is three characters.
    ///
    /// One leading `/` is a habit and means the same as none; two mean the server's root.
    ///
    /// # Errors
    ///
    /// [`AddressError::ForbiddenByte`] if it holds CR, LF or NUL.
    pub fn from_typed(text: &str) -> Result<Self, AddressError> {
        let text = text.strip_prefix('/').unwrap_or(text);
        Self::from_segments(text.split('/').map(|part| part.as_bytes().to_vec()).collect())
    }

    fn from_segments(mut segments: Vec<Vec<u8>>) -> Result<Self, AddressError> {
        if let Some(&byte) =
            segments.iter().flatten().find(|byte| matches!(byte, b'\r' | b'\n' | 0))
        {
            return Err(AddressError::ForbiddenByte { byte });
        }
        let is_folder = segments.last().is_some_and(Vec::is_empty);
        if is_folder {
            segments.pop();
        }
        let is_absolute = segments.first().is_some_and(|f| matches!(f.first(), None | Some(b'/')));
        // However many slashes there are, there is one root.
        while is_absolute && let Some(first) = segments.first_mut() {
            first.drain(..first.iter().take_while(|&&byte| byte == b'/').count());
            if !first.is_empty() {
                break;
            }
            segments.remove(0);
        }
        Ok(Self { is_absolute, is_folder: is_folder || segments.is_empty(), segments })
    }

    /// The same path as a server knows it whose names are in `encoding`. `None` if there is none: the
    /// path is ASCII, is not UTF-8, or cannot be written so.
    #[must_use]
    pub fn in_encoding(&self, encoding: Encoding) -> Option<Self> {
        if self.segments.iter().all(|segment| segment.is_ascii()) {
            return None;
        }
        let encoded = |segment: &Vec<u8>| encoding.encode(std::str::from_utf8(segment).ok()?);
        let segments = self.segments.iter().map(encoded).collect::<Option<_>>()?;
        Some(Self { segments, ..self.clone() })
    }

    /// The whole path as one command argument. Empty: the folder that the login opens.
    #[must_use]
    pub fn to_wire(&self) -> Vec<u8> {
        let mut wire = if self.is_absolute { b"/".to_vec() } else { Vec::new() };
        wire.extend(self.segments.join(&b'/'));
        wire
    }

    /// The folders to enter one by one (`CWD`), for servers that take no paths: `/` first if the
    /// path begins at the root.
    pub fn folders(&self) -> impl Iterator<Item = &[u8]> {
        let root = self.is_absolute.then_some(&b"/"[..]);
        let last = self.segments.len().saturating_sub(usize::from(!self.is_folder));
        root.into_iter().chain(self.segments.iter().take(last).map(Vec::as_slice))
    }

    /// The last part: the file's name, or the folder's. `None` for the login folder and the root.
    #[must_use]
    pub fn name(&self) -> Option<&[u8]> {
        self.segments.last().map(Vec::as_slice)
    }

    /// Whether it is a folder for certain: nothing, or something that ends in `/`.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// The same path, as that of a folder.
    #[must_use]
    pub fn as_folder(&self) -> Self {
        Self { is_folder: true, ..self.clone() }
    }

    /// What is called `name` in this folder. The name is taken as it is: a `/` in it stays in it.
    ///
    /// # Errors
    ///
    /// [`AddressError::ForbiddenByte`] if it holds CR, LF or NUL.
    pub fn child(&self, name: &[u8]) -> Result<Self, AddressError> {
        let mut segments = self.segments.clone();
        segments.push(name.to_vec());
        match name.iter().find(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            Some(&byte) => Err(AddressError::ForbiddenByte { byte }),
            None => Ok(Self { is_absolute: self.is_absolute, segments, is_folder: false }),
        }
    }

    /// The folder that this is in. `None` for the login folder and the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.segments.split_last()?;
        Some(Self { is_absolute: self.is_absolute, segments: above.to_vec(), is_folder: true })
    }

    /// Whether it begins at the server's root, and not in the folder that the login opens.
    #[must_use]
    pub fn is_absolute(&self) -> bool {
        self.is_absolute
    }

    /// As a person would type it, with a leading `/`; `None` if it cannot be typed
    /// because it is not UTF-8 or holds control characters.
    #[must_use]
    pub fn to_typed(&self) -> Option<String> {
        let mut wire = b"/".to_vec();
        wire.extend(self.to_wire());
        if self.is_folder && !self.segments.is_empty() {
            wire.push(b'/');
        }
        String::from_utf8(wire).ok().filter(|text| !text.contains(char::is_control))
    }
}

impl fmt::Debug for RemotePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemotePath({self})")
    }
}

/// What stays as it is in a link's path; everything else becomes `%XX`.
pub(super) const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b';')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl fmt::Display for RemotePath {
    /// As in a link, beginning with the `/` that follows the host.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("/")?;
        if self.is_absolute {
            f.write_str("%2F")?;
        }
        for (n, segment) in self.segments.iter().enumerate() {
            if n > 0 {
                f.write_str("/")?;
            }
            write!(f, "{}", percent_encode(segment, IN_PATH))?;
        }
        if self.is_folder && !self.segments.is_empty() {
            f.write_str("/")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str) -> RemotePath {
        RemotePath::from_link(text).unwrap()
    }

    #[test]
    fn a_link_names_the_very_bytes_that_it_was_made_from() {
        for (text, wire) in [
            ("pub/file.bin", &b"pub/file.bin"[..]),
            ("%2Fpub/file.bin", b"/pub/file.bin"),
            ("%2F/pub/file.bin", b"/pub/file.bin"),
            ("/pub/file.bin", b"/pub/file.bin"),
            ("/%2F%2F/pub/x", b"/pub/x"),
            ("%2F//pub//file.bin", b"/pub//file.bin"),
            ("//", b"/"),
            ("a/../../b", b"a/../../b"),
            ("a\\b", b"a\\b"),
            ("what?is#this", b"what?is#this"),
            ("a%20b%25c%23d%3Fe%22f'g", b"a b%c#d?e\"f'g"),
            ("caf%E9.bin", b"caf\xe9.bin"),
            ("a;type=i", b"a"),
            ("a;type=x", b"a;type=x"),
            ("semi%3Btype=a.txt", b"semi;type=a.txt"),
            ("", b""),
        ] {
            assert_eq!(link(text).to_wire(), wire, "for {text}");
        }
    }

    #[test]
    fn a_path_that_would_end_the_command_is_refused() {
        for text in ["a%0d%0aDELE%20b", "a%0ab", "a%00.txt"] {
            assert!(matches!(RemotePath::from_link(text), Err(AddressError::ForbiddenByte { .. })));
        }
        assert!(RemotePath::from_typed("a\nb").is_err());
    }

    #[test]
    fn a_folder_is_told_from_a_file_by_its_slash() {
        for (text, is_folder) in
            [("", true), ("pub/", true), ("%2F", true), ("a;type=d", true), ("pub", false)]
        {
            assert_eq!(link(text).is_folder(), is_folder, "for {text:?}");
        }
    }

    #[test]
    fn what_a_person_types_is_taken_literally_and_shown_as_typed() {
        for (typed, wire) in
            [("/pub/a%41", &b"pub/a%41"[..]), ("pub/a", b"pub/a"), ("//etc/motd", b"/etc/motd")]
        {
            let path = RemotePath::from_typed(typed).unwrap();
            assert_eq!(path.to_wire(), wire);
            assert_eq!(RemotePath::from_typed(&path.to_typed().unwrap()).unwrap(), path);
        }
        assert_eq!(link("caf%E9").to_typed(), None);
    }

    #[test]
    fn one_step_up_at_a_time_leads_to_where_the_login_begins() {
        let mut path = link("%2Fpub/a/b.txt");
        let mut steps = Vec::new();
        while let Some(parent) = path.parent() {
            steps.push(parent.to_string());
            path = parent;
        }
        assert_eq!(steps, ["/%2Fpub/a/", "/%2Fpub/", "/%2F"]);
        assert_eq!(link("").parent(), None);
    }

    #[test]
    fn a_typed_path_can_be_written_in_the_encoding_of_the_server() {
        let cyrillic: Encoding = "windows-1251".parse().unwrap();
        let path = RemotePath::from_typed("/pub/Отчёт/").unwrap().in_encoding(cyrillic).unwrap();
        assert_eq!(path.to_wire(), b"pub/\xce\xf2\xf7\xb8\xf2");
        assert!(path.is_folder());
        for text in ["pub/plain", "caf%E9", "%E6%97%A5"] {
            assert_eq!(link(text).in_encoding(cyrillic), None, "{text}");
        }
    }

    #[test]
    fn the_folders_to_enter_begin_at_the_root_only_if_the_path_does() {
        let folders = |text: &str| link(text).folders().map(<[u8]>::to_vec).collect::<Vec<_>>();
        assert_eq!(folders("a/b/c"), [b"a".to_vec(), b"b".to_vec()]);
        assert_eq!(folders("%2Fa/c"), [b"/".to_vec(), b"a".to_vec()]);
        assert!(folders("c").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn a_path_survives_being_written_as_a_link(
            parts in proptest::collection::vec("[^\\r\\n\\x00/]{1,12}", 1..5),
            is_absolute in proptest::bool::ANY,
        ) {
            let typed = format!("{}{}", if is_absolute { "//" } else { "/" }, parts.join("/"));
            let path = RemotePath::from_typed(&typed).unwrap();
            let link = path.to_string();
            let again = RemotePath::from_link(link.strip_prefix('/').unwrap()).unwrap();
            proptest::prop_assert_eq!(again, path);
        }
    }
}
