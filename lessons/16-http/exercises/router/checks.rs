//! What `route` must withstand.

use support::check::{Broken, Log, Told, check};

use super::exercise::*;

const fn on(
    method: &'static str,
    pattern: &'static str,
    handler: &'static str,
) -> Route {
    Route { method, pattern, handler }
}

const BOOKS: [Route; 7] = [
    on("GET", "/", "home"),
    on("GET", "/books", "list"),
    on("POST", "/books", "add"),
    on("GET", "/books/new", "form"),
    on("GET", "/books/{isbn}", "show"),
    on("DELETE", "/books/{isbn}", "remove"),
    on("GET", "/books/{isbn}/pages/{page}", "page"),
];

fn told(answer: Answer<'_>) -> Told {
    Told(match answer {
        Answer::Call { handler, parameters, without_body } => {
            let body = if without_body { ", without a body" } else { "" };
            format!("{handler} {parameters:?}{body}")
        }
        other => format!("{other:?}"),
    })
}

fn call(handler: &'static str) -> Answer<'static> {
    Answer::Call { handler, parameters: vec![], without_body: false }
}

fn show(isbn: &str) -> Answer<'_> {
    let parameters = vec![("isbn", isbn)];
    Answer::Call { handler: "show", parameters, without_body: false }
}

/// Claims the answer to each of these requests.
fn all<const N: usize>(
    log: &Log,
    routes: &[Route],
    requests: [(&str, &str, Answer<'_>); N],
) -> Result<(), Broken> {
    for (method, path, due) in requests {
        log.afresh();
        for Route { method, pattern, handler } in routes {
            let route = format!("{method:<8} {pattern:<28} {handler}");
            log.note("route", route, "");
        }
        log.note("request", format!("{method} {path}"), "");
        log.expect(told(due), told(route(routes, method, path)))?;
    }
    Ok(())
}

#[test]
fn a_handler_is_found_by_its_path() {
    check("16", "Handlers")
        .because("A pattern without parameters fits the path that is equal.")
        .run(|log| {
            all(
                log,
                &BOOKS,
                [("GET", "/", call("home")), ("GET", "/books", call("list"))],
            )
        });
}

#[test]
fn a_handler_is_found_by_its_method() {
    check("16", "Handlers")
        .because("One path may have a handler for each of its methods.")
        .run(|log| {
            let remove = Answer::Call {
                handler: "remove",
                parameters: vec![("isbn", "42")],
                without_body: false,
            };
            all(
                log,
                &BOOKS,
                [
                    ("POST", "/books", call("add")),
                    ("GET", "/books", call("list")),
                    ("DELETE", "/books/42", remove),
                ],
            )
        });
}

#[test]
fn a_parameter_fits_any_part() {
    check("16", "Handlers")
        .because(
            "{isbn} stands for one part, whatever is in it, and the handler \
             is told what. It is given as it was sent: an encoded slash in \
             it is no slash yet.",
        )
        .run(|log| {
            all(
                log,
                &BOOKS,
                [
                    ("GET", "/books/42", show("42")),
                    ("GET", "/books/a%2fb", show("a%2fb")),
                    ("GET", "/books/{isbn}", show("{isbn}")),
                    ("GET", "/books/..", show("..")),
                ],
            )
        });
}

#[test]
fn a_pattern_may_have_several_parameters() {
    check("16", "Handlers")
        .because("Each has its name, and they are given in their order.")
        .run(|log| {
            let page = Answer::Call {
                handler: "page",
                parameters: vec![("isbn", "42"), ("page", "7")],
                without_body: false,
            };
            all(log, &BOOKS, [("GET", "/books/42/pages/7", page)])
        });
}

#[test]
fn the_first_route_that_fits_answers() {
    check("16", "Handlers")
        .because(
            "/books/new fits two patterns. The order of the routes decides, \
             so that whoever writes them decides.",
        )
        .run(|log| {
            let turned = [BOOKS[4], BOOKS[3]];
            all(log, &BOOKS, [("GET", "/books/new", call("form"))])?;
            all(log, &turned, [("GET", "/books/new", show("new"))])
        });
}

#[test]
fn a_route_of_another_method_is_not_in_the_way() {
    check("16", "Handlers")
        .because(
            "/books/new has its own route for GET. For DELETE, the one with \
             a parameter fits: method and path are looked at together.",
        )
        .run(|log| {
            let remove = Answer::Call {
                handler: "remove",
                parameters: vec![("isbn", "new")],
                without_body: false,
            };
            all(log, &BOOKS, [("DELETE", "/books/new", remove)])
        });
}

#[test]
fn a_parameter_is_one_whole_part() {
    check("16", "Handlers")
        .because(
            "It doesn't reach beyond a slash, and what is empty is no part: \
             /books/ isn't the book without a name.",
        )
        .run(|log| {
            all(
                log,
                &BOOKS,
                [
                    ("GET", "/books/", Answer::NotFound),
                    ("GET", "/books/4/2", Answer::NotFound),
                    ("GET", "/books/42/", Answer::NotFound),
                    ("GET", "/books//pages/7", Answer::NotFound),
                    ("GET", "/books/42/pages/", Answer::NotFound),
                ],
            )
        });
}

#[test]
fn a_path_without_a_pattern_is_404() {
    check("16", "Handlers")
        .because(
            "Parts are compared whole and letter by letter: a path is case \
             sensitive, and neither the beginning of a pattern nor one that \
             is longer fits.",
        )
        .run(|log| {
            all(
                log,
                &BOOKS,
                [
                    ("GET", "/films", Answer::NotFound),
                    ("GET", "/Books", Answer::NotFound),
                    ("GET", "/book", Answer::NotFound),
                    ("GET", "/bookshop", Answer::NotFound),
                    ("GET", "/books/42/pages", Answer::NotFound),
                    ("GET", "//books", Answer::NotFound),
                    ("GET", "", Answer::NotFound),
                    ("GET", "*", Answer::NotFound),
                    ("POST", "/films", Answer::NotFound),
                ],
            )
        });
}

#[test]
fn a_path_with_other_methods_is_405() {
    check("16", "Handlers")
        .because(
            "The path is there, and the method is one that others have: \
             that is 405, not 404. \"The origin server MUST generate an \
             Allow header field in a 405 response containing a list of the \
             target resource's currently supported methods\" (RFC 9110, \
             section 15.5.6).",
        )
        .run(|log| {
            let one = Answer::NotAllowed("GET, HEAD, OPTIONS".into());
            let all_of = "GET, HEAD, OPTIONS, POST";
            let books = Answer::NotAllowed(all_of.into());
            let book = Answer::NotAllowed("DELETE, GET, HEAD, OPTIONS".into());
            all(
                log,
                &BOOKS,
                [
                    ("POST", "/", one),
                    ("DELETE", "/books", books),
                    ("POST", "/books/42", book),
                ],
            )
        });
}

#[test]
fn the_list_has_each_method_once_and_in_order() {
    check("16", "Handlers")
        .because(
            "Two routes that fit one path may have the same method. The \
             list is a set; sorted, it is the same for whatever order the \
             routes are in. HEAD is there because GET is, once.",
        )
        .run(|log| {
            let routes = [
                on("PUT", "/a", "1"),
                on("GET", "/a", "2"),
                on("HEAD", "/a", "3"),
                on("GET", "/{b}", "4"),
                on("OPTIONS", "/c", "5"),
                on("DELETE", "/{b}", "6"),
                on("POST", "/d", "7"),
            ];
            let list = "DELETE, GET, HEAD, OPTIONS, PUT";
            let due = Answer::NotAllowed(list.into());
            all(log, &routes, [("POST", "/a", due)])
        });
}

#[test]
fn without_get_there_is_no_head() {
    check("16", "Eight methods")
        .because(
            "HEAD is GET without the body: where there is no GET, there is \
             no HEAD either, neither to call nor in the list.",
        )
        .run(|log| {
            let routes = [on("POST", "/a", "add"), on("GET", "/b", "show")];
            let due = || Answer::NotAllowed("OPTIONS, POST".into());
            all(log, &routes, [("HEAD", "/a", due()), ("GET", "/a", due())])
        });
}

#[test]
fn head_is_answered_by_get() {
    check("16", "Eight methods")
        .because(
            "GET and HEAD are the two methods that every server must \
             support (RFC 9110, section 9.1). The handler of GET makes the \
             answer, and its body is left out.",
        )
        .run(|log| {
            let list = Answer::Call {
                handler: "list",
                parameters: vec![],
                without_body: true,
            };
            let show = Answer::Call {
                handler: "show",
                parameters: vec![("isbn", "42")],
                without_body: true,
            };
            all(
                log,
                &BOOKS,
                [
                    ("HEAD", "/books", list),
                    ("HEAD", "/books/42", show),
                    ("HEAD", "/films", Answer::NotFound),
                ],
            )
        });
}

#[test]
fn a_handler_for_head_comes_first() {
    check("16", "Eight methods")
        .because(
            "Whoever has written a handler for HEAD can answer without \
             making a body to throw away. It wins, also where the route for \
             GET stands before it.",
        )
        .run(|log| {
            let routes = [on("GET", "/a", "all"), on("HEAD", "/a", "head")];
            all(log, &routes, [("HEAD", "/a", call("head"))])
        });
}

#[test]
fn options_lists_the_methods() {
    check("16", "Eight methods")
        .because(
            "OPTIONS asks what may be done with a resource (RFC 9110, \
             section 9.3.7). The router knows, so nobody has to write a \
             handler. A path that isn't there has no options.",
        )
        .run(|log| {
            let books = Answer::Allow("GET, HEAD, OPTIONS, POST".into());
            let book = Answer::Allow("DELETE, GET, HEAD, OPTIONS".into());
            all(
                log,
                &BOOKS,
                [
                    ("OPTIONS", "/books", books),
                    ("OPTIONS", "/books/42", book),
                    ("OPTIONS", "/films", Answer::NotFound),
                ],
            )
        });
}

#[test]
fn options_may_ask_about_the_whole_server() {
    check("16", "Eight methods")
        .because(
            "The target * is no path: it asks what the server can do at \
             all (RFC 9112, section 3.2.4), one without routes too.",
        )
        .run(|log| {
            let all_of = "DELETE, GET, HEAD, OPTIONS, POST";
            all(log, &BOOKS, [("OPTIONS", "*", Answer::Allow(all_of.into()))])?;
            all(log, &[], [("OPTIONS", "*", Answer::Allow("OPTIONS".into()))])
        });
}

#[test]
fn a_handler_for_options_comes_first() {
    check("16", "Eight methods")
        .because("A route that fits is the answer, whatever its method.")
        .run(|log| {
            let routes = [on("GET", "/a", "all"), on("OPTIONS", "/a", "ask")];
            all(log, &routes, [("OPTIONS", "/a", call("ask"))])
        });
}

#[test]
fn a_method_that_nobody_has_is_501() {
    check("16", "Eight methods")
        .because(
            "405 says that this resource doesn't have the method, 501 that \
             the server doesn't know it for any (RFC 9110, section 9.1). A \
             method's case matters: get isn't GET.",
        )
        .run(|log| {
            let due = || Answer::NotImplemented;
            all(
                log,
                &BOOKS,
                [
                    ("PUT", "/books/42", due()),
                    ("BREW", "/books", due()),
                    ("get", "/books", due()),
                    ("PUT", "/films", due()),
                    ("options", "/books", due()),
                    ("", "/books", due()),
                ],
            )
        });
}

#[test]
fn head_and_options_are_always_known() {
    check("16", "Eight methods")
        .because(
            "The router itself knows HEAD and OPTIONS, also where no route \
             has them, nor GET.",
        )
        .run(|log| {
            let routes = [on("POST", "/a", "add")];
            let due = Answer::NotAllowed("OPTIONS, POST".into());
            all(
                log,
                &routes,
                [
                    ("HEAD", "/a", due),
                    ("HEAD", "/b", Answer::NotFound),
                    ("OPTIONS", "/b", Answer::NotFound),
                ],
            )
        });
}
