//! What the three decisions must withstand.

use support::check::{Broken, Log, Told, check};

use super::exercise::*;

/// Claims what `persists` says of each of these fields.
fn all_persist<const N: usize>(
    log: &Log,
    due: bool,
    version: Version,
    fields: [&[&str]; N],
) -> Result<(), Broken> {
    for values in fields {
        log.afresh().note("version", format!("{version:?}"), "");
        for value in values {
            log.note("field", format!("Connection: {value}"), "");
        }
        log.expect(due, persists(version, values))?;
    }
    Ok(())
}

/// Claims where each of these responses ends: method, status, whether it is
/// chunked, and its Content-Length.
fn all_end<const N: usize>(
    log: &Log,
    due: Body,
    responses: [(&str, u16, bool, Option<u64>); N],
) -> Result<(), Broken> {
    for (method, status, chunked, length) in responses {
        log.afresh().note("answer", format!("{status} to {method}"), "");
        if chunked {
            log.note("field", "Transfer-Encoding: chunked", "");
        }
        if let Some(length) = length {
            log.note("field", format!("Content-Length: {length}"), "");
        }
        let got = response_body(method, status, chunked, length);
        log.expect(told(due), told(got))?;
    }
    Ok(())
}

fn told(value: impl std::fmt::Debug) -> Told {
    Told(format!("{value:?}"))
}

/// An exchange after which nothing is in the way of another.
const PLAIN: Exchange<'static> = Exchange {
    version: Version::Http11,
    method: "GET",
    connection: &[],
    refused: false,
    unread: Unread::Bytes(0),
    status: 200,
    answered: &[],
    chunked: false,
    length: Some(5),
};

/// Claims what comes after each of these exchanges; at most 1000 bytes are
/// drained.
fn all_after<const N: usize>(
    log: &Log,
    due: After,
    exchanges: [Exchange<'_>; N],
) -> Result<(), Broken> {
    for exchange in exchanges {
        let Exchange { version, method, connection, unread, .. } = exchange;
        let Exchange { status, answered, chunked, length, .. } = exchange;
        log.afresh();
        log.note("request", format!("{method}, {version:?}"), "");
        log.note("fields", format!("Connection: {connection:?}"), "");
        log.note("unread", format!("{unread:?}"), "at most 1000 are drained");
        if exchange.refused {
            log.note("refused", "while it was read", "");
        }
        log.note("answer", format!("{status}"), "");
        let fields = format!("Connection: {answered:?}, ");
        let fields = fields + &format!("{length:?}, chunked: {chunked}");
        log.note("fields", fields, "");
        log.expect(told(due), told(after(&exchange, 1000)))?;
    }
    Ok(())
}

use Version::{Http10, Http11};

#[test]
fn version_1_1_keeps_the_connection() {
    check("16", "Keeping the connection")
        .because(
            "\"HTTP/1.1 defaults to the use of persistent connections\" \
             (RFC 9112, section 9.3): silence means that it stays. So does \
             keep-alive, and any word that isn't known.",
        )
        .run(|log| {
            let upgrade: &[&str] = &["Upgrade, HTTP2-Settings"];
            let others: [&[&str]; 4] = [&[], &["keep-alive"], upgrade, &[""]];
            all_persist(log, true, Http11, others)
        });
}

#[test]
fn version_1_0_closes_it() {
    check("16", "Keeping the connection")
        .because(
            "A client of version 1.0 reads until the end of the connection. \
             Left open, it waits for ever.",
        )
        .run(|log| {
            let te: &[&str] = &["TE"];
            all_persist(log, false, Http10, [&[], te, &["close"], &[""]])
        });
}

#[test]
fn version_1_0_may_ask_to_keep_it() {
    check("16", "Keeping the connection")
        .because(
            "keep-alive was invented for version 1.0, and many tools that \
             measure servers still send it.",
        )
        .run(|log| {
            all_persist(
                log,
                true,
                Http10,
                [&["keep-alive"], &["Keep-Alive"], &["TE, keep-alive"]],
            )
        });
}

#[test]
fn close_ends_version_1_1_too() {
    check("16", "Keeping the connection")
        .because(
            "\"close\" says that this is the sender's last message on the \
             connection (RFC 9112, section 9.6).",
        )
        .run(|log| all_persist(log, false, Http11, [&["close"]]));
}

#[test]
fn close_wins() {
    check("16", "Keeping the connection")
        .because(
            "The rules are read in their order, and close stands first. To \
             keep a connection that the other side closes gains nothing; \
             to close one costs a handshake.",
        )
        .run(|log| {
            for version in [Http10, Http11] {
                all_persist(
                    log,
                    false,
                    version,
                    [
                        &["keep-alive, close"],
                        &["close, keep-alive"],
                        &["keep-alive", "close"],
                        &["close", "keep-alive"],
                    ],
                )?;
            }
            Ok(())
        });
}

#[test]
fn words_stand_in_lists() {
    check("16", "Keeping the connection")
        .because(
            "Connection = #connection-option: a list of words with commas, \
             any white space around them, empty ones among them, and in any \
             number of fields (RFC 9110, sections 5.6.1 and 7.6.1).",
        )
        .run(|log| {
            all_persist(
                log,
                false,
                Http11,
                [
                    &["TE,close"],
                    &["TE , \tclose\t , Upgrade"],
                    &[",,close,"],
                    &["TE", "Upgrade, close"],
                    &[" close "],
                ],
            )?;
            let fields: [&[&str]; 2] =
                [&["TE,keep-alive"], &["TE", " , keep-alive "]];
            all_persist(log, true, Http10, fields)
        });
}

#[test]
fn words_have_no_case() {
    check("16", "Keeping the connection")
        .because(
            "\"Connection options are case-insensitive\" (RFC 9110, section \
             7.6.1). Old clients send Close and Keep-Alive.",
        )
        .run(|log| {
            all_persist(log, false, Http11, [&["Close"], &["TE, CLOSE"]])?;
            all_persist(log, true, Http10, [&["KEEP-alive"]])
        });
}

#[test]
fn words_are_compared_whole() {
    check("16", "Keeping the connection")
        .because(
            "A word that only contains close isn't close. Split the list, \
             and compare what stands between the commas.",
        )
        .run(|log| {
            all_persist(
                log,
                true,
                Http11,
                [&["not-close"], &["closed"], &["clo se"], &["close;q=0"]],
            )?;
            let fields: [&[&str]; 2] = [&["keep-alive-not"], &["keep alive"]];
            all_persist(log, false, Http10, fields)
        });
}

#[test]
fn a_length_or_chunks_tell_the_end() {
    check("16", "Where the body ends")
        .because(
            "With a length the client counts, with chunks it reads the \
             last one. 0 is a length as well.",
        )
        .run(|log| {
            let length = Body::Length(5);
            all_end(log, length, [("GET", 200, false, Some(5))])?;
            all_end(log, length, [("POST", 404, false, Some(5))])?;
            let empty = Body::Length(0);
            all_end(log, empty, [("DELETE", 200, false, Some(0))])?;
            let chunked = ("GET", 200, true, None);
            all_end(log, Body::Chunked, [chunked, ("PUT", 500, true, None)])
        });
}

#[test]
fn without_either_the_close_is_the_end() {
    check("16", "Where the body ends")
        .because(
            "A response, unlike a request, may go on to the end of the \
             connection (RFC 9112, section 6.3, rule 8).",
        )
        .run(|log| {
            all_end(
                log,
                Body::UntilClose,
                [
                    ("GET", 200, false, None),
                    ("POST", 205, false, None),
                    ("GET", 404, false, None),
                ],
            )
        });
}

#[test]
fn chunked_wins_over_a_length() {
    check("16", "Where the body ends")
        .because(
            "In a response, Transfer-Encoding overrides Content-Length (RFC \
             9112, section 6.3, rule 3). In a request both are refused.",
        )
        .run(|log| all_end(log, Body::Chunked, [("GET", 200, true, Some(5))]));
}

#[test]
fn an_answer_to_head_has_no_body() {
    check("16", "HEAD, 204 and 304")
        .because(
            "The answer to HEAD has the fields that the answer to GET would \
             have, the length too, and no body. A client that counts the \
             length waits for bytes that never come, or takes the next \
             response for them.",
        )
        .run(|log| {
            all_end(
                log,
                Body::Empty,
                [
                    ("HEAD", 200, false, Some(5)),
                    ("HEAD", 200, true, None),
                    ("HEAD", 404, false, Some(5)),
                    ("HEAD", 200, false, None),
                ],
            )
        });
}

#[test]
fn some_statuses_have_no_body() {
    check("16", "HEAD, 204 and 304")
        .because(
            "204 and 304 end with their empty line, and so does every 1xx, \
             \"regardless of the header fields present\" (RFC 9112, section \
             6.3, rule 1). A 304 has the length that the 200 would have had.",
        )
        .run(|log| {
            all_end(
                log,
                Body::Empty,
                [
                    ("GET", 304, false, Some(5)),
                    ("PUT", 204, false, None),
                    ("GET", 204, false, Some(5)),
                    ("GET", 304, true, None),
                    ("POST", 100, false, None),
                    ("GET", 101, false, None),
                    ("GET", 103, false, Some(5)),
                    ("GET", 199, false, None),
                ],
            )
        });
}

#[test]
fn other_statuses_have_one() {
    check("16", "HEAD, 204 and 304")
        .because(
            "Only 1xx, 204 and 304 never have a body. An error has one, and \
             a redirect too. The method's name is HEAD, in capitals.",
        )
        .run(|log| {
            all_end(
                log,
                Body::Length(5),
                [
                    ("GET", 200, false, Some(5)),
                    ("GET", 203, false, Some(5)),
                    ("GET", 205, false, Some(5)),
                    ("GET", 301, false, Some(5)),
                    ("GET", 303, false, Some(5)),
                    ("GET", 305, false, Some(5)),
                    ("GET", 404, false, Some(5)),
                    ("head", 501, false, Some(5)),
                ],
            )
        });
}

#[test]
fn a_tunnel_has_no_body() {
    check("16", "Eight methods")
        .because(
            "Behind the empty line of a 2xx to CONNECT the tunnel begins, \
             and its bytes are no body (RFC 9112, section 6.3, rule 2). An \
             error to CONNECT is a response like others.",
        )
        .run(|log| {
            let tunnel = ("CONNECT", 200, false, Some(5));
            let other = ("CONNECT", 299, true, None);
            all_end(log, Body::Empty, [tunnel, other])?;
            let refused = ("CONNECT", 403, false, Some(5));
            all_end(log, Body::Length(5), [refused])
        });
}

#[test]
fn after_a_plain_exchange_comes_the_next() {
    check("16", "Keeping the connection")
        .because(
            "Both sides keep the connection, the response's end is known, \
             the request's body was read: nothing is in the way. Version \
             1.0 may ask for it.",
        )
        .run(|log| {
            let kept = ["keep-alive"];
            let old = Exchange { version: Http10, connection: &kept, ..PLAIN };
            let chunked = Exchange { chunked: true, length: None, ..PLAIN };
            let error = Exchange { status: 404, ..PLAIN };
            all_after(log, After::Next, [PLAIN, old, chunked, error])
        });
}

#[test]
fn either_side_may_close() {
    check("16", "Keeping the connection")
        .because(
            "The client's close, the client's version and the server's own \
             close each end the connection. A server that has said close \
             and goes on reading has lied.",
        )
        .run(|log| {
            let close = ["close"];
            let listed = ["TE, Close"];
            let client = Exchange { connection: &listed, ..PLAIN };
            let server = Exchange { answered: &close, ..PLAIN };
            let old = Exchange { version: Http10, ..PLAIN };
            all_after(log, After::Close, [client, server, old])
        });
}

#[test]
fn a_response_without_an_end_ends_the_connection() {
    check("16", "Where the body ends")
        .because(
            "The client reads until the close, so close. Kept open, the \
             client waits, and whatever came next would belong to the body.",
        )
        .run(|log| {
            all_after(log, After::Close, [Exchange { length: None, ..PLAIN }])
        });
}

#[test]
fn a_response_without_a_body_needs_no_length() {
    check("16", "HEAD, 204 and 304")
        .because(
            "204, 304 and an answer to HEAD end with their fields. There is \
             no reason to close.",
        )
        .run(|log| {
            let plain = Exchange { length: None, ..PLAIN };
            let head = Exchange { method: "HEAD", ..plain };
            let none = Exchange { status: 204, ..plain };
            let same = Exchange { status: 304, ..plain };
            all_after(log, After::Next, [head, none, same])
        });
}

#[test]
fn an_unread_body_is_drained() {
    check("16", "A body that nobody read")
        .because(
            "The handler has answered without reading the body. Its bytes \
             are still in the stream, before the next request. Whoever \
             reads on without them takes them for the request line.",
        )
        .run(|log| {
            for left in [1, 5, 999, 1000] {
                let unread = Unread::Bytes(left);
                let exchange = Exchange { method: "POST", unread, ..PLAIN };
                all_after(log, After::Drain(left), [exchange])?;
            }
            let unread = Unread::Bytes(7);
            let error = Exchange { status: 404, unread, ..PLAIN };
            all_after(log, After::Drain(7), [error])
        });
}

#[test]
fn too_much_to_drain_is_a_close() {
    check("16", "A body that nobody read")
        .because(
            "To read a gigabyte and throw it away, so that a connection can \
             be kept, is a bad bargain, and the client decides how large it \
             is. Close: a new connection costs less.",
        )
        .run(|log| {
            for left in [1001, u64::MAX] {
                let unread = Unread::Bytes(left);
                let exchange = Exchange { method: "PUT", unread, ..PLAIN };
                all_after(log, After::Close, [exchange])?;
            }
            Ok(())
        });
}

#[test]
fn chunks_without_an_end_are_a_close() {
    check("16", "A body that nobody read")
        .because(
            "Nobody knows how many bytes are left in the chunks: it may be \
             any number, so it may be too many.",
        )
        .run(|log| {
            let unread = Unread::Chunks;
            all_after(log, After::Close, [Exchange { unread, ..PLAIN }])
        });
}

#[test]
fn a_refused_request_is_the_last() {
    check("16", "Two readings of one message")
        .because(
            "The request broke the rules, so it can't be told where it \
             ends. What follows may be its body or what an attacker wants \
             to pass for a request. Answer, and close.",
        )
        .run(|log| {
            let plain = Exchange { refused: true, status: 400, ..PLAIN };
            let unread = Unread::Bytes(5);
            let long = Exchange { status: 431, unread, ..plain };
            let head = Exchange { method: "HEAD", ..plain };
            all_after(log, After::Close, [plain, long, head])
        });
}

#[test]
fn a_close_is_not_drained_for() {
    check("16", "A body that nobody read")
        .because(
            "What is left is read so that the next request can be found. \
             Where there is no next request the connection is closed, and \
             how to do that without a reset is another matter.",
        )
        .run(|log| {
            let close = ["close"];
            let unread = Unread::Bytes(5);
            let client = Exchange { connection: &close, unread, ..PLAIN };
            let endless = Exchange { length: None, unread, ..PLAIN };
            all_after(log, After::Close, [client, endless])
        });
}
