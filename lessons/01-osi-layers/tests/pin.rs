//! Whatever frames come, pinning them changes what it says and no more.

mod frames;

use frames::Random;
use lesson_osi_layers::checksum::Verdict;
use lesson_osi_layers::frame::dissect;
use lesson_osi_layers::pin::Pin;

/// What pinning may change.
const PINNED: [&str; 6] = [
    "ipv4.identification",
    "ipv4.checksum",
    "tcp.sequence",
    "tcp.acknowledgment",
    "tcp.checksum",
    "tcp.option.sack",
];

/// The bytes of all other fields.
fn others(frame: &[u8]) -> Vec<&[u8]> {
    let dissection = dissect(frame);
    let fields = dissection.fields();
    fields
        .filter(|field| !PINNED.contains(&field.id()))
        .map(|field| &frame[field.range()])
        .collect()
}

/// Which of its checksums are right.
fn right(frame: &[u8]) -> Vec<Option<bool>> {
    let dissection = dissect(frame);
    let verdicts = (0..dissection.layers().len())
        .map(|layer| dissection.checksum(layer))
        .map(|verdict| verdict.map(|v| v == Verdict::Right));
    verdicts.collect()
}

#[track_caller]
fn stays_the_same_but_for_what_is_pinned(frames: Vec<Vec<u8>>) {
    let mut pin = Pin::new();
    for frame in frames {
        let mut pinned = frame.clone();
        pin.frame(&mut pinned);
        assert_eq!(others(&frame), others(&pinned), "{frame:02x?}");
        assert_eq!(right(&frame), right(&pinned), "{frame:02x?}");
    }
}

#[test]
fn well_formed_frames_keep_their_other_fields_and_their_checksums() {
    let mut random = Random::new(0x1f);
    let frames = (0..5_000).map(|_| random.frame()).collect();

    stays_the_same_but_for_what_is_pinned(frames);
}

#[test]
fn frames_that_are_damaged_neither_panic_nor_become_right() {
    let mut random = Random::new(0x2e);
    let frames = (0..20_000).map(|_| {
        let mut frame = random.frame();
        random.mutate(&mut frame);
        frame
    });
    let frames = frames.collect();

    stays_the_same_but_for_what_is_pinned(frames);
}
