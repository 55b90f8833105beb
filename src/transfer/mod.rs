//! Bringing files from one side to the other.
//!
//! Read [`download`](download()) first: it is the story that everything else serves.

mod ask;
mod commons;
mod desk;
mod destination;
mod doubt;
mod download;
mod ending;
mod engine;
mod failure;
mod folder;
mod glance;
mod handle;
mod journal;
mod list;
mod meter;
mod netrc;
mod news;
mod proxies;
mod request;
mod resume;
mod retry;
mod sameness;
mod segments;
mod sentence;
mod servers;
mod slots;
mod teller;
mod trouble;
mod verify;
mod visit;
mod ways;
mod weigh;

pub use commons::Commons;
pub use doubt::{Disagreement, Doubt, Witness};
pub use download::download;
pub use ending::{End, Ending};
pub use engine::{Engine, Found, TransferId};
pub use failure::{Class, Failure, Kept, NextStep};
pub use folder::{FoundFile, Tree, scan};
pub use glance::{Glance, glance};
pub use handle::Handle;
pub use journal::{Entry, State};
pub use list::list;
pub use netrc::Netrc;
pub use news::{Event, Line, News, Outcome, Phase, Progress, Summary, Verdict, Voice};
pub use proxies::{BadVariable, Proxies};
pub use request::{Access, Checks, Destination, IfExists, Request};
pub use sameness::is_same;
pub use servers::Servers;
pub use visit::{Peek, Visit};
pub use weigh::{Weight, weigh};
