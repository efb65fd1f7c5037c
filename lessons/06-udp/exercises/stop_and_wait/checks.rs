//! What a sender and a receiver must withstand.

use support::check::{Broken, Log, check};
use support::random::Random;

use super::exercise::*;

fn data(number: u32, piece: &[u8]) -> Vec<u8> {
    [b"D", &number.to_be_bytes()[..], piece].concat()
}

fn ack(number: u32) -> Vec<u8> {
    [b"A", &number.to_be_bytes()[..]].concat()
}

fn pieces(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|n| format!("piece {n}").into_bytes()).collect()
}

/// Tells the receiver of a datagram, and claims what it answers.
fn answers(
    log: &Log,
    receiver: &mut Receiver,
    datagram: &[u8],
    due: Option<Vec<u8>>,
) -> Result<(), Broken> {
    log.note("receiver", shown(datagram), "hears this");
    log.expect(due, receiver.heard(datagram))
}

/// Tells the sender of a datagram, and claims whether it goes on.
fn goes_on(
    log: &Log,
    sender: &mut Sender,
    datagram: &[u8],
    due: bool,
) -> Result<(), Broken> {
    log.note("sender", shown(datagram), "hears this; was it waited for?");
    log.expect(due, sender.heard(datagram))
}

fn shown(datagram: &[u8]) -> String {
    format!("\"{}\"", datagram.escape_ascii())
}

#[test]
fn a_good_wire_carries_each_piece_once() {
    check("06", "Stop and wait")
        .because(
            "Nothing is lost here. Each piece takes one datagram and one \
             ack, and the next piece goes out when the ack has come.",
        )
        .run(|log| {
            let all = pieces(3);
            let mut sender = Sender::new(all.clone());
            let mut receiver = Receiver::new();
            for (number, piece) in (0..).zip(&all) {
                log.afresh().note("piece", number.to_string(), "");
                log.expect(Some(data(number, piece)), sender.datagram())?;
                let due = Some(ack(number));
                answers(log, &mut receiver, &data(number, piece), due)?;
                goes_on(log, &mut sender, &ack(number), true)?;
            }
            log.afresh().note("sender", "all is acknowledged", "");
            log.expect(None, sender.datagram())?;
            log.expect(all, receiver.pieces().to_vec())
        });
}

#[test]
fn what_was_lost_is_given_again() {
    check("06", "Stop and wait")
        .because(
            "The time is up and no ack has come. What is to be sent is \
             still the same piece, as often as it is asked for.",
        )
        .run(|log| {
            let mut sender = Sender::new(pieces(2));
            for _ in 0..5 {
                log.expect(Some(data(0, b"piece 0")), sender.datagram())?;
            }
            goes_on(log, &mut sender, &ack(0), true)?;
            for _ in 0..5 {
                log.expect(Some(data(1, b"piece 1")), sender.datagram())?;
            }
            Ok(())
        });
}

#[test]
fn a_copy_is_acknowledged_and_not_kept() {
    check("06", "Stop and wait")
        .because(
            "The ack was lost, so the sender sent again. The receiver has \
             this piece: it must not keep it twice, and it must say again \
             that it has it. Otherwise the sender repeats it for ever.",
        )
        .run(|log| {
            let mut receiver = Receiver::new();
            for _ in 0..3 {
                let due = Some(ack(0));
                answers(log, &mut receiver, &data(0, b"one"), due)?;
            }
            log.expect(vec![b"one".to_vec()], receiver.pieces().to_vec())
        });
}

#[test]
fn an_old_copy_is_acknowledged_by_its_own_number() {
    check("06", "Lost, late, twice")
        .because(
            "A copy of an early piece was on its way for long. It is no \
             new piece, whatever came in between; its ack bears its number.",
        )
        .run(|log| {
            let (mut receiver, all) = (Receiver::new(), pieces(3));
            for (number, piece) in (0..).zip(&all) {
                let due = Some(ack(number));
                answers(log, &mut receiver, &data(number, piece), due)?;
            }
            let copy = data(0, b"piece 0");
            answers(log, &mut receiver, &copy, Some(ack(0)))?;
            log.expect(all, receiver.pieces().to_vec())
        });
}

#[test]
fn a_late_ack_is_not_for_the_next_piece() {
    check("06", "Stop and wait")
        .because(
            "The ack of piece 0 came twice. The second one says nothing \
             about piece 1, which may be lost. Whoever takes any ack for \
             the one that is due leaves a hole.",
        )
        .run(|log| {
            let mut sender = Sender::new(pieces(3));
            goes_on(log, &mut sender, &ack(0), true)?;
            goes_on(log, &mut sender, &ack(0), false)?;
            log.expect(Some(data(1, b"piece 1")), sender.datagram())?;
            goes_on(log, &mut sender, &ack(2), false)?;
            log.expect(Some(data(1, b"piece 1")), sender.datagram())
        });
}

#[test]
fn a_piece_before_its_turn_gets_no_answer() {
    check("06", "Stop and wait")
        .because(
            "Piece 1 came, and piece 0 never did. To keep it would leave a \
             hole in the order; to acknowledge it would say that it is kept.",
        )
        .run(|log| {
            let mut receiver = Receiver::new();
            answers(log, &mut receiver, &data(1, b"piece 1"), None)?;
            answers(log, &mut receiver, &data(u32::MAX, b"x"), None)?;
            log.expect(Vec::<Vec<u8>>::new(), receiver.pieces().to_vec())?;
            answers(log, &mut receiver, &data(0, b"a"), Some(ack(0)))
        });
}

#[test]
fn an_empty_piece_is_a_piece() {
    check("06", "An empty datagram")
        .because(
            "A piece of no bytes is sent, acknowledged and kept like any \
             other. It is not the end.",
        )
        .run(|log| {
            let mut sender = Sender::new(vec![vec![], b"more".to_vec()]);
            let mut receiver = Receiver::new();
            log.expect(Some(data(0, b"")), sender.datagram())?;
            answers(log, &mut receiver, &data(0, b""), Some(ack(0)))?;
            goes_on(log, &mut sender, &ack(0), true)?;
            log.expect(Some(data(1, b"more")), sender.datagram())?;
            log.expect(vec![vec![]], receiver.pieces().to_vec())
        });
}

#[test]
fn there_may_be_more_than_256_pieces() {
    check("06", "Stop and wait")
        .because(
            "The number has four bytes. If only one of them is used, piece \
             256 has the number of piece 0 and is taken for its copy.",
        )
        .run(|log| {
            let wire = &mut Wire::new(0, [0; 3]);
            carried(log, wire, &pieces(600))
        });
}

#[test]
fn garbage_is_as_good_as_lost() {
    check("06", "Answers that lie")
        .because(
            "Anybody can send a datagram to an open port: too short, of \
             another kind, with something behind its end. It changes \
             nothing, and it must not end the program.",
        )
        .run(|log| {
            let mut sender = Sender::new(pieces(1));
            let mut receiver = Receiver::new();
            let long = [&ack(0)[..], b"!"].concat();
            let no_data = [&b""[..], b"D", b"D\0\0\0", b"X\0\0\0\0x", &ack(0)];
            for garbage in no_data {
                answers(log.afresh(), &mut receiver, garbage, None)?;
            }
            let other = data(0, b"");
            for garbage in [b"", &b"A"[..], b"A\0\0\0", &other, &long] {
                goes_on(log.afresh(), &mut sender, garbage, false)?;
            }
            log.afresh();
            goes_on(log, &mut sender, &ack(0), true)?;
            goes_on(log, &mut sender, &ack(0), false)?;
            goes_on(log, &mut sender, &ack(1), false)?;
            log.expect(None, sender.datagram())
        });
}

#[test]
fn three_hundred_bad_wires_deliver_all_of_it() {
    check("06", "Reliable after all")
        .because(
            "The wire lost, doubled and delayed datagrams, in both \
             directions. The pieces must arrive all the same: each once, \
             in order, and the sender must know it.",
        )
        .run(|log| {
            for seed in 1..=300 {
                // Of a hundred, so many are lost, doubled and delayed.
                let bad = [[30, 0, 0], [0, 40, 0], [0, 0, 50], [25, 25, 25]];
                let faults = bad[seed as usize % bad.len()];
                carried(log, &mut Wire::new(seed, faults), &pieces(12))?;
            }
            Ok(())
        });
}

/// Steps of the wire's clock after which a sender sends again.
const PATIENCE: u64 = 6;

/// More steps than any run takes that gets anywhere.
const STEPS: u64 = 50_000;

/// A wire with a plan of faults, the same for the same seed.
struct Wire {
    seed: u64,
    random: Random,
    /// Of a hundred datagrams: lost, doubled, delayed.
    faults: [u64; 3],
    now: u64,
    /// Datagrams on their way: when they arrive, whether at the receiver.
    under_way: Vec<(u64, bool, Vec<u8>)>,
}

impl Wire {
    fn new(seed: u64, faults: [u64; 3]) -> Self {
        let random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        Wire { seed, random, faults, now: 0, under_way: Vec::new() }
    }

    /// A number below a hundred.
    fn chance(&mut self) -> u64 {
        (self.random.number() >> 20) % 100
    }

    fn carry(&mut self, to_receiver: bool, datagram: Vec<u8>) {
        let [lost, doubled, delayed] = self.faults;
        if self.chance() < lost {
            return;
        }
        let copies = 1 + u64::from(self.chance() < doubled);
        for _ in 0..copies {
            let late = self.chance() < delayed;
            let delay = if late { 2 + self.chance() % 30 } else { 1 };
            let due = self.now + delay;
            self.under_way.push((due, to_receiver, datagram.clone()));
        }
    }

    /// What arrives at this moment, in the order in which it was sent.
    fn arriving(&mut self) -> Vec<(bool, Vec<u8>)> {
        let now = self.now;
        let due = self.under_way.extract_if(.., |(due, ..)| *due <= now);
        due.map(|(_, to_receiver, datagram)| (to_receiver, datagram)).collect()
    }
}

/// Carries all pieces over the wire, and claims that they arrive.
fn carried(log: &Log, wire: &mut Wire, all: &[Vec<u8>]) -> Result<(), Broken> {
    let [lost, doubled, delayed] = wire.faults;
    let faults = format!("{lost} % lost, {doubled} % twice, {delayed} % late");
    log.afresh().note("wire", format!("seed {}: {faults}", wire.seed), "");
    let mut sender = Sender::new(all.to_vec());
    let mut receiver = Receiver::new();
    let mut again = 0;
    while let Some(datagram) = sender.datagram() {
        if wire.now >= again {
            wire.carry(true, datagram);
            again = wire.now + PATIENCE;
        }
        wire.now += 1;
        for (to_receiver, datagram) in wire.arriving() {
            if !to_receiver {
                // A new piece goes out at once.
                again = if sender.heard(&datagram) { 0 } else { again };
            } else if let Some(ack) = receiver.heard(&datagram) {
                wire.carry(false, ack);
            }
        }
        if wire.now > STEPS {
            let has = receiver.pieces().len();
            let count = all.len();
            let stuck = format!("no end; {has} pieces of {count} arrived");
            return log.broken(stuck);
        }
    }
    log.expect(all.to_vec(), receiver.pieces().to_vec())
}
