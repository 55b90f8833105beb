//! The face without a window: `ashore get`.
