//! Ashore brings files ashore from FTP servers: fast, resumable, proven right.
//!
//! # The house
//!
//! ```text
//!    window ────┐           ┌──── terminal      top      people
//!        │   settings   words   │               between  shared by the faces
//!        └────────► transfer ◄──┘               first    downloads
//!                    │      │
//!                   ftp    disk                 ground   the two sides
//! ```
//!
//! Paths point down or stay level: `window` and `terminal` never see each other, nor do [`ftp`] and
//! [`disk`]. `tests/shape.rs` reads the `use` lines and fails when a floor reaches up.
//!
//! Start reading at [`transfer::download`]: it is the story that everything else serves. From the
//! click to the byte on disk there are four jumps: `window::form` (the button makes a
//! [`transfer::Request`]) → [`transfer::Engine`] (order → thread) → [`transfer::download`] →
//! [`ftp::Session`] and [`disk::Partial`].
//!
//! # Invariants
//!
//! * [`ftp`] knows no file, no queue, no person. [`disk`] knows no server. [`transfer`] knows no
//!   window and no command line. The faces know no reply code. Only `window::look` knows a colour.
//! * Everything that a server sends is hostile: it has a limit, and [`words::shown`] escapes it
//!   before it is shown.
//! * Every wait has a limit and can be cut short.
//! * A file gets its name only after the evidence agrees ([`transfer::Verdict`]), and never in the
//!   place of another.

pub mod disk;
pub mod ftp;
pub mod settings;
pub mod terminal;
pub mod transfer;
#[cfg(feature = "window")]
pub mod window;
pub mod words;
