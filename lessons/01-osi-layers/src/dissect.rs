//! Every field of every frame: of an exchange in the lab, or of a file.
//!
//! The lab's exchange is a question and an answer in HTTP, with all that
//! they need: the neighbour's address, a connection, its end. It is pinned
//! before it is shown, see [`lesson_osi_layers::pin`]; a file isn't.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use lab::{Record, Recording, pcap};
use lesson_osi_layers::field::Field;
use lesson_osi_layers::frame::{Kind, dissect};
use lesson_osi_layers::pin::Pin;
use lesson_osi_layers::{arp, ethernet, tcp};
use narrator::{During, Trouble, line};

use crate::explorer;
use crate::scene::{REQUEST, Scene, accept};
use crate::story::wrapped;

/// bob's answer.
const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";

/// What may be dissected, and how it is told.
#[derive(Args)]
pub struct Form {
    /// A capture, as tcpdump -w and --pcap write it; the lab if none is named
    #[arg(conflicts_with_all = ["json", "pcap"])]
    file: Option<PathBuf>,
    #[command(flatten)]
    record: Record,
}

/// A frame, and who sent it to whom.
pub struct Shot {
    pub from: String,
    pub to: String,
    /// Its bytes, or the first of them.
    pub bytes: Vec<u8>,
    /// How many bytes it had on the wire.
    pub length: usize,
}

/// Of a file, or of the lab.
pub fn run(form: Form) -> Result<(), Trouble> {
    let shots = match &form.file {
        Some(path) => {
            read(path).map_err(io::Error::other).during(told(path))?
        }
        None => match captured(&form.record)? {
            Some(shots) => shots,
            None => return Ok(()),
        },
    };
    match form.record.json {
        true => explorer::print(&shots),
        false => {
            tell(&shots);
            Ok(())
        }
    }
}

fn told(path: &Path) -> String {
    format!("read {}", path.display())
}

/// All frames of a file. Nothing is told of one that is broken further on.
fn read(path: &Path) -> Result<Vec<Shot>, pcap::Error> {
    let file = File::open(path).map_err(pcap::Error::Io)?;
    let records = pcap::Reader::new(BufReader::new(file))?;
    records
        .map(|record| {
            let pcap::Record { bytes, length, .. } = record?;
            let (from, to) = ends(&bytes);
            let length = length.try_into().unwrap_or(usize::MAX);
            Ok(Shot { from, to, bytes, length })
        })
        .collect()
}

/// Who sent a frame to whom, by their Ethernet addresses.
fn ends(bytes: &[u8]) -> (String, String) {
    match ethernet::Frame::parse(bytes) {
        Ok(frame) => match frame.destination() {
            ethernet::Mac::BROADCAST => {
                (frame.source().to_string(), "all".into())
            }
            to => (frame.source().to_string(), to.to_string()),
        },
        Err(_) => ("?".into(), "?".into()),
    }
}

/// The frames of the lab's exchange, pinned. None where it is forbidden and
/// the recorded run was shown instead.
fn captured(asked: &Record) -> Result<Option<Vec<Shot>>, Trouble> {
    const RECORDED: &str = include_str!("../tests/snapshots/dissect.snap");
    const JSON: &str = include_str!("../tests/snapshots/dissect.json.snap");
    let lab = asked.enter(RECORDED, JSON)?;
    let Some(lab) = lab else { return Ok(None) };
    let recording = exchange(Scene::strangers(lab)?)?;
    asked.capture.write(&recording)?;
    Ok(Some(pinned(recording)))
}

// ANCHOR: exchange
/// A question, an answer, and all that they need. Each line with `sends`
/// waits for one frame and lets it pass.
fn exchange(mut scene: Scene) -> Result<Recording, Trouble> {
    let (listener, client) = scene.call()?;
    scene.alice_sends()?; // ARP: who has 10.0.0.2?
    scene.bob_sends()?; //   ARP: I have
    scene.alice_sends()?; // SYN
    scene.bob_sends()?; //   SYN ACK
    scene.alice_sends()?; // ACK
    let server = accept(&listener)?;

    client.send(REQUEST).during("send")?;
    scene.alice_sends()?; // the question
    scene.bob_sends()?; //   ACK
    take(&server)?;
    server.send(RESPONSE).during("send")?;
    scene.bob_sends()?; //   the answer
    scene.alice_sends()?; // ACK
    take(&client)?;

    drop(client);
    scene.alice_sends()?; // FIN
    scene.bob_sends()?; //   ACK
    drop(server);
    scene.bob_sends()?; //   FIN
    scene.alice_sends()?; // ACK
    Ok(scene.recording())
}
// ANCHOR_END: exchange

/// Reads what has come: who closes with unread bytes sends RST, not FIN.
fn take(mut socket: &socket2::Socket) -> Result<(), Trouble> {
    io::Read::read(&mut socket, &mut [0; 1024]).during("recv").map(drop)
}

/// The recording's frames, with what the kernels picked at random replaced.
fn pinned(recording: Recording) -> Vec<Shot> {
    let mut pin = Pin::new();
    let frames = recording.frames.into_iter();
    frames
        .map(|mut seen| {
            pin.frame(&mut seen.bytes);
            let (_, to) = ends(&seen.bytes);
            let to = if to == "all" { to } else { seen.to.to_string() };
            let length = seen.bytes.len();
            Shot { from: seen.from.to_string(), to, bytes: seen.bytes, length }
        })
        .collect()
}

fn tell(shots: &[Shot]) {
    for (shot, number) in shots.iter().zip(1..) {
        if number > 1 {
            line("");
        }
        let Shot { from, to, bytes, length } = shot;
        let kept = match bytes.len() == *length {
            true => format!("{length} bytes"),
            false => format!("the first {} of {length} bytes", bytes.len()),
        };
        let summary = summary(bytes);
        line(format_args!("{number:>2}  {from} → {to}, {kept}: {summary}"));
        tell_layers(bytes, |_| true);
    }
    if shots.is_empty() {
        line("no frames");
    }
}

/// A line for each of the frame's layers that are wanted, with its fields.
pub fn tell_layers(bytes: &[u8], wanted: impl Fn(Kind) -> bool) {
    let dissection = dissect(bytes);
    for (layer, index) in dissection.layers().iter().zip(0..) {
        if !wanted(layer.kind) {
            continue;
        }
        let range = format!("{}–{}", layer.start, layer.end - 1);
        // Ethernet II is the only name of more than a word.
        let name = layer.kind.name().split(' ').next().unwrap_or_default();
        let first = format!("    {name:<8}  {range:<6}  ");
        line(wrapped(&first, dissection.fields_of(index).map(words)));
    }
    if let Some(error) = dissection.error() {
        line(format_args!("    error     {error}"));
    }
}

/// A field in words. Bit groups and options say in their value what they
/// are.
fn words(field: Field<'_>) -> String {
    let (label, value) = (field.entry().label, field.value());
    match field.bits().count() > 0 || field.id().starts_with("tcp.option") {
        true => value.to_string(),
        false => format!("{label} {value}"),
    }
}

/// What a frame is for, in a few words.
pub fn summary(bytes: &[u8]) -> String {
    let dissection = dissect(bytes);
    let Some(last) = dissection.layers().last() else { return "empty".into() };
    let told =
        [Kind::Http, Kind::Tcp, Kind::Arp].into_iter().find_map(|kind| {
            let layer = dissection.layer(kind)?;
            let bytes = &bytes[layer.range()];
            match kind {
                Kind::Http => Some(first_line(bytes)),
                Kind::Tcp => {
                    Some(tcp::Segment::parse(bytes).ok()?.flags().to_string())
                }
                _ => asked(&arp::Packet::parse(bytes).ok()?),
            }
        });
    told.unwrap_or_else(|| last.kind.name().to_string())
}

/// The first line of a message, without its version.
fn first_line(message: &[u8]) -> String {
    let line = message.split(|byte| *byte == b'\r').next().unwrap_or(message);
    let text = line.escape_ascii().to_string();
    let words = text.split(' ').filter(|word| !word.starts_with("HTTP/"));
    words.collect::<Vec<_>>().join(" ")
}

fn asked(packet: &arp::Packet<'_>) -> Option<String> {
    let header = packet.for_ipv4()?;
    Some(match header.operation {
        arp::Operation::REQUEST => {
            format!("who has {}?", header.target_address)
        }
        _ => format!("{} is at {}", header.sender_address, header.sender),
    })
}
