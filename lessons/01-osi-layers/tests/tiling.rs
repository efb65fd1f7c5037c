//! Whatever bytes come, nothing panics, and the fields cover all of them.
//!
//! `scripts/fuzz-frames` tries ten million frames; a plain run fewer.

mod frames;

use std::fmt::Write;

use frames::Random;
use lesson_osi_layers::frame::{catalogue, dissect};
use lesson_osi_layers::{arp, ethernet, icmp, ipv4, ipv6, tcp, udp};

/// How many frames a test tries: as many as FRAMES says, or `few`.
fn frames(few: u64) -> u64 {
    variable("FRAMES").unwrap_or(few)
}

/// Where the numbers begin: at SEED, or always at the same.
fn random(seed: u64) -> Random {
    Random::new(variable("SEED").unwrap_or(seed))
}

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().expect("FRAMES and SEED are numbers above 0"))
}

/// Claims that layers and fields cover the frame, each byte once, and that
/// everything that can be asked of them has an answer.
fn holds_together(bytes: &[u8], words: &mut String) {
    let dissection = dissect(bytes);
    let mut at = 0;
    for layer in dissection.layers() {
        assert!(layer.start == at && layer.end > at, "{dissection:?}");
        at = layer.end;
    }
    assert_eq!(at, bytes.len(), "{dissection:?}");
    let mut at = 0;
    for field in dissection.fields() {
        let range = field.range();
        assert!(range.start == at && range.end > at, "{field:?}");
        assert!(range.end <= field.layer().end, "{field:?}");
        at = range.end;
        words.clear();
        write!(words, "{}", field.value()).unwrap();
        assert!(!words.is_empty(), "{field:?}");
        let widths: Vec<_> = field.bits().map(|(bits, _)| bits.width).collect();
        let width = 8 * range.len();
        let bits = usize::try_from(widths.iter().sum::<u32>()).unwrap();
        assert!(bits == 0 || bits == width, "{field:?}");
    }
    assert_eq!(at, bytes.len());
    if let Some(error) = dissection.error() {
        write!(words, "{error}").unwrap();
    }
}

/// Reads any bytes as each header, whatever stands before them.
fn every_view_reads_or_refuses(bytes: &[u8], words: &mut String) {
    let _ = ethernet::Frame::parse(bytes);
    let _ = udp::Datagram::parse(bytes).map(|d| d.payload().len());
    let _ = icmp::Message::parse(bytes).map(|m| m.data().len());
    let _ = arp::Packet::parse(bytes).map(|packet| packet.for_ipv4());
    if let Ok(packet) = ipv4::Packet::parse(bytes) {
        let _ = packet.options().flatten().count();
    }
    if let Ok(segment) = tcp::Segment::parse(bytes) {
        segment.options().flatten().for_each(|option| {
            words.clear();
            write!(words, "{option}").unwrap();
        });
    }
    if let Ok(packet) = ipv6::Packet::parse(bytes) {
        for extension in packet.extensions().flatten() {
            match extension {
                ipv6::Extension::HopByHop(header)
                | ipv6::Extension::DestinationOptions(header) => {
                    let _ = header.options().flatten().count();
                }
                _ => {}
            }
        }
    }
}

#[test]
fn the_fields_of_well_formed_frames_tile_them() {
    let (mut random, mut words) = (random(0x5eed), String::new());
    for _ in 0..frames(20_000) {
        holds_together(&random.frame(), &mut words);
    }
}

#[test]
fn the_fields_of_broken_frames_tile_them() {
    let (mut random, mut words) = (random(0xbad), String::new());
    for _ in 0..frames(60_000) {
        let mut frame = random.frame();
        random.mutate(&mut frame);
        holds_together(&frame, &mut words);
    }
}

#[test]
fn the_fields_of_random_bytes_tile_them() {
    let (mut random, mut words) = (random(42), String::new());
    for _ in 0..frames(40_000) {
        let length = random.below(200);
        let mut frame = random.bytes(length);
        // Some luck, so that more than Ethernet is reached.
        for (at, values) in [
            (12, &[0x08, 0x86][..]),
            (13, &[0x00, 0x06, 0xdd]),
            (14, &[0x45, 0x46, 0x60, 0x4f]),
            (16, &[0, 0, 0, 1]),
            (20, &[6, 17, 58, 0, 43, 44, 60]),
            (23, &[1, 6, 17]),
        ] {
            if let Some(byte) = frame.get_mut(at) {
                *byte = values[random.below(values.len())];
            }
        }
        holds_together(&frame, &mut words);
        every_view_reads_or_refuses(&frame, &mut words);
        every_view_reads_or_refuses(frame.get(14..).unwrap_or(&[]), &mut words);
    }
}

#[test]
fn every_frame_cut_off_anywhere_is_still_covered() {
    let (mut random, mut words) = (Random::new(0xc07), String::new());
    for _ in 0..100 {
        let frame = random.frame();
        for length in 0..frame.len().min(150) {
            holds_together(&frame[..length], &mut words);
        }
    }
}

#[test]
fn each_field_has_an_id_of_its_own_and_a_reason() {
    let mut ids: Vec<_> = catalogue().map(|entry| entry.id).collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();

    assert_eq!(ids.len(), count);
    for entry in catalogue() {
        assert!(entry.why.ends_with('.'), "{}", entry.id);
        assert!(!entry.why.contains("  "), "{}", entry.id);
        assert!(!entry.label.is_empty(), "{}", entry.id);
    }
}
