//! What the decoder and its framings promise, one claim a test.

use lesson_framing::{
    Decoder, Delimiter, Error, Framing, LengthPrefix, Status,
};

fn complete(message: &[u8]) -> Result<Status<&[u8]>, Error> {
    Ok(Status::Complete(message))
}

#[test]
fn a_message_of_exactly_the_limit_passes_and_one_byte_more_does_not() {
    let mut lines = Decoder::new(Delimiter::newline(5));
    lines.push(b"hello\nhello!\n");
    assert_eq!(lines.message(), complete(b"hello"));
    assert_eq!(lines.message(), Err(Error::Endless { limit: 5 }));

    let mut frames = Decoder::new(LengthPrefix::new(5));
    frames.push(b"\0\0\0\x05hello\0\0\0\x06hello!");
    assert_eq!(frames.message(), complete(b"hello"));
    let error = Error::TooLong { length: 6, limit: 5 };
    assert_eq!(frames.message(), Err(error));
}

#[test]
fn an_announced_length_is_refused_before_the_message_comes() {
    let mut decoder = Decoder::new(LengthPrefix::new(1024));

    decoder.push(b"\xff\xff\xff\xff");

    let error = Error::TooLong { length: 0xffff_ffff, limit: 1024 };
    assert_eq!(decoder.message(), Err(error));
}

#[test]
fn an_announced_length_costs_no_memory() {
    let mut decoder = Decoder::new(LengthPrefix::new(1 << 30));

    decoder.push(b"\x3f\xff\xff\xff");

    assert_eq!(decoder.message(), Ok(Status::Partial));
    assert!(decoder.memory() < 100, "{} bytes", decoder.memory());
}

#[test]
fn after_an_error_nothing_is_stored_and_the_error_stays() {
    let mut decoder = Decoder::new(Delimiter::newline(2));
    decoder.push(b"hello");
    let error = Err(Error::Endless { limit: 2 });
    assert_eq!(decoder.message(), error);

    decoder.push(b"ok\n");

    assert_eq!(decoder.message(), error);
    assert_eq!((decoder.kept(), decoder.memory()), (&b""[..], 0));
}

#[test]
fn a_delimiter_is_found_when_all_comes_in_single_bytes() {
    let line = vec![b'a'; 10_000];
    let mut decoder = Decoder::new(Delimiter::crlf(line.len()));

    for byte in line.iter().chain(b"\r") {
        decoder.push(&[*byte]);
        assert_eq!(decoder.message(), Ok(Status::Partial));
    }
    decoder.push(b"\n");

    assert_eq!(decoder.message(), complete(&line));
}

#[test]
fn encoding_refuses_what_could_not_be_decoded_and_appends_nothing() {
    let mut out = b"before".to_vec();
    let error = Error::HoldsDelimiter { at: 1 };
    let crlf = Delimiter::crlf(9);
    assert_eq!(crlf.encode(b"a\r\nb", &mut out), Err(error));
    let error = Error::TooLong { length: 3, limit: 2 };
    let newline = Delimiter::newline(2);
    assert_eq!(newline.encode(b"abc", &mut out), Err(error));
    let length = LengthPrefix::new(2);
    assert_eq!(length.encode(b"abc", &mut out), Err(error));

    assert_eq!(out, b"before");
}

#[test]
fn a_limit_as_large_as_can_be_does_no_harm() {
    let mut lines = Decoder::new(Delimiter::crlf(usize::MAX));
    lines.push(b"hello\r\n");
    assert_eq!(lines.message(), complete(b"hello"));

    let mut frames = Decoder::new(LengthPrefix::new(usize::MAX));
    frames.push(b"\xff\xff\xff\xffhello");
    assert_eq!(frames.message(), Ok(Status::Partial));
}

#[test]
fn what_follows_the_messages_can_be_taken_over() {
    let mut decoder = Decoder::new(Delimiter::newline(80));
    decoder.push(b"put 4\nfile");

    assert_eq!(decoder.message(), complete(b"put 4"));
    assert_eq!(decoder.into_kept(), b"file");
}
