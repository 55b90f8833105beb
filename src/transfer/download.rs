//! stub
use super::news::{News, Outcome};
use super::request::Request;
/// stub
pub fn download(
    _request: &Request,
    _is_stopped: &dyn Fn() -> bool,
    _report: &dyn Fn(News),
) -> Outcome {
    todo!()
}
