//! What the demos print, as the book shows it: all of them need the lab.
//!
//! The captures of `checksum` and `lying` hold frames that are damaged on
//! purpose; those of the others have nothing for tshark to complain of.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use lab::pcap;
use lesson_osi_layers::pin::Pin;
use serde_json::Value;
use support::transcript::Lesson;

fn main() -> ExitCode {
    support::wire!()
        .shows_first("encapsulate", &[])
        .shows("models", &[])
        .shows("dissect", &[])
        .records("dissect")
        .shows("icmp", &[])
        .shows("ipv6", &[])
        .shows("overhead", &[])
        .shows("checksum", &[])
        .shows("fragments", &[])
        .shows("lying", &[])
        .opens_in_tshark("encapsulate")
        .opens_in_tshark("models")
        .opens_in_tshark("dissect")
        .opens_in_tshark("icmp")
        .replays_without_ipv6("ipv6")
        .opens_in_tshark("ipv6")
        .opens_in_tshark("overhead")
        .opens_in_tshark("fragments")
        .claim("every_byte_of_the_recording_is_in_one_field", tiled)
        .claim("the_recording_is_the_capture_pinned", pinned)
        .run()
}

/// Layers tile each frame, fields tile it, and bits tile their bytes.
fn tiled(lesson: &Lesson) {
    let recording = parsed(&lesson.run(&["dissect", "--json"]));
    let frames = recording["frames"].as_array().expect("frames");
    assert_eq!(frames.len(), 13);
    for frame in frames {
        let hex = frame["bytes"].as_str().expect("bytes in hexadecimal");
        for spans in ["layers", "fields"] {
            let mut at = 0;
            for span in frame[spans].as_array().expect("spans") {
                assert_eq!(span["start"], at, "{span}");
                at = span["end"].as_u64().expect("an end");
                assert!(span["start"].as_u64() < Some(at), "{span}");
            }
            assert_eq!(at, hex.len() as u64 / 2, "{spans} of {hex}");
        }
        for field in frame["fields"].as_array().expect("fields") {
            let id = field["id"].as_str().expect("an id");
            assert!(recording["fields"][id]["why"].is_string(), "{id}");
            bits_tile(field);
        }
    }
}

fn bits_tile(field: &Value) {
    let Some(bits) = field["bits"].as_array() else { return };
    let width = |bits: &Value| bits["width"].as_u64().expect("a width");
    let all: u64 = bits.iter().map(width).sum();
    let [start, end] =
        ["start", "end"].map(|e| field[e].as_u64().expect("an offset"));
    assert_eq!(all, (end - start) * 8, "{field}");
    for part in bits {
        let value = part["value"].as_u64().expect("a value");
        assert!(value < 1 << width(part), "{part}");
    }
}

/// `--pcap` writes what the wire carried, untouched; pinned it is what
/// `--json` tells. And `dissect FILE` tells as many frames.
fn pinned(lesson: &Lesson) {
    let unique = format!("pinned-{}.pcap", std::process::id());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique);
    let name = path.to_str().expect("a path in UTF-8");
    let told = lesson.run(&["dissect", "--json", "--pcap", name]);
    let read = lesson.run(&["dissect", name]);
    let file = fs::File::open(&path).expect("the capture is there");
    fs::remove_file(&path).expect("the capture is there");

    let mut pin = Pin::new();
    let frames = pcap::Reader::new(file).expect("it is a capture");
    let frames = frames.map(|frame| {
        let mut bytes = frame.expect("a whole frame").bytes;
        pin.frame(&mut bytes);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    });
    let recording = parsed(&told);
    let told = recording["frames"].as_array().expect("frames");
    let told: Vec<_> =
        told.iter().map(|frame| frame["bytes"].clone()).collect();
    assert_eq!(told, frames.collect::<Vec<_>>());
    let headings = read.lines().filter(|line| line.contains(" → "));
    assert_eq!(headings.count(), told.len());
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).expect("the recording is JSON")
}
