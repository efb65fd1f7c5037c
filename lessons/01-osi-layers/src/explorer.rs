//! The frames as data for the book's frame explorer: each with its layers
//! and its fields, whose byte ranges cover it without a gap.
//!
//! What is said of a field in every frame is said once, in a catalogue.

use std::collections::BTreeMap;
use std::io;

use lesson_osi_layers::field::Field;
use lesson_osi_layers::frame::{Dissection, catalogue, dissect};
use narrator::{During, Trouble, line};
use serde::Serialize;
use serde_json::to_string;

use crate::dissect::{Shot, summary};
use crate::questions;
use crate::scene::{CLIENT, SERVER};

#[derive(Serialize)]
struct Host {
    name: &'static str,
    address: String,
    role: &'static str,
}

#[derive(Serialize)]
struct Entry {
    label: &'static str,
    why: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ask: Option<&'static str>,
}

#[derive(Serialize)]
struct Frame<'a> {
    from: &'a str,
    to: &'a str,
    fate: &'static str,
    summary: String,
    bytes: String,
    layers: Vec<Layer>,
    fields: Vec<Value>,
}

#[derive(Serialize)]
struct Layer {
    id: &'static str,
    name: &'static str,
    start: usize,
    end: usize,
}

#[derive(Serialize)]
struct Value {
    id: &'static str,
    layer: &'static str,
    start: usize,
    end: usize,
    value: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bits: Vec<Bits>,
}

#[derive(Serialize)]
struct Bits {
    label: &'static str,
    width: u32,
    value: u64,
}

/// Prints all frames as one object. A field of the catalogue and a frame
/// have a line each, so that two versions can be compared.
pub fn print(shots: &[Shot]) -> Result<(), Trouble> {
    let text = object(shots).map_err(io::Error::other).during("write JSON")?;
    line(text);
    Ok(())
}

fn object(shots: &[Shot]) -> serde_json::Result<String> {
    let frames: Vec<_> = shots.iter().map(frame).collect();
    let used = |id| frames.iter().any(|f| f.fields.iter().any(|v| v.id == id));
    let entries: BTreeMap<_, _> = catalogue()
        .filter(|entry| used(entry.id))
        .map(|entry| (entry.id, (entry.label, entry.why)))
        .collect();
    let mut catalogue = Vec::new();
    for (id, (label, why)) in entries {
        let entry =
            to_string(&Entry { label, why, ask: questions::about(id) })?;
        catalogue.push(format!("{}:{entry}", to_string(id)?));
    }
    let frames: Vec<_> =
        frames.iter().map(to_string).collect::<Result<_, _>>()?;
    Ok(format!(
        "{{\"demo\":\"dissect\",\"title\":{},\n\"hosts\":{},\n\
         \"fields\":{{\n{}\n}},\n\"frames\":[\n{}\n]}}",
        to_string("A question and its answer, byte by byte")?,
        to_string(&hosts())?,
        catalogue.join(",\n"),
        frames.join(",\n"),
    ))
}

fn hosts() -> [Host; 2] {
    let (alice, bob) = (CLIENT.ip().to_string(), SERVER.ip().to_string());
    [
        Host { name: "alice", address: alice, role: "client" },
        Host { name: "bob", address: bob, role: "server" },
    ]
}

fn frame(shot: &Shot) -> Frame<'_> {
    let dissection = dissect(&shot.bytes);
    Frame {
        from: &shot.from,
        to: &shot.to,
        fate: "delivered",
        summary: summary(&shot.bytes),
        bytes: shot.bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        layers: layers(&dissection),
        fields: dissection.fields().map(value).collect(),
    }
}

fn layers(dissection: &Dissection<'_>) -> Vec<Layer> {
    let layers = dissection.layers().iter();
    layers
        .map(|layer| Layer {
            id: layer.kind.id(),
            name: layer.kind.name(),
            start: layer.start,
            end: layer.end,
        })
        .collect()
}

fn value(field: Field<'_>) -> Value {
    let bits = field.bits().map(|(bits, value)| Bits {
        label: bits.label,
        width: bits.width,
        value,
    });
    Value {
        id: field.id(),
        layer: field.layer().kind.id(),
        start: field.range().start,
        end: field.range().end,
        value: field.value().to_string(),
        bits: bits.collect(),
    }
}
