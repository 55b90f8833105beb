//! What the log says of news that are no line of it: where a story begins, and how it ends.

use std::time::SystemTime;

use super::row::Row;
use crate::transfer::{Class, Line, News, Phase, Voice};
use crate::words;

/// What the log is to say of this, if anything.
pub(super) fn told(news: &News, row: &Row) -> Option<Line> {
    let (voice, text) = match news {
        News::Phase(Phase::Connecting) => {
            (Voice::Story, format!("Connecting to {}", row.request.address.host))
        }
        News::Phase(Phase::Receiving) if row.contents.is_none() => (
            Voice::Story,
            match row.passage.size {
                Some((size, _)) => format!("Receiving {}", words::bytes(size)),
                None => "Receiving; the server does not tell how much".to_owned(),
            },
        ),
        News::Paused => (Voice::Story, "Paused".to_owned()),
        News::NoRoom(why) => (Voice::Warning, words::closed(why)),
        News::Ended(Err(failure)) if failure.class() == Class::Stopped => {
            (Voice::Story, "Stopped".to_owned())
        }
        News::Ended(Err(failure)) => (Voice::Warning, words::closed(&failure.to_string())),
        News::Ended(Ok(_))
        | News::Queued
        | News::Phase(_)
        | News::Destination(_)
        | News::Facts { .. }
        | News::Joined(_)
        | News::Progress(_)
        | News::Line(_)
        | News::Preflight(_)
        | News::Part(_)
        | News::File(_)
        | News::Files(_) => return None,
    };
    Some(Line { at: SystemTime::now(), voice, text: words::shown(&text) })
}
