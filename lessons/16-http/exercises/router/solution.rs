//! What to notice:
//!
//! - `parameters` answers two questions: whether a path fits, and with what. So
//!   they can't disagree.
//! - A part of a path that is empty fits no parameter: `/books/` doesn't ask
//!   for the book whose name is empty.
//! - HEAD and OPTIONS are looked for among the routes first. Whoever has
//!   written a handler for one of them gets the requests.
//! - 501, 404, 405: in this order. A method that nobody has is the server's
//!   matter, a path that nobody has is the path's, and 405 is left for a pair
//!   of a method and a path that don't go together.
//! - A set that is sorted makes the list: each method once, in one order.
//! - A shortcut: every route is looked at for every request. With hundreds of
//!   them a tree of parts is faster.

use std::collections::BTreeSet;

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
    if let Some(call) = call(routes, method, path, false) {
        return call;
    }
    if method == "HEAD" {
        if let Some(call) = call(routes, "GET", path, true) {
            return call;
        }
    }
    let known = ["HEAD", "OPTIONS"];
    let has = |route: &Route| route.method == method;
    if !known.contains(&method) && !routes.iter().any(has) {
        return Answer::NotImplemented;
    }
    let asks_all = method == "OPTIONS" && path == "*";
    let fits =
        |route: &&Route| asks_all || parameters(route.pattern, path).is_some();
    let fitting: Vec<_> = routes.iter().filter(fits).collect();
    match method {
        _ if fitting.is_empty() && !asks_all => Answer::NotFound,
        "OPTIONS" => Answer::Allow(allowed(&fitting)),
        _ => Answer::NotAllowed(allowed(&fitting)),
    }
}

/// The first route that fits.
fn call<'a>(
    routes: &[Route],
    method: &str,
    path: &'a str,
    without_body: bool,
) -> Option<Answer<'a>> {
    routes.iter().filter(|route| route.method == method).find_map(|route| {
        let parameters = parameters(route.pattern, path)?;
        let handler = route.handler;
        Some(Answer::Call { handler, parameters, without_body })
    })
}

/// The parameters in a path that fits the pattern.
fn parameters<'a>(
    pattern: &'static str,
    path: &'a str,
) -> Option<Vec<(&'static str, &'a str)>> {
    let mut parts = path.split('/');
    let mut found = Vec::new();
    for due in pattern.split('/') {
        let part = parts.next()?;
        let name = due.strip_prefix('{').and_then(|d| d.strip_suffix('}'));
        match name {
            Some(name) if !part.is_empty() => found.push((name, part)),
            None if part == due => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(found)
}

/// The value of `Allow`: RFC 9110, section 10.2.1.
fn allowed(routes: &[&Route]) -> String {
    let mut methods: BTreeSet<_> =
        routes.iter().map(|route| route.method).collect();
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    methods.insert("OPTIONS");
    Vec::from_iter(methods).join(", ")
}
