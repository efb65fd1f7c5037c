//! `dissect FILE`: files that aren't captures, or are broken, get one line
//! that says so; good ones are read whatever their byte order.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Frame 6 of chapter 01, cut off behind IPv4's header.
const FRAME: [u8; 34] = [
    2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, // Ethernet
    0x45, 0, 0, 20, 0, 1, 0x40, 0, 64, 253, 0x25, 0xea, // IPv4
    10, 0, 0, 1, 10, 0, 0, 2,
];

fn dissect(file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lesson-osi-layers"))
        .arg("dissect")
        .arg(file)
        .output()
        .expect("the lesson's binary runs")
}

/// A file of that name with these bytes. Two runs of the tests at once write
/// the same; but neither may find what the other has half written.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let unfinished = path.with_extension(std::process::id().to_string());
    fs::write(&unfinished, bytes).expect("a file in the target folder");
    fs::rename(&unfinished, &path).expect("a file of another name");
    path
}

/// A capture with one frame, its numbers in the order that `number` says.
fn capture(number: fn(u32) -> [u8; 4], link: u32) -> Vec<u8> {
    let short = |a: u32, b: u32| {
        let [high, low] = [number(a), number(b)];
        // Two numbers of 16 bits: the end that holds a small number.
        let pick =
            |n: [u8; 4]| if n[0] != 0 { [n[0], n[1]] } else { [n[2], n[3]] };
        [pick(high), pick(low)].concat()
    };
    let length = FRAME.len() as u32;
    let words = [0, 0, 65_535, link, 0, 0, length, length];
    let words: Vec<u8> = words.into_iter().flat_map(number).collect();
    [&number(0xa1b2_c3d4)[..], &short(2, 4), &words, &FRAME].concat()
}

#[track_caller]
fn refused(name: &str, bytes: &[u8], why: &str) {
    let path = file(name, bytes);
    let output = dissect(&path);
    let told = String::from_utf8_lossy(&output.stderr);
    let due = format!("lesson-osi-layers: read {}: {why}\n", path.display());
    assert_eq!(told, due);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"", "nothing is told of a broken file");
}

#[test]
fn a_capture_is_told_whatever_its_byte_order() {
    let little = dissect(&file("little.pcap", &capture(u32::to_le_bytes, 1)));
    let big = dissect(&file("big.pcap", &capture(u32::to_be_bytes, 1)));

    assert_eq!(little.stdout, big.stdout);
    let told = String::from_utf8_lossy(&little.stdout);
    let first = told.lines().next().expect("a line");
    assert_eq!(
        first,
        " 1  02:00:00:00:00:01 → 02:00:00:00:00:02, 34 bytes: IPv4"
    );
    assert!(told.contains("Source address 10.0.0.1"), "{told}");
    assert!(little.stderr.is_empty() && big.stderr.is_empty());
}

#[test]
fn a_file_that_is_missing_is_refused() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nowhere.pcap");
    let output = dissect(&path);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.ends_with("nowhere.pcap: No such file or directory (ENOENT)\n"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1);
}

#[test]
fn a_file_that_is_no_capture_is_refused() {
    let due = "no pcap file: it begins with 23 20 46 72, \
               a pcap with d4 c3 b2 a1";
    refused("readme.pcap", b"# From here\n", due);
    let due = "no pcap file: it begins with nothing, a pcap with d4 c3 b2 a1";
    refused("empty.pcap", b"", due);
}

#[test]
fn a_capture_of_another_link_type_is_refused() {
    let bytes = capture(u32::to_le_bytes, 101);
    let due = "frames of link type 101; only Ethernet, 1, is known";
    refused("raw.pcap", &bytes, due);
}

#[test]
fn a_capture_that_is_cut_off_is_refused_wherever_it_was_cut() {
    let bytes = capture(u32::to_le_bytes, 1);
    for length in [4, 12, 23] {
        let due = "the file ends within its header of 24 bytes";
        refused(&format!("head-{length}.pcap"), &bytes[..length], due);
    }
    for length in [25, 39, 40, bytes.len() - 1] {
        let due = "the file ends in the middle of frame 1";
        refused(&format!("frame-{length}.pcap"), &bytes[..length], due);
    }
}

#[test]
fn a_frame_with_a_length_that_no_frame_has_is_refused() {
    let mut bytes = capture(u32::to_le_bytes, 1);
    bytes[32..36].copy_from_slice(&u32::MAX.to_le_bytes());
    let due = "frame 1 claims 4294967295 bytes; 262144 is the most";
    refused("huge.pcap", &bytes, due);
}

#[test]
fn a_capture_without_frames_is_told_as_such() {
    let empty = &capture(u32::to_le_bytes, 1)[..24];
    let output = dissect(&file("none.pcap", empty));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "no frames\n");
    assert!(output.status.success());
}

#[test]
fn frames_that_the_capture_cut_short_are_told_with_their_error() {
    let mut bytes = capture(u32::to_le_bytes, 1);
    // 20 of the frame's 34 bytes are kept.
    bytes[32..36].copy_from_slice(&20_u32.to_le_bytes());
    bytes.truncate(24 + 16 + 20);

    let output = dissect(&file("snapped.pcap", &bytes));

    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("the first 20 of 34 bytes"), "{told}");
    assert!(told.contains("IPv4: 20 bytes needed, 6 there"), "{told}");
    assert!(output.status.success());
}
