//! What can't be done is told in one line that says what to do.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Runs the lesson, which must fail; what it said on stderr.
fn refused(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_lesson-byte-order"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Runs the lesson, which must succeed; what it said on stdout.
fn told(arguments: &[&str]) -> String {
    support::lesson!().run(arguments)
}

/// A file with these bytes, of this test alone. Two runs of the tests at once
/// write the same; but neither may find what the other has half written.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let unfinished = path.with_extension(std::process::id().to_string());
    fs::write(&unfinished, bytes).unwrap();
    fs::rename(&unfinished, &path).unwrap();
    path
}

#[test]
fn a_port_beyond_65535_or_zero_is_refused_with_the_range() {
    for port in ["65536", "0", "-1", "http"] {
        let error = refused(&["forgot", "--", port]);

        assert!(error.contains(port), "{error}");
        assert!(error.contains("PORT"), "{error}");
    }
    assert!(refused(&["forgot", "70000"]).contains("1..=65535"));
}

#[test]
fn a_port_whose_bytes_are_equal_is_the_same_unswapped() {
    let story = told(&["forgot", "8738"]);

    assert!(story.contains("htons(8738) = 8738"), "{story}");
    assert!(!story.contains("refused"), "{story}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = refused(&["detect", "no-such-file"]);

    let expected = "lesson-byte-order: read no-such-file: No such file or \
                    directory (ENOENT)\n";
    assert_eq!(error, expected);
}

#[test]
fn a_folder_is_no_file() {
    let error = refused(&["detect", env!("CARGO_MANIFEST_DIR")]);

    assert!(error.contains("EISDIR"), "{error}");
}

#[test]
fn a_capture_cut_off_in_its_header_is_told() {
    let path = file("cut.pcap", b"\xd4\xc3\xb2\xa1\x02\0\x04");

    let story = told(&["detect", path.to_str().unwrap()]);

    assert!(story.contains("little-endian"), "{story}");
    assert!(story.contains("cut off after 7 of 24"), "{story}");
}

#[test]
fn a_capture_in_either_order_is_read_with_the_rest_of_its_header() {
    let mut header = [0; 24];
    header[..4].copy_from_slice(&0xa1b2_3c4d_u32.to_be_bytes());
    header[4..8].copy_from_slice(&[0, 2, 0, 4]);
    // Before the link type: the frames end with a check of two words.
    header[20..].copy_from_slice(&[0x24, 0, 0, 113]);
    let path = file("nanoseconds.pcap", &header);

    let story = told(&["detect", path.to_str().unwrap()]);

    let expected = "pcap, nanoseconds, big-endian version 2.4, link type 113";
    assert!(story.contains(expected), "{story}");
}

#[test]
fn an_empty_file_and_one_without_a_mark_are_told() {
    for (name, bytes) in [("empty", &b""[..]), ("plain", b"hello")] {
        let path = file(name, bytes);

        let story = told(&["detect", path.to_str().unwrap()]);

        assert!(story.contains("can't be told"), "{story}");
    }
}

#[test]
fn broken_text_is_shown_as_far_as_it_goes_and_commands_no_terminal() {
    let path = file("odd", b"\xfe\xff\x4e\x2d\0\x1b\xd8\x00\x65");

    let story = told(&["detect", path.to_str().unwrap()]);

    assert!(story.contains("中\\u{1b}\u{fffd}  U+4E2D"), "{story}");
}
