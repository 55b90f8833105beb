//! stub
/// stub
#[derive(Debug)]
pub struct Partial;
/// stub
#[derive(Debug)]
pub struct Place;
