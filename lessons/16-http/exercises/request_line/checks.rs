//! What `request_line` must withstand.

use support::check::{Broken, Log, Told, check};

use super::exercise::*;

/// What one call answers, in words.
fn read(bytes: &[u8], longest: usize) -> Told {
    Told(match request_line(bytes, longest) {
        Ok(Some((line, length))) => {
            let RequestLine { method, target, version } = line;
            format!("{method} {target} {version:?}, {length} bytes")
        }
        Ok(None) => "not whole yet".to_string(),
        Err(status) => format!("refused: {status}"),
    })
}

fn due(method: &str, target: &str, version: Version, length: usize) -> Told {
    Told(format!("{method} {target} {version:?}, {length} bytes"))
}

fn refused(status: u16) -> Told {
    Told(format!("refused: {status}"))
}

fn not_yet() -> Told {
    Told("not whole yet".to_string())
}

/// Notes what is sent as a Rust literal, where it isn't long: a tab or a NUL
/// in a line of text is then still seen.
fn sent(log: &Log, bytes: &[u8], how: &str) {
    match bytes.len() {
        0..80 => {
            let text = format!("\"{}\"", bytes.escape_ascii());
            log.afresh().note("sent", text, how);
        }
        _ => log.afresh().sent(bytes, how),
    }
}

/// Claims that each of these is refused with the status.
fn all_refused<const N: usize>(
    log: &Log,
    status: u16,
    lines: [&[u8]; N],
) -> Result<(), Broken> {
    for line in lines {
        sent(log, line, "");
        log.expect(refused(status), read(line, 64))?;
    }
    Ok(())
}

/// Claims that each is accepted in its three words.
fn all_accepted<const N: usize>(
    log: &Log,
    requests: [(&str, &str); N],
) -> Result<(), Broken> {
    for (method, target) in requests {
        let line = format!("{method} {target} HTTP/1.1\r\n");
        log.afresh().sent(&line, "");
        let due = due(method, target, Version::Http11, line.len());
        log.expect(due, read(line.as_bytes(), 64))?;
    }
    Ok(())
}

const LINE: &[u8] = b"GET /index.html HTTP/1.1\r\n";

#[test]
fn a_line_is_three_words_and_an_ending() {
    check("16", "A request, byte by byte")
        .sent(LINE, "")
        .because(
            "The method ends at the first space, the target at the second, \
             and the version at CR LF. The length counts every byte that \
             the line took: both spaces and the ending as well.",
        )
        .expect(due("GET", "/index.html", Version::Http11, 26), || {
            read(LINE, 64)
        });
}

#[test]
fn both_versions_are_told_apart() {
    check("16", "A request, byte by byte")
        .sent(b"GET / HTTP/1.0\r\n", "")
        .because(
            "A client of version 1.0 doesn't know chunks and expects the \
             connection to be closed. The version is part of the answer.",
        )
        .expect(due("GET", "/", Version::Http10, 16), || {
            read(b"GET / HTTP/1.0\r\n", 64)
        });
}

#[test]
fn what_follows_the_line_is_left() {
    let wire = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.0\r\n";
    check("16", "Pieces and limits")
        .sent(wire, "in one piece")
        .because(
            "Behind the request line come fields, a body, the next request. \
             They are none of this function's business, and the length \
             tells the caller where they begin.",
        )
        .expect(due("GET", "/", Version::Http11, 16), || read(wire, 64));
}

#[test]
fn half_a_line_is_not_a_line_yet() {
    check("16", "Pieces and limits")
        .because(
            "The network cuts where it likes. As long as the bytes that \
             came could be the start of a good line, the answer is \
             Ok(None): read more and ask again. A CR without its LF is half \
             an ending.",
        )
        .run(|log| {
            for cut in 0..LINE.len() {
                log.afresh().sent(&LINE[..cut], "so far");
                log.expect(not_yet(), read(&LINE[..cut], 64))?;
            }
            Ok(())
        });
}

#[test]
fn any_token_is_a_method() {
    check("16", "Eight methods")
        .because(
            "Which methods there are is for the next layer to say, which \
             answers 405 or 501. Here a method is a token (RFC 9110, \
             section 9.1), and its case matters: get isn't GET.",
        )
        .run(|log| {
            all_accepted(
                log,
                [
                    ("DELETE", "/a"),
                    ("get", "/"),
                    ("M-SEARCH", "/"),
                    ("!#$%&'*+-.^_`|~", "/"),
                    ("X", "/"),
                ],
            )
        });
}

#[test]
fn other_bytes_in_a_method_are_refused() {
    check("16", "A request, byte by byte")
        .because(
            "A method is a token: letters, digits and fifteen signs (RFC \
             9110, section 5.6.2). Anything else means that this isn't the \
             start of a request. Often it is the rest of a body that \
             nobody has read.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    b" / HTTP/1.1\r\n",
                    b"G(T / HTTP/1.1\r\n",
                    b"GET: / HTTP/1.1\r\n",
                    b"{\"a\":1}GET / HTTP/1.1\r\n",
                    b"G\xc3\x89T / HTTP/1.1\r\n",
                    b"G\0T / HTTP/1.1\r\n",
                    b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n",
                ],
            )
        });
}

#[test]
fn one_space_stands_between_words() {
    check("16", "A request, byte by byte")
        .because(
            "RFC 9112, section 3, lets a server split at any white space. \
             Then one server takes for the target what another takes for \
             the version, and they disagree about what was asked. One \
             space, and no other white space, is one reading.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    b"GET  / HTTP/1.1\r\n",
                    b"GET /  HTTP/1.1\r\n",
                    b"GET\t/ HTTP/1.1\r\n",
                    b"GET /\tHTTP/1.1\r\n",
                    b"GET / HTTP/1.1 \r\n",
                    b" GET / HTTP/1.1\r\n",
                    b"GET /a b HTTP/1.1\r\n",
                    b"GET /\x0bHTTP/1.1\r\n",
                ],
            )
        });
}

#[test]
fn a_line_needs_all_three_words() {
    check("16", "A request, byte by byte")
        .because(
            "GET / without a version was HTTP/0.9, whose answer had no \
             status and no fields. It is gone; a line without a version is \
             malformed.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    b"GET /\r\n",
                    b"GET\r\n",
                    b"GET / \r\n",
                    b"/ HTTP/1.1\r\n",
                    b"GET HTTP/1.1\r\n",
                ],
            )
        });
}

#[test]
fn other_bytes_in_a_target_are_refused() {
    check("16", "A request, byte by byte")
        .because(
            "A target is printable ASCII. Other characters come as %xx. \
             A control character in a target ends up in a log, a file name \
             or another server's request line, where it means something. \
             What follows a # is never sent.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    b"GET /\0 HTTP/1.1\r\n",
                    b"GET /a\x1b[2J HTTP/1.1\r\n",
                    b"GET /a\x7f HTTP/1.1\r\n",
                    b"GET /caf\xc3\xa9 HTTP/1.1\r\n",
                    b"GET /a\rb HTTP/1.1\r\n",
                    b"GET /a\nb HTTP/1.1\r\n",
                    b"GET /a#b HTTP/1.1\r\n",
                ],
            )
        });
}

#[test]
fn a_target_passes_unchanged() {
    check("16", "A request, byte by byte")
        .because(
            "What %2e or ? or // means is for the next layer. The request \
             line hands the target on as it was sent: decoded once too \
             early, it is decoded twice in the end.",
        )
        .run(|log| {
            all_accepted(
                log,
                [
                    ("GET", "/a%2e%2e/b?c=d&e=%20"),
                    ("GET", "//a//b"),
                    ("GET", "/?a?b"),
                    ("GET", "/~a:b@c;d,e+f!$'()*"),
                    ("GET", "/\\\"<>^`{|}[]"),
                ],
            )
        });
}

#[test]
fn the_absolute_form_is_accepted() {
    check("16", "A request, byte by byte")
        .because(
            "To a proxy the whole URI is sent. \"A server MUST accept the \
             absolute-form in requests\", whoever it is (RFC 9112, section \
             3.2.2). The scheme's case doesn't matter.",
        )
        .run(|log| {
            all_accepted(
                log,
                [
                    ("GET", "http://example.org/a"),
                    ("GET", "http://example.org"),
                    ("GET", "http://example.org?q"),
                    ("PUT", "HTTPS://example.org:8443/a?u=b@c"),
                    ("OPTIONS", "http://[::1]:8080/"),
                ],
            )
        });
}

#[test]
fn a_target_without_a_form_is_refused() {
    check("16", "A request, byte by byte")
        .because(
            "A target begins with / or is one of three exceptions (RFC \
             9112, section 3.2): host:port for CONNECT, * for OPTIONS, a \
             whole URI. A relative path isn't one: relative to what?",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    b"GET index.html HTTP/1.1\r\n",
                    b"GET ../a HTTP/1.1\r\n",
                    b"GET * HTTP/1.1\r\n",
                    b"OPTIONS *a HTTP/1.1\r\n",
                    b"GET ?a HTTP/1.1\r\n",
                    b"GET example.org:80 HTTP/1.1\r\n",
                    b"GET http:///a HTTP/1.1\r\n",
                    b"GET http:/a HTTP/1.1\r\n",
                    b"GET ftp://example.org/a HTTP/1.1\r\n",
                    b"GET file:///etc/passwd HTTP/1.1\r\n",
                    b"GET http://me@example.org/ HTTP/1.1\r\n",
                ],
            )
        });
}

#[test]
fn options_may_ask_about_the_whole_server() {
    check("16", "Eight methods")
        .because(
            "OPTIONS * asks about the server and none of its resources \
             (RFC 9112, section 3.2.4). OPTIONS /a asks about one of them.",
        )
        .run(|log| all_accepted(log, [("OPTIONS", "*"), ("OPTIONS", "/a")]));
}

#[test]
fn connect_names_a_host_and_a_port() {
    check("16", "Eight methods")
        .because(
            "CONNECT opens a tunnel to a host and a port: that is all its \
             target holds (RFC 9112, section 3.2.3). There is no port that \
             goes without saying.",
        )
        .run(|log| {
            all_accepted(
                log,
                [("CONNECT", "example.org:443"), ("CONNECT", "[::1]:22")],
            )?;
            all_refused(
                log,
                400,
                [
                    b"CONNECT example.org HTTP/1.1\r\n",
                    b"CONNECT example.org: HTTP/1.1\r\n",
                    b"CONNECT :443 HTTP/1.1\r\n",
                    b"CONNECT example.org:https HTTP/1.1\r\n",
                    b"CONNECT example.org:443443 HTTP/1.1\r\n",
                    b"CONNECT / HTTP/1.1\r\n",
                    b"CONNECT /a:80 HTTP/1.1\r\n",
                    b"CONNECT * HTTP/1.1\r\n",
                    b"CONNECT http://example.org:80 HTTP/1.1\r\n",
                    b"CONNECT me@example.org:80 HTTP/1.1\r\n",
                ],
            )
        });
}

#[test]
fn a_version_is_spelled_in_one_way() {
    check("16", "A request, byte by byte")
        .because(
            "HTTP in capitals, a slash, one digit, a dot, one digit (RFC \
             9112, section 2.3). A word that is spelled otherwise isn't a \
             version that you don't speak, but no version: 400, not 505.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    b"GET / http/1.1\r\n",
                    b"GET / HTTP/1\r\n",
                    b"GET / HTTP/1.\r\n",
                    b"GET / HTTP/1.10\r\n",
                    b"GET / HTTP/11.1\r\n",
                    b"GET / HTTP/01.1\r\n",
                    b"GET / HTTP/1,1\r\n",
                    b"GET / HTTP/+1.1\r\n",
                    b"GET / HTTP/1.x\r\n",
                    b"GET / HTTPS/1.1\r\n",
                    b"GET / ICY/1.1\r\n",
                ],
            )
        });
}

#[test]
fn another_first_digit_is_505() {
    check("16", "A request, byte by byte")
        .because(
            "The client speaks, in good spelling, a version whose rules are \
             others. 505 tells it so (RFC 9110, section 15.6.6), where 400 \
             would have it look for a mistake that it hasn't made.",
        )
        .run(|log| {
            all_refused(
                log,
                505,
                [
                    b"GET / HTTP/2.0\r\n",
                    b"GET / HTTP/0.9\r\n",
                    b"PRI /* HTTP/2.0\r\n",
                    b"GET / HTTP/3.1\r\n",
                ],
            )
        });
}

#[test]
fn a_higher_second_digit_is_read_as_1_1() {
    check("16", "A request, byte by byte")
        .because(
            "A change of the second digit may add things, but keeps the \
             form of messages. \"A recipient that receives a message with a \
             major version number that it implements and a minor version \
             number higher than what it implements SHOULD process the \
             message as if it was in the highest minor version\" that it \
             knows (RFC 9110, section 2.5).",
        )
        .expect(due("GET", "/", Version::Http11, 16), || {
            read(b"GET / HTTP/1.7\r\n", 64)
        });
}

#[test]
fn lf_alone_does_not_end_the_line() {
    check("16", "Two readings of one message")
        .because(
            "RFC 9112, section 2.2, lets a server take LF alone for the end \
             of a line. A server in front of yours that doesn't sees one \
             line where you see two. You don't have to, so don't.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [b"GET / HTTP/1.1\nHost: a\r\n\r\n", b"GET /\nHTTP/1.1\r\n"],
            )
        });
}

#[test]
fn a_cr_needs_its_lf() {
    check("16", "Two readings of one message")
        .because(
            "A CR that no LF follows is no ending. A server that takes it \
             for white space or for an ending reads another request than \
             its neighbour (RFC 9112, section 2.2).",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    b"GET / HTTP/1.1\rHost: a\r\n",
                    b"GET / HTTP/1.1\r\r\n",
                    b"GET / \rHTTP/1.1\r\n",
                    b"\rGET / HTTP/1.1\r\n",
                ],
            )
        });
}

#[test]
fn one_empty_line_before_is_skipped() {
    check("16", "Pieces and limits")
        .because(
            "Old clients sent a CR LF after a body that didn't count it. \
             It then stands before the next request; a server skips it \
             (RFC 9112, section 2.2), and the caller has to drop it with \
             the line: it counts for the length.",
        )
        .run(|log| {
            let wire = b"\r\nGET / HTTP/1.1\r\n";
            log.sent(wire, "");
            let due = due("GET", "/", Version::Http11, wire.len());
            log.expect(due, read(wire, 64))?;
            for cut in 0..wire.len() {
                log.afresh().sent(&wire[..cut], "so far");
                log.expect(not_yet(), read(&wire[..cut], 64))?;
            }
            Ok(())
        });
}

#[test]
fn a_second_empty_line_is_refused() {
    check("16", "Pieces and limits")
        .because(
            "\"At least one\" is to be skipped. Who skips as many as come \
             reads for ever from a client that sends nothing else. And an \
             empty line ends with CR LF like every other.",
        )
        .run(|log| {
            all_refused(
                log,
                400,
                [
                    b"\r\n\r\nGET / HTTP/1.1\r\n",
                    b"\nGET / HTTP/1.1\r\n",
                    b"\r\n\nGET / HTTP/1.1\r\n",
                ],
            )
        });
}

#[test]
fn a_target_of_the_limit_is_accepted() {
    check("16", "Pieces and limits")
        .sent(b"GET /2345678 HTTP/1.1\r\n", "the limit is 8")
        .because(
            "The limit bounds the target alone, and what reaches it without \
             passing it is accepted.",
        )
        .expect(due("GET", "/2345678", Version::Http11, 23), || {
            read(b"GET /2345678 HTTP/1.1\r\n", 8)
        });
}

#[test]
fn a_longer_target_is_414_before_it_ends() {
    check("16", "Pieces and limits")
        .because(
            "Nine bytes are more than eight, and whatever comes next can't \
             make them fewer. Who waits for the end of the line keeps \
             bytes for a client that never ends it. 414 tells what was too \
             long (RFC 9112, section 3).",
        )
        .run(|log| {
            for wire in ["GET /23456789 HTTP/1.1\r\n", "GET /23456789"] {
                log.afresh().sent(wire, "the limit is 8");
                log.expect(refused(414), read(wire.as_bytes(), 8))?;
            }
            Ok(())
        });
}

#[test]
fn a_method_of_the_limit_is_accepted() {
    check("16", "Pieces and limits")
        .because(
            "Sixteen characters are as many as LONGEST_METHOD allows, and \
             no limit but that one is meant for methods.",
        )
        .run(|log| {
            all_accepted(log, [("ABCDEFGHIJKLMNOP", "/a")])?;
            let line = b"ABCDEFGHIJKLMNOP / HTTP/1.1\r\n";
            log.afresh().sent(line, "the limit of targets is 1");
            let due = due("ABCDEFGHIJKLMNOP", "/", Version::Http11, 29);
            log.expect(due, read(line, 1))
        });
}

#[test]
fn a_longer_method_is_501_before_it_ends() {
    check("16", "Pieces and limits")
        .because(
            "A method longer than any that you know is one that you don't \
             know: 501 (RFC 9112, section 3). Nothing has to be waited for.",
        )
        .run(|log| {
            all_refused(
                log,
                501,
                [
                    b"ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\n",
                    b"ABCDEFGHIJKLMNOPQ",
                    &[b'A'; 4000],
                ],
            )
        });
}

#[test]
fn nothing_is_waited_for_behind_the_version() {
    check("16", "Pieces and limits")
        .because(
            "A version has eight bytes and the ending two. More bytes \
             without an ending can't become a version any more, and they \
             may go on for ever: refuse the line without its end.",
        )
        .run(|log| {
            let mut endless = b"GET / HTTP/1.1".to_vec();
            endless.resize(4000, b'1');
            let mut spaces = b"GET / ".to_vec();
            spaces.resize(4000, b' ');
            all_refused(log, 400, [&endless[..], &spaces[..]])
        });
}
