//! A body in chunks, in and out.
//!
//! The client doesn't know how long its body will be, so each chunk says how
//! long it is (RFC 9112, section 7.1). The pieces in which the bytes come have
//! nothing to do with the chunks: a chunk may come in two pieces, and three
//! chunks in one.

use std::io;

use lesson_framing::Status;
use lesson_http::{ChunkedDecoder, Limits, Piece, encode, end};
use narrator::say;

use super::stage::{Stage, quoted};

const HEAD: &[u8] = b"POST /loud HTTP/1.1\r\nHost: example.org\r\n\
    Transfer-Encoding: chunked\r\n\r\n";

/// The body as it happens to be sent: cut where no chunk ends.
const PIECES: [&[u8]; 4] = [
    b"5;seen=yes\r\nhel",
    b"lo\r\n7\r\n, world\r",
    b"\n1\r\n!\r\n0\r\nDigest",
    b": none\r\n\r\nGET / HTTP/1.1\r\n",
];

/// A body comes in chunks, another goes out, and some are refused.
pub fn run() -> io::Result<()> {
    let mut stage = Stage::open()?;
    stage.client_sends(HEAD)?;
    // What `parse` and `body` say about it is in `exchange`.
    stage.server_receives()?;
    let body = comes_in(&mut stage)?;
    goes_out(&mut stage, &body)?;
    refused();
    Ok(())
}

// ANCHOR: in
fn comes_in(stage: &mut Stage) -> io::Result<Vec<u8>> {
    let mut decoder = ChunkedDecoder::new(&Limits::default());
    let mut body = Vec::new();
    for piece in PIECES {
        stage.client_sends_piece(piece)?;
        let bytes = stage.server_receives()?;
        let mut rest = &bytes[..];
        // None, one or many: a piece says nothing about chunks.
        loop {
            match decoder.next(&mut rest).map_err(io::Error::other)? {
                Status::Complete(Piece::Data(data)) => {
                    say("server", "data", quoted(data));
                    body.extend_from_slice(data);
                }
                Status::Complete(Piece::End) => {
                    let length = body.len();
                    say("server", "end", format_args!("{length} bytes in all"));
                    say("server", "next", quoted(rest));
                    return Ok(body);
                }
                Status::Partial => {
                    say("server", "partial", "more is to come");
                    break;
                }
            }
        }
    }
    Ok(body)
}
// ANCHOR_END: in

// ANCHOR: out
fn goes_out(stage: &mut Stage, body: &[u8]) -> io::Result<()> {
    let loud = body.to_ascii_uppercase();
    let mut bytes =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for piece in [&loud[..6], b"", &loud[6..]] {
        let before = bytes.len();
        encode(piece, &mut bytes);
        let chunk = match &bytes[before..] {
            [] => "nothing, for an empty chunk is the last".to_string(),
            chunk => quoted(chunk),
        };
        say("server", "encode", format_args!("{} → {chunk}", quoted(piece)));
    }
    end(&mut bytes);
    stage.server_sends(&bytes)?;
    stage.client_receives()?;
    Ok(())
}
// ANCHOR_END: out

/// Sizes that one reader takes and another takes for something else, and
/// sizes, extensions and trailers without an end.
fn refused() {
    let limits = Limits { line: 40, head: 60, body: 1000, ..Limits::default() };
    say("server", "limits", "40 bytes a line, 60 beside the data, 1000 of it");
    let long = format!("5;{}", "x".repeat(60));
    let many = "1;xxxxxxxxx\r\n!\r\n".repeat(10);
    for bytes in [
        "+5\r\nhello\r\n",
        "0x5\r\nhello\r\n",
        "5 \r\nhello\r\n",
        "5\nhello\r\n",
        "5\r\nhello!\r\n",
        "fffffffffffffffff\r\n",
        "3e8\r\n",
        "3e9\r\n",
        &long,
        &many,
        "0\r\nA : b\r\n\r\n",
    ] {
        let shown = quoted(bytes.as_bytes());
        let shown = match shown.get(..20) {
            Some(begin) if shown.len() > 24 => format!("{begin}…"),
            _ => shown,
        };
        let what = format_args!("{shown:<24} {}", verdict(bytes, &limits));
        say("server", "decode", what);
    }
}

fn verdict(bytes: &str, limits: &Limits) -> String {
    let mut decoder = ChunkedDecoder::new(limits);
    let mut rest = bytes.as_bytes();
    loop {
        match decoder.next(&mut rest) {
            Err(refusal) => return refusal.to_string(),
            Ok(Status::Partial) => return "taken".to_string(),
            Ok(Status::Complete(_)) => {}
        }
    }
}
