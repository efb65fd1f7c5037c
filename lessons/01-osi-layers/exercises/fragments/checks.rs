//! What `cut` and `assemble` must get right.

use support::check::{Broken, Log, Show, check};

use super::exercise::*;

/// A payload in which every byte tells its place.
fn payload(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place % 251) as u8).collect()
}

/// The shape of a fragment: offset, length, more.
type Shape = (usize, usize, bool);

/// A fragment of the payload, as it is due.
fn fragment((offset, length, more): Shape) -> Fragment {
    let payload = payload(offset + length).split_off(offset);
    Fragment { offset, more, payload }
}

fn fragments(shapes: &[Shape]) -> Vec<Fragment> {
    shapes.iter().copied().map(fragment).collect()
}

/// Claims into which fragments a payload is cut.
fn cuts(
    log: &Log,
    length: usize,
    mtu: usize,
    due: &[Shape],
) -> Result<(), Broken> {
    log.afresh().note("payload", format!("{length} bytes"), "");
    log.note("MTU", mtu.to_string(), "");
    let due = Cut(Some(fragments(due)));
    log.expect(due, Cut(cut(&payload(length), mtu)))
}

/// Claims that a payload can't be cut for this MTU.
fn cannot(log: &Log, length: usize, mtu: usize) -> Result<(), Broken> {
    log.afresh().note("payload", format!("{length} bytes"), "");
    log.note("MTU", mtu.to_string(), "");
    log.expect(Cut(None), Cut(cut(&payload(length), mtu)))
}

/// Claims what has been put together: this many bytes, or nothing yet.
fn gives(
    log: &Log,
    shapes: &[Shape],
    due: Option<usize>,
) -> Result<(), Broken> {
    log.afresh();
    note(log, shapes);
    let answer = assemble(&fragments(shapes));
    log.expect(Whole(due.map(payload)), Whole(answer))
}

fn note(log: &Log, shapes: &[Shape]) {
    if shapes.is_empty() {
        log.note("came", "nothing", "");
    }
    for shape in shapes {
        log.note("came", told(&fragment(*shape)), "");
    }
}

fn told(fragment: &Fragment) -> String {
    let Fragment { offset, more, payload } = fragment;
    let more = if *more { "more" } else { "the last" };
    format!("{} bytes at {offset}, {more}", payload.len())
}

/// Fragments in words, and whether their bytes are the right ones.
#[derive(PartialEq)]
struct Cut(Option<Vec<Fragment>>);

impl Show for Cut {
    fn show(&self) -> String {
        let Some(fragments) = &self.0 else {
            return "None".to_string();
        };
        let one = |one: &Fragment| {
            let end = one.offset + one.payload.len();
            let due = payload(end).split_off(one.offset);
            let bytes = if due == one.payload { "" } else { ", wrong bytes" };
            format!("{}{bytes}", told(one))
        };
        let rows: Vec<_> = fragments.iter().take(6).map(one).collect();
        match (fragments.len(), rows.join(&format!("\n{:10}", ""))) {
            (0, _) => "no fragments".to_string(),
            (many @ 7.., rows) => format!("{rows} … {many} in all"),
            (_, rows) => rows,
        }
    }
}

/// A payload in words.
#[derive(PartialEq)]
struct Whole(Option<Vec<u8>>);

impl Show for Whole {
    fn show(&self) -> String {
        match &self.0 {
            None => "None".to_string(),
            Some(bytes) if *bytes == payload(bytes.len()) => {
                format!("{} bytes", bytes.len())
            }
            Some(bytes) => {
                format!("{} bytes, not in their order", bytes.len())
            }
        }
    }
}

#[test]
fn what_fits_is_not_cut() {
    check("01", "Fragments")
        .because(
            "The payload and 20 bytes of header fit the MTU, so it goes out \
             in one packet. That its length is no multiple of 8 makes no \
             difference there. No payload is a packet too.",
        )
        .run(|log| {
            cuts(log, 100, 1500, &[(0, 100, false)])?;
            cuts(log, 1480, 1500, &[(0, 1480, false)])?;
            cuts(log, 1479, 1499, &[(0, 1479, false)])?;
            cuts(log, 3, 23, &[(0, 3, false)])?;
            cuts(log, 0, 1500, &[(0, 0, false)])
        });
}

#[test]
fn a_packet_is_cut_as_linux_cuts_it() {
    check("01", "Fragments")
        .because(
            "A datagram of 1808 bytes left Linux in two fragments, of 1480 \
             and 328 bytes: as many as fit, then the rest. The MTU of 1500 \
             holds the header of 20 too. The second goes where the first one \
             ended, at byte 1480.",
        )
        .run(|log| {
            cuts(log, 1808, 1500, &[(0, 1480, true), (1480, 328, false)])
        });
}

#[test]
fn every_fragment_but_the_last_has_a_multiple_of_8_bytes() {
    check("01", "Fragments")
        .because(
            "The room is 556 bytes, and 556 is no multiple of 8: the next \
             offset could not be written into the header. 552 is the \
             greatest that is. The last fragment may have any length.",
        )
        .run(|log| {
            let three = [(0, 552, true), (552, 552, true), (1104, 376, false)];
            cuts(log, 1480, 576, &three)?;
            cuts(log, 990, 1006, &[(0, 984, true), (984, 6, false)])?;
            cuts(log, 9, 28, &[(0, 8, true), (8, 1, false)])
        });
}

#[test]
fn the_last_fragment_may_be_full() {
    check("01", "Fragments")
        .because(
            "1104 bytes are twice 552. The second fragment reaches the end, \
             so it is the last: nothing follows, not even an empty one.",
        )
        .run(|log| {
            cuts(log, 1104, 576, &[(0, 552, true), (552, 552, false)])?;
            cuts(log, 2960, 1500, &[(0, 1480, true), (1480, 1480, false)])
        });
}

#[test]
fn where_eight_bytes_do_not_fit_nothing_is_cut() {
    check("01", "Fragments")
        .because(
            "The link takes fewer than the 28 bytes of a header and one unit \
             of 8. The payload doesn't fit and can't be cut: None, and \
             neither a loop without end nor a number below zero.",
        )
        .run(|log| {
            cannot(log, 8, 27)?;
            cannot(log, 100, 21)?;
            cannot(log, 100, 20)?;
            cannot(log, 100, 19)?;
            cannot(log, 100, 0)?;
            cuts(log, 7, 27, &[(0, 7, false)])
        });
}

#[test]
fn fragments_are_put_together() {
    check("01", "Fragments")
        .because(
            "All fragments are there, from offset 0 to the last. Together \
             they are the payload. A packet that was not cut is a single \
             fragment, and may be empty.",
        )
        .run(|log| {
            gives(log, &[(0, 1480, true), (1480, 328, false)], Some(1808))?;
            let three = [(0, 552, true), (552, 552, true), (1104, 376, false)];
            gives(log, &three, Some(1480))?;
            gives(log, &[(0, 100, false)], Some(100))?;
            gives(log, &[(0, 0, false)], Some(0))
        });
}

#[test]
fn fragments_may_come_in_any_order() {
    check("01", "Fragments")
        .because(
            "Each fragment is a packet and finds its own way. The offset \
             says where its bytes belong, not the order in which they come.",
        )
        .run(|log| {
            gives(log, &[(1480, 328, false), (0, 1480, true)], Some(1808))?;
            let three = [(552, 552, true), (1104, 376, false), (0, 552, true)];
            gives(log, &three, Some(1480))
        });
}

#[test]
fn a_missing_fragment_is_waited_for() {
    check("01", "Fragments")
        .because(
            "A fragment has not come. IP never passes on a payload with a \
             hole in it: until the last piece is there, the answer is None. \
             The last in the payload may be the first to come.",
        )
        .run(|log| {
            gives(log, &[(1480, 328, false)], None)?;
            gives(log, &[(0, 552, true), (1104, 376, false)], None)?;
            gives(log, &[(552, 552, true), (1104, 376, false)], None)
        });
}

#[test]
fn without_the_last_the_end_is_not_known() {
    check("01", "Fragments")
        .because(
            "Every fragment so far says that more follow. How many bytes \
             there will be, only the last one tells.",
        )
        .run(|log| {
            gives(log, &[(0, 1480, true)], None)?;
            gives(log, &[(0, 552, true), (552, 552, true)], None)?;
            gives(log, &[], None)
        });
}

#[test]
fn a_fragment_may_come_twice() {
    check("01", "Fragments")
        .because(
            "The network may deliver a packet twice. The second copy adds no \
             bytes, and doesn't fill a hole somewhere else: to count bytes \
             is not enough.",
        )
        .run(|log| {
            let twice = [(0, 1480, true), (0, 1480, true), (1480, 328, false)];
            gives(log, &twice, Some(1808))?;
            let last =
                [(1480, 328, false), (0, 1480, true), (1480, 328, false)];
            gives(log, &last, Some(1808))?;
            let hole = [(0, 552, true), (0, 552, true), (1104, 376, false)];
            gives(log, &hole, None)?;
            gives(log, &[(0, 100, false), (0, 100, false)], Some(100))
        });
}

#[test]
fn what_was_cut_is_put_together_again() {
    check("01", "Fragments")
        .because(
            "Whatever `cut` makes of a payload, `assemble` makes the payload \
             of it, also when the fragments come backwards.",
        )
        .run(|log| {
            for mtu in [28, 35, 36, 68, 576, 1500] {
                for length in [0, 1, 8, 15, 16, 17, 551, 552, 553, 4000] {
                    log.afresh().note("payload", format!("{length} bytes"), "");
                    log.note("MTU", mtu.to_string(), "");
                    let mut parts =
                        cut(&payload(length), mtu).unwrap_or_default();
                    parts.reverse();
                    let due = Whole(Some(payload(length)));
                    log.expect(due, Whole(assemble(&parts)))?;
                }
            }
            Ok(())
        });
}
