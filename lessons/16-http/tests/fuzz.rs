//! Requests that are broken, mixed up or of random bytes: nothing panics, the
//! verdict depends on the bytes and not on the pieces, and where httparse has
//! a verdict, too, ours is the same or stricter.
//!
//! `scripts/fuzz-http` tries more of the same.

#[expect(dead_code, reason = "the outcomes are for the other test")]
mod corpus;

use corpus::{Verdict, corpus, read};
use lesson_framing::Status;
use lesson_http::{
    ChunkedDecoder, Field, Limits, Piece, Request, Unfinished, Version, Why,
    encode, end, parse,
};
use support::random::Random;

/// How much a test tries: as much as TRIES says, or `few`.
fn tries(few: u64) -> u64 {
    variable("TRIES").unwrap_or(few)
}

/// Where the numbers begin: at SEED, or always at the same.
fn random() -> Random {
    Random(variable("SEED").unwrap_or(16))
}

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().expect("TRIES and SEED are numbers above 0"))
}

/// So small that the limits are met often.
const LIMITS: Limits = Limits { line: 60, head: 200, fields: 6, body: 50 };

/// What a request may have in it, and what it may not.
const SCRAPS: [&[u8]; 30] = [
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b":",
    b"\0",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"#",
    b"*",
    b",",
    b";",
    b"+",
    b"0",
    b"5",
    b"g",
    b"\r\n\r\n",
    b"\n\n",
    b" HTTP/1.1\r\n",
    b"HTTP/1.0",
    b"Host: a\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"chunked",
    b"0\r\n\r\n",
    b"5\r\nhello\r\n",
    b"http://a",
];

/// Messages to break: those of the corpus that aren't long.
struct Source {
    messages: Vec<Vec<u8>>,
    random: Random,
}

impl Source {
    fn new() -> Self {
        let messages = corpus().iter().map(|it| it.bytes()).collect::<Vec<_>>();
        let short = messages.into_iter().filter(|it| it.len() < 300);
        Source { messages: short.collect(), random: random() }
    }

    /// One in eight is of scraps only; the others are messages that are
    /// broken in up to four places.
    fn message(&mut self) -> Vec<u8> {
        if self.random.below(8) == 0 {
            let count = self.random.below(12);
            return (0..count).flat_map(|_| self.scrap()).collect();
        }
        let which = self.random.below(self.messages.len());
        let mut bytes = self.messages[which].clone();
        for _ in 0..self.random.below(5) {
            self.break_one(&mut bytes);
        }
        bytes
    }

    fn scrap(&mut self) -> Vec<u8> {
        SCRAPS[self.random.below(SCRAPS.len())].to_vec()
    }

    fn break_one(&mut self, bytes: &mut Vec<u8>) {
        let at = self.random.below(bytes.len() + 1);
        let to = (at + self.random.below(4)).min(bytes.len());
        let new = match self.random.below(5) {
            0 => Vec::new(),
            1 => vec![self.random.number() as u8],
            2 => bytes[at..to].repeat(2),
            _ => self.scrap(),
        };
        bytes.splice(at..to, new);
    }
}

/// What a reader says about a head: its parts, and how long it is.
type Head = (Vec<u8>, Vec<u8>, Version, Vec<(Vec<u8>, Vec<u8>)>, usize);

fn head(request: &Request<'_, '_>, length: usize) -> Head {
    let own = |it: &Field<'_>| (it.name.into(), it.value.to_vec());
    let fields = request.fields.iter().map(own).collect();
    let Request { method, target, version, .. } = *request;
    (method.into(), target.into(), version, fields, length)
}

fn ours(bytes: &[u8]) -> Result<Option<Head>, Why> {
    let mut fields = [Field::EMPTY; 20];
    match parse(bytes, &Limits::default(), &mut fields) {
        Ok(Status::Complete((request, end))) => Ok(Some(head(&request, end))),
        Ok(Status::Partial) => Ok(None),
        Err(refusal) => Err(refusal.why),
    }
}

fn theirs(bytes: &[u8]) -> Result<Option<Head>, httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = request.parse(bytes)? else {
        return Ok(None);
    };
    let version = match request.version {
        Some(0) => Version::Http10,
        _ => Version::Http11,
    };
    let text = |text: Option<&str>| text.unwrap_or_default().into();
    let own = |it: &httparse::Header<'_>| (it.name.into(), it.value.to_vec());
    let fields = request.headers.iter().map(own).collect();
    let (method, target) = (text(request.method), text(request.path));
    Ok(Some((method, target, version, fields, length)))
}

/// What httparse takes, and ours doesn't:
///
/// - LF alone at the end of a line, and any number of empty lines before a
///   request, which RFC 9112, section 2.2, allows;
/// - `#` and bytes beyond ASCII in a target, and a target of any form: what it
///   is for isn't a parser's affair there;
/// - a Host that is missing, doubled or none: as above.
fn is_stricter(why: Why) -> bool {
    use Why::*;
    matches!(
        why,
        BareLf | Method | Target | TargetForm | NoHost | TwoHosts | Host
    )
}

/// What ours takes, and httparse doesn't: HTTP/1.2 to 1.9, which
/// RFC 9110, section 2.5, says to process as 1.1.
fn is_later_version(bytes: &[u8]) -> bool {
    let later = |five: &[u8]| five.starts_with(b"/1.") && five[3] > b'1';
    bytes.windows(4).any(later)
}

#[test]
fn a_head_gets_httparses_verdict_or_a_stricter_one() {
    let mut source = Source::new();
    for _ in 0..tries(40_000) {
        let bytes = source.message();
        let shown = bytes.escape_ascii();
        match (ours(&bytes), theirs(&bytes)) {
            (Ok(Some(ours)), Ok(Some(theirs))) => {
                assert_eq!(ours, theirs, "{shown}");
            }
            (Ok(None), Ok(None)) | (Err(_), Err(_) | Ok(None)) => {}
            (Err(why), Ok(Some(_))) => {
                assert!(is_stricter(why), "only ours: {why:?}: {shown}");
            }
            (Ok(_), Err(_)) if is_later_version(&bytes) => {}
            (ours, theirs) => panic!("{ours:?}\n{theirs:?}\n{shown}"),
        }
    }
}

#[test]
fn a_verdict_doesnt_change_when_more_comes() {
    let mut source = Source::new();
    for _ in 0..tries(3_000) {
        let bytes = source.message();
        let shown = bytes.escape_ascii();
        let mut last = Verdict::Partial;
        for end in 0..=bytes.len() {
            let verdict = read(&bytes[..end], &LIMITS);
            assert!(
                last == Verdict::Partial || last == verdict,
                "{last:?}, then at {end}: {verdict:?}\n{shown}"
            );
            if let Verdict::Refused(refusal) = verdict {
                assert!(refusal.at < end, "{refusal:?} of {end}: {shown}");
            }
            last = verdict;
        }
    }
}

#[test]
fn a_head_in_any_pieces_gets_the_verdict_that_it_gets_whole() {
    let mut source = Source::new();
    for _ in 0..tries(20_000) {
        let bytes = source.message();
        let (mut one, mut other) = ([Field::EMPTY; 20], [Field::EMPTY; 20]);
        let whole = parse(&bytes, &LIMITS, &mut one);
        let mut unfinished = Unfinished::default();
        let mut end = 0;
        while end < bytes.len() {
            end = (end + 1 + source.random.below(9)).min(bytes.len());
            let part = &bytes[..end];
            match unfinished.parse(part, &LIMITS, &mut other) {
                Ok(Status::Partial) => {}
                got => {
                    assert_eq!(got, whole, "{}", bytes.escape_ascii());
                    break;
                }
            }
        }
    }
}

/// The size of a first chunk, as far as it is known when its line ends.
fn size(line: &[u8]) -> Result<Option<u64>, Why> {
    let limits = Limits { body: u64::MAX, ..Limits::default() };
    let mut decoder = ChunkedDecoder::new(&limits);
    let data = vec![b'x'; 0x1000];
    let mut decoded = 0;
    for mut part in [line, &data] {
        let before = part.len();
        loop {
            match decoder.next(&mut part).map_err(|it| it.why) {
                Ok(Status::Complete(Piece::Data(data))) => {
                    decoded += data.len() as u64;
                }
                Ok(Status::Complete(Piece::End)) => return Ok(Some(0)),
                Ok(Status::Partial) => break,
                Err(_) if before == data.len() => return Ok(Some(decoded)),
                Err(why) => return Err(why),
            }
        }
    }
    Ok(None)
}

/// httparse takes no digit at all for 0, spaces after the digits, and any byte
/// in an extension; and ours takes more zeros.
#[test]
fn a_chunks_size_is_httparses_or_refused() {
    let mut random = random();
    let mut same = 0;
    for _ in 0..tries(50_000) {
        let letters = b"0000123abcDEF;;\r\n \t+x-=\"\xff";
        let count = 1 + random.below(5);
        let mut line: Vec<u8> =
            (0..count).map(|_| letters[random.below(letters.len())]).collect();
        line.extend_from_slice(b"\r\n");
        let shown = line.escape_ascii();
        match (size(&line), httparse::parse_chunk_size(&line)) {
            (Ok(Some(_)), Err(_)) => panic!("only ours takes {shown}"),
            (Ok(Some(ours)), Ok(httparse::Status::Complete((_, theirs))))
                if ours > 0 =>
            {
                assert_eq!(ours, theirs, "{shown}");
                same += 1;
            }
            _ => {}
        }
    }
    assert!(same > 0, "nothing was compared");
}

#[test]
fn any_bytes_come_out_of_the_chunks_that_they_went_into() {
    let mut random = random();
    for _ in 0..tries(2_000) {
        let (mut data, mut bytes) = (Vec::new(), Vec::new());
        for _ in 0..random.below(6) {
            let length = random.below(40);
            let piece: Vec<u8> =
                (0..length).map(|_| random.number() as u8).collect();
            encode(&piece, &mut bytes);
            data.extend_from_slice(&piece);
        }
        end(&mut bytes);
        let length = bytes.len();
        bytes.extend_from_slice(b"GET /");
        assert_eq!(decode(&bytes, &mut random), (data, length));
    }
}

/// What is in the chunks, and how long they are, fed in random pieces.
fn decode(bytes: &[u8], random: &mut Random) -> (Vec<u8>, usize) {
    let mut decoder = ChunkedDecoder::new(&Limits::default());
    let (mut data, mut at) = (Vec::new(), 0);
    loop {
        let end = (at + 1 + random.below(20)).min(bytes.len());
        let mut part = &bytes[at..end];
        match decoder.next(&mut part).expect("well-formed") {
            Status::Complete(Piece::Data(more)) => {
                data.extend_from_slice(more);
            }
            Status::Complete(Piece::End) => return (data, end - part.len()),
            Status::Partial => assert!(part.is_empty()),
        }
        at = end - part.len();
    }
}
