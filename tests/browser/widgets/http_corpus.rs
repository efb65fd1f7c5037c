//! The *HTTP dissector* against the lesson: for each message of the corpus, and
//! for thousands that were made of it, its parser in JavaScript gives the
//! verdict of the parser in Rust, and the same byte.

use std::fs;
use std::path::Path;

use lesson_http::{Body, Limits};
use serde_json::{Value, json};
use support::random::Random;

use super::http_dissector::{PAGE, nothing};
use crate::chromium::Result;
use crate::{Claim, Reader};

/// What a message is, and how the lesson reads it.
#[allow(dead_code, reason = "the lesson's own tests use the rest of it")]
#[path = "../../../lessons/16-http/tests/corpus/mod.rs"]
mod lesson;

use lesson::{Verdict, Whole, corpus, read};

/// Claims about the widget's parser.
pub const TRIALS: &[Claim] = &[
    ("http_dissector::agrees_with_the_lesson_on_the_whole_corpus", whole),
    ("http_dissector::agrees_with_the_lesson_on_what_is_like_it", alike),
];

const CORPUS: &str = "lessons/16-http/tests/corpus/corpus.json";

/// Verdict, status, byte and reason; of what is accepted each part.
const COMPARE: &str = "(corpus => {
  const sorted = of => JSON.stringify(Object.entries(of).sort());
  const wrong = [];
  for (const { name, bytes: given, outcome } of corpus) {
    const bytes = [given].flat().map(
      part => [part].flat()).map(([text, times]) => text.repeat(times ?? 1))
      .join('');
    const { verdict, status, at, why, end, body, parts } = sbHttp.read(bytes);
    const text = name => parts.filter(p => p.name === name)
      .map(p => bytes.slice(p.at, p.end));
    let got = 'partial';
    if (verdict === 'refused') got = { refused: sorted({ status, at, why }) };
    if (verdict === 'accepted') {
      const fields = [];
      for (const p of parts) {
        if (p.name === 'field name') fields.push([bytes.slice(p.at, p.end), '']);
        if (p.name === 'field value')
          fields.at(-1)[1] = bytes.slice(p.at, p.end);
      }
      const all = { method: text('method')[0], target: text('target')[0],
        version: text('version')[0].slice(5), fields, body,
        head: parts.find(p => p.name === 'blank line').end,
        end, data: text(body === 'chunked' ? 'chunk data' : 'body').join('') };
      const due = outcome.accepted || {};
      if (end !== (due.end ?? bytes.length)) got = `ends at ${end}`;
      else got = { accepted: sorted(Object.fromEntries(Object.keys(due)
        .map(key => [key, all[key]]))) };
    }
    const due = typeof outcome === 'string' ? outcome
      : { [Object.keys(outcome)[0]]: sorted(Object.values(outcome)[0]) };
    if (JSON.stringify(got) !== JSON.stringify(due))
      wrong.push(`${name}: ${JSON.stringify(got)}, not ${JSON.stringify(due)}`);
    if (why && !sbHttp.WHY[why]) wrong.push(`${name}: no words for ${why}`);
  }
  return corpus.length > 200 ? wrong.join('\\n') : 'too few messages';
})";

fn whole(reader: &Reader) -> Result {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(CORPUS);
    let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
    compare(reader, &text)
}

fn compare(reader: &Reader, messages: &str) -> Result {
    let window = super::open(reader, PAGE)?;
    nothing(&window, &format!("{COMPARE}({messages})"))
}

/// Four thousand messages, each of the corpus with a few bytes changed.
fn alike(reader: &Reader) -> Result {
    let mut random = Random(16);
    let corpus: Vec<_> = corpus()
        .iter()
        .map(|message| message.bytes())
        .filter(|bytes| (1..400).contains(&bytes.len()))
        .collect();
    let messages: Vec<_> = (0..4000)
        .map(|_| {
            let mut bytes = corpus[random.below(corpus.len())].clone();
            for _ in 0..=random.below(3) {
                change(&mut bytes, &mut random);
            }
            let outcome = outcome(&read(&bytes, &Limits::default()));
            json!({ "name": latin1(&bytes), "bytes": latin1(&bytes),
                    "outcome": outcome })
        })
        .collect();
    compare(reader, &json!(messages).to_string())
}

/// Puts a byte in, takes one out or another instead, or doubles some.
fn change(bytes: &mut Vec<u8>, random: &mut Random) {
    const BYTES: &[u8] = b"\r\n\0\t :;,=+-/#%09aFHg1\"[]@\x0b\x7f\x80\xa0\xff";
    let byte = BYTES[random.below(BYTES.len())];
    let at = random.below(bytes.len().max(1));
    match (random.below(4), bytes.get_mut(at)) {
        (0, Some(_)) => drop(bytes.remove(at)),
        (1, Some(old)) => *old = byte,
        (2, Some(_)) => {
            let end = bytes.len().min(at + 1 + random.below(30));
            bytes.extend_from_within(at..end);
            bytes[at..].rotate_right(end - at);
        }
        _ => bytes.insert(at, byte),
    }
}

/// The verdict as the corpus writes it; of what is taken, what it holds.
fn outcome(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Partial => json!("partial"),
        Verdict::Refused(refusal) => json!({ "refused": {
            "status": refusal.status, "at": refusal.at,
            "why": format!("{:?}", refusal.why),
        } }),
        Verdict::Accepted(whole) => json!({ "accepted": accepted(whole) }),
    }
}

fn accepted(whole: &Whole) -> Value {
    let fields = whole.fields.iter();
    json!({
        "method": whole.method, "target": whole.target, "head": whole.head,
        "fields": fields.map(|(name, value)| json!([name, latin1(value)]))
            .collect::<Vec<_>>(),
        "body": match whole.body {
            Body::None => "none",
            Body::Length(_) => "length",
            Body::Chunked => "chunked",
        },
        "data": latin1(&whole.data),
        "end": whole.end,
    })
}

/// A character for each byte.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
