//! Our side: one file on this machine. Knows no server.

mod error;
mod names;
mod partial;
mod space;

pub use error::Error;
pub use names::local_name;
pub use partial::{Partial, Place};
pub use space::available;
