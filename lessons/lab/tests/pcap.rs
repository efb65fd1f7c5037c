//! Files that are what they should be, and files that are not.

use std::io;
use std::time::Duration;

use lab::pcap::{Error, LONGEST, Reader, Record, Writer};
use support::random::Random;

/// A file of two frames: 3 bytes after 1.5 s, 0 bytes after 2 s.
fn two_frames() -> Vec<u8> {
    let mut file = Writer::new(Vec::new()).unwrap();
    file.frame(Duration::from_micros(1_500_000), b"abc").unwrap();
    file.frame(Duration::from_secs(2), b"").unwrap();
    file.into_inner()
}

fn read(file: &[u8]) -> Result<Vec<Record>, Error> {
    Reader::new(file)?.collect()
}

fn told(file: &[u8]) -> String {
    read(file).unwrap_err().to_string()
}

/// The same file as a machine of the other byte order writes it.
fn in_the_other_order(file: &[u8]) -> Vec<u8> {
    let mut other = file.to_vec();
    let mut turn = |from: usize, to: usize| other[from..to].reverse();
    for (from, to) in [(0, 4), (4, 6), (6, 8), (16, 20), (20, 24)] {
        turn(from, to);
    }
    for word in (24..40).chain(43..59).step_by(4).filter(|at| *at != 40) {
        turn(word, word + 4);
    }
    other
}

#[test]
fn what_was_written_is_read() {
    let frames = read(&two_frames()).unwrap();

    assert_eq!(frames.len(), 2);
    assert_eq!(frames[0].bytes, b"abc");
    assert_eq!(frames[0].at, Duration::from_millis(1500));
    assert_eq!(frames[0].length, 3);
    assert_eq!(frames[1].bytes, b"");
}

#[test]
fn both_byte_orders_are_read() {
    let file = two_frames();
    let other = in_the_other_order(&file);

    assert_eq!(other[..4], [0xa1, 0xb2, 0xc3, 0xd4]);
    assert_eq!(read(&other).unwrap(), read(&file).unwrap());
}

#[test]
fn nanoseconds_are_read() {
    let mut file = two_frames();
    file[..4].copy_from_slice(&0xa1b2_3c4d_u32.to_le_bytes());

    let frames = read(&file).unwrap();

    assert_eq!(frames[0].at, Duration::new(1, 500_000));
}

#[test]
fn a_file_without_frames_is_a_file() {
    assert_eq!(read(&two_frames()[..24]).unwrap(), []);
}

#[test]
fn a_file_cut_anywhere_says_where() {
    let file = two_frames();
    let whole = [24, 24 + 16 + 3, file.len()];
    for end in (0..file.len()).filter(|end| !whole.contains(end)) {
        let told = told(&file[..end]);
        let due = match end {
            0..4 => "no pcap file: it begins with",
            4..24 => "ends within its header of 24 bytes",
            24..43 => "ends in the middle of frame 1",
            _ => "ends in the middle of frame 2",
        };
        assert!(told.contains(due), "{end}: {told}");
    }
}

#[test]
fn the_frames_before_the_cut_are_read() {
    let file = two_frames();

    let mut frames = Reader::new(&file[..50]).unwrap();

    assert_eq!(frames.next().unwrap().unwrap().bytes, b"abc");
    assert!(frames.next().unwrap().is_err());
    assert!(frames.next().is_none(), "after an error it ends");
}

#[test]
fn what_is_no_pcap_says_what_it_is() {
    assert_eq!(
        told(b"hello, world"),
        "no pcap file: it begins with 68 65 6c 6c, a pcap with d4 c3 b2 a1"
    );
    assert_eq!(
        told(b""),
        "no pcap file: it begins with nothing, a pcap with d4 c3 b2 a1"
    );
    assert!(told(&[0x0a, 0x0d, 0x0d, 0x0a]).starts_with("a pcapng file"));
}

#[test]
fn another_link_type_or_version_is_refused() {
    let mut wireless = two_frames();
    wireless[20] = 105;
    let mut old = two_frames();
    old[6] = 3;

    assert_eq!(
        told(&wireless),
        "frames of link type 105; only Ethernet, 1, is known"
    );
    assert_eq!(told(&old), "pcap version 2.3; only 2.4 is known");
    assert_eq!(
        told(&in_the_other_order(&old)),
        "pcap version 2.3; only 2.4 is known"
    );
}

#[test]
fn a_lying_length_is_refused_before_it_is_believed() {
    let mut file = two_frames();
    file[24 + 8..24 + 12].copy_from_slice(&(LONGEST + 1).to_le_bytes());

    assert_eq!(told(&file), "frame 1 claims 262145 bytes; 262144 is the most");
    let frames = Reader::new(&file[..]).unwrap();
    assert_eq!(frames.count(), 1, "after an error it ends");
}

#[test]
fn a_frame_that_no_reader_takes_is_not_written() {
    let mut file = Writer::new(Vec::new()).unwrap();
    let long = vec![0; LONGEST as usize + 1];

    let refused = file.frame(Duration::ZERO, &long).unwrap_err();

    assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    assert_eq!(file.into_inner().len(), 24, "nothing half written");
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    #[derive(Debug)]
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(5))
        }
    }

    let told = Reader::new(Broken).unwrap_err().to_string();

    assert_eq!(told, "Input/output error (EIO)");
}

#[test]
fn a_broken_file_never_breaks_the_reader() {
    let mut random = Random(0x5eed);
    let mut below = |limit: usize| (random.number() % limit as u64) as usize;
    let (mut whole, mut broken) = (0, 0);
    for _ in 0..200_000 {
        let mut file = Writer::new(Vec::new()).unwrap();
        for _ in 0..below(4) {
            let bytes = vec![7; below(40)];
            let at = Duration::from_micros(below(1 << 40) as u64);
            file.frame(at, &bytes).unwrap();
        }
        let mut file = file.into_inner();
        for _ in 0..below(4) {
            let at = below(file.len());
            file[at] = below(256) as u8;
        }
        if below(2) == 1 {
            file.truncate(below(file.len()));
        }
        match read(&file) {
            Ok(frames) => {
                let bytes = |frame: &Record| 16 + frame.bytes.len();
                let read: usize = frames.iter().map(bytes).sum();
                assert_eq!(24 + read, file.len(), "every byte once");
                whole += 1;
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                broken += 1;
            }
        }
    }
    assert!(whole > 1000 && broken > 1000, "{whole} and {broken}");
}
