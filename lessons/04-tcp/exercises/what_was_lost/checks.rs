//! What `missing` and `fast_retransmission` must tell.
//!
//! The ACKs in the constants are those of Linux, to which all segments were
//! sent but the lost ones.

use support::check::{Broken, Log, Show, check};

use super::exercise::*;

/// An ACK and its SACK blocks, as written here.
type Answer<'a> = (u32, &'a [(u32, u32)]);

/// The third of ten segments was lost.
const THIRD_OF_TEN: [Answer<'_>; 9] = [
    (1461, &[]),
    (2921, &[]),
    (2921, &[(4381, 5841)]),
    (2921, &[(4381, 7301)]),
    (2921, &[(4381, 8761)]),
    (2921, &[(4381, 10221)]),
    (2921, &[(4381, 11681)]),
    (2921, &[(4381, 13141)]),
    (2921, &[(4381, 14601)]),
];

/// The first of six was lost.
const FIRST: [Answer<'_>; 5] = [
    (1, &[(1461, 2921)]),
    (1, &[(1461, 4381)]),
    (1, &[(1461, 5841)]),
    (1, &[(1461, 7301)]),
    (1, &[(1461, 8761)]),
];

/// The second and the third of seven.
const TWO_IN_A_ROW: [Answer<'_>; 5] = [
    (1461, &[]),
    (1461, &[(4381, 5841)]),
    (1461, &[(4381, 7301)]),
    (1461, &[(4381, 8761)]),
    (1461, &[(4381, 10221)]),
];

/// The second and the fourth of seven.
const TWO_APART: [Answer<'_>; 5] = [
    (1461, &[]),
    (1461, &[(2921, 4381)]),
    (1461, &[(5841, 7301), (2921, 4381)]),
    (1461, &[(5841, 8761), (2921, 4381)]),
    (1461, &[(5841, 10221), (2921, 4381)]),
];

/// Six of fourteen: the first block is no longer reported at the end.
const SIX_APART: [Answer<'_>; 8] = [
    (1461, &[]),
    (1461, &[(2921, 4381)]),
    (1461, &[(5841, 7301), (2921, 4381)]),
    (1461, &[(8761, 10221), (5841, 7301), (2921, 4381)]),
    (1461, &[(11681, 13141), (8761, 10221), (5841, 7301), (2921, 4381)]),
    (1461, &[(14601, 16061), (11681, 13141), (8761, 10221), (5841, 7301)]),
    (1461, &[(17521, 18981), (14601, 16061), (11681, 13141), (8761, 10221)]),
    (1461, &[(17521, 20441), (14601, 16061), (11681, 13141), (8761, 10221)]),
];

/// The last of five.
const LAST: [Answer<'_>; 4] =
    [(1461, &[]), (2921, &[]), (4381, &[]), (5841, &[])];

/// None was lost, but the second came behind the fourth.
const OVERTAKEN: [Answer<'_>; 5] = [
    (1461, &[]),
    (1461, &[(2921, 4381)]),
    (1461, &[(2921, 5841)]),
    (5841, &[]),
    (7301, &[]),
];

/// The second of four arrived twice.
const TWICE: [Answer<'_>; 5] = [
    (1461, &[]),
    (2921, &[]),
    (2921, &[(1461, 2921)]),
    (4381, &[]),
    (5841, &[]),
];

/// The second was lost, the third arrived twice.
const TWICE_BEYOND: [Answer<'_>; 5] = [
    (1461, &[]),
    (1461, &[(2921, 4381)]),
    (1461, &[(2921, 5841)]),
    (1461, &[(2921, 4381), (2921, 5841)]),
    (1461, &[(2921, 7301)]),
];

/// The second was lost and came again; then the sixth was lost.
const ONE_AFTER_THE_OTHER: [Answer<'_>; 8] = [
    (1461, &[]),
    (1461, &[(2921, 4381)]),
    (1461, &[(2921, 5841)]),
    (1461, &[(2921, 7301)]),
    (7301, &[]),
    (7301, &[(8761, 10221)]),
    (7301, &[(8761, 11681)]),
    (7301, &[(8761, 13141)]),
];

/// The second of six, between hosts that have not agreed on SACK.
const WITHOUT_SACK: [Answer<'_>; 5] =
    [(1461, &[]), (1461, &[]), (1461, &[]), (1461, &[]), (1461, &[])];

/// Segments of different sizes: the third, of 119 bytes, was lost.
const SIZES: [(u32, u32); 6] = [
    (1, 501),
    (501, 1961),
    (1961, 2080),
    (2080, 3540),
    (3540, 3550),
    (3550, 3600),
];
const SIZES_ANSWERED: [Answer<'_>; 5] = [
    (501, &[]),
    (1961, &[]),
    (1961, &[(2080, 3540)]),
    (1961, &[(2080, 3550)]),
    (1961, &[(2080, 3600)]),
];

fn span((start, end): (u32, u32)) -> Span {
    Span { start, end }
}

/// So many full segments, from byte 1 on.
fn full(count: u32) -> Vec<Span> {
    (0..count).map(|n| span((1 + 1460 * n, 1461 + 1460 * n))).collect()
}

fn acks(answers: &[Answer<'_>]) -> Vec<Ack> {
    let ack = |(number, sack): &Answer<'_>| {
        let sack = sack.iter().copied().map(span).collect();
        Ack { number: *number, sack }
    };
    answers.iter().map(ack).collect()
}

/// Notes what was sent and what was answered.
fn note(log: &Log, sent: &[Span], acks: &[Ack]) {
    let end = sent.last().map_or(0, |last| last.end);
    let segments = format!("{} segments, bytes 1 to {end}", sent.len());
    log.afresh().note("sent", segments, "");
    for (place, ack) in acks.iter().enumerate() {
        let mut told = format!("{place}: ACK {}", ack.number);
        let blocks: Vec<_> = ack.sack.iter().map(Show::show).collect();
        if !blocks.is_empty() {
            told += &format!("  SACK {}", blocks.join(" "));
        }
        log.note("answer", told, "");
    }
}

impl Show for Span {
    fn show(&self) -> String {
        format!("{}–{}", self.start, self.end)
    }
}

/// Claims what is missing.
fn lacks(
    log: &Log,
    sent: &[Span],
    answers: &[Answer<'_>],
    due: &[(u32, u32)],
) -> Result<(), Broken> {
    let acks = acks(answers);
    note(log, sent, &acks);
    let due: Vec<Span> = due.iter().copied().map(span).collect();
    log.expect(Spans(due), Spans(missing(sent, &acks)))
}

/// Claims which segment is sent again, and after which ACK.
fn resends(
    log: &Log,
    sent: &[Span],
    answers: &[Answer<'_>],
    due: Option<(usize, (u32, u32))>,
) -> Result<(), Broken> {
    let acks = acks(answers);
    note(log, sent, &acks);
    let due = due
        .map(|(after, bytes)| Retransmission { after, segment: span(bytes) });
    log.expect(Told(due), Told(fast_retransmission(sent, &acks)))
}

/// Spans in words.
#[derive(PartialEq)]
struct Spans(Vec<Span>);

impl Show for Spans {
    fn show(&self) -> String {
        let spans: Vec<_> = self.0.iter().map(Show::show).collect();
        match spans.is_empty() {
            true => "nothing".to_string(),
            false => spans.join(", "),
        }
    }
}

/// A retransmission in words.
#[derive(PartialEq)]
struct Told(Option<Retransmission>);

impl Show for Told {
    fn show(&self) -> String {
        match self.0 {
            None => "none".to_string(),
            Some(Retransmission { after, segment }) => {
                format!("{} after answer {after}", segment.show())
            }
        }
    }
}

#[test]
fn a_hole_lies_between_the_ack_number_and_a_block() {
    check("04", "A lost segment")
        .because(
            "All below 2921 has arrived, and 4381 to 14600. Between them the \
             third segment is missing, and only that: its end is the first \
             byte that the block reports.",
        )
        .run(|log| lacks(log, &full(10), &THIRD_OF_TEN, &[(2921, 4381)]));
}

#[test]
fn the_first_segment_may_be_missing() {
    check("04", "A lost segment")
        .because(
            "ACK 1 says that byte 1 is the next one awaited: of these \
             segments nothing has arrived in order. The hole begins with \
             the first byte sent.",
        )
        .run(|log| lacks(log, &full(6), &FIRST, &[(1, 1461)]));
}

#[test]
fn segments_lost_side_by_side_are_one_hole() {
    check("04", "A lost segment")
        .because(
            "SACK speaks of bytes, not of segments. That two segments are \
             missing here shows only in the length of the hole.",
        )
        .run(|log| lacks(log, &full(7), &TWO_IN_A_ROW, &[(1461, 4381)]));
}

#[test]
fn blocks_come_newest_first() {
    check("04", "A lost segment")
        .because(
            "The first block of an ACK holds the segment that caused it \
             (RFC 2018, section 4), not the lowest bytes. The holes are \
             between the blocks as they lie in the stream, lowest first. \
             An ACK may be lost too, so that the next one brings two blocks \
             at once.",
        )
        .run(|log| {
            let holes = [(1461, 2921), (4381, 5841)];
            lacks(log, &full(7), &TWO_APART, &holes)?;
            lacks(log, &full(7), &TWO_APART[4..], &holes)
        });
}

#[test]
fn what_was_reported_once_has_arrived() {
    check("04", "A lost segment")
        .because(
            "An ACK has room for four blocks. The fifth hole pushes the \
             oldest block out, but 2921 to 4380 has arrived all the same: a \
             sender keeps what every ACK has reported.",
        )
        .run(|log| {
            let holes = [
                (1461, 2921),
                (4381, 5841),
                (7301, 8761),
                (10221, 11681),
                (13141, 14601),
                (16061, 17521),
            ];
            lacks(log, &full(14), &SIX_APART, &holes)
        });
}

#[test]
fn a_hole_that_was_filled_is_none() {
    check("04", "A lost segment")
        .because(
            "The later ACK number is beyond the hole: what was missing has \
             arrived since. Only the hole behind it is left, if there is one.",
        )
        .run(|log| {
            lacks(log, &full(5), &OVERTAKEN, &[])?;
            lacks(log, &full(9), &ONE_AFTER_THE_OTHER, &[(7301, 8761)])
        });
}

#[test]
fn what_lies_behind_the_highest_byte_is_not_known() {
    check("04", "A lost segment")
        .because(
            "Nothing beyond these bytes was reported. They may be lost, or \
             on their way: the ACKs don't tell, so they are not called \
             missing. This is why a lost last segment is found by a timer.",
        )
        .run(|log| {
            lacks(log, &full(5), &LAST, &[])?;
            lacks(log, &full(12), &THIRD_OF_TEN, &[(2921, 4381)])?;
            lacks(log, &full(3), &[], &[])
        });
}

#[test]
fn without_sack_no_hole_is_known() {
    check("04", "A lost segment")
        .because(
            "The hosts have not agreed on SACK. Four times the same number \
             says that something came out of order, but not what. Where the \
             hole ends isn't known.",
        )
        .run(|log| lacks(log, &full(6), &WITHOUT_SACK, &[]));
}

#[test]
fn what_arrived_twice_leaves_no_hole() {
    check("04", "A lost segment")
        .because(
            "A first block below the ACK number, or inside another block, \
             reports bytes that arrived a second time (RFC 2883). They have \
             been counted already, and no hole begins or ends with them.",
        )
        .run(|log| {
            lacks(log, &full(4), &TWICE, &[])?;
            lacks(log, &full(4), &TWICE[..3], &[])?;
            lacks(log, &full(5), &TWICE_BEYOND, &[(1461, 2921)])?;
            lacks(log, &full(5), &TWICE_BEYOND[..4], &[(1461, 2921)])
        });
}

#[test]
fn an_ack_that_comes_late_takes_nothing_back() {
    check("04", "A lost segment")
        .because(
            "These ACKs were reordered on their way back: the network \
             promises no order for them either. The greatest number counts, \
             not the newest.",
        )
        .run(|log| {
            let late = [(4381, &[][..]), (1461, &[]), (2921, &[])];
            lacks(log, &full(4), &late, &[])?;
            let late = [(2921, &[(4381, 5841)][..]), (1461, &[])];
            lacks(log, &full(4), &late, &[(2921, 4381)])
        });
}

#[test]
fn the_third_duplicate_sends_the_segment_again() {
    check("04", "A lost segment")
        .because(
            "The first ACK with a number acknowledges something. The three \
             that repeat it are the duplicates, so it is the fourth of its \
             kind that counts. What is sent again begins at the ACK number.",
        )
        .run(|log| {
            resends(log, &full(10), &THIRD_OF_TEN, Some((4, (2921, 4381))))?;
            resends(log, &full(7), &TWO_APART, Some((3, (1461, 2921))))
        });
}

#[test]
fn the_first_ack_may_be_a_duplicate() {
    check("04", "A lost segment")
        .because(
            "That byte 1 is awaited was known from the handshake. An ACK \
             that says it again acknowledges nothing new: it is the first \
             duplicate.",
        )
        .run(|log| resends(log, &full(6), &FIRST, Some((2, (1, 1461)))));
}

#[test]
fn the_segment_is_sent_again_as_it_was() {
    check("04", "A lost segment")
        .because(
            "The segment that begins at the ACK number is sent again as it \
             was: not 1460 bytes where it had 119, and not all up to the \
             block where that is two segments.",
        )
        .run(|log| {
            let sent = SIZES.map(span);
            resends(log, &sent, &SIZES_ANSWERED, Some((4, (1961, 2080))))?;
            resends(log, &full(7), &TWO_IN_A_ROW, Some((3, (1461, 2921))))
        });
}

#[test]
fn two_duplicates_are_not_enough() {
    check("04", "A lost segment")
        .because(
            "The second segment was overtaken by two others and came then. \
             Had it been sent again at once, it would have come twice. That \
             is why TCP waits for the third duplicate.",
        )
        .run(|log| {
            resends(log, &full(5), &OVERTAKEN, None)?;
            resends(log, &full(4), &TWICE, None)
        });
}

#[test]
fn a_greater_number_begins_to_count_anew() {
    check("04", "A lost segment")
        .because(
            "Two duplicates, then progress, then two duplicates of another \
             number: neither hole was reported three times.",
        )
        .run(|log| {
            let twice = [
                (1461, &[][..]),
                (1461, &[(2921, 4381)]),
                (1461, &[(2921, 5841)]),
                (5841, &[]),
                (5841, &[(7301, 8761)]),
                (5841, &[(7301, 10221)]),
            ];
            resends(log, &full(7), &twice, None)
        });
}

#[test]
fn an_old_ack_neither_counts_nor_interrupts() {
    check("04", "A lost segment")
        .because(
            "ACK 1461 was overtaken by later ones. It is no duplicate of \
             2921, and it doesn't end the row of those that are.",
        )
        .run(|log| {
            let late = [
                (2921, &[][..]),
                (2921, &[(4381, 5841)]),
                (1461, &[]),
                (2921, &[(4381, 7301)]),
                (2921, &[(4381, 8761)]),
            ];
            resends(log, &full(6), &late, Some((4, (2921, 4381))))?;
            resends(log, &full(6), &late[..4], None)
        });
}

#[test]
fn duplicates_count_without_sack_too() {
    check("04", "A lost segment")
        .because(
            "Fast retransmission is older than SACK: the number alone is \
             counted.",
        )
        .run(|log| {
            resends(log, &full(6), &WITHOUT_SACK, Some((3, (1461, 2921))))
        });
}

#[test]
fn where_all_is_acknowledged_nothing_is_sent_again() {
    check("04", "A lost segment")
        .because(
            "Everything that was sent has been acknowledged, so an ACK that \
             says it once more reports no loss. It may answer a keep-alive, \
             or announce more room in the receiver's buffer.",
        )
        .run(|log| {
            let again = [(2921, &[][..]); 6];
            resends(log, &full(2), &again, None)
        });
}

#[test]
fn a_lost_last_segment_causes_no_duplicates() {
    check("04", "A lost segment")
        .because(
            "Only what arrives is answered. Behind the last segment nothing \
             arrives, so nobody reports the hole: the sender waits for its \
             timer.",
        )
        .run(|log| resends(log, &full(5), &LAST, None));
}

#[test]
fn the_first_retransmission_is_asked_for() {
    check("04", "A lost segment")
        .because(
            "Further duplicates of the same number come from segments that \
             were on their way, and send nothing again. And the answer is \
             about the first loss, also where another follows.",
        )
        .run(|log| {
            let sent = full(9);
            let first = Some((3, (1461, 2921)));
            resends(log, &sent, &ONE_AFTER_THE_OTHER, first)?;
            resends(log, &full(14), &SIX_APART, first)
        });
}
