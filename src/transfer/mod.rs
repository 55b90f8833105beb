//! Bringing files from one side to the other.
//!
//! Read [`download`](download()) first: it is the story that everything else serves.

mod ask;
mod brake;
mod commons;
mod converse;
mod desk;
mod destination;
mod doubt;
mod download;
mod ending;
mod engine;
mod errand;
mod explain;
mod failure;
mod folder;
mod glance;
mod growth;
mod handle;
mod journal;
mod lanes;
mod list;
mod lists;
mod manifest;
mod meter;
mod netrc;
mod news;
mod passage;
mod passwords;
mod pier;
mod proxies;
mod request;
mod resume;
mod retry;
mod sameness;
mod segments;
mod selection;
mod sentence;
mod servers;
mod teller;
mod throttle;
mod trouble;
mod verify;
mod visit;
mod waiting;
mod ways;
mod weigh;

pub use brake::Brake;
pub use commons::Commons;
pub use doubt::{Disagreement, Doubt, Witness};
pub use download::download;
pub use ending::{End, Ending, FileEnding};
pub use engine::{Engine, Found, TransferId};
pub use failure::{Class, Failure, Kept, NextStep};
pub use folder::{Preflight, Tally};
pub use glance::{Glance, glance};
pub use growth::MOST_BY_CHOICE;
pub use handle::Handle;
pub use journal::{Entry, State};
pub use lanes::{Lane, Lanes};
pub use list::list;
pub use lists::KnownLists;
pub use netrc::Netrc;
pub use news::{
    Event, FileEnd, Line, News, Outcome, Part, Phase, Progress, Summary, Verdict, Voice,
};
pub use passage::{Announcer, Files, Passage};
pub use passwords::{Keychain, KeychainNews, Passwords};
pub use proxies::{BadVariable, Proxies, ProxyChoice};
pub use request::{Access, Checks, Destination, IfExists, Request};
pub use sameness::is_same;
pub use selection::{BadPattern, Selection};
pub use servers::Servers;
pub use throttle::Throttle;
pub use visit::{Peek, Visit};
pub use weigh::{Weight, weigh};
