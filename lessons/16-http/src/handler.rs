//! Handlers: a function for each method, in the manner of Python's
//! `BaseHTTPRequestHandler`.
//!
//! ```text
//! GET     the content                HEAD     the same, without the content
//! PUT     this is the content now    DELETE   it is gone
//! POST    do something with this     OPTIONS  what may be done here?
//! TRACE   what did you get?          CONNECT  a way to somebody else
//! ```
//!
//! (RFC 9110, section 9.3.) A handler says which of the eight its target
//! takes, and has a function for each. To the others it needn't answer: that
//! is done for all handlers alike, in [`Handler::handle`].
//!
//! Start reading at [`Handler`].

use std::fmt;

use crate::target::{self, path};
use crate::{Failure, Incoming, Request, Response};

/// What a handler gives: the response, or why there can be none, such as a
/// body that isn't HTTP.
pub type Answer = Result<Response, Failure>;

/// The methods of RFC 9110, section 9.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Delete,
    Trace,
    Connect,
    Options,
}

impl Method {
    /// All of them, in the notes' order.
    pub const ALL: [Method; 8] = [
        Method::Get,
        Method::Post,
        Method::Head,
        Method::Put,
        Method::Delete,
        Method::Trace,
        Method::Connect,
        Method::Options,
    ];

    /// As it is written. "The method token is case-sensitive": RFC 9110,
    /// section 9.1.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
            Method::Trace => "TRACE",
            Method::Connect => "CONNECT",
            Method::Options => "OPTIONS",
        }
    }

    /// The method of this name, if it is one of the eight.
    pub fn of(name: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.name() == name)
    }
}

/// Some of the methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Methods(u8);

impl Methods {
    /// These.
    pub const fn of(methods: &[Method]) -> Self {
        let (mut bits, mut i) = (0, 0);
        while i < methods.len() {
            bits |= 1 << methods[i] as u8;
            i += 1;
        }
        Methods(bits)
    }

    /// These and one more.
    pub fn and(self, method: Method) -> Self {
        Methods(self.0 | 1 << method as u8)
    }

    /// Whether it is one of them.
    pub fn has(self, method: Method) -> bool {
        self.0 & (1 << method as u8) != 0
    }
}

/// The value of an Allow field.
impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for method in Method::ALL.into_iter().filter(|it| self.has(*it)) {
            write!(f, "{separator}{}", method.name())?;
            separator = ", ";
        }
        Ok(())
    }
}

// ANCHOR: handler
/// Answers requests. The functions are named as Python's.
pub trait Handler {
    /// Which methods this target takes.
    fn methods(&self, request: &Request<'_, '_>) -> Methods;

    /// The content.
    ///
    /// # Errors
    /// As for all of these: when the body can't be read.
    fn do_get(&self, _: &Request<'_, '_>) -> Answer {
        Ok(not_implemented())
    }

    /// The same head as GET's: the content is left out by whoever sends it.
    ///
    /// # Errors
    /// As for GET.
    fn do_head(&self, request: &Request<'_, '_>) -> Answer {
        self.do_get(request)
    }

    /// Does what the target is for with what is in the body.
    fn do_post(&self, _: &Request<'_, '_>, _: &mut Incoming<'_>) -> Answer {
        Ok(not_implemented())
    }

    /// Puts the body in the place of what was there.
    fn do_put(&self, _: &Request<'_, '_>, _: &mut Incoming<'_>) -> Answer {
        Ok(not_implemented())
    }

    /// Takes away what was there.
    fn do_delete(&self, _: &Request<'_, '_>) -> Answer {
        Ok(not_implemented())
    }

    /// Opens a way to the host and port that the target names.
    fn do_connect(&self, _: &Request<'_, '_>) -> Answer {
        Ok(not_implemented())
    }

    /// Says what is allowed.
    fn do_options(&self, request: &Request<'_, '_>) -> Answer {
        let allowed = self.methods(request).to_string();
        Ok(Response::new(204).with("Allow", allowed))
    }

    /// Sends the request back as it came.
    fn do_trace(&self, request: &Request<'_, '_>) -> Answer {
        Ok(echo(request))
    }

    /// Finds the function for the request's method.
    fn handle(
        &self,
        request: &Request<'_, '_>,
        body: &mut Incoming<'_>,
    ) -> Answer {
        let Some(method) = Method::of(request.method) else {
            // RFC 9110, section 9.1: 501 for a method that nobody here knows.
            return Ok(not_implemented());
        };
        let allowed = self.methods(request);
        if !allowed.has(method) {
            // Section 15.5.6: 405, which must say what is allowed.
            let refusal = Response::plain(405);
            return Ok(refusal.with("Allow", allowed.to_string()));
        }
        match method {
            Method::Get => self.do_get(request),
            Method::Head => self.do_head(request),
            Method::Post => self.do_post(request, body),
            Method::Put => self.do_put(request, body),
            Method::Delete => self.do_delete(request),
            Method::Trace => self.do_trace(request),
            Method::Connect => self.do_connect(request),
            Method::Options => self.do_options(request),
        }
    }
}
// ANCHOR_END: handler

fn not_implemented() -> Response {
    Response::plain(501)
}

// ANCHOR: trace
/// What TRACE shows nobody: a script in a page could read there what the
/// browser keeps from it.
const SECRETS: [&str; 4] =
    ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// RFC 9110, section 9.3.8: the response's content is the request as it was
/// received, "excluding some fields described below": those with credentials.
fn echo(request: &Request<'_, '_>) -> Response {
    let version = match request.version {
        crate::Version::Http10 => "1.0",
        crate::Version::Http11 => "1.1",
    };
    let (method, target) = (request.method, request.target);
    let mut text = format!("{method} {target} HTTP/{version}\r\n").into_bytes();
    for field in request.fields {
        if !SECRETS.iter().any(|secret| field.is(secret)) {
            let name = field.name.as_bytes();
            for part in [name, b": ", field.value, b"\r\n"] {
                text.extend_from_slice(part);
            }
        }
    }
    text.extend_from_slice(b"\r\n");
    let content = crate::Content::Bytes(text.into());
    Response::new(200).carrying(content).with("Content-Type", "message/http")
}
// ANCHOR_END: trace

type Action =
    Box<dyn Fn(&Request<'_, '_>, &[String], &mut Incoming<'_>) -> Answer>;

struct Route {
    method: Method,
    pattern: Vec<String>,
    action: Action,
}

// ANCHOR: router
/// Chooses by method and path: `/hello/{name}` has any one part in the place
/// of `{name}`.
#[derive(Default)]
pub struct Router {
    routes: Vec<Route>,
    otherwise: Option<Box<dyn Handler>>,
}

impl Router {
    /// Without routes: everything is 404.
    pub fn new() -> Self {
        Router::default()
    }

    /// With one more. The function gets the parts that stood for names,
    /// decoded. Of two that fit the first is taken.
    pub fn route(
        mut self,
        method: Method,
        pattern: &str,
        action: impl Fn(&Request<'_, '_>, &[String], &mut Incoming<'_>) -> Answer
        + 'static,
    ) -> Self {
        let pattern = pattern.split('/').map(str::to_string).collect();
        let action = Box::new(action);
        self.routes.push(Route { method, pattern, action });
        self
    }

    /// With another handler for all paths that no route has.
    pub fn otherwise(self, handler: impl Handler + 'static) -> Self {
        Router { otherwise: Some(Box::new(handler)), ..self }
    }

    /// The first route of this method that fits the path.
    fn first(
        &self,
        method: &str,
        request: &Request<'_, '_>,
    ) -> Option<(&Route, Vec<String>)> {
        let mut routes = self.routes.iter();
        routes.find_map(|route| {
            let parts = parts(&route.pattern, path(request.target))?;
            (route.method.name() == method).then_some((route, parts))
        })
    }

    /// What the routes allow: nothing where none fits. `*` is all of them.
    fn allowed(&self, request: &Request<'_, '_>) -> Methods {
        let path = path(request.target);
        let mut allowed = Methods::default();
        for route in &self.routes {
            if path != "*" && parts(&route.pattern, path).is_none() {
                continue;
            }
            allowed = allowed.and(route.method).and(Method::Options);
            if route.method == Method::Get {
                allowed = allowed.and(Method::Head);
            }
        }
        allowed
    }
}

/// The parts that stand for names, if the path fits the pattern. They are
/// decoded after the path was split: `%2F` doesn't make two parts of one.
fn parts(pattern: &[String], path: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut given = path.split('/');
    for due in pattern {
        let part = target::decode(given.next()?).ok()?;
        match due.starts_with('{') && due.ends_with('}') {
            true if part.is_empty() => return None,
            true => parts.push(part.into_owned()),
            false if *due == part => {}
            false => return None,
        }
    }
    given.next().is_none().then_some(parts)
}

impl Handler for Router {
    fn methods(&self, request: &Request<'_, '_>) -> Methods {
        let allowed = self.allowed(request);
        match &self.otherwise {
            // `*` is the whole server.
            Some(handler)
                if allowed == Methods::default() || request.target == "*" =>
            {
                Methods(allowed.0 | handler.methods(request).0)
            }
            _ => allowed,
        }
    }

    fn handle(
        &self,
        request: &Request<'_, '_>,
        body: &mut Incoming<'_>,
    ) -> Answer {
        let mut found = self.first(request.method, request);
        if found.is_none() && request.method == "HEAD" {
            found = self.first("GET", request);
        }
        if let Some((route, parts)) = found {
            return (route.action)(request, &parts, body);
        }
        let allowed = self.allowed(request);
        let known = allowed != Methods::default();
        match (&self.otherwise, Method::of(request.method)) {
            (Some(handler), _) if !known => handler.handle(request, body),
            (_, None) => Ok(not_implemented()),
            (_, Some(Method::Options)) if known => self.do_options(request),
            _ if known => {
                let allowed = allowed.to_string();
                Ok(Response::plain(405).with("Allow", allowed))
            }
            _ => Ok(Response::plain(404)),
        }
    }
}
// ANCHOR_END: router

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;

    fn asked<T>(
        method: &str,
        target: &str,
        check: impl FnOnce(&Request<'_, '_>) -> T,
    ) -> T {
        let version = Version::Http11;
        check(&Request { method, target, version, fields: &[] })
    }

    /// Routes whose actions nobody calls.
    fn router(routes: &[(Method, &str)]) -> Router {
        let action =
            |_: &Request<'_, '_>, _: &[String], _: &mut Incoming<'_>| {
                Ok(Response::new(200))
            };
        routes.iter().fold(Router::new(), |router, (method, pattern)| {
            router.route(*method, pattern, action)
        })
    }

    #[test]
    fn a_part_in_braces_stands_for_any_that_is_not_empty() {
        let pattern = ["", "hello", "{name}"].map(str::to_string);
        let found = |path| parts(&pattern, path);
        assert_eq!(found("/hello/a%2Fb"), Some(vec!["a/b".to_string()]));
        assert_eq!(found("/hell%6f/%7Ba%7D"), Some(vec!["{a}".to_string()]));
        for path in ["/hello", "/hello/", "/hello/a/b", "/Hello/a", "/hello/%"]
        {
            assert_eq!(found(path), None, "{path}");
        }
    }

    #[test]
    fn the_first_route_of_the_method_is_taken() {
        let (get, head) = (Method::Get, Method::Head);
        let router =
            router(&[(get, "/{a}"), (get, "/b"), (head, "/b"), (head, "/c/d")]);
        let first = |method, target| {
            asked(method, target, |request| {
                let (route, _) = router.first(method, request)?;
                let nth = |it: &Route| std::ptr::eq(it, route);
                router.routes.iter().position(nth)
            })
        };
        assert_eq!(first("GET", "/b?c"), Some(0));
        assert_eq!(first("HEAD", "/b"), Some(2));
        assert_eq!(first("get", "/b"), None);
        assert_eq!(first("GET", "/c/d"), None);
    }

    #[test]
    fn a_path_allows_what_its_routes_are_for_and_the_asterisk_all() {
        let (get, put) = (Method::Get, Method::Put);
        let router = router(&[(get, "/a"), (put, "/{b}"), (put, "/c/d")]);
        let allowed = |target| {
            asked("OPTIONS", target, |it| router.methods(it).to_string())
        };
        assert_eq!(allowed("/a"), "GET, HEAD, PUT, OPTIONS");
        assert_eq!(allowed("/c/d"), "PUT, OPTIONS");
        assert_eq!(allowed("*"), "GET, HEAD, PUT, OPTIONS");
        assert_eq!(allowed("/c"), "PUT, OPTIONS");
        assert_eq!(allowed("/"), "");
    }
}
