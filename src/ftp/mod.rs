//! The server's side: one server, one conversation. Knows no file, no queue, no user.

mod address;
mod command;
mod error;
mod reply;

pub use address::{Address, AddressError, Host, Login, RemotePath, Scheme, Secret};
pub use command::{BadArgument, Command};
pub use error::{Awaiting, Error};
pub use reply::{Kind, Reply};
