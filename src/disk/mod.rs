//! Our side: one file on this machine. Knows no server.

mod claim;
mod error;
mod names;
mod partial;
mod place;
mod record;
mod recorder;
mod space;

pub use error::Error;
pub use names::local_name;
pub use partial::Partial;
pub use place::{check_new_file, folder_of, free_name};
pub use space::{LEAST_ROOM, available};
