//! Our side: one file on this machine. Knows no server.

mod append;
mod berth;
mod case;
mod checksum;
mod checksum_list;
mod claim;
mod conduit;
mod end;
mod error;
mod hashing;
mod names;
mod partial;
mod pieces;
mod pile;
mod place;
mod positioned;
mod ranges;
mod receipt;
mod record;
mod recorder;
mod small;
mod space;
mod whole;

pub use berth::is_one_place;
pub use case::is_case_blind;
pub use checksum::{Algorithm, BadChecksum, Checksum};
pub use checksum_list::{MAX_CHECKSUM_LIST, find_checksum};
pub use claim::Company;
pub use conduit::Room;
pub use error::Error;
pub use names::local_name;
pub use partial::Partial;
pub use pile::Pile;
pub use place::{
    check_new_file, folder_of, free_name, free_name_but, has_part, make_folder_without_links,
    nearest_folder, numbered,
};
pub use receipt::{Receipt, Receipted};
pub use small::Unnamed;
pub use space::{LEAST_ROOM, available};
pub use whole::replace_whole;
