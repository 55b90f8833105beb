//! How far, how fast, how long.
