//! Bringing files from one side to the other.
//!
//! Read [`download`](download()) first: it is the story that everything else serves.

mod destination;
mod doubt;
mod download;
mod engine;
mod failure;
mod meter;
mod news;
mod request;
mod resume;
mod retry;
mod verify;

pub use doubt::{Doubt, Witness};
pub use download::{Handle, download};
pub use engine::{Engine, TransferId};
pub use failure::{Class, Failure, Kept, NextStep};
pub use news::{Event, Line, News, Outcome, Phase, Progress, Summary, Verdict, Voice};
pub use request::{Checks, Destination, IfExists, Request};
