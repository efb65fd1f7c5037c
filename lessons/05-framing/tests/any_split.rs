//! However a stream is cut, the messages in it are the same.

use lesson_framing::{
    Decoder, Delimiter, Error, Framing, LengthPrefix, Status,
};
use support::random::Random;

/// The longest message in these tests, in bytes.
const LIMIT: usize = 40;

/// What came out of a stream: the messages, and how it ended.
type Outcome = (Vec<Vec<u8>>, Result<(), Error>);

/// Decodes the pieces, holding the decoder to its promises on the way.
fn decode<'a>(
    framing: impl Framing,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome {
    let longest = framing.longest();
    let mut decoder = Decoder::new(framing);
    let (mut messages, mut widest) = (Vec::new(), 0);
    for piece in pieces {
        decoder.push(piece);
        widest = widest.max(piece.len());
        assert!(decoder.memory() <= longest + widest, "one frame, one piece");
        loop {
            match decoder.message() {
                Ok(Status::Complete(message)) => {
                    messages.push(message.to_vec());
                }
                Ok(Status::Partial) => break,
                Err(error) => {
                    assert_eq!(decoder.memory(), 0, "memory is given back");
                    assert_eq!(decoder.finish(), Err(error));
                    return (messages, Err(error));
                }
            }
        }
        assert!(decoder.kept().len() < longest, "a whole frame was kept");
    }
    (messages, decoder.finish())
}

fn bytes(random: &mut Random, longest: usize, alphabet: &[u8]) -> Vec<u8> {
    let length = random.below(longest + 1);
    (0..length).map(|_| alphabet[random.below(alphabet.len())]).collect()
}

/// Cuts a stream anywhere; some pieces are empty, as a read into a buffer of
/// no length is.
fn cut<'a>(random: &mut Random, mut stream: &'a [u8]) -> Vec<&'a [u8]> {
    let widest = 1 + random.below(20);
    let mut pieces = Vec::new();
    while !stream.is_empty() {
        let at = random.below(widest + 1).min(stream.len());
        let (piece, rest) = stream.split_at(at);
        pieces.push(piece);
        stream = rest;
    }
    pieces
}

fn encode(framing: &impl Framing, messages: &[Vec<u8>]) -> Vec<u8> {
    let mut stream = Vec::new();
    for message in messages {
        framing.encode(message, &mut stream).unwrap();
    }
    stream
}

/// The framings under test, each with bytes that its messages may hold.
fn for_each_framing(test: impl Fn(&dyn Fn() -> AnyFraming, &[u8])) {
    test(&|| AnyFraming(Box::new(Delimiter::newline(LIMIT))), b"ab\r\0\xff");
    test(&|| AnyFraming(Box::new(Delimiter::crlf(LIMIT))), b"ab\r\0\xff");
    test(&|| AnyFraming(Box::new(LengthPrefix::new(LIMIT))), b"ab\r\n\0\xff");
}

struct AnyFraming(Box<dyn Framing>);

impl Framing for AnyFraming {
    fn find(
        &mut self,
        bytes: &[u8],
    ) -> Result<Status<lesson_framing::Frame>, Error> {
        self.0.find(bytes)
    }

    fn encode(&self, message: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        self.0.encode(message, out)
    }

    fn longest(&self) -> usize {
        self.0.longest()
    }
}

#[test]
fn every_single_cut_gives_the_same_messages() {
    for_each_framing(|framing, _| {
        let messages = [&b"hello"[..], b"", b"brave new", b"world\r"];
        let messages = messages.map(Vec::from);
        let stream = encode(&framing(), &messages);

        for cut in 0..=stream.len() {
            let (head, tail) = stream.split_at(cut);

            let outcome = decode(framing(), [head, tail]);

            assert_eq!(outcome, (messages.to_vec(), Ok(())), "cut at {cut}");
        }
    });
}

#[test]
fn single_bytes_give_the_same_messages_as_all_at_once() {
    for_each_framing(|framing, alphabet| {
        let mut random = Random(42);
        let messages: Vec<_> =
            (0..200).map(|_| bytes(&mut random, LIMIT, alphabet)).collect();
        let stream = encode(&framing(), &messages);

        let single = decode(framing(), stream.chunks(1));
        let whole = decode(framing(), [&stream[..]]);

        assert_eq!(single, (messages.clone(), Ok(())));
        assert_eq!(whole, (messages, Ok(())));
    });
}

#[test]
fn thousands_of_random_messages_survive_random_cuts() {
    for_each_framing(|framing, alphabet| {
        let mut random = Random(0x5eed);
        for round in 0..3_000 {
            let count = random.below(6);
            let messages: Vec<_> = (0..count)
                .map(|_| bytes(&mut random, LIMIT, alphabet))
                .collect();
            let stream = encode(&framing(), &messages);

            let outcome = decode(framing(), cut(&mut random, &stream));

            assert_eq!(outcome, (messages, Ok(())), "round {round}");
        }
    });
}

#[test]
fn garbage_ends_the_same_way_however_it_is_cut() {
    for_each_framing(|framing, _| {
        let mut random = Random(0xbad);
        // Zeros make short lengths likely, so that some of it decodes.
        let alphabet = b"\0\0\0\0\0\0\x03\x28\x29ab\r\n\xff";
        for round in 0..3_000 {
            let stream = bytes(&mut random, 300, alphabet);

            let whole = decode(framing(), [&stream[..]]);
            let cut = decode(framing(), cut(&mut random, &stream));

            assert_eq!(cut, whole, "round {round}: {stream:02x?}");
        }
    });
}

#[test]
fn a_stream_cut_off_anywhere_is_told_from_one_that_ended() {
    for_each_framing(|framing, _| {
        let frame = encode(&framing(), &[b"hello".to_vec()]);

        for kept in 1..frame.len() {
            let (messages, end) = decode(framing(), [&frame[..kept]]);

            assert_eq!(messages, Vec::<Vec<u8>>::new());
            assert_eq!(end, Err(Error::CutOff { kept }));
        }
    });
}
