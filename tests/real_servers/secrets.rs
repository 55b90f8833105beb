//! What is promised to guests who do not want to be overheard.

use std::cell::Cell;
use std::path::Path;

use ashore::ftp::{Security, Trust};
use ashore::transfer::{Class, Commons, Engine, Failure, News, Request, Summary, Voice};
use tempfile::TempDir;

use crate::harbours::Harbour;
use crate::promises::patient;
use crate::support::{arrived, names, run, run_slowly_until, said, sha256};

/// Downloads as `change` wants it: how it ended, and what was said.
fn fetch(
    link: &str,
    change: impl FnOnce(&mut Request),
) -> (TempDir, Result<Summary, Failure>, Vec<News>) {
    let folder = tempfile::tempdir().unwrap();
    let mut request = patient(link, folder.path());
    change(&mut request);
    let (outcome, news) = run(&request);
    (folder, outcome, news)
}

/// The same, and it is the file that the server serves: what Ashore said.
fn arrives(harbour: &Harbour, link: &str, change: impl FnOnce(&mut Request)) -> Vec<String> {
    let (_folder, outcome, news) = fetch(link, change);
    let summary = outcome.unwrap_or_else(|failure| panic!("{link}: {failure} ({failure:?})"));
    let name = link.rsplit('/').next().unwrap();
    assert_eq!(sha256(&summary.path), sha256(&harbour.tree.join(name)), "{link}");
    said(&news, Voice::Sent).into_iter().map(str::to_owned).collect()
}

pub(crate) fn a_password_is_sent_only_after_the_line_is_secret(harbour: &Harbour) {
    let link = format!("ftp://ashoretest:s3cret@{}/lines.txt", harbour.ipv4);
    let sent = arrives(harbour, &link, |_| ());
    assert_eq!(sent[..2], ["AUTH TLS", "USER ashoretest"], "{sent:?}");
    assert!(sent.contains(&"PROT P".to_owned()), "{sent:?}");
    let plain = arrives(harbour, &link, |request| request.security = Security::Off);
    assert_eq!(plain[0], "USER ashoretest", "{plain:?}");
}

pub(crate) fn a_large_file_arrives_in_secret_by_ipv4_and_ipv6(harbour: &Harbour) {
    for at in [&harbour.ipv4, &harbour.ipv6] {
        let sent = arrives(harbour, &format!("ftpes://{at}/big.bin"), |_| ());
        assert_eq!(sent[0], "AUTH TLS");
    }
}

pub(crate) fn several_connections_are_as_secret_as_one(harbour: &Harbour) {
    let link = format!("ftpes://{}/big.bin", harbour.ipv4);
    let folder = tempfile::tempdir().unwrap();
    let mut request = patient(&link, folder.path());
    request.segments = Some(4);
    let signed_in = Cell::new(0);
    let (outcome, news) = run_slowly_until(&request, |line| {
        signed_in.set(signed_in.get() + u32::from(line == "PROT P"));
        signed_in.get() > 1
    });
    assert_eq!(sha256(&arrived(outcome).path), sha256(&harbour.tree.join("big.bin")));
    let sent: Vec<_> = said(&news, Voice::Sent).into_iter().map(str::to_owned).collect();
    let times = |line: &str| sent.iter().filter(|sent| *sent == line).count();
    // Who was no longer needed may have left before the line was secret, and before it signed in.
    assert!(times("PROT P") > 1 && times("USER anonymous") <= times("AUTH TLS"), "{sent:?}");
}

pub(crate) fn files_follow_one_another_in_secret(harbour: &Harbour) {
    for name in ["mid.bin", "empty.bin", "lines.txt"] {
        arrives(harbour, &format!("ftpes://{}/{name}", harbour.ipv4), |_| ());
    }
}

pub(crate) fn the_old_way_is_secret_from_the_first_byte(harbour: &Harbour) {
    let sent = arrives(harbour, &format!("ftps://{}/mid.bin", harbour.implicit()), |_| ());
    assert_eq!(sent[0], "USER anonymous");
}

pub(crate) fn a_stranger_gets_no_password(harbour: &Harbour) {
    let link = format!("ftp://ashoretest:s3cret@{}/lines.txt", harbour.ipv4);
    let (folder, outcome, news) = fetch(&link, |request| request.trust = Trust::default());
    let failure = outcome.expect_err("nobody vouches for it");
    assert_eq!(failure.class(), Class::Tls, "{failure}");
    assert_eq!(names(folder.path()), [""; 0]);
    assert_eq!(said(&news, Voice::Sent), ["AUTH TLS"]);
    // Unless the person says that this is the one.
    arrives(harbour, &link, |request| {
        request.trust = Trust { is_blind: true, ..Trust::default() };
    });
}

/// The server refuses every data connection that does not resume the session of the control
/// connection.
pub(crate) fn tls_1_2_alone_is_as_good(harbour: &Harbour) {
    let at = harbour.old_tls();
    for name in ["mid.bin", "empty.bin", "big.bin"] {
        arrives(harbour, &format!("ftpes://{at}/{name}"), |_| ());
    }
    // A listing, and many files over several conversations.
    let folder = tempfile::tempdir().unwrap();
    let request = patient(&format!("ftpes://{at}/many/"), folder.path());
    let (mut engine, events) = Engine::start(Commons::default(), || ()).unwrap();
    engine.download(request);
    let ended = events.iter().find_map(|event| match event.news {
        News::Ended(outcome) => Some(outcome),
        _ => None,
    });
    let outcome = ended.expect("the engine is gone");
    outcome.unwrap_or_else(|failure| panic!("{failure} ({failure:?})"));
    let served = names(&harbour.tree.join("many"));
    assert_eq!(names(&folder.path().join("many")), served);
    for name in served {
        let path = Path::new("many").join(name);
        assert_eq!(sha256(&folder.path().join(&path)), sha256(&harbour.tree.join(&path)));
    }
}
