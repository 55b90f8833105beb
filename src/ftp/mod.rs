//! The server's side: one server, one conversation. Knows no file, no queue, no person.

mod address;
mod command;
mod data;
mod dial;
mod error;
mod facts;
mod host;
mod known;
pub mod listing;
mod parked;
mod part;
mod passive;
mod path;
mod remote_file;
mod reply;
mod server_sum;
mod session;
mod stream;
mod tls;

pub use address::{Address, AddressError, Login, Scheme, Secret};
pub use command::{BadArgument, Command};
pub use data::Data;
pub use error::{Awaiting, Error};
pub use facts::Facts;
pub use host::Host;
pub use known::Known;
pub use parked::Parked;
pub use part::Part;
pub use path::RemotePath;
pub use remote_file::RemoteFile;
pub use reply::{Kind, MAX_LINE, MAX_REPLY, Reply};
pub use server_sum::ServerSum;
pub use session::{Line, Server, Session};
pub use stream::{Limits, Stop};
pub use tls::{Security, Trust};
