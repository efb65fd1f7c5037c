//! Every message of the corpus, whole, cut at every byte, and one behind the
//! other: the verdict depends on the bytes, never on the pieces.

mod corpus;

use corpus::{
    Accepted, Message, Outcome, Refused, Verdict, Whole, corpus, latin1, read,
};
use lesson_framing::Status;
use lesson_http::{
    Body, Field, Limits, Refusal, Unfinished, Version, Why, body, parse,
};
use support::memory::most_held;

fn limits() -> Limits {
    Limits::default()
}

fn refused(refusal: &Refusal) -> Refused {
    let Refusal { status, at, why } = *refusal;
    Refused { status, at, why: format!("{why:?}") }
}

/// Says what is wrong with the verdict.
fn compare(message: &Message, verdict: &Verdict) -> Result<(), String> {
    match (&message.outcome, verdict) {
        (Outcome::Partial, Verdict::Partial) => Ok(()),
        (Outcome::Refused(due), Verdict::Refused(refusal))
            if *due == refused(refusal) =>
        {
            Ok(())
        }
        (Outcome::Refused(due), got) => Err(format!("{due:?}, not {got:?}")),
        (Outcome::Accepted(due), Verdict::Accepted(whole)) => same(due, whole),
        (_, got) => Err(format!("{got:?}")),
    }
}

fn same(due: &Accepted, whole: &Whole) -> Result<(), String> {
    let version = match due.version.as_str() {
        "1.0" => Version::Http10,
        _ => Version::Http11,
    };
    let body = match whole.body {
        Body::None => "none",
        Body::Length(_) => "length",
        Body::Chunked => "chunked",
    };
    let fields = due.fields.as_ref().is_none_or(|fields| {
        let due = fields.iter().map(|(name, value)| (name, latin1(value)));
        due.eq(whole.fields.iter().map(|(name, value)| (name, value.clone())))
    });
    let target = due.target.as_ref().is_none_or(|it| *it == whole.target);
    let data = latin1(due.data.as_deref().unwrap_or_default());
    let method = due.method == whole.method;
    let same = method && target && fields && version == whole.version;
    match same && body == due.body && data == whole.data {
        true if due.head == whole.head => Ok(()),
        _ => Err(format!("{whole:?}")),
    }
}

/// Tries them all before it fails.
fn each(claim: impl Fn(&Message) -> Result<(), String>) {
    let mut wrong = Vec::new();
    for message in corpus() {
        if let Err(error) = claim(&message) {
            wrong.push(format!("{}: {error}", message.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_message_gets_the_verdict_that_is_due() {
    each(|message| compare(message, &read(&message.bytes(), &limits())));
}

#[test]
fn a_message_that_is_taken_is_taken_whole() {
    each(|message| match read(&message.bytes(), &limits()) {
        Verdict::Accepted(whole) if whole.end != message.bytes().len() => {
            Err(format!("{} bytes", whole.end))
        }
        _ => Ok(()),
    });
}

/// The head of a long message is the same byte again and again: its cuts are
/// tried near both ends, and here and there between.
fn cuts(length: usize) -> impl Iterator<Item = usize> {
    (0..length)
        .filter(move |cut| *cut < 300 || length - cut < 300 || cut % 97 == 0)
}

#[test]
fn a_message_that_is_cut_anywhere_is_partial() {
    each(|message| {
        let bytes = message.bytes();
        let whole = read(&bytes, &limits());
        for cut in cuts(bytes.len()) {
            let verdict = read(&bytes[..cut], &limits());
            let ok = match (&whole, &verdict) {
                (_, Verdict::Partial) => true,
                // Once a byte has refused it, the next don't matter.
                (Verdict::Refused(_), verdict) => *verdict == whole,
                _ => false,
            };
            if !ok {
                return Err(format!("cut at {cut}: {verdict:?}"));
            }
        }
        Ok(())
    });
}

/// What a field says is known when its line is whole. All else is known at
/// once, so that nobody waits for the end of what is refused anyway.
const WITH_ITS_LINE: [Why; 11] = [
    Why::TargetForm,
    Why::TwoHosts,
    Why::Host,
    Why::BothLengths,
    Why::TwoLengths,
    Why::Length,
    Why::BodyTooLong,
    Why::NotChunked,
    Why::Codings,
    Why::Coding,
    Why::OldVersionCoding,
];

#[test]
fn the_byte_that_refuses_a_message_is_the_first_that_can() {
    each(|message| {
        let bytes = message.bytes();
        let Verdict::Refused(refusal) = read(&bytes, &limits()) else {
            return Ok(());
        };
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let in_body = head.is_some_and(|head| head + 4 <= refusal.at);
        let before = read(&bytes[..refusal.at], &limits());
        let with = read(&bytes[..=refusal.at], &limits());
        let known = with == Verdict::Refused(refusal);
        // A trailer's line is read when it is whole.
        match before == Verdict::Partial {
            true if known
                || in_body
                || WITH_ITS_LINE.contains(&refusal.why) =>
            {
                Ok(())
            }
            _ => Err(format!("{before:?}, then {with:?}")),
        }
    });
}

#[test]
fn a_message_gets_the_same_verdict_whatever_follows() {
    each(|message| {
        let bytes = message.bytes();
        let verdict = read(&bytes, &limits());
        if verdict == Verdict::Partial {
            return Ok(());
        }
        for more in [&b"GET / HTTP/1.1\r\n"[..], b"\0", b"\r\n", b" ", b"\xff"]
        {
            let longer = [&bytes[..], more].concat();
            let again = read(&longer, &limits());
            if again != verdict {
                return Err(format!("{again:?}"));
            }
        }
        Ok(())
    });
}

#[test]
fn a_message_behind_another_gets_the_verdict_that_it_gets_alone() {
    let first = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\
                  \r\n5\r\nhello\r\n0\r\n\r\n";
    each(|message| {
        let both = [&first[..], &message.bytes()].concat();
        let Verdict::Accepted(whole) = read(&both, &limits()) else {
            return Err("the first one isn't taken".into());
        };
        assert_eq!(whole.end, first.len());
        compare(message, &read(&both[whole.end..], &limits()))
    });
}

/// A body isn't asked for: that is the head's affair.
#[test]
fn a_head_that_comes_byte_by_byte_gets_the_verdict_that_it_gets_whole() {
    each(|message| {
        let bytes = message.bytes();
        let (mut fields, mut again) =
            ([Field::EMPTY; 200], [Field::EMPTY; 200]);
        let whole = parse(&bytes, &limits(), &mut fields);
        let mut unfinished = Unfinished::default();
        for end in 1..=bytes.len() {
            let part = &bytes[..end];
            match unfinished.parse(part, &limits(), &mut again) {
                Ok(Status::Partial) => {}
                got if got == whole => return Ok(()),
                got => return Err(format!("{end}: {got:?}")),
            }
        }
        match whole {
            Ok(Status::Partial) => Ok(()),
            // Refused before as many bytes more came.
            Err(refusal) if 2 * refusal.at > bytes.len() => Ok(()),
            _ => Err("never whole".into()),
        }
    });
}

#[test]
fn a_head_is_taken_apart_without_memory() {
    let mut fields = [Field::EMPTY; 200];
    let messages: Vec<_> = corpus().iter().map(Message::bytes).collect();
    for bytes in &messages {
        let (_, held) = most_held(|| {
            let parsed = parse(bytes, &limits(), &mut fields);
            matches!(parsed, Ok(Status::Complete((it, _))) if body(&it).is_ok())
        });
        assert_eq!(held, 0, "{}", bytes.escape_ascii());
    }
}

#[test]
fn the_corpus_is_large_and_has_each_reason() {
    let messages = corpus();
    assert!(messages.len() >= 120, "{}", messages.len());
    let count = |kind: fn(&Outcome) -> bool| {
        messages.iter().filter(|message| kind(&message.outcome)).count()
    };
    assert!(count(|it| matches!(it, Outcome::Accepted(_))) >= 40);
    assert!(count(|it| matches!(it, Outcome::Refused(_))) >= 80);
    assert!(count(|it| matches!(it, Outcome::Partial)) >= 10);
    for why in Why::ALL {
        let name = format!("{why:?}");
        let has = messages.iter().any(|message| {
            matches!(&message.outcome, Outcome::Refused(it) if it.why == name)
        });
        assert!(has, "no message is refused for {name}");
    }
}
