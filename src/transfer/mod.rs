//! Bringing files from one side to the other.
//!
//! Read [`download`](download()) first: it is the story that everything else serves.

mod desk;
mod destination;
mod download;
mod ending;
mod engine;
mod failure;
mod journal;
mod list;
mod meter;
mod news;
mod request;
mod resume;
mod retry;
mod slots;

pub use download::{Handle, download};
pub use ending::{End, Ending};
pub use engine::{Engine, Found, TransferId};
pub use failure::{Class, Doubt, Failure, Kept, NextStep};
pub use journal::{Entry, State};
pub use list::list;
pub use news::{Event, Line, News, Outcome, Phase, Progress, Summary, Verdict, Voice};
pub use request::{Access, Checks, Destination, IfExists, Request};
