//! Held against tshark: it finds every field where this library finds it,
//! with the same value, and judges every checksum alike.
//!
//! Counted as ignored where tshark isn't installed; failed there where `CI`
//! is set.

mod frames;

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use frames::Random;
use lab::pcap::Writer;
use lesson_osi_layers::checksum::Verdict;
use lesson_osi_layers::field::Field;
use lesson_osi_layers::frame::{Dissection, Kind, dissect};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let found = Command::new("tshark").arg("--version").output();
    let ignored = found.is_err() && std::env::var_os("CI").is_none();
    let trial = |name, check: fn()| {
        let check = move || {
            check();
            Ok(())
        };
        Trial::test(name, check).with_ignored_flag(ignored)
    };
    let trials = vec![
        trial("tshark_finds_every_field_in_its_place", every_field),
        trial("tshark_judges_checksums_alike", every_checksum),
        trial("tshark_finds_nothing_malformed", nothing_malformed),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A field as tshark tells it in PDML: where it lies, and what it is.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Told {
    name: String,
    position: usize,
    size: usize,
    /// The bytes in hexadecimal; of a part of a byte, as many digits as it
    /// needs.
    value: String,
    /// The same as people read it.
    show: String,
}

/// What tshark finds in frames: the fields of each.
fn tshark(name: &str, frames: &[Vec<u8>]) -> Vec<HashSet<Told>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("{name}-{}.pcap", std::process::id()));
    let mut writer = Writer::new(File::create(&path).unwrap()).unwrap();
    for (second, frame) in (0..).zip(frames) {
        writer.frame(Duration::from_secs(second), frame).unwrap();
    }
    drop(writer);
    let mut command = Command::new("tshark");
    for preference in [
        "ip.check_checksum:TRUE",
        "tcp.check_checksum:TRUE",
        "udp.check_checksum:TRUE",
        // Each frame by itself, numbers as they are.
        "ip.defragment:FALSE",
        "ipv6.defragment:FALSE",
        "tcp.analyze_sequence_numbers:FALSE",
        "tcp.relative_sequence_numbers:FALSE",
    ] {
        command.args(["-o", preference]);
    }
    command.args(["-T", "pdml", "-r"]).arg(&path);
    let output = command.output().expect("tshark is installed");
    fs::remove_file(&path).unwrap();
    assert!(output.status.success());
    let told = String::from_utf8_lossy(&output.stdout);
    let packets: Vec<_> = told.split("<packet>").skip(1).map(fields).collect();
    assert_eq!(packets.len(), frames.len());
    packets
}

/// The fields in a packet's PDML, each on a line of its own.
fn fields(packet: &str) -> HashSet<Told> {
    let told = |line: &str| {
        Some(Told {
            name: attribute(line, "name")?.to_owned(),
            position: attribute(line, "pos")?.parse().ok()?,
            size: attribute(line, "size")?.parse().ok()?,
            value: attribute(line, "value").unwrap_or("").to_lowercase(),
            show: attribute(line, "show").unwrap_or("").to_owned(),
        })
    };
    packet.lines().filter_map(told).collect()
}

/// An attribute's value in an element that is one line. Quotes inside it are
/// written `&quot;`.
fn attribute<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (_, behind) = line.split_once(&format!(" {name}=\""))?;
    behind.split_once('"').map(|(value, _)| value)
}

/// Frames of every kind, from the same seed in every run.
fn some_frames(count: usize) -> Vec<Vec<u8>> {
    let mut random = Random::new(0x5a7a);
    (0..count).map(|_| random.frame()).collect()
}

/// tshark's names of fields that have whole bytes to themselves.
const NAMES: &[(&str, &str)] = &[
    ("ethernet.destination", "eth.dst"),
    ("ethernet.source", "eth.src"),
    ("ethernet.type", "eth.type"),
    ("arp.hardware_type", "arp.hw.type"),
    ("arp.protocol_type", "arp.proto.type"),
    ("arp.hardware_length", "arp.hw.size"),
    ("arp.protocol_length", "arp.proto.size"),
    ("arp.operation", "arp.opcode"),
    ("arp.sender_hardware", "arp.src.hw_mac"),
    ("arp.sender_protocol", "arp.src.proto_ipv4"),
    ("arp.target_hardware", "arp.dst.hw_mac"),
    ("arp.target_protocol", "arp.dst.proto_ipv4"),
    ("ipv4.dscp_ecn", "ip.dsfield"),
    ("ipv4.total_length", "ip.len"),
    ("ipv4.identification", "ip.id"),
    ("ipv4.ttl", "ip.ttl"),
    ("ipv4.protocol", "ip.proto"),
    ("ipv4.checksum", "ip.checksum"),
    ("ipv4.source", "ip.src"),
    ("ipv4.destination", "ip.dst"),
    ("ipv4.nop", "ip.options.nop"),
    ("ipv6.payload_length", "ipv6.plen"),
    ("ipv6.next_header", "ipv6.nxt"),
    ("ipv6.hop_limit", "ipv6.hlim"),
    ("ipv6.source", "ipv6.src"),
    ("ipv6.destination", "ipv6.dst"),
    ("hop_by_hop.next_header", "ipv6.hopopts.nxt"),
    ("hop_by_hop.length", "ipv6.hopopts.len"),
    ("destination_options.next_header", "ipv6.dstopts.nxt"),
    ("destination_options.length", "ipv6.dstopts.len"),
    ("routing.next_header", "ipv6.routing.nxt"),
    ("routing.length", "ipv6.routing.len"),
    ("routing.type", "ipv6.routing.type"),
    ("routing.segments_left", "ipv6.routing.segleft"),
    ("routing.data", "ipv6.routing.unknown_data"),
    ("fragment.next_header", "ipv6.fraghdr.nxt"),
    ("fragment.reserved", "ipv6.fraghdr.reserved_octet"),
    ("fragment.identification", "ipv6.fraghdr.ident"),
    ("icmp.type", "icmp.type"),
    ("icmp.code", "icmp.code"),
    ("icmp.checksum", "icmp.checksum"),
    ("icmp.identifier", "icmp.ident"),
    ("icmp.sequence", "icmp.seq"),
    ("icmp.mtu", "icmp.mtu"),
    ("icmp.gateway", "icmp.redir_gw"),
    ("icmp.pointer", "icmp.pointer"),
    ("icmpv6.type", "icmpv6.type"),
    ("icmpv6.code", "icmpv6.code"),
    ("icmpv6.checksum", "icmpv6.checksum"),
    ("icmpv6.identifier", "icmpv6.echo.identifier"),
    ("icmpv6.sequence", "icmpv6.echo.sequence_number"),
    ("icmpv6.mtu", "icmpv6.mtu"),
    ("icmpv6.target", "icmpv6.nd.ns.target_address"),
    ("icmpv6.target", "icmpv6.nd.na.target_address"),
    ("udp.source_port", "udp.srcport"),
    ("udp.destination_port", "udp.dstport"),
    ("udp.length", "udp.length"),
    ("udp.checksum", "udp.checksum"),
    ("tcp.source_port", "tcp.srcport"),
    ("tcp.destination_port", "tcp.dstport"),
    ("tcp.sequence", "tcp.seq"),
    ("tcp.acknowledgment", "tcp.ack"),
    ("tcp.window", "tcp.window_size_value"),
    ("tcp.checksum", "tcp.checksum"),
    ("tcp.urgent_pointer", "tcp.urgent_pointer"),
    ("tcp.option.nop", "tcp.options.nop"),
    ("tcp.option.mss", "tcp.options.mss"),
    ("tcp.option.window_scale", "tcp.options.wscale"),
    ("tcp.option.sack_permitted", "tcp.options.sack_perm"),
    ("tcp.option.sack", "tcp.options.sack"),
    ("tcp.option.timestamps", "tcp.options.timestamp"),
    ("tcp.option.other", "tcp.options.experimental"),
    ("padding.bytes", "eth.padding"),
];

/// tshark's names of parts of bytes, and by how much it multiplies them.
const BITS: &[(&str, &str, &str, u64)] = &[
    ("ipv4.version_ihl", "version", "ip.version", 1),
    ("ipv4.version_ihl", "IHL", "ip.hdr_len", 4),
    ("ipv4.dscp_ecn", "DSCP", "ip.dsfield.dscp", 1),
    ("ipv4.dscp_ecn", "ECN", "ip.dsfield.ecn", 1),
    ("ipv4.flags_offset", "reserved", "ip.flags.rb", 1),
    ("ipv4.flags_offset", "DF", "ip.flags.df", 1),
    ("ipv4.flags_offset", "MF", "ip.flags.mf", 1),
    ("ipv4.flags_offset", "fragment offset", "ip.frag_offset", 1),
    ("ipv6.version_class_flow", "version", "ipv6.version", 1),
    ("ipv6.version_class_flow", "DSCP", "ipv6.tclass.dscp", 1),
    ("ipv6.version_class_flow", "ECN", "ipv6.tclass.ecn", 1),
    ("ipv6.version_class_flow", "flow label", "ipv6.flow", 1),
    ("fragment.offset_more", "fragment offset", "ipv6.fraghdr.offset", 1),
    ("fragment.offset_more", "reserved", "ipv6.fraghdr.reserved_bits", 1),
    ("fragment.offset_more", "M", "ipv6.fraghdr.more", 1),
    ("icmpv6.flags", "R", "icmpv6.nd.na.flag.r", 1),
    ("icmpv6.flags", "S", "icmpv6.nd.na.flag.s", 1),
    ("icmpv6.flags", "O", "icmpv6.nd.na.flag.o", 1),
    ("tcp.offset_flags", "data offset", "tcp.hdr_len", 4),
    ("tcp.offset_flags", "CWR", "tcp.flags.cwr", 1),
    ("tcp.offset_flags", "ECE", "tcp.flags.ece", 1),
    ("tcp.offset_flags", "URG", "tcp.flags.urg", 1),
    ("tcp.offset_flags", "ACK", "tcp.flags.ack", 1),
    ("tcp.offset_flags", "PSH", "tcp.flags.push", 1),
    ("tcp.offset_flags", "RST", "tcp.flags.reset", 1),
    ("tcp.offset_flags", "SYN", "tcp.flags.syn", 1),
    ("tcp.offset_flags", "FIN", "tcp.flags.fin", 1),
];

fn every_field() {
    let frames = some_frames(1_500);
    let told = tshark("fields", &frames);
    let mut met = BTreeSet::new();
    for (frame, told) in frames.iter().zip(&told) {
        let dissection = dissect(frame);
        for field in dissection.fields() {
            let found = whole(&field, told) & bits(&field, told);
            let near = |told: &&Told| field.range().contains(&told.position);
            let near: Vec<_> = told.iter().filter(near).collect();
            assert!(found, "{field:?} of {frame:02x?}, there: {near:#?}");
            met.insert(field.id());
        }
    }
    let known = NAMES.iter().map(|(id, _)| id);
    let known = known.chain(BITS.iter().map(|(id, ..)| id));
    for id in known {
        assert!(met.contains(id), "no frame has {id}");
    }
}

/// Whether tshark finds a field's bytes: true too for those that it has no
/// name of its own for, such as a packet inside an error of ICMP.
fn whole(field: &Field<'_>, told: &HashSet<Told>) -> bool {
    let names = NAMES.iter().filter(|(id, _)| *id == field.id());
    let names: Vec<_> = names.map(|(_, name)| *name).collect();
    if names.is_empty() {
        return true;
    }
    let hex = field.bytes().iter().map(|byte| format!("{byte:02x}"));
    let hex: String = hex.collect();
    let range = field.range();
    told.iter().any(|told| {
        names.contains(&told.name.as_str())
            && (told.position, told.size) == (range.start, range.len())
            && told.value == hex
    })
}

/// Whether tshark finds the parts of a field somewhere in its bytes.
fn bits(field: &Field<'_>, told: &HashSet<Told>) -> bool {
    field.bits().all(|(bits, value)| {
        let ours = |&&(id, label, ..): &&(&str, &str, &str, u64)| {
            id == field.id() && label == bits.label
        };
        let Some((.., name, times)) = BITS.iter().find(ours) else {
            return true;
        };
        told.iter().any(|told| {
            told.name == *name
                && field.range().contains(&told.position)
                && number(&told.show) == Some(value * times)
        })
    })
}

fn number(show: &str) -> Option<u64> {
    match show.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => show.parse().ok(),
    }
}

fn every_checksum() {
    let mut random = Random::new(0xc5);
    let mut frames = some_frames(1_000);
    for frame in &mut frames {
        // In every other frame a bit is flipped where no length stands: the
        // last byte of IPv4's addresses, or of the frame.
        let last = frame.len() - 1;
        let at = if random.once_in(2) { last.min(33) } else { last };
        if random.once_in(2) {
            frame[at] ^= 1 << random.below(8);
        }
    }
    let told = tshark("checksums", &frames);
    let (mut right, mut wrong) = (0, 0);
    for (frame, told) in frames.iter().zip(&told) {
        let dissection = dissect(frame);
        for (index, layer) in dissection.layers().iter().enumerate() {
            let Some(verdict) = dissection.checksum(index) else { continue };
            let theirs = judged(&dissection, layer.kind, layer.start, told);
            assert_eq!(theirs, Some(verdict), "{layer:?} of {frame:02x?}");
            right += usize::from(verdict == Verdict::Right);
            wrong += usize::from(matches!(verdict, Verdict::Wrong { .. }));
        }
    }
    assert!(right > 500 && wrong > 100, "{right} right, {wrong} wrong");
}

/// tshark's verdict on the checksum of a header that begins at `start`.
fn judged(
    dissection: &Dissection<'_>,
    kind: Kind,
    start: usize,
    told: &HashSet<Told>,
) -> Option<Verdict> {
    let (name, at) = match kind {
        Kind::Ipv4 => ("ip", start + 10),
        Kind::Icmp => ("icmp", start + 2),
        Kind::Icmpv6 => ("icmpv6", start + 2),
        Kind::Udp => ("udp", start + 6),
        _ => ("tcp", start + 16),
    };
    let named = |suffix: &str| {
        let name = format!("{name}.checksum{suffix}");
        told.iter().find(|told| told.name == name && told.position == at)
    };
    match named(".status")?.show.as_str() {
        "1" => Some(Verdict::Right),
        "3" => Some(Verdict::Absent),
        "0" => {
            // ICMP's calculated checksum isn't told.
            let due = named("_calculated").and_then(|due| number(&due.show));
            let layers = dissection.layers().iter();
            let layer = layers.take_while(|layer| layer.start < start).count();
            match (due, dissection.checksum(layer)) {
                (Some(due), _) => {
                    Some(Verdict::Wrong { due: u16::try_from(due).ok()? })
                }
                (None, Some(verdict @ Verdict::Wrong { .. })) => Some(verdict),
                _ => None,
            }
        }
        _ => Some(Verdict::Unknown),
    }
}

fn nothing_malformed() {
    let frames = some_frames(1_500);
    for (frame, told) in frames.iter().zip(tshark("malformed", &frames)) {
        let malformed = told.iter().find(|told| {
            ["_ws.malformed", "_ws.short"].contains(&told.name.as_str())
        });
        assert_eq!(malformed, None, "{frame:02x?}");
    }
}
