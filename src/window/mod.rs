//! The face with a mouse.
