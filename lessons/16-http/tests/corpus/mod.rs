//! The corpus: requests that are whole, wrong and cut off, and what must be
//! said about each. The widget's own parser is tested by the same file.
//!
//! ```text
//! name     what it shows
//! bytes    a string whose characters are one byte each (Latin-1), or a list
//!          of such strings and of pairs: [string, how often]
//! outcome  "partial"
//!          {"refused": {status, at, why}}
//!          {"accepted": {method, target, version, fields, head, body, data}}
//! ```
//!
//! `head` is the head's length; `body` is `none`, `length` or `chunked`; and
//! `data` is what the body holds. The whole request is then as long as the
//! bytes. The limits are those of `Limits::default()`.

use lesson_framing::Status;
use lesson_http::{
    Body, ChunkedDecoder, Field, Limits, Piece, Refusal, Version, body, parse,
};
use serde::Deserialize;

/// One message of the corpus.
#[derive(Deserialize)]
pub struct Message {
    pub name: String,
    bytes: Bytes,
    pub outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Bytes {
    Whole(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Once(String),
    Often(String, usize),
}

/// What must be said about it.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Accepted(Accepted),
    Refused(Refused),
    Partial,
}

#[derive(Deserialize)]
pub struct Accepted {
    pub method: String,
    pub target: Option<String>,
    pub version: String,
    pub fields: Option<Vec<(String, String)>>,
    pub head: usize,
    pub body: String,
    pub data: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq)]
pub struct Refused {
    pub status: u16,
    pub at: usize,
    pub why: String,
}

/// All messages.
pub fn corpus() -> Vec<Message> {
    serde_json::from_str(include_str!("corpus.json")).unwrap()
}

impl Message {
    pub fn bytes(&self) -> Vec<u8> {
        match &self.bytes {
            Bytes::Whole(text) => latin1(text),
            Bytes::Parts(parts) => parts
                .iter()
                .flat_map(|part| match part {
                    Part::Once(text) => latin1(text),
                    Part::Often(text, often) => latin1(text).repeat(*often),
                })
                .collect(),
        }
    }
}

/// A byte for each character.
pub fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(letter).unwrap()).collect()
}

/// What our reader says about a whole message, head and body.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Accepted(Box<Whole>),
    Refused(Refusal),
    Partial,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    pub method: String,
    pub target: String,
    pub version: Version,
    pub fields: Vec<(String, Vec<u8>)>,
    pub head: usize,
    pub body: Body,
    pub data: Vec<u8>,
    /// How many bytes the message has.
    pub end: usize,
}

/// Reads one message from the beginning of the bytes.
pub fn read(bytes: &[u8], limits: &Limits) -> Verdict {
    match try_read(bytes, limits) {
        Ok(Status::Complete(whole)) => Verdict::Accepted(Box::new(whole)),
        Ok(Status::Partial) => Verdict::Partial,
        Err(refusal) => Verdict::Refused(refusal),
    }
}

fn try_read(bytes: &[u8], limits: &Limits) -> Result<Status<Whole>, Refusal> {
    let mut fields = [Field::EMPTY; 200];
    let parsed = parse(bytes, limits, &mut fields)?;
    let Status::Complete((request, head)) = parsed else {
        return Ok(Status::Partial);
    };
    let body = body(&request)?;
    let found = content(body, &bytes[head..], limits)
        .map_err(|refusal| Refusal { at: head + refusal.at, ..refusal })?;
    let Some((data, length)) = found else { return Ok(Status::Partial) };
    let own = |field: &Field<'_>| (field.name.into(), field.value.into());
    Ok(Status::Complete(Whole {
        method: request.method.into(),
        target: request.target.into(),
        version: request.version,
        fields: request.fields.iter().map(own).collect(),
        head,
        body,
        data,
        end: head + length,
    }))
}

/// What the body holds, and how long it is.
fn content(
    body: Body,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Option<(Vec<u8>, usize)>, Refusal> {
    match body {
        Body::None => Ok(Some((Vec::new(), 0))),
        Body::Length(length) => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            Ok(bytes.get(..length).map(|data| (data.to_vec(), length)))
        }
        Body::Chunked => {
            let (mut data, mut rest) = (Vec::new(), bytes);
            let mut decoder = ChunkedDecoder::new(limits);
            loop {
                match decoder.next(&mut rest)? {
                    Status::Complete(Piece::Data(more)) => data.extend(more),
                    Status::Complete(Piece::End) => {
                        return Ok(Some((data, bytes.len() - rest.len())));
                    }
                    Status::Partial => return Ok(None),
                }
            }
        }
    }
}
