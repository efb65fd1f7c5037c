//! Choose who answers a request.
//!
//! A server has several handlers, each for a method and a pattern of paths.
//! Write `route`, which says who answers, or why nobody does:
//!
//! ```text
//!   GET     /books            list
//!   POST    /books            add
//!   GET     /books/{isbn}     show      GET /books/42 → show, isbn = "42"
//!   DELETE  /books/{isbn}     remove    POST /books/42 → 405
//! ```
//!
//! - A path fits a pattern if both have as many parts between slashes, and each
//!   part is the same, letter by letter, or a parameter. `{name}` fits any part
//!   that isn't empty, and gives it a name. The part is given as it is in the
//!   path: the caller decodes it.
//! - The first route whose method and pattern fit is the answer:
//!   `Answer::Call`, with its handler and its parameters, in order. Methods are
//!   compared letter by letter.
//! - If no route fits `HEAD`, the first that fits `GET` answers: `Call` with
//!   `without_body: true`. That is false in all other cases.
//! - If no route fits `OPTIONS`, and the path is one that other methods have,
//!   the answer is `Answer::Allow(list)`. For the path `*` the list is that of
//!   all routes.
//! - A method that no route has, and that isn't `HEAD` or `OPTIONS`, is unknown
//!   to the whole server: `Answer::NotImplemented` (501), whatever the path.
//! - A path that fits no pattern is `Answer::NotFound` (404).
//! - What is left is a path with other methods: `Answer::NotAllowed(list)`
//!   (405), which must list them (RFC 9110, section 15.5.6).
//!
//! A list has the methods of all routes that fit the path, with `HEAD` if `GET`
//! is one of them, and always `OPTIONS`: each once, in alphabetical order, with
//! `", "` between: `DELETE, GET, HEAD, OPTIONS`.
//!
//! The chapter's router gives decoded parts without their names, knows the eight
//! methods (501 is for others), and asks another handler where no route fits.
//!
//! Check it: `cargo workbook check router`
//!
//! Read chapter 16, "Handlers" and "Eight methods".

/// A handler, and what it is for.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// `GET`
    pub method: &'static str,
    /// `/books/{isbn}`
    pub pattern: &'static str,
    /// The handler's name.
    pub handler: &'static str,
}

/// Who answers a request, or why nobody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<'a> {
    /// A handler.
    Call {
        /// Its name.
        handler: &'static str,
        /// The names of the pattern's parameters, and what stands in the path.
        parameters: Vec<(&'static str, &'a str)>,
        /// Whether the response's body must be left out.
        without_body: bool,
    },
    /// 204, and these methods in the field `Allow`.
    Allow(String),
    /// 404
    NotFound,
    /// 405, and these methods in the field `Allow`.
    NotAllowed(String),
    /// 501
    NotImplemented,
}

/// Chooses the answer to a request. The path is that of the target, its query
/// cut off, and not decoded.
pub fn route<'a>(routes: &[Route], method: &str, path: &'a str) -> Answer<'a> {
    todo!("who fits the path, and who fits the method too?")
}
