//! The server's side: one server, one conversation. Knows no file, no queue, no person.

mod address;
mod beside;
mod command;
mod dial;
mod error;
mod facts;
mod passive;
mod reply;
mod server_sum;
mod session;
mod stream;

pub use address::{Address, AddressError, Host, Login, RemotePath, Scheme, Secret};
pub use command::{BadArgument, Command};
pub use error::{Awaiting, Error};
pub use facts::Facts;
pub use reply::{Kind, MAX_LINE, MAX_REPLY, Reply};
pub use server_sum::ServerSum;
pub use session::{Data, Line, RemoteFile, Session};
pub use stream::{Limits, Stop};
